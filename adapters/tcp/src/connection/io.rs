//! Reading into the engine, writing out of it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::IoSlice;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Buf;

use super::{Connection, Gone};
use crate::runtime::{Backend, Io};

/// How much is read at once. One buffer serves all connections of a thread, so an idle connection owns none.
const READ: usize = 64 << 10;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// Reads through the thread's buffer.
pub(super) fn poll_read_with<I: Io, T>(
    io: &mut I,
    cx: &mut Context<'_>,
    take: impl FnOnce(&[u8]) -> T,
) -> Poll<std::io::Result<T>> {
    BUFFER.with_borrow_mut(|buffer| {
        let len = ready!(io.poll_read(cx, buffer))?;
        // A stream that says it read more than there was room for read all of it.
        Poll::Ready(Ok(take(buffer.get(..len).unwrap_or(buffer))))
    })
}

impl<B: Backend> Connection<B> {
    /// Reads what has come into the engine; ready also at the peer's end.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.date = None;
        if self.eof {
            return Poll::Ready(Ok(()));
        }
        let engine = &mut self.engine;
        let read = poll_read_with(&mut self.io, cx, |bytes| {
            engine.receive(bytes);
            bytes.is_empty()
        });
        match ready!(read) {
            Ok(true) => {
                self.eof = true;
                self.engine.receive_eof();
                Poll::Ready(Ok(()))
            }
            Ok(false) => Poll::Ready(Ok(())),
            Err(_) => Poll::Ready(Err(Gone)),
        }
    }

    /// Writes what the engine has to say until nothing is left or the peer takes no more.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        while !self.engine.output().is_empty() {
            let output = self.engine.output();
            let mut slices = [IoSlice::new(&[]); 16];
            let count = output.chunks_vectored(&mut slices);
            match self.io.poll_write(cx, slices.get(..count).unwrap_or_default()) {
                Poll::Ready(Ok(len)) if len > 0 => {
                    self.engine.output().advance(len);
                    self.write_stalled = None;
                }
                Poll::Ready(_) => return Poll::Ready(Err(Gone)),
                Poll::Pending => {
                    let since = *self.write_stalled.get_or_insert_with(Instant::now);
                    let deadline = since + self.app.limits().write_stall;
                    return self.timer.poll(cx, deadline).map(|()| Err(Gone));
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        if self.engine.output().is_empty() {
            return Ok(());
        }
        poll_fn(|cx| self.poll_flush(cx)).await
    }
}
