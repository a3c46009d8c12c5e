//! Finishing a request from elsewhere: the callback way.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use super::Context;
use crate::error::{Error, Result};

type Completion = Box<dyn FnOnce(&mut Context) -> Result + Send>;

/// Completes a request that its handler has left open with [`Context::detach`] (Tornado's `@asynchronous`).
///
/// It can go to any task, thread or callback. Dropped without being used, the request is answered 500.
///
/// ```
/// use waterspout::prelude::*;
///
/// async fn slow(cx: &mut Context) -> Result {
///     let finisher = cx.detach();
///     std::thread::spawn(move || finisher.finish("done elsewhere"));
///     Ok(())
/// }
/// # let app = Application::new().get("/", slow);
/// # assert_eq!(waterspout::testing::TestClient::new(app).get("/").send().text(), "done elsewhere");
/// ```
pub struct Finisher(Arc<Mutex<State>>);

pub(super) struct Detached(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    completion: Option<Completion>,
    finisher_gone: bool,
    request_gone: bool,
    waker: Option<Waker>,
}

pub(super) fn pair() -> (Finisher, Detached) {
    let state = Arc::new(Mutex::new(State::default()));
    (Finisher(state.clone()), Detached(state))
}

impl Finisher {
    /// Runs `f` with the request's context, in the request's own task, and finishes the request with what it wrote. An
    /// error it returns becomes the error page.
    pub fn complete(self, f: impl FnOnce(&mut Context) -> Result + Send + 'static) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.completion = Some(Box::new(f));
        // The waker is woken as `self` is dropped.
    }

    /// Writes `chunk` and finishes the request.
    pub fn finish(self, chunk: impl Into<Vec<u8>>) {
        let chunk = chunk.into();
        self.complete(move |cx| cx.write(chunk));
    }

    /// Finishes the request with an error page.
    pub fn fail(self, error: impl Into<Error>) {
        let error = error.into();
        self.complete(move |_| Err(error));
    }

    /// True when nobody waits any more, because the client has gone.
    pub fn is_closed(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).request_gone
    }
}

impl Drop for Finisher {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.finisher_gone = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Detached {
    pub(super) fn poll(&self, cx: &TaskContext<'_>) -> Poll<Result<Completion>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.completion.take() {
            Some(completion) => Poll::Ready(Ok(completion)),
            None if state.finisher_gone => Poll::Ready(Err(
                Error::new(500).message("the Finisher was dropped without being used")
            )),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).request_gone = true;
    }
}
