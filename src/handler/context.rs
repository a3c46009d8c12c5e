//! One request and the response that is being made of it.

use std::any::type_name;
use std::future::poll_fn;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use askama::DynTemplate;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::arguments::Arguments;
use super::exchange::Exchange;
use super::finisher::{self, Detached, Finisher};
use super::path::PathArguments;
use super::tasks::Tasks;
use crate::application::{Inner, Settings};
use crate::body::Body;
use crate::carrier::{BoxFuture, Carrier};
use crate::client::{AsyncHttpClient, RequestClient};
use crate::error::{Error, Result};
use crate::extensions::Extensions;
use crate::multipart::HttpFile;
use crate::request::Request;
use crate::response::Reason;
use crate::upgrade::Upgrade;

/// What a handler works with: the request, and the response in the making.
///
/// What other frameworks split into extractors and return values stands here, under Tornado's names: `get_argument`,
/// `path_arg`, `json` and `body` on the way in, `set_status`, `set_header`, `write`, `flush`, `finish`, `redirect` on
/// the way out.
pub struct Context {
    pub(super) request: Request,
    pub(super) app: Arc<Inner>,
    pub(super) path: PathArguments,
    pub(super) body: Bytes,
    pub(super) incoming: Body,
    pub(super) body_read: u64,
    pub(super) body_failed: bool,
    pub(super) body_buffered: bool,
    pub(super) max_body_size: u64,
    /// The same for the bytes before their coding is taken off, where they have one.
    pub(super) coded_limit: Option<Arc<AtomicU64>>,
    pub(super) body_timer: Option<BoxFuture<'static, ()>>,
    pub(super) files: Vec<HttpFile>,
    pub(super) query: OnceLock<Arguments>,
    pub(super) form: OnceLock<Arguments>,
    pub(super) status: StatusCode,
    pub(super) reason: Option<Reason>,
    pub(super) headers: HeaderMap,
    pub(super) out: Vec<u8>,
    pub(super) whole: Option<Body>,
    pub(super) trailers: Option<HeaderMap>,
    pub(super) upgrade: Option<Upgrade>,
    pub(super) later: Option<Box<dyn DynTemplate + Send>>,
    pub(super) progress: Progress,
    /// Requests that could change something are checked for where they come from.
    pub(super) guarded: bool,
    pub(super) started: Option<Duration>,
    /// The route is for users alone.
    pub(crate) for_users: bool,
    exchange: Arc<Exchange>,
    detached: Option<Detached>,
}

/// How far the response is.
#[derive(Clone, Copy, Default)]
pub(super) struct Progress {
    /// The handler has said that it is done.
    pub(super) finished: bool,
    /// The head is on its way.
    pub(super) flushed: bool,
    /// It went wrong after the head: the body must end as cut off.
    pub(super) failed: bool,
    /// What was written is the page of an error.
    pub(super) failing: bool,
    /// The head is that of a whole response, to which nothing is added.
    pub(super) whole: bool,
}

impl Context {
    pub(crate) fn new(app: Arc<Inner>, mut request: Request, path: PathArguments) -> Self {
        let incoming = request.take_body();
        let max_body_size = app.settings.limits.body;
        let started = tracing::enabled!(target: "waterspout::access", tracing::Level::WARN)
            .then(|| request.carrier().map(|carrier| carrier.monotonic()))
            .flatten();
        Self {
            request,
            app,
            path,
            body: Bytes::new(),
            incoming,
            body_read: 0,
            body_failed: false,
            body_buffered: false,
            max_body_size,
            coded_limit: None,
            body_timer: None,
            files: Vec::new(),
            query: OnceLock::new(),
            form: OnceLock::new(),
            status: StatusCode::OK,
            reason: None,
            headers: HeaderMap::new(),
            out: Vec::new(),
            whole: None,
            trailers: None,
            upgrade: None,
            later: None,
            progress: Progress::default(),
            guarded: false,
            started,
            for_users: false,
            exchange: Arc::default(),
            detached: None,
        }
    }

    /// Has the request checked for where it comes from: the application's own handlers are guarded, the framework's answers
    /// (404, 405) are not.
    pub(crate) fn guarded(mut self, on: bool) -> Self {
        self.guarded = on;
        self
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The method.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The settings of the application.
    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// A value given to [`Application::state`](crate::Application::state).
    ///
    /// # Errors
    /// 500 when the application has no value of this type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Result<&T> {
        let missing = || {
            Error::new(500).message(format!(
                "the application has no state of type {}",
                type_name::<T>()
            ))
        };
        self.app.state.get::<T>().ok_or_else(missing)
    }

    /// Values that travel with the request.
    pub fn extensions(&self) -> &Extensions {
        self.request.extensions()
    }

    /// Values that travel with the request, to change them.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.request.extensions_mut()
    }

    /// The id of the request: that of an `X-Request-Id` field if it is 1 to 64 letters, digits, `-`, `_` or `.`, else a
    /// new one.
    pub fn request_id(&self) -> &str {
        self.request.id().as_str()
    }

    /// The carrier: clock, timers and threads.
    ///
    /// # Errors
    /// 500 when the adapter gave none.
    pub fn carrier(&self) -> Result<&Arc<dyn Carrier>> {
        self.request
            .carrier()
            .ok_or_else(|| Error::new(500).message("the adapter gave no carrier"))
    }

    /// Waits, on the carrier's clock.
    ///
    /// # Errors
    /// 500 when the adapter gave no carrier.
    pub fn sleep(&self, duration: Duration) -> impl Future<Output = Result> + Send + use<> {
        // No `async fn`: its future would hold `&self`, and the context is not `Sync`, so no handler could await it.
        let sleep = self.carrier().map(|carrier| carrier.sleep(duration));
        async move {
            sleep?.await;
            Ok(())
        }
    }

    /// Runs blocking work where it blocks nobody, and gives its result.
    ///
    /// # Errors
    /// 500 when the adapter gave no carrier.
    pub fn unblock<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<BoxFuture<'static, T>> {
        Ok(crate::carrier::unblock(&**self.carrier()?, work))
    }

    /// How long the platform still lets the request run, where it says so (Lambda).
    pub fn deadline(&self) -> Option<Duration> {
        let deadline = self.request.abilities().deadline?;
        Some(deadline.saturating_sub(self.carrier().ok()?.monotonic()))
    }

    /// The address of the named route with its parameters filled in, in order, each percent-encoded.
    ///
    /// # Errors
    /// 500 for an unknown name, a wrong number of arguments, or a pattern that cannot be reversed.
    pub fn reverse_url(&self, name: &str, args: &[&str]) -> Result<String> {
        self.app.reverse_url(self.request.mount(), name, args)
    }

    /// The HTTP client, over whatever carries the application: the engine of [`Application::client`], else the
    /// carrier's. Where there is none, every fetch fails and says so.
    ///
    /// [`Application::client`]: crate::Application::client
    pub fn client(&self) -> RequestClient {
        let engine = self.app.client.clone();
        let engine = engine.or_else(|| self.request.carrier().and_then(|carrier| carrier.client()));
        let client = AsyncHttpClient::with(engine, self.app.settings.limits.client);
        RequestClient::new(client, Tasks::new(&self.exchange))
    }

    /// Leaves the request open when the handler returns: it is finished by the [`Finisher`], from wherever that goes.
    pub fn detach(&mut self) -> Finisher {
        let (finisher, detached) = finisher::pair();
        self.detached = Some(detached);
        finisher
    }

    /// Lets a future run along with the request, while its handler is at work and, where it has been
    /// [detached](Context::detach), after it has returned: for callbacks, without a task of their own.
    pub fn join(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        Tasks::new(&self.exchange).join(future);
    }

    pub(super) async fn detached(&mut self) -> Result {
        // What completes a request may detach it again.
        while let Some(detached) = self.detached.take() {
            poll_fn(|cx| detached.poll(cx)).await?(self)?;
        }
        Ok(())
    }

    pub(crate) fn app(&self) -> &Arc<Inner> {
        &self.app
    }

    pub(crate) fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// True when nobody wants more of the body, so that its being dropped is no lost client: after the head of a response
    /// without content, HEAD also where a middleware has put the body into another one.
    pub(super) fn is_unwanted(&self) -> bool {
        self.exchange.is_unwanted() || self.progress.flushed && *self.method() == Method::HEAD
    }

    /// The head has been sent.
    pub(crate) fn is_flushed(&self) -> bool {
        self.progress.flushed
    }

    /// The answer is a 5xx, or was cut off.
    pub(crate) fn is_failing(&self) -> bool {
        self.progress.failed || self.progress.failing && self.status.is_server_error()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.progress.finished || self.detached.is_some() || self.upgrade.is_some()
    }
}
