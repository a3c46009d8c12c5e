//! The application: routes, middleware, settings, and the one function that carriers call.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use http::{HeaderValue, Method};

use crate::Context;
use crate::client::Engine;
use crate::cookies::CookieSecret;
use crate::error::{Error, Result};
use crate::handler::{ErasedHandler, Function, FunctionWith, HandlerFn, HandlerFnWith, RequestHandler};
use crate::hosts::AllowedHosts;
use crate::limits::Limits;
use crate::middleware::{ErasedMiddleware, Middleware, MiddlewareFn, Next, Wrap};
use crate::origin;
use crate::request::Request;
use crate::respond::Respond;
use crate::response::Response;
use crate::routing::{HostPattern, Pattern, Table};
use crate::security::Security;
use crate::session::Sessions;
use crate::template::Registry;
use crate::users::Users;
use crate::websocket::{self, WebSocketHandler};
use crate::xsrf;

/// What an application is told besides its routes. Everything has a safe default.
///
/// ```
/// use waterspout::{Application, Settings};
///
/// let app = Application::new().settings(Settings { debug: true, ..Settings::default() });
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// Shows the text of a 5xx to the client. Never on in production.
    pub debug: bool,
    /// Every limit.
    pub limits: Limits,
    /// `X-Content-Type-Options: nosniff` on every response (ASVS 5.0, 3.4.4). On by default.
    pub nosniff: bool,
    /// `X-Request-Id` on every response. On by default.
    pub request_id: bool,
    /// The origins whose pages may open WebSockets, besides those of the request's own host: `https://www.example.com`, and
    /// `null` for pages that are opened from a file. None by default.
    pub allowed_origins: Vec<String>,
    /// Fields that every response gets unless it has them: more security headers, `Server`. None by default.
    pub default_headers: Vec<(http::HeaderName, HeaderValue)>,
    /// What cookies are signed and encrypted with. None by default: then signed and encrypted cookies are a 500.
    pub cookie_secret: Option<CookieSecret>,
    /// Refuses with 403 what pages of other origins send by a method other than GET, HEAD and OPTIONS, by what browsers say
    /// in `Sec-Fetch-Site`, else in `Origin`. On by default; it asks nothing of clients that are no browsers. Handlers have a
    /// say of their own ([`RequestHandler::check_trusted_origin`], [`Application::any_origin`]).
    pub cross_origin_protection: bool,
    /// The origins whose pages may nonetheless: `https://www.example.com`, as browsers write it. They may open WebSockets,
    /// too. None by default.
    pub trusted_origins: Vec<String>,
    /// Has the same requests repeat the token of a cookie ([`Context::check_xsrf_cookie`]), for browsers that say neither.
    /// Off by default.
    pub xsrf_cookies: bool,
    /// The name of that cookie: `_xsrf`, or `__Host-xsrf` where all is over TLS, so that no other host below the same domain
    /// can set it.
    pub xsrf_cookie_name: Cow<'static, str>,
    /// The hosts that requests may name: `example.com`, `*.example.com` (all below it), either with a port. Others are
    /// answered 421 before anything else is done. None by default, which is any.
    pub allowed_hosts: Vec<String>,
    /// Where users log in: a path of the application, or a URL. Pages that need a user send there who is none
    /// ([`authenticated`](crate::authenticated)). None by default, and they answer 403.
    pub login_url: Option<String>,
    /// An `ETag` on every 200 to GET and HEAD that has none, made of its body where that is in memory, and 304 where the
    /// client names the tag in `If-None-Match`, a handler's own too. On by default, as in Tornado. It costs a SHA-1 of each such
    /// body: for answers that are large and never the same, turn it off.
    pub etag: bool,
    /// What browsers are told for safety, with defaults that break no page.
    pub security: Security,
    /// Takes `Content-Encoding: gzip` and `deflate` off request bodies; others are 415. Off by default.
    pub decompress_request: bool,
    /// Where the larger files of multipart forms go while their request lives. The system's folder for temporary files by
    /// default.
    pub upload_dir: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            debug: false,
            limits: Limits::default(),
            nosniff: true,
            request_id: true,
            allowed_origins: Vec::new(),
            default_headers: Vec::new(),
            cookie_secret: None,
            cross_origin_protection: true,
            trusted_origins: Vec::new(),
            xsrf_cookies: false,
            xsrf_cookie_name: Cow::Borrowed("_xsrf"),
            allowed_hosts: Vec::new(),
            login_url: None,
            etag: true,
            security: Security::default(),
            decompress_request: false,
            upload_dir: None,
        }
    }
}

impl Settings {
    /// What is wrong with them, for [`Application::check`].
    fn problems(&self) -> Vec<String> {
        let secret = self.cookie_secret.as_ref().and_then(CookieSecret::problem);
        let mut problems: Vec<String> = secret.map(ToOwned::to_owned).into_iter().collect();
        problems.extend(AllowedHosts::problems(&self.allowed_hosts));
        problems.extend(xsrf::problem(self));
        let odd = self
            .trusted_origins
            .iter()
            .filter(|text| !origin::is_origin(text));
        problems.extend(odd.map(|text| format!("trusted_origins: {text:?} is not scheme://host")));
        problems
    }
}

/// A web application: the thing that is written once and carried by anything.
///
/// It is one concrete type that can be named, cloned (cheaply) and returned. Builders return `Self`; what is wrong with
/// a pattern is kept and told by [`Application::check`] and by every adapter's `run`.
///
/// ```
/// use waterspout::prelude::*;
///
/// async fn hello(cx: &mut Context) -> Result {
///     cx.write("Hello, world")
/// }
///
/// fn app() -> Application {
///     Application::new()
///         .get("/", hello)
///         .get("/user/{id:[0-9]+}", async |cx| cx.write(format!("user {}", cx.path_arg("id")?)))
///         .name("user")
/// }
/// assert_eq!(app().reverse_url("user", &["7"])?, "/user/7");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Application {
    inner: Arc<Inner>,
    /// The rule and the host that the next builder call is about.
    pub(crate) last: Option<usize>,
    host: Option<HostPattern>,
}

/// What is shared by everything that is on its way.
#[derive(Clone, Default)]
pub(crate) struct Inner {
    pub(crate) table: Table<Route>,
    pub(crate) not_found: Option<Arc<dyn ErasedHandler>>,
    pub(crate) middleware: Vec<Arc<dyn ErasedMiddleware>>,
    pub(crate) settings: Settings,
    pub(crate) hosts: AllowedHosts,
    pub(crate) state: State,
    pub(crate) client: Option<Arc<dyn Engine>>,
    pub(crate) templates: Registry,
    pub(crate) sessions: Option<Sessions>,
    pub(crate) users: Option<Arc<dyn Users>>,
    pub(crate) has_private_routes: bool,
    problems: Vec<String>,
}

/// What a rule leads to: a class, functions by method, or both.
#[derive(Clone, Default)]
pub(crate) struct Route {
    pub(crate) class: Option<Arc<dyn ErasedHandler>>,
    functions: Vec<(Option<Method>, Arc<dyn ErasedHandler>)>,
    pub(crate) raw_paths: bool,
    pub(crate) any_origin: bool,
    pub(crate) authenticated: bool,
}

impl Route {
    /// The function for a method; GET's answers HEAD, and `any` what has none of its own.
    pub(crate) fn function(&self, method: &Method) -> Option<&Arc<dyn ErasedHandler>> {
        let of = |wanted: Option<&Method>| {
            self.functions
                .iter()
                .find(|(method, _)| method.as_ref() == wanted)
                .map(|(_, handler)| handler)
        };
        let exact = of(Some(method));
        let derived = || {
            if *method == Method::HEAD {
                of(Some(&Method::GET))
            } else {
                None
            }
        };
        exact.or_else(derived).or_else(|| of(None))
    }

    /// The methods that the functions answer, for `Allow`; none where there are no functions.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let mut methods = Vec::new();
        if self.functions.is_empty() {
            return methods;
        }
        for (method, _) in &self.functions {
            methods.extend(method.clone());
            if *method == Some(Method::GET) && !self.functions.iter().any(|(m, _)| *m == Some(Method::HEAD)) {
                methods.push(Method::HEAD);
            }
        }
        if !methods.contains(&Method::OPTIONS) {
            methods.push(Method::OPTIONS);
        }
        methods
    }
}

/// Values of the application, by type.
#[derive(Clone, Default)]
pub(crate) struct State(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl State {
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0
            .get(&TypeId::of::<T>())
            .and_then(|value| value.downcast_ref())
    }
}

impl Inner {
    pub(crate) fn pattern(&self, rule: usize) -> Option<&Pattern> {
        self.table.pattern(rule)
    }

    pub(crate) fn reverse_url(&self, mount: &str, name: &str, args: &[&str]) -> Result<String> {
        Ok(format!("{mount}{}", self.table.reverse(name, args)?))
    }
}

macro_rules! verbs {
    ($($verb:ident $verb_with:ident $method:ident;)*) => {$(
        #[doc = concat!("Answers ", stringify!($method), " on `pattern` with an `async fn` or an `async |cx|` closure that captures nothing.")]
        ///
        /// Functions of the same pattern join one route, so that 405 knows all of them.
        #[must_use]
        pub fn $verb<F>(self, pattern: &str, function: F) -> Self
        where
            F: AsyncFn(&mut Context) -> Result + for<'a> HandlerFn<'a>,
        {
            self.function(pattern, Some(Method::$method), Arc::new(Function { function, streaming: false }))
        }

        #[doc = concat!("Answers ", stringify!($method), " on `pattern` with a function that gets a clone of `state` with each request.")]
        #[must_use]
        pub fn $verb_with<S, F>(self, pattern: &str, state: S, function: F) -> Self
        where
            S: Clone + Send + Sync + 'static,
            F: AsyncFn(S, &mut Context) -> Result + for<'a> HandlerFnWith<'a, S>,
        {
            self.function(pattern, Some(Method::$method), Arc::new(FunctionWith { state, function }))
        }
    )*};
}

impl Application {
    /// An application that answers 404 to everything.
    pub fn new() -> Self {
        Self {
            inner: Arc::default(),
            last: None,
            host: None,
        }
    }

    pub(crate) fn inner(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }

    /// The route that was added last.
    pub(crate) fn last_route(&mut self) -> Option<&mut Route> {
        self.last.and_then(|index| self.inner().table.target_mut(index))
    }

    pub(crate) fn problem(&mut self, problem: impl ToString) {
        self.last = None;
        self.inner().problems.push(problem.to_string());
    }

    /// The route of a pattern, made if there is none yet for this pattern and host.
    fn rule(&mut self, pattern: Result<Pattern, crate::routing::PatternError>) -> Option<&mut Route> {
        let pattern = match pattern {
            Ok(pattern) => pattern,
            Err(error) => {
                self.problem(error);
                return None;
            }
        };
        let host = self.host.clone();
        let inner = self.inner();
        let same = inner.table.find_same(host.as_ref(), &pattern);
        let index = same.unwrap_or_else(|| inner.table.push(host, pattern, Route::default()));
        self.last = Some(index);
        self.inner().table.target_mut(index)
    }

    /// Leads `pattern` to a handler with a method per verb.
    ///
    /// A pattern is text with parameters: `/user/{id}`, `/user/{id:[0-9]+}`, `/files/{*rest}`. The first rule that
    /// matches wins, in the order in which they are added. Where a pattern has functions too ([`Application::get`] and
    /// the like), they answer their methods and the handler the others.
    #[must_use]
    pub fn route(mut self, pattern: &str, handler: impl RequestHandler) -> Self {
        if let Some(route) = self.rule(Pattern::parse(pattern)) {
            // As in a list of rules, an earlier handler of the same pattern wins.
            route.class.get_or_insert(Arc::new(handler));
        }
        self
    }

    /// Leads a raw regular expression, anchored at both ends, to a handler: Tornado's own rules. Groups become path
    /// arguments, by order or by name.
    #[must_use]
    pub fn route_regex(mut self, pattern: &str, handler: impl RequestHandler) -> Self {
        if let Some(route) = self.rule(Pattern::regex(pattern)) {
            route.class.get_or_insert(Arc::new(handler));
        }
        self
    }

    /// Leads `pattern` to WebSockets: `factory` makes the handler of each connection.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// struct Echo;
    /// impl WebSocketHandler for Echo {
    ///     async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
    ///         ws.write_message(message).await
    ///     }
    /// }
    /// let app = Application::new().websocket("/echo", || Echo).name("echo");
    /// ```
    #[must_use]
    pub fn websocket<F, H>(self, pattern: &str, factory: F) -> Self
    where
        F: Fn() -> H + Send + Sync + 'static,
        H: WebSocketHandler,
    {
        self.websocket_with(pattern, websocket::Options::default(), factory)
    }

    /// As [`Application::websocket`], with limits, compression and times of its own.
    #[must_use]
    pub fn websocket_with<F, H>(self, pattern: &str, options: websocket::Options, factory: F) -> Self
    where
        F: Fn() -> H + Send + Sync + 'static,
        H: WebSocketHandler,
    {
        self.route(pattern, websocket::Route::new(factory, options))
    }

    verbs! {
        get get_with GET;
        head head_with HEAD;
        post post_with POST;
        put put_with PUT;
        patch patch_with PATCH;
        delete delete_with DELETE;
        options options_with OPTIONS;
    }

    /// Answers every method on `pattern` that has no function of its own, extension methods included.
    #[must_use]
    pub fn any<F>(self, pattern: &str, function: F) -> Self
    where
        F: AsyncFn(&mut Context) -> Result + for<'a> HandlerFn<'a>,
    {
        self.function(
            pattern,
            None,
            Arc::new(Function {
                function,
                streaming: false,
            }),
        )
    }

    /// As [`Application::any`], for a function that reads the body itself with [`Context::read_chunk`], or not at all.
    #[must_use]
    pub fn streaming<F>(self, pattern: &str, function: F) -> Self
    where
        F: AsyncFn(&mut Context) -> Result + for<'a> HandlerFn<'a>,
    {
        self.function(
            pattern,
            None,
            Arc::new(Function {
                function,
                streaming: true,
            }),
        )
    }

    fn function(mut self, pattern: &str, method: Option<Method>, handler: Arc<dyn ErasedHandler>) -> Self {
        if let Some(route) = self.rule(Pattern::parse(pattern))
            && !route.functions.iter().any(|(other, _)| *other == method)
        {
            route.functions.push((method, handler));
        }
        self
    }

    /// Names the route that was added last, for [`Context::reverse_url`].
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        if let Some(index) = self.last
            && let Err(error) = self.inner().table.set_name(index, name)
        {
            self.problem(error);
        }
        self
    }

    /// Lets the route that was added last have paths with dot segments, which are refused with 400 otherwise.
    #[must_use]
    pub fn raw_paths(mut self) -> Self {
        if let Some(route) = self.last_route() {
            route.raw_paths = true;
        }
        self
    }

    /// Lets pages of any origin send anything to the route that was added last, and asks for no XSRF token there: for what
    /// does not rely on cookies, such as webhooks, and APIs with keys.
    #[must_use]
    pub fn any_origin(mut self) -> Self {
        if let Some(route) = self.last.and_then(|index| self.inner().table.target_mut(index)) {
            route.any_origin = true;
        }
        self
    }

    /// Adds rules for one host: `admin.example.com`, `*.example.com`. They are tried before those for any host.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new()
    ///     .host("admin.example.com", |rules| rules.get("/", async |cx| cx.write("admin")))
    ///     .get("/", async |cx| cx.write("public"));
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.get("/").header("host", "admin.example.com:80").send().text(), "admin");
    /// # assert_eq!(client.get("/").send().text(), "public");
    /// ```
    #[must_use]
    pub fn host(self, host: &str, rules: impl FnOnce(Self) -> Self) -> Self {
        self.host_rules(HostPattern::parse(host), rules)
    }

    /// As [`Application::host`], with a regular expression, anchored at both ends.
    #[must_use]
    pub fn host_regex(self, host: &str, rules: impl FnOnce(Self) -> Self) -> Self {
        self.host_rules(HostPattern::regex(host), rules)
    }

    fn host_rules(
        mut self,
        host: Result<HostPattern, crate::routing::PatternError>,
        rules: impl FnOnce(Self) -> Self,
    ) -> Self {
        match host {
            Ok(host) => {
                let before = self.host.replace(host);
                let mut app = rules(self);
                app.host = before;
                app
            }
            Err(error) => {
                self.problem(error);
                self
            }
        }
    }

    /// Answers what no rule matches (Tornado's `default_handler_class`).
    #[must_use]
    pub fn not_found(mut self, handler: impl RequestHandler) -> Self {
        self.inner().not_found = Some(Arc::new(handler));
        self
    }

    /// Puts a middleware around everything; the first one added is the outermost.
    #[must_use]
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.inner().middleware.push(Arc::new(middleware));
        self
    }

    /// Puts a closure or `async fn` around everything: `.wrap(async |request, next| next.run(request).await)`.
    #[must_use]
    pub fn wrap<F>(mut self, middleware: F) -> Self
    where
        F: AsyncFn(Request, Next<'_>) -> Response + for<'a> MiddlewareFn<'a>,
    {
        self.inner().middleware.push(Arc::new(Wrap(middleware)));
        self
    }

    /// Gives the application a value that handlers find by its type with [`Context::state`].
    #[must_use]
    pub fn state<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.inner().state.0.insert(TypeId::of::<T>(), Arc::new(value));
        self
    }

    /// Sets the settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.inner().hosts = AllowedHosts::new(&settings.allowed_hosts);
        self.inner().settings = settings;
        self
    }

    /// Lets the handlers' [client](Context::client) use this engine instead of the carrier's: a proxy's, a test's.
    #[must_use]
    pub fn client(mut self, engine: impl Engine) -> Self {
        self.inner().client = Some(Arc::new(engine));
        self
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.inner.settings.limits
    }

    /// The address of a named route, its parameters filled in order.
    ///
    /// # Errors
    /// 500 for an unknown name, a wrong number of arguments, or a pattern that cannot be reversed.
    pub fn reverse_url(&self, name: &str, args: &[&str]) -> Result<String> {
        self.inner.reverse_url("", name, args)
    }

    /// What is wrong with the application: bad patterns, names given twice, settings, sessions and middleware that cannot work.
    ///
    /// # Errors
    /// One error with the text of all problems.
    pub fn check(&self) -> Result {
        let mut problems = self.inner.problems.clone();
        problems.extend(self.inner.settings.problems());
        let sessions = self.inner.sessions.as_ref();
        problems.extend(sessions.and_then(|sessions| sessions.problem(&self.inner.settings)));
        if self.inner.has_private_routes && self.inner.users.is_none() {
            problems.push("a route is for users alone, and the application has no get_current_user".into());
        }
        problems.extend_from_slice(self.inner.settings.security.problems());
        for middleware in &self.inner.middleware {
            let text = |error: Error| error.text().map_or_else(|| error.to_string(), str::to_owned);
            problems.extend(middleware.check().err().map(text));
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::new(500).message(problems.join("; ")))
    }

    /// Answers a request: the contract between applications and carriers (docs/SPEC.md).
    ///
    /// It never errs and never panics outward. After the first flush the running handler is the body of the response;
    /// dropping either the future or the body cancels the handler.
    pub fn respond(&self, request: Request) -> impl Future<Output = Response> + Send + use<> {
        Respond::new(self.inner.clone(), request)
    }
}

impl Default for Application {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application")
            .field("rules", &self.inner.table.len())
            .finish_non_exhaustive()
    }
}
