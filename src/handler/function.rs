//! Functions as handlers: `async fn` items and `async |cx|` closures.

use http::Method;

use super::{Context, RequestHandler};
use crate::error::Result;

/// An `async fn(&mut Context) -> Result`, or a closure of that shape.
pub trait HandlerFn<'a>: Send + Sync + 'static {
    /// The future that the function gives.
    type Future: Future<Output = Result> + Send + 'a;

    /// Calls the function.
    fn call(&self, cx: &'a mut Context) -> Self::Future;
}

impl<'a, F, Fut> HandlerFn<'a> for F
where
    F: Fn(&'a mut Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context) -> Fut {
        self(cx)
    }
}

/// An `async fn(S, &mut Context) -> Result`: a function with a value of its own, cloned for each request.
pub trait HandlerFnWith<'a, S>: Send + Sync + 'static {
    /// The future that the function gives.
    type Future: Future<Output = Result> + Send + 'a;

    /// Calls the function.
    fn call(&self, state: S, cx: &'a mut Context) -> Self::Future;
}

impl<'a, S, F, Fut> HandlerFnWith<'a, S> for F
where
    F: Fn(S, &'a mut Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: S, cx: &'a mut Context) -> Fut {
        self(state, cx)
    }
}

/// A function as a handler. The route has chosen it by method already, so it answers whatever comes: `get` is the one
/// through which HEAD finds it too, `other` catches the rest.
pub(crate) struct Function<F> {
    pub(crate) function: F,
    pub(crate) streaming: bool,
}

impl<F> RequestHandler for Function<F>
where
    F: for<'a> HandlerFn<'a>,
{
    fn other(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        self.function.call(cx)
    }

    fn stream_request_body(&self) -> bool {
        self.streaming
    }

    fn allow(&self) -> Option<Vec<Method>> {
        Some(Vec::new())
    }
}

/// A function with a value of its own as a handler.
pub(crate) struct FunctionWith<S, F> {
    pub(crate) state: S,
    pub(crate) function: F,
}

impl<S, F> RequestHandler for FunctionWith<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: for<'a> HandlerFnWith<'a, S>,
{
    fn other(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        self.function.call(self.state.clone(), cx)
    }

    fn allow(&self) -> Option<Vec<Method>> {
        Some(Vec::new())
    }
}

/// True for the future of a verb that is not written.
pub(super) fn is_missing<F>(future: &F) -> bool {
    size_of_val(future) == 0
}
