//! Futures that run along with a request, in its own task.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use super::exchange::Exchange;
use crate::carrier::BoxFuture;
use crate::panics::Contained;

/// The set, as a part of the exchange.
#[derive(Default)]
pub(super) struct Joined {
    /// Somebody can join: else nothing of this is looked at while the handler is polled.
    open: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Each [`Contained`]: neither its poll nor its drop panics.
    futures: Vec<BoxFuture<'static, ()>>,
    /// The request's task, for those who join from elsewhere.
    waker: Option<Waker>,
    /// The request is over.
    closed: bool,
}

impl Joined {
    /// Futures are polled and dropped outside this lock, so a poisoned one is still sound.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, future: BoxFuture<'static, ()>) {
        let mut state = self.state();
        if state.closed {
            // The future is dropped outside the lock: that may join another.
            drop(state);
            return;
        }
        state.futures.push(future);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Polls what has joined; ready when some of it has ended, and the request may be able to go on.
    pub(super) fn poll(&self, cx: &mut TaskContext<'_>) -> Poll<()> {
        if !self.open.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        let mut ended = false;
        let mut waiting = Vec::new();
        loop {
            // More may join while these are polled.
            let new = {
                let mut state = self.state();
                if state.futures.is_empty() {
                    state.futures = waiting;
                    state.waker = Some(cx.waker().clone());
                    break;
                }
                std::mem::take(&mut state.futures)
            };
            for mut future in new {
                if future.as_mut().poll(cx).is_ready() {
                    ended = true;
                } else {
                    waiting.push(future);
                }
            }
        }
        if ended { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The request is over: what is left is dropped, and so is what comes later.
    pub(super) fn close(&self) {
        if self.open.load(Ordering::Relaxed) {
            let mut state = self.state();
            state.closed = true;
            let left = std::mem::take(&mut state.futures);
            drop(state);
            drop(left);
        }
    }
}

/// A handle to the set, for whoever wants to join.
#[derive(Clone)]
pub(crate) struct Tasks(Arc<Exchange>);

impl Tasks {
    pub(super) fn new(exchange: &Arc<Exchange>) -> Self {
        exchange.joined.open.store(true, Ordering::Relaxed);
        Self(exchange.clone())
    }

    pub(crate) fn join(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.0
            .joined
            .add(Box::pin(Contained::new("a joined future", || Box::pin(future))));
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks")
    }
}
