//! A body fed by an adapter: one piece at a time, asked for by the reader.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;

use super::BodyError;

/// The feeding end of [`Body::channel`](super::Body::channel).
///
/// It is built for back-pressure: [`BodySender::poll_wanted`] is ready when the reader waits for a piece, and only
/// then should the adapter read on. Dropped without [`BodySender::finish`], the reader sees a body cut off.
pub struct BodySender(Arc<Mutex<State>>);

pub(super) struct Receiver(Arc<Mutex<State>>);

struct State {
    piece: Option<Bytes>,
    end: Option<Result<Option<HeaderMap>, BodyError>>,
    /// The reader has asked and got nothing yet.
    wanted: bool,
    /// The reader has asked at least once: the moment for `100 Continue`.
    asked: bool,
    reader_gone: bool,
    /// Nothing more comes out: the end has been handed over.
    ended: bool,
    remaining: Option<u64>,
    reader: Option<Waker>,
    feeder: Option<Waker>,
}

pub(super) fn channel(len: Option<u64>) -> (BodySender, Receiver) {
    let state = Arc::new(Mutex::new(State {
        piece: None,
        end: None,
        wanted: false,
        asked: false,
        reader_gone: false,
        ended: false,
        remaining: len,
        reader: None,
        feeder: None,
    }));
    (BodySender(state.clone()), Receiver(state))
}

/// No code that can panic runs under this lock, so a poisoned one is still sound.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BodySender {
    /// Ready with true when the reader waits for a piece, with false when it is gone.
    pub fn poll_wanted(&mut self, cx: &mut TaskContext<'_>) -> Poll<bool> {
        let mut state = lock(&self.0);
        if state.reader_gone {
            return Poll::Ready(false);
        }
        if state.wanted {
            return Poll::Ready(true);
        }
        if !state
            .feeder
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            state.feeder = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// True once the reader has asked for the body at all (RFC 9110 section 10.1.1: the moment for `100 Continue`).
    pub fn asked(&self) -> bool {
        lock(&self.0).asked
    }

    /// True when the reader was dropped: what is left of the body interests nobody.
    pub fn is_closed(&self) -> bool {
        lock(&self.0).reader_gone
    }

    /// Gives the reader a piece. One that was not waited for is joined to the piece before it.
    pub fn send(&mut self, data: Bytes) {
        if data.is_empty() {
            return;
        }
        let mut state = lock(&self.0);
        state.piece = Some(match state.piece.take() {
            Some(before) => [before, data].concat().into(),
            None => data,
        });
        state.wanted = false;
        wake_reader(state);
    }

    /// Ends the body.
    pub fn finish(self, trailers: Option<HeaderMap>) {
        let mut state = lock(&self.0);
        state.end = Some(Ok(trailers));
        wake_reader(state);
    }

    /// Ends the body with an error.
    pub fn abort(self, error: BodyError) {
        let mut state = lock(&self.0);
        state.end = Some(Err(error));
        wake_reader(state);
    }
}

/// Wakes outside the lock: a waker may run the reader at once.
fn wake_reader(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

impl Drop for BodySender {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        if state.end.is_none() && !state.ended {
            state.end = Some(Err(BodyError::cut_off()));
            wake_reader(state);
        }
    }
}

impl Receiver {
    pub(super) fn len(&self) -> Option<u64> {
        let state = lock(&self.0);
        if state.ended { Some(0) } else { state.remaining }
    }

    pub(super) fn is_end(&self) -> bool {
        let state = lock(&self.0);
        state.ended || (state.piece.is_none() && matches!(state.end, Some(Ok(None))))
    }

    pub(super) fn poll_frame(
        &mut self,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut state = lock(&self.0);
        if state.ended {
            return Poll::Ready(None);
        }
        if let Some(piece) = state.piece.take() {
            state.remaining = state
                .remaining
                .map(|left| left.saturating_sub(piece.len() as u64));
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if let Some(end) = state.end.take() {
            state.ended = true;
            return Poll::Ready(match end {
                Ok(trailers) => trailers.map(|trailers| Ok(Frame::trailers(trailers))),
                Err(error) => Some(Err(error)),
            });
        }
        state.wanted = true;
        state.asked = true;
        state.reader = Some(cx.waker().clone());
        let feeder = state.feeder.take();
        drop(state);
        // Usually reader and feeder are one task, which is running right now and looks again by itself.
        if let Some(feeder) = feeder.filter(|feeder| !feeder.will_wake(cx.waker())) {
            feeder.wake();
        }
        Poll::Pending
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.reader_gone = true;
        state.piece = None;
        let feeder = state.feeder.take();
        drop(state);
        if let Some(feeder) = feeder {
            feeder.wake();
        }
    }
}
