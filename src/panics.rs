//! Panics of other people's code, which must not reach a carrier.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::error::Error;

/// Runs other people's code; what it panics with is logged, and `when`: "in on_finish".
pub(crate) fn contain(when: fmt::Arguments<'_>, code: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(code)) {
        let error = Error::panicked(panic);
        tracing::error!(target: "waterspout", %error, "panic {when}");
    }
}

/// Drops what may run other people's destructors.
pub(crate) fn drop_contained<T>(what: &'static str, value: T) {
    contain(format_args!("while {what} was dropped"), || drop(value));
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

#[cfg(test)]
mod tests {
    use futures_lite::future::{block_on, yield_now};

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }

    #[test]
    fn a_future_that_panics_is_over() {
        let mut future = Box::pin(Contained::new("a test", async {
            yield_now().await;
            panic!("on purpose");
        }));
        block_on(future.as_mut());
        block_on(future.as_mut());
    }

    #[test]
    fn what_panics_when_dropped_does_so_in_here() {
        drop_contained("a test", Bomb);
        drop(Contained::new("a test", async {
            let _bomb = Bomb;
            yield_now().await;
        }));
        let mut begun = Box::pin(Contained::new("a test", async {
            let _bomb = Bomb;
            std::future::pending::<()>().await;
        }));
        assert!(block_on(futures_lite::future::poll_once(begun.as_mut())).is_none());
        drop(begun);
    }
}
