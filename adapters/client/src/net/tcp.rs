//! A TCP connection on async-io.

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_io::Async;
use futures_io::{AsyncRead, AsyncWrite};

#[derive(Debug)]
pub(crate) struct Tcp {
    io: Async<TcpStream>,
    /// The last read filled its buffer: there may be more, so it is worth trying before waiting.
    maybe_readable: bool,
    /// Something to read has been waited for: who is polled again may have been woken by it. async-io says so only if
    /// the event came in a later turn of its reactor than the wait, and a thread that is slow to wake can miss that again
    /// and again; so the read is tried whatever it says.
    waited: bool,
    /// Nothing is waited for: what cannot be done at once is `Pending`, and no event will follow.
    probing: bool,
}

impl Tcp {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let io = Async::<TcpStream>::connect(address).await?;
        io.get_ref().set_nodelay(true)?;
        Ok(Self {
            io,
            maybe_readable: false,
            waited: false,
            probing: false,
        })
    }

    /// While it is on, reads and writes are tried and not waited for.
    pub(super) fn set_probing(&mut self, probing: bool) {
        self.probing = probing;
    }
}

impl AsyncRead for Tcp {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        loop {
            let mut told = true;
            if !this.maybe_readable && !this.probing {
                told = this.io.poll_readable(cx)?.is_ready();
                if !std::mem::replace(&mut this.waited, !told) && !told {
                    return Poll::Pending;
                }
            }
            match this.io.get_ref().read(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    this.maybe_readable = false;
                    if this.probing || !told {
                        return Poll::Pending;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    this.waited = false;
                    this.maybe_readable = result.as_ref().is_ok_and(|len| *len == buf.len());
                    return Poll::Ready(result);
                }
            }
        }
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            let result = match bufs {
                [one] => self.io.get_ref().write(one),
                many => self.io.get_ref().write_vectored(many),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.probing => {
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.io.poll_writable(cx))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.io.get_ref().shutdown(Shutdown::Write))
    }
}
