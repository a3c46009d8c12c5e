//! A connection that leaves HTTP, both ways.

use std::io::{self, IoSlice, IoSliceMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use futures_io::{AsyncRead, AsyncWrite};
use http_types::upgrade::Connection;

use super::{Part, Refused};
use crate::upgrade::{BoxDuplex, Upgrade};

/// What the endpoint that waits for `response`'s upgrade makes of the connection.
///
/// The endpoint has it in a task of its own, so the future of the [`Upgrade`] only waits until that lets go of it.
pub(super) fn incoming(response: &mut http_types::Response) -> Result<Upgrade, Refused> {
    // Whether the sender has been taken cannot be asked, only found out by a panic.
    let sender = catch_unwind(AssertUnwindSafe(|| response.send_upgrade()))
        .map_err(|_| Refused::new(Part::Upgrade, "somebody else is to send the connection"))?;
    Ok(Upgrade::new(async move |io| {
        let held = Arc::new(Held::default());
        let lent = Lent {
            io: Mutex::new(io),
            held: held.clone(),
        };
        sender.send(Connection::new(lent)).await;
        std::future::poll_fn(|cx| held.poll_released(cx)).await;
    }))
}

/// Tells when a lent connection has been dropped.
#[derive(Default)]
struct Held(Mutex<Lease>);

#[derive(Default)]
struct Lease {
    released: bool,
    waker: Option<Waker>,
}

impl Held {
    fn lease(&self) -> MutexGuard<'_, Lease> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_released(&self, cx: &TaskContext<'_>) -> Poll<()> {
        let mut lease = self.lease();
        if lease.released {
            return Poll::Ready(());
        }
        lease.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn release(&self) {
        let mut lease = self.lease();
        lease.released = true;
        let waker = lease.waker.take();
        drop(lease);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A byte duplex that http-types can hold, which wants it to be `Sync`: the lock is never taken.
struct Lent {
    io: Mutex<BoxDuplex>,
    held: Arc<Held>,
}

impl Lent {
    fn io(&mut self) -> Pin<&mut BoxDuplex> {
        Pin::new(self.io.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.held.release();
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_read(cx, buffer)
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_read_vectored(cx, buffers)
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write_vectored(cx, buffers)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        self.io().poll_close(cx)
    }
}
