//! The connection after a 101: bytes in both directions.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures_io::{AsyncRead, AsyncWrite};
use waterspout::{BoxFuture, Upgrade};

use super::Connection;
use crate::registry::Seat;
use crate::runtime::{Backend, Io};

struct Duplex<I> {
    /// What came behind the request's head, until it has been read. Boxed, as it is rare.
    early: Option<Box<Bytes>>,
    io: I,
}

/// What a connection has become after its 101. Nothing of HTTP is kept for it.
pub(crate) struct Upgraded {
    future: BoxFuture<'static, ()>,
    _seat: Seat,
}

impl Upgraded {
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.future.as_mut().poll(cx)
    }
}

impl<B: Backend> Connection<B> {
    /// Leaves HTTP. The 101 has been written.
    pub(crate) fn upgraded(self, upgrade: Upgrade) -> Upgraded {
        let Self { io, engine, seat, .. } = self;
        let (early, _) = engine.into_parts();
        let early = (!early.is_empty()).then(|| Box::new(early));
        let future = upgrade.run_until(Box::new(Duplex { early, io }), seat.stopping());
        Upgraded { future, _seat: seat }
    }
}

impl<I: Io> AsyncRead for Duplex<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let Some(early) = &mut self.early else {
            return self.io.poll_read(cx, buf);
        };
        let len = buf.len().min(early.len());
        if let Some(buf) = buf.get_mut(..len) {
            early.copy_to_slice(buf);
        }
        if early.is_empty() {
            self.early = None;
        }
        Poll::Ready(Ok(len))
    }
}

impl<I: Io> AsyncWrite for Duplex<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io.poll_write(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io.poll_write(cx, bufs)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.io.shutdown_write())
    }
}
