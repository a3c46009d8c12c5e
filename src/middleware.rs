//! What stands around every handler.

use std::sync::Arc;

use crate::application::Inner;
use crate::carrier::BoxFuture;
use crate::endpoint;
use crate::error::{Error, Result};
use crate::handler::{error_response, log_failure};
use crate::request::Request;
use crate::response::Response;
use crate::template::append;

/// Code around every request: before the handler, after it, or instead of it.
///
/// A response that streams passes at its head; its body can be wrapped. A middleware that drops the body cancels the
/// handler that is producing it.
///
/// ```
/// use waterspout::prelude::*;
///
/// struct Powered;
/// impl Middleware for Powered {
///     async fn handle(&self, request: Request, next: Next<'_>) -> Response {
///         let mut response = next.run(request).await;
///         response.headers_mut().insert("x-powered-by", HeaderValue::from_static("waterspout"));
///         response
///     }
/// }
/// let app = Application::new().middleware(Powered);
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Handles the request, most often through [`Next::run`].
    fn handle(&self, request: Request, next: Next<'_>) -> impl Future<Output = Response> + Send;

    /// What is wrong with it, told by [`Application::check`](crate::Application::check) before anything is served.
    ///
    /// # Errors
    /// One with the text of all problems.
    fn check(&self) -> Result {
        Ok(())
    }
}

pub(crate) trait ErasedMiddleware: Send + Sync {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Response>;

    fn check(&self) -> Result {
        Ok(())
    }
}

impl<M: Middleware> ErasedMiddleware for M {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(Middleware::handle(self, request, next))
    }

    fn check(&self) -> Result {
        Middleware::check(self)
    }
}

/// What comes after a middleware: the next one, at last the handler.
pub struct Next<'a> {
    app: &'a Arc<Inner>,
    index: usize,
}

impl<'a> Next<'a> {
    pub(crate) fn first(app: &'a Arc<Inner>) -> Self {
        Self { app, index: 0 }
    }

    /// Hands the request on.
    pub fn run(self, request: Request) -> BoxFuture<'a, Response> {
        match self.app.middleware.get(self.index) {
            Some(middleware) => middleware.handle(
                request,
                Next {
                    app: self.app,
                    index: self.index + 1,
                },
            ),
            None => Box::pin(endpoint::start(self.app, request)),
        }
    }

    /// The error page of the application, in place of what would have come.
    pub(crate) fn fail(self, request: &Request, error: &Error) -> Response {
        log_failure(request, error);
        let mut response = error_response(self.app, request, error);
        append(response.headers_mut(), error.headers().clone());
        response
    }
}

/// A closure or `async fn` as a middleware; see [`Application::wrap`](crate::Application::wrap).
pub trait MiddlewareFn<'a>: Send + Sync + 'static {
    /// The future that the function gives.
    type Future: Future<Output = Response> + Send + 'a;

    /// Calls the function.
    fn call(&self, request: Request, next: Next<'a>) -> Self::Future;
}

impl<'a, F, Fut> MiddlewareFn<'a> for F
where
    F: Fn(Request, Next<'a>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, request: Request, next: Next<'a>) -> Fut {
        self(request, next)
    }
}

pub(crate) struct Wrap<F>(pub(crate) F);

impl<F> ErasedMiddleware for Wrap<F>
where
    F: for<'a> MiddlewareFn<'a>,
{
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(self.0.call(request, next))
    }
}
