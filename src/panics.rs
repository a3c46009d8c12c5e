//! Panics of other people's code, which must not reach a carrier.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::carrier::BoxFuture;
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
pub(crate) struct Contained {
    what: &'static str,
    /// `None` once it has ended.
    future: Option<BoxFuture<'static, ()>>,
}

impl Contained {
    /// What `start` makes; one that panics before has ended.
    pub(crate) fn new(what: &'static str, start: impl FnOnce() -> BoxFuture<'static, ()>) -> Self {
        let mut future = None;
        contain(format_args!("in {what}"), || future = Some(start()));
        Self { what, future }
    }
}

impl Future for Contained {
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

impl Drop for Contained {
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

    fn contained(future: impl Future<Output = ()> + Send + 'static) -> Contained {
        Contained::new("a test", || Box::pin(future))
    }

    #[test]
    fn one_that_panics_before_there_is_a_future_is_over() {
        block_on(Contained::new("a test", || panic!("on purpose")));
    }

    #[test]
    fn a_future_that_panics_is_over() {
        let mut future = Box::pin(contained(async {
            yield_now().await;
            panic!("on purpose");
        }));
        block_on(future.as_mut());
        block_on(future.as_mut());
    }

    #[test]
    fn what_panics_when_dropped_does_so_in_here() {
        drop_contained("a test", Bomb);
        drop(contained(async {
            let _bomb = Bomb;
            yield_now().await;
        }));
        let mut begun = Box::pin(contained(async {
            let _bomb = Bomb;
            std::future::pending::<()>().await;
        }));
        assert!(block_on(futures_lite::future::poll_once(begun.as_mut())).is_none());
        drop(begun);
    }
}
