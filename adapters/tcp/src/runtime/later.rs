//! Giving up a turn, so that others get theirs.
//!
//! The executor of async-std and smol runs 200 tasks before it pauses, and only then is the reactor asked who else is
//! ready. So a few busy connections that wake themselves would keep all others out: they are woken when it has paused.

use std::cell::RefCell;
use std::future::poll_fn;
#[cfg(feature = "async-io-net")]
use std::pin::Pin;
#[cfg(feature = "async-io-net")]
use std::task::Context;
use std::task::{Poll, Waker};

thread_local! {
    /// While [`poll`] runs: who has given up a turn in it.
    static LATER: RefCell<Option<Vec<Waker>>> = const { RefCell::new(None) };
}

/// Polls an executor; when it pauses, those who gave up their turns are woken.
#[cfg(feature = "async-io-net")]
pub(super) fn poll<F: Future>(executor: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    let before = LATER.replace(Some(Vec::new()));
    let result = executor.poll(cx);
    let later = LATER.replace(before);
    later.into_iter().flatten().for_each(Waker::wake);
    result
}

/// Lets the other tasks of this thread run.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        // Elsewhere (tokio, or an executor of the user's) it is for the executor to be fair.
        let now = LATER.with_borrow_mut(|later| match later {
            Some(later) => {
                later.push(waker);
                None
            }
            None => Some(waker),
        });
        now.into_iter().for_each(Waker::wake);
        Poll::Pending
    })
    .await;
}
