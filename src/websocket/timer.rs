//! One timer for a whole connection.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use crate::carrier::{BoxFuture, Carrier};

/// A deadline that costs nothing as long as it is not met: one that moves to later leaves the carrier's timer alone, which
/// fires too early once and is set again then.
pub(super) struct Timer {
    carrier: Arc<dyn Carrier>,
    sleep: Option<BoxFuture<'static, ()>>,
    armed: Duration,
}

impl Timer {
    pub(super) fn new(carrier: Arc<dyn Carrier>) -> Self {
        Self {
            carrier,
            sleep: None,
            armed: Duration::ZERO,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.carrier.monotonic()
    }

    /// Ready with the time once `deadline` has passed.
    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>, deadline: Duration) -> Poll<Duration> {
        loop {
            let sleep = match &mut self.sleep {
                Some(sleep) if self.armed <= deadline => sleep,
                slot => {
                    let now = self.carrier.monotonic();
                    if now >= deadline {
                        return Poll::Ready(now);
                    }
                    self.armed = deadline;
                    slot.insert(self.carrier.sleep(deadline.saturating_sub(now)))
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
