//! A byte duplex in memory: what the in-process carrier hands to an upgrade.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use futures_lite::{AsyncRead, AsyncWrite};

/// Both ends hold the same pipe; the application's end is the one with the traits.
#[derive(Clone, Default)]
pub(crate) struct Pipe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    inbox: VecDeque<u8>,
    outbox: Vec<u8>,
    /// The client sends nothing more.
    ended: bool,
    reader: Option<Waker>,
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("pipe")
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.inbox.extend(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.state().outbox)
    }
}

impl AsyncRead for Pipe {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        if state.inbox.is_empty() && !state.ended {
            state.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let len = buf.len().min(state.inbox.len());
        for (to, from) in buf.iter_mut().zip(state.inbox.drain(..len)) {
            *to = from;
        }
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.state().outbox.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
