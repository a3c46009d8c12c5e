//! Handlers: a type with a method per verb, or plain functions.

mod allow;
mod arguments;
mod context;
mod erased;
mod exchange;
mod execute;
mod fields;
mod finisher;
mod forms;
mod function;
mod input;
mod output;
mod page;
mod path;
mod render;
mod signed;
mod spelled;
mod tasks;
mod text;
mod xsrf;

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use http::Method;

pub(crate) use allow::{is_known, join as join_methods};
pub use arguments::Arguments;
pub use context::Context;
pub(crate) use erased::ErasedHandler;
pub(crate) use exchange::{HandlerBody, Run};
pub use finisher::Finisher;
pub(crate) use function::{Function, FunctionWith};
pub use function::{HandlerFn, HandlerFnWith};
pub(crate) use page::{Failing, error_response, log_failure};
pub(crate) use path::PathArguments;
pub(crate) use tasks::Tasks;

use crate::error::{Error, Result};
use crate::origin;

/// A handler with a method per verb (Tornado's `RequestHandler`).
///
/// One value serves all requests: its fields are what Tornado passes to `initialize`. What belongs to one request is in
/// the [`Context`]. Verbs that are not written answer 405 with `Allow`; HEAD is answered by `get`, OPTIONS by the
/// framework, unless they are written.
///
/// The life of a request: the body is read (unless [`stream_request_body`](Self::stream_request_body)) → `prepare` → the
/// verb → the response is finished → `on_finish`. If `prepare` finishes the response, the verb is not called.
///
/// ```
/// use waterspout::prelude::*;
///
/// struct Greeting {
///     word: &'static str,
/// }
///
/// impl RequestHandler for Greeting {
///     async fn get(&self, cx: &mut Context) -> Result {
///         cx.write(format!("{}, {}", self.word, cx.path_arg("name")?))
///     }
/// }
///
/// let app = Application::new().route("/{name}", Greeting { word: "Hello" });
/// # let client = waterspout::testing::TestClient::new(app);
/// # assert_eq!(client.get("/you").send().text(), "Hello, you");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request handler",
    note = "write `impl RequestHandler for {Self}` with `async fn get(&self, cx: &mut Context) -> Result`, or give a function to `.get(path, f)`"
)]
pub trait RequestHandler: Send + Sync + 'static {
    /// Answers GET, and HEAD where `head` is not written.
    fn get(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers HEAD. The body that is written is not sent, its length is.
    fn head(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers POST.
    fn post(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers PUT.
    fn put(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers PATCH (RFC 5789).
    fn patch(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers DELETE.
    fn delete(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers OPTIONS; where it is not written, the framework answers 204 with `Allow`.
    fn options(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Answers every method that has no function of its own, extension methods included (RFC 9110 section 16.1).
    /// Without it, known methods are answered 405, unknown ones 501.
    fn other(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        NotAllowed
    }

    /// Says whether pages of another origin may send requests other than GET, HEAD and OPTIONS: asked before the body is
    /// read and before `prepare`, where [`Settings::cross_origin_protection`](crate::Settings) is on and the browser says
    /// that the request is not from a page of ours. `origin` is `https://www.example.com`, `null` or empty.
    ///
    /// By default those of [`Settings::trusted_origins`](crate::Settings) may. Whoever lets all of them must not rely on
    /// cookies.
    fn check_trusted_origin(&self, origin: &str, cx: &Context) -> bool {
        origin::is_trusted(origin, cx.settings())
    }

    /// Checks the XSRF token, before `prepare`, of requests other than GET, HEAD and OPTIONS, where
    /// [`Settings::xsrf_cookies`](crate::Settings) is on. A handler whose clients have no cookies (an API with keys)
    /// overrides it with `Ok(())`.
    ///
    /// # Errors
    /// 403 where it is missing or wrong.
    fn check_xsrf_cookie(&self, cx: &Context) -> Result {
        cx.check_xsrf_cookie()
    }

    /// Called before the verb. When it finishes the response (or fails), the verb is not called.
    fn prepare(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Writes the page of an error. The status and headers of `error` are set already, what was written before is gone.
    fn write_error(&self, cx: &mut Context, error: &Error) -> impl Future<Output = Result> + Send {
        std::future::ready(page::write(cx, error))
    }

    /// Called once, after the response has been produced, wherever `prepare` was called; also after a failure.
    fn on_finish(&self, cx: &mut Context) {
        let _ = cx;
    }

    /// Called when the client has gone before the response was produced, after the handler's future was dropped.
    fn on_connection_close(&self, cx: &mut Context) {
        let _ = cx;
    }

    /// True when the handler reads the body itself, piece by piece ([`Context::read_chunk`]); else the body is read
    /// before `prepare`, up to [`Limits::body`](crate::Limits::body).
    fn stream_request_body(&self) -> bool {
        false
    }

    /// True when the handler answers nobody but users: [`authenticated`](crate::authenticated) says what others get.
    fn authenticated(&self) -> bool {
        false
    }

    /// The methods for `Allow`, where the framework cannot see them: for handlers that wrap another. `None` means that
    /// it finds out by itself which of the verbs above are written.
    fn allow(&self) -> Option<Vec<Method>> {
        None
    }
}

/// The future of a verb that is not written. It has no size, which is how the framework recognises it: a future that
/// was written holds at least `self` and the context.
pub(crate) struct NotAllowed;

impl Future for NotAllowed {
    type Output = Result;

    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Result> {
        Poll::Ready(Err(Error::method_not_allowed()))
    }
}

#[cfg(test)]
mod tests;
