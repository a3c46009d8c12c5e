//! One timer for a whole connection.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use crate::carrier::{BoxFuture, Carrier};
use crate::client::Engine;

/// What a connection waits by: the carrier's clock at the server, the engine's at the client.
pub(super) trait Clock: Send + Unpin + 'static {
    fn monotonic(&self) -> Duration;
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

impl Clock for Arc<dyn Carrier> {
    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }
}

impl Clock for Arc<dyn Engine> {
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
}

impl<C: Clock> Timer<C> {
    pub(super) fn new(clock: C) -> Self {
        Self {
            clock,
            sleep: None,
            armed: Duration::ZERO,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Ready with the time once `deadline` has passed.
    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>, deadline: Duration) -> Poll<Duration> {
        loop {
            let sleep = match &mut self.sleep {
                Some(sleep) if self.armed <= deadline => sleep,
                slot => {
                    let now = self.clock.monotonic();
                    if now >= deadline {
                        return Poll::Ready(now);
                    }
                    self.armed = deadline;
                    slot.insert(self.clock.sleep(deadline.saturating_sub(now)))
                }
            };
            ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
            let now = self.now();
            if now >= deadline {
                return Poll::Ready(now);
            }
        }
    }
}
