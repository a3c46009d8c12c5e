//! One timer for a whole connection.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker, ready};
use std::time::Duration;

use crate::carrier::{BoxFuture, Carrier};

/// A deadline that costs nothing as long as it is not met: one that moves to later leaves the carrier's timer alone, which
/// fires too early once and is set again then.
pub(super) struct Timer {
    carrier: Arc<dyn Carrier>,
    sleep: Option<BoxFuture<'static, ()>>,
    armed: Duration,
    /// Whom the carrier's timer will wake.
    waker: Option<Waker>,
}

impl Timer {
    pub(super) fn new(carrier: Arc<dyn Carrier>) -> Self {
        Self {
            carrier,
            sleep: None,
            armed: Duration::ZERO,
            waker: None,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.carrier.monotonic()
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
                    slot.insert(self.carrier.sleep(deadline.saturating_sub(now)))
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
