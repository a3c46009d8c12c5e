//! Closing so that the peer can read what it was told.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use super::Connection;
use super::io::poll_read_with;
use crate::runtime::{Backend, Io};

/// How long the peer may go on sending, and how long it may be silent, before the connection is dropped all the same.
const TOTAL: Duration = Duration::from_secs(10);
const SILENT: Duration = Duration::from_secs(2);

impl<B: Backend> Connection<B> {
    /// Sends what is left and closes. Where the peer may still be sending, the sending side is closed first and what
    /// comes is read away: bytes that arrive at a closed socket would reset it, and the answer with it (RFC 9112 section
    /// 9.6).
    pub(super) async fn close(&mut self) {
        if self.flush().await.is_err() || self.io.shutdown_write().is_err() || !self.lingering || self.eof {
            return;
        }
        let end = Instant::now() + TOTAL;
        loop {
            let deadline = end.min(Instant::now() + SILENT);
            let more = poll_fn(|cx| match poll_read_with(&mut self.io, cx, <[u8]>::len) {
                Poll::Ready(read) => Poll::Ready(read.is_ok_and(|len| len > 0)),
                Poll::Pending => self.timer.poll(cx, deadline).map(|()| false),
            });
            if !more.await || Instant::now() >= end {
                return;
            }
        }
    }
}
