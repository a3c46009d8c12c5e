//! The connection after a 101: bytes in both directions.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures_io::{AsyncRead, AsyncWrite};
use waterspout::Upgrade;

use super::Connection;
use crate::runtime::{Backend, Io};

struct Duplex<I> {
    /// What came behind the request's head.
    early: Bytes,
    io: I,
}

impl<B: Backend> Connection<B> {
    pub(super) async fn upgraded(mut self, upgrade: Upgrade) {
        if self.flush().await.is_err() {
            return;
        }
        let Self {
            io, engine, mut seat, ..
        } = self;
        let (early, _) = engine.into_parts();
        // The upgrade may drop what tells it to stop, and the seat in it, before it ends.
        let place = seat.another();
        let stopping = poll_fn(move |cx| {
            if seat.is_stopping(cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        upgrade.run_until(Box::new(Duplex { early, io }), stopping).await;
        drop(place);
    }
}

impl<I: Io> AsyncRead for Duplex<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.early.is_empty() {
            return self.io.poll_read(cx, buf);
        }
        let len = buf.len().min(self.early.len());
        if let Some(buf) = buf.get_mut(..len) {
            self.early.copy_to_slice(buf);
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
