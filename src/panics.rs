//! Panics of other people's code, which must not reach a carrier.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::error::Error;

/// Drops what may run other people's destructors.
pub(crate) fn drop_contained<T>(what: &'static str, value: T) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        let error = Error::panicked(panic);
        tracing::error!(target: "waterspout", %error, "panic while {what} was dropped");
    }
}

/// A future that ends when it panics, and whose destructors are contained.
pub(crate) struct Contained<F> {
    what: &'static str,
    /// `None` once it has ended.
    future: Option<Pin<Box<F>>>,
}

impl<F: Future<Output = ()>> Contained<F> {
    pub(crate) fn new(what: &'static str, future: F) -> Self {
        Self {
            what,
            future: Some(Box::pin(future)),
        }
    }
}

impl<F: Future<Output = ()>> Future for Contained<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(future) = this.future.as_mut() else {
            return Poll::Ready(());
        };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(())) => {}
            Err(panic) => {
                let (error, what) = (Error::panicked(panic), this.what);
                tracing::error!(target: "waterspout", %error, "panic in {what}");
            }
        }
        drop_contained(this.what, this.future.take());
        Poll::Ready(())
    }
}

impl<F> Drop for Contained<F> {
    fn drop(&mut self) {
        drop_contained(self.what, self.future.take());
    }
}
