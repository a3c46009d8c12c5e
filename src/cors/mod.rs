//! Cross-origin resource sharing: the middleware [`Cors`] (the Fetch standard, section 3.2).

mod origin;
mod preflight;

use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    AUTHORIZATION, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::error::{Error, Result};
use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;
use crate::vary;

const ANY: HeaderValue = HeaderValue::from_static("*");
const ANY_AND_AUTHORIZATION: HeaderValue = HeaderValue::from_static("*, authorization");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// Lets pages of other origins read responses. Nothing is allowed that is not named.
///
/// It answers preflights itself, with 204, or with 403 and the reason; other requests go on, and their responses get the
/// fields that the origin may have. A request from an origin that is not allowed goes on too, since CORS only says who may
/// read: what a foreign page may *do* is refused by
/// [`Settings::cross_origin_protection`](crate::Settings::cross_origin_protection). An origin whose pages are to write
/// stands in [`Settings::trusted_origins`](crate::Settings::trusted_origins) as well.
///
/// What cannot be (credentials with `*`, an origin with a path) is told by
/// [`Application::check`](crate::Application::check), before anything is served.
///
/// ```
/// use std::time::Duration;
///
/// use waterspout::Cors;
/// use waterspout::prelude::*;
///
/// let cors = Cors::new()
///     .allow_origins(["https://app.example.com"])
///     .allow_methods(["GET", "PUT"])
///     .allow_headers(["content-type"])
///     .credentials(true)
///     .max_age(Duration::from_secs(600));
/// let app = Application::new().middleware(cors).get("/", async |cx| cx.write("data"));
/// # let client = waterspout::testing::TestClient::new(app);
/// let response = client.get("/").header("origin", "https://app.example.com").send();
/// assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example.com"));
/// let response = client.get("/").header("origin", "https://elsewhere.example").send();
/// assert_eq!(response.header("access-control-allow-origin"), None);
/// ```
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Vec<String>,
    any_origin: bool,
    null_origin: bool,
    /// `None`: any.
    methods: Option<Vec<Method>>,
    headers: Vec<HeaderName>,
    any_header: bool,
    exposed: Vec<HeaderName>,
    expose_any: bool,
    credentials: bool,
    max_age: Option<Duration>,
    problems: Vec<String>,
    fields: Fields,
}

/// What is the same in all responses.
#[derive(Clone, Debug, Default)]
struct Fields {
    exposed: Option<HeaderValue>,
    methods: Option<HeaderValue>,
    headers: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl Cors {
    /// Allows no origin; of those that will be named, GET, HEAD and POST without fields of their own.
    pub fn new() -> Self {
        Self {
            origins: Vec::new(),
            any_origin: false,
            null_origin: false,
            methods: Some(vec![Method::GET, Method::HEAD, Method::POST]),
            headers: Vec::new(),
            any_header: false,
            exposed: Vec::new(),
            expose_any: false,
            credentials: false,
            max_age: None,
            problems: Vec::new(),
            fields: Fields::default(),
        }
        .with_fields()
    }

    /// Allows these origins, written as browsers write them: `https://www.example.com`. `*` allows every one.
    #[must_use]
    pub fn allow_origins<T: Into<String>>(mut self, origins: impl IntoIterator<Item = T>) -> Self {
        for text in origins.into_iter().map(Into::into) {
            if text == "*" {
                self.any_origin = true;
            } else if let Err(problem) = origin::check(&text) {
                self.problems.push(problem);
            } else {
                self.origins.push(text);
            }
        }
        self
    }

    /// Allows the origin `null`: that of local files, of sandboxed frames, and so of anybody who makes one.
    #[must_use]
    pub fn allow_null_origin(mut self) -> Self {
        self.null_origin = true;
        self
    }

    /// Allows these methods and no others; `*` allows every one. GET, HEAD and POST without it.
    #[must_use]
    pub fn allow_methods<T: AsRef<str>>(mut self, methods: impl IntoIterator<Item = T>) -> Self {
        let mut allowed = Some(Vec::new());
        for text in methods {
            match (text.as_ref(), Method::from_bytes(text.as_ref().as_bytes())) {
                ("*", _) => allowed = None,
                (_, Ok(method)) => allowed
                    .iter_mut()
                    .for_each(|allowed| allowed.push(method.clone())),
                (text, Err(_)) => self.problems.push(format!("`{text}` is no method")),
            }
        }
        self.methods = allowed;
        self.with_fields()
    }

    /// Allows requests to have these fields, beside those that a form could have; `*` allows every one but `Authorization`,
    /// which has to be named.
    #[must_use]
    pub fn allow_headers<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        (self.headers, self.any_header) = self.names(names);
        self.with_fields()
    }

    /// Lets pages read these fields of responses, beside the few that they may always read; `*` is every one.
    #[must_use]
    pub fn expose<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        (self.exposed, self.expose_any) = self.names(names);
        self.with_fields()
    }

    /// Lets requests come with cookies. It needs origins, methods and fields by name: a browser refuses `*` here.
    #[must_use]
    pub fn credentials(mut self, allowed: bool) -> Self {
        self.credentials = allowed;
        self
    }

    /// How long a browser may remember the answer to a preflight, in whole seconds. Without it, five seconds; browsers have
    /// limits of their own (two hours, a day).
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self.with_fields()
    }

    fn names<T: AsRef<str>>(&mut self, names: impl IntoIterator<Item = T>) -> (Vec<HeaderName>, bool) {
        let (mut parsed, mut any) = (Vec::new(), false);
        for text in names {
            match (text.as_ref(), HeaderName::from_bytes(text.as_ref().as_bytes())) {
                ("*", _) => any = true,
                (_, Ok(name)) => parsed.push(name),
                (text, Err(_)) => self.problems.push(format!("`{text}` is no field name")),
            }
        }
        (parsed, any)
    }

    fn with_fields(mut self) -> Self {
        let list = |names: Vec<&str>| {
            (!names.is_empty())
                .then(|| HeaderValue::try_from(names.join(", ")).ok())
                .flatten()
        };
        let names = |names: &[HeaderName]| list(names.iter().map(HeaderName::as_str).collect());
        self.fields = Fields {
            exposed: if self.expose_any {
                Some(ANY)
            } else {
                names(&self.exposed)
            },
            methods: match &self.methods {
                None => Some(ANY),
                Some(methods) => list(methods.iter().map(Method::as_str).collect()),
            },
            headers: if self.any_header && self.headers.contains(&AUTHORIZATION) {
                Some(ANY_AND_AUTHORIZATION)
            } else if self.any_header {
                Some(ANY)
            } else {
                names(&self.headers)
            },
            max_age: self.max_age.map(|age| age.as_secs().into()),
        };
        self
    }

    /// What `Access-Control-Allow-Origin` says to an origin.
    fn allowed(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        if self.any_origin {
            return Some(ANY);
        }
        let text = origin.as_bytes();
        let named = self.origins.iter().any(|allowed| allowed.as_bytes() == text);
        (named || self.null_origin && text == b"null").then(|| origin.clone())
    }

    /// The fields by which a browser lets its page have the response.
    fn share(&self, headers: &mut HeaderMap, origin: HeaderValue) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
    }

    /// What was written wrongly, and what browsers do not let be.
    fn find_problems(&self) -> Vec<String> {
        let mut problems = self.problems.clone();
        if self.credentials {
            for (any, what) in [
                (self.any_origin, "origin"),
                (self.null_origin, "page without an origin (`null`)"),
                (self.methods.is_none(), "method"),
                (self.any_header, "field"),
            ] {
                if any {
                    problems.push(format!(
                        "credentials cannot be allowed together with every {what}"
                    ));
                }
            }
            if self.expose_any {
                problems.push("with credentials, fields are exposed by name".into());
            }
        }
        problems
    }
}

impl Default for Cors {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for Cors {
    async fn handle(&self, request: Request, next: Next<'_>) -> Response {
        let origin = request
            .field(&ORIGIN)
            .and_then(|origin| HeaderValue::from_bytes(origin).ok());
        if let Some(origin) = &origin
            && let Some(method) = preflight::method(&request)
        {
            return self.preflight(&request, origin, method);
        }
        let mut response = next.run(request).await;
        if response.has_upgrade() {
            return response;
        }
        let headers = response.headers_mut();
        if !self.any_origin {
            vary::add(headers, "Origin");
        }
        if let Some(allowed) = origin.and_then(|origin| self.allowed(&origin)) {
            self.share(headers, allowed);
            if let Some(exposed) = &self.fields.exposed {
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
            }
        }
        response
    }

    fn check(&self) -> Result {
        let problems = self.find_problems();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::new(500).message(format!("CORS: {}", problems.join("; "))))
    }
}
