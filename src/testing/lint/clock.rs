//! The carrier's clock, which must never go back.

use std::sync::Arc;
use std::time::Duration;

use super::report::Report;
use super::rules;
use crate::carrier::Carrier;

/// The latest moment seen during one request.
pub(super) struct Watch {
    carrier: Arc<dyn Carrier>,
    latest: Duration,
    broken: bool,
}

impl Watch {
    pub(super) fn start(carrier: Arc<dyn Carrier>) -> Self {
        Self {
            latest: carrier.monotonic(),
            carrier,
            broken: false,
        }
    }

    /// Looks at the clock again. One violation a request is enough.
    pub(super) fn look(&mut self, report: &Report) {
        let (now, latest) = (self.carrier.monotonic(), self.latest);
        if now < latest && !self.broken {
            self.broken = true;
            report.add(&rules::CLOCK_BACKWARDS, format!("{now:?} after {latest:?}"));
        }
        self.latest = now.max(latest);
    }
}
