//! Happy Eyeballs (RFC 8305): several addresses, side by side, the first that connects wins.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;

/// IPv6 first, then in turns (RFC 8305 section 4), so that a family that does not work costs one pause only.
pub(crate) fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let count = addresses.len();
    let (six, four): (Vec<_>, Vec<_>) = addresses.into_iter().partition(SocketAddr::is_ipv6);
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    let mut mixed = Vec::with_capacity(count);
    while mixed.len() < count {
        mixed.extend(six.next());
        mixed.extend(four.next());
    }
    mixed
}

/// Connects to the first address that answers. The next attempt begins when one fails, or when `pause` is over; those that
/// lose are dropped.
///
/// # Errors
/// When all have failed: what each said, in one text; the kind is that of the first.
pub(crate) async fn race<T, C, P>(
    addresses: Vec<SocketAddr>,
    mut connect: impl FnMut(SocketAddr) -> C,
    mut pause: impl FnMut() -> P,
) -> io::Result<T>
where
    C: Future<Output = io::Result<T>>,
    P: Future<Output = ()>,
{
    let mut waiting = addresses.into_iter();
    let mut running: Vec<(SocketAddr, Pin<Box<C>>)> = Vec::new();
    let mut failures: Vec<(SocketAddr, io::Error)> = Vec::new();
    let mut next = pin!(None::<P>);
    poll_fn(|cx| {
        loop {
            let mut index = 0;
            let mut failed = false;
            while let Some((address, attempt)) = running.get_mut(index) {
                match attempt.as_mut().poll(cx) {
                    Poll::Ready(Ok(connected)) => return Poll::Ready(Ok(connected)),
                    Poll::Ready(Err(error)) => {
                        failures.push((*address, error));
                        running.remove(index);
                        failed = true;
                    }
                    Poll::Pending => index += 1,
                }
            }
            let due = match next.as_mut().as_pin_mut() {
                Some(pause) if !failed => pause.poll(cx).is_ready(),
                _ => true,
            };
            if !due {
                return Poll::Pending;
            }
            next.set(None);
            match waiting.next() {
                Some(address) => {
                    running.push((address, Box::pin(connect(address))));
                    if !waiting.as_slice().is_empty() {
                        next.set(Some(pause()));
                    }
                }
                None if running.is_empty() => return Poll::Ready(Err(all(&failures))),
                None => return Poll::Pending,
            }
        }
    })
    .await
}

fn all(failures: &[(SocketAddr, io::Error)]) -> io::Error {
    let Some((_, first)) = failures.first() else {
        return io::Error::new(io::ErrorKind::NotFound, "no address");
    };
    let texts: Vec<String> = failures
        .iter()
        .map(|(address, error)| format!("{address}: {error}"))
        .collect();
    io::Error::new(first.kind(), texts.join("; "))
}

#[cfg(test)]
mod tests;
