//! A deadline that costs nothing as long as it is not met.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::runtime::Backend;

/// One timer of the runtime for a whole connection. A deadline that moves to later leaves the timer alone: it fires too
/// early once, and is set again then. So requests that follow one another never touch it.
pub(crate) struct Timer<B: Backend> {
    sleep: Option<Pin<Box<B::Sleep>>>,
    armed: Instant,
}

impl<B: Backend> Timer<B> {
    pub(crate) fn new() -> Self {
        Self {
            sleep: None,
            armed: Instant::now(),
        }
    }

    /// Ready once `deadline` has passed.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        loop {
            let sleep = match &mut self.sleep {
                Some(sleep) if self.armed <= deadline => sleep,
                slot => {
                    self.armed = deadline;
                    slot.insert(Box::pin(B::sleep_until(deadline)))
                }
            };
            std::task::ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
        }
    }
}
