//! Panics of other people's code, which must not reach a carrier.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// Drops what may run other people's destructors.
pub(crate) fn drop_contained<T>(what: &'static str, value: T) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        let error = Error::panicked(panic);
        tracing::error!(target: "waterspout", %error, "panic while {what} was dropped");
    }
}
