//! One timer for a whole connection.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker, ready};
use std::time::Duration;

use crate::carrier::{BoxFuture, Carrier};
use crate::client::Engine;

/// What a connection waits by: the carrier's clock at the server, the engine's at the client.
pub(super) trait Clock: Send + Unpin {
    fn monotonic(&self) -> Duration;
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

impl Clock for Arc<dyn Carrier + '_> {
    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }
}

impl Clock for Arc<dyn Engine + '_> {
    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }
}

/// A deadline that costs nothing as long as it is not met: one that moves to later leaves the carrier's timer alone, which
/// fires too early once and is set again then.
pub(super) struct Timer<C> {
    clock: C,
    sleep: Option<BoxFuture<'static, ()>>,
    armed: Duration,
    /// Whom the carrier's timer will wake.
    waker: Option<Waker>,
}

impl<C: Clock> Timer<C> {
    pub(super) fn new(clock: C) -> Self {
        Self {
            clock,
            sleep: None,
            armed: Duration::ZERO,
            waker: None,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Ready with the time once `deadline` has passed.
    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>, deadline: Duration) -> Poll<Duration> {
        loop {
            let now = self.now();
            let waits = self.sleep.is_some() && self.armed <= deadline;
            // It is set and knows its task: looking at the clock is all that is to be done for each of many messages.
            if waits
                && now < self.armed
                && self
                    .waker
                    .as_ref()
                    .is_some_and(|waker| waker.will_wake(cx.waker()))
            {
                return Poll::Pending;
            }
            let sleep = match &mut self.sleep {
                Some(sleep) if waits => sleep,
                slot => {
                    if now >= deadline {
                        return Poll::Ready(now);
                    }
                    self.armed = deadline;
                    slot.insert(self.clock.sleep(deadline.saturating_sub(now)))
                }
            };
            self.waker = Some(cx.waker().clone());
            ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
            let now = self.now();
            if now >= deadline {
                return Poll::Ready(now);
            }
        }
    }
}
