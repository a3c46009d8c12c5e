//! What is to be fetched, and how.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, EXPECT, HOST, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use url::Url;

use super::engine::{Outgoing, host_field};
use super::error::{ClientError, ClientErrorKind};
use crate::body::Body;
use crate::h1::HttpDate;
use crate::limits::ClientLimits;
use crate::websocket::ClientHandshake;

/// A request to be sent by [`AsyncHttpClient`](super::AsyncHttpClient) (Tornado's `HTTPRequest`).
///
/// A string or a [`Url`] is one: a GET. What is wrong with an URL or a field is told by the fetch.
///
/// ```
/// use std::time::Duration;
/// use waterspout::FetchRequest;
///
/// let request = FetchRequest::post("https://api.example.com/items")
///     .header("x-trace", "7")
///     .json(&["a", "b"])
///     .request_timeout(Duration::from_secs(5))
///     .follow_redirects(false);
/// ```
#[derive(Debug)]
pub struct FetchRequest {
    url: Result<Url, ClientError>,
    method: Method,
    headers: HeaderMap,
    body: Body,
    options: Options,
}

/// What is not sent; `None` means the client's own limits.
#[derive(Debug)]
struct Options {
    connect: Option<Duration>,
    request: Option<Duration>,
    redirects: Option<u32>,
    body: Option<u64>,
    decompress: bool,
    raise_error: bool,
}

/// A request that has been found good, and how it is to be fetched.
pub(super) struct Checked {
    pub(super) outgoing: Outgoing,
    pub(super) terms: Terms,
}

/// What holds for one fetch: its own settings, else the client's.
pub(super) struct Terms {
    pub(super) request: Duration,
    pub(super) redirects: u32,
    pub(super) body: u64,
    pub(super) decompress: bool,
    raise_error: bool,
}

impl Terms {
    /// Whether a response of this status is an error.
    pub(super) fn raises(&self, status: StatusCode) -> bool {
        self.raise_error && !status.is_success()
    }
}

impl FetchRequest {
    /// A request with this method.
    pub fn new(method: Method, url: impl AsRef<str>) -> Self {
        Self::of(method, parse(url.as_ref()))
    }

    pub(crate) fn of(method: Method, url: Result<Url, ClientError>) -> Self {
        Self {
            url,
            method,
            headers: HeaderMap::new(),
            body: Body::empty(),
            options: Options {
                connect: None,
                request: None,
                redirects: None,
                body: None,
                decompress: true,
                raise_error: true,
            },
        }
    }

    /// A GET.
    pub fn get(url: impl AsRef<str>) -> Self {
        Self::new(Method::GET, url)
    }

    /// A HEAD.
    pub fn head(url: impl AsRef<str>) -> Self {
        Self::new(Method::HEAD, url)
    }

    /// A POST, without a body until one is given.
    pub fn post(url: impl AsRef<str>) -> Self {
        Self::new(Method::POST, url)
    }

    /// A PUT, without a body until one is given.
    pub fn put(url: impl AsRef<str>) -> Self {
        Self::new(Method::PUT, url)
    }

    /// A PATCH, without a body until one is given.
    pub fn patch(url: impl AsRef<str>) -> Self {
        Self::new(Method::PATCH, url)
    }

    /// A DELETE.
    pub fn delete(url: impl AsRef<str>) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Adds a field. One that is no field (CR or LF in it, say) makes the fetch fail before anything is sent.
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            (Err(_), _) => self.fail("a field's name is not valid"),
            (_, Err(_)) => self.fail("a field's value is not valid"),
        }
        self
    }

    /// The fields, to change them.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Sets the body: bytes, text, or a stream (Tornado's `body_producer`). A stream without a known length is sent in
    /// chunks; it can be sent once, so a redirect that would need it again is an error.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON body and its `Content-Type`.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.content("application/json", bytes),
            Err(error) => {
                let invalid = ClientErrorKind::InvalidRequest("the value is not JSON");
                self.url = Err(ClientError::new(invalid).with_source(error));
                self
            }
        }
    }

    /// Sets an `application/x-www-form-urlencoded` body and its `Content-Type`.
    #[must_use]
    pub fn form<I, K, V>(self, fields: I) -> Self
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.content("application/x-www-form-urlencoded", body.finish())
    }

    fn content(mut self, kind: &'static str, body: impl Into<Body>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = body.into();
        self
    }

    /// Adds query parameters to the URL, percent-encoded.
    #[must_use]
    pub fn query<I, K, V>(mut self, fields: I) -> Self
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<str>,
        V: AsRef<str>,
    {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().extend_pairs(fields);
        }
        self
    }

    /// Sends HTTP Basic credentials (RFC 7617). Those in an URL (`http://user:password@host/`) are sent likewise.
    #[must_use]
    pub fn basic_auth(mut self, user: &str, password: &str) -> Self {
        match basic(user, password) {
            Some(value) => {
                self.headers.insert(AUTHORIZATION, value);
            }
            None => self.fail("a user's name cannot have a colon in it"),
        }
        self
    }

    /// Sends a bearer token (RFC 6750).
    #[must_use]
    pub fn bearer_auth(mut self, token: &str) -> Self {
        match HeaderValue::try_from(format!("Bearer {token}")) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            Err(_) => self.fail("the token is not valid"),
        }
        self
    }

    /// Asks only for what has changed since: the answer may be a 304, which is an error unless
    /// [`raise_error`](Self::raise_error) is off.
    #[must_use]
    pub fn if_modified_since(mut self, time: SystemTime) -> Self {
        let date = HeaderValue::from_bytes(HttpDate::new(time).as_bytes());
        // A date is digits, letters, blanks, a comma and colons.
        if let Ok(date) = date {
            self.headers.insert(IF_MODIFIED_SINCE, date);
        }
        self
    }

    /// Waits with the body until the server has said `100 Continue`, for a second at most (RFC 9110 section 10.1.1).
    #[must_use]
    pub fn expect_100_continue(mut self, wait: bool) -> Self {
        if wait {
            self.headers
                .insert(EXPECT, HeaderValue::from_static("100-continue"));
        } else {
            self.headers.remove(EXPECT);
        }
        self
    }

    /// How long connecting may take, TLS included; 20 s unless the client's limits say otherwise.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect = Some(timeout);
        self
    }

    /// How long all of it may take, from the wait for a free connection to the last byte; 20 s unless the client's
    /// limits say otherwise. For a stream: until the head is there, and then for each piece.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request = Some(timeout);
        self
    }

    /// Whether redirects are followed; on by default, off for what must not be led elsewhere (a token request).
    #[must_use]
    pub fn follow_redirects(mut self, follow: bool) -> Self {
        self.options.redirects = if follow { None } else { Some(0) };
        self
    }

    /// How many redirects are followed; 5 unless the client's limits say otherwise.
    #[must_use]
    pub fn max_redirects(mut self, most: u32) -> Self {
        self.options.redirects = Some(most);
        self
    }

    /// How large the body of the response may be in bytes, decoded; 100 MiB unless the client's limits say otherwise.
    #[must_use]
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.options.body = Some(bytes);
        self
    }

    /// Whether gzip is offered and taken off; on by default.
    #[must_use]
    pub fn decompress(mut self, decompress: bool) -> Self {
        self.options.decompress = decompress;
        self
    }

    /// Whether a final status other than 2xx is an error; on by default, as in Tornado.
    #[must_use]
    pub fn raise_error(mut self, raise: bool) -> Self {
        self.options.raise_error = raise;
        self
    }

    /// Makes it the handshake of a WebSocket. `ws` and `wss` are `http` and `https` by another name (RFC 6455 section 3).
    pub(crate) fn into_handshake(mut self, handshake: &ClientHandshake) -> Self {
        if self.method != Method::GET || self.body.len() != Some(0) {
            self.fail("the handshake of a WebSocket is a GET without a body");
        }
        if let Ok(url) = &mut self.url {
            let scheme = match url.scheme() {
                "ws" => "http",
                "wss" => "https",
                _ => "",
            };
            // It fails for other schemes, and those are looked at when the request is checked.
            let _ = url.set_scheme(scheme);
        }
        handshake.request(&mut self.headers);
        self.decompress(false)
    }

    fn fail(&mut self, detail: &'static str) {
        if self.url.is_ok() {
            self.url = Err(ClientError::new(ClientErrorKind::InvalidRequest(detail)));
        }
    }

    pub(super) fn check(self, limits: &ClientLimits) -> Result<Checked, ClientError> {
        let mut url = self.url?;
        check_url(&url)?;
        let mut headers = self.headers;
        if let Some(credentials) = take_userinfo(&mut url)? {
            headers.entry(AUTHORIZATION).or_insert(credentials);
        }
        url.set_fragment(None);
        if let (false, Some(host)) = (headers.contains_key(HOST), host_field(&url)) {
            headers.insert(HOST, host);
        }
        if self.options.decompress {
            headers
                .entry(ACCEPT_ENCODING)
                .or_insert(HeaderValue::from_static("gzip"));
        }
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!(
                "waterspout/",
                env!("CARGO_PKG_VERSION")
            )));
        let options = self.options;
        Ok(Checked {
            outgoing: Outgoing {
                method: self.method,
                url,
                headers,
                body: self.body,
                connect_timeout: options.connect.unwrap_or(limits.connect),
            },
            terms: Terms {
                request: options.request.unwrap_or(limits.request),
                redirects: options.redirects.unwrap_or(limits.redirects),
                body: options.body.unwrap_or(limits.body),
                decompress: options.decompress,
                raise_error: options.raise_error,
            },
        })
    }
}

/// Parses an URL. The parser would leave out a CR, LF or tab in silence: what was meant to break a line would become a
/// part of something else.
fn parse(url: &str) -> Result<Url, ClientError> {
    let invalid = || ClientError::new(ClientErrorKind::InvalidUrl);
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(invalid().with_source("a control character"));
    }
    Url::parse(url).map_err(|error| invalid().with_source(error))
}

/// `http` or `https`, with a host: also for what a redirect leads to.
pub(super) fn check_url(url: &Url) -> Result<(), ClientError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ClientError::new(ClientErrorKind::UnsupportedScheme).with_url(url));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(ClientError::new(ClientErrorKind::InvalidUrl).with_url(url));
    }
    Ok(())
}

/// Takes `user:password@` off an URL, so that it is never sent or logged, as Basic credentials.
fn take_userinfo(url: &mut Url) -> Result<Option<HeaderValue>, ClientError> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let (user, password) = (decode(url.username()), decode(url.password().unwrap_or_default()));
    // Both fail only for an URL without a host, and that has been checked.
    let (_, _) = (url.set_username(""), url.set_password(None));
    let invalid = ClientErrorKind::InvalidRequest("a user's name cannot have a colon in it");
    match basic(&user, &password) {
        Some(value) => Ok(Some(value)),
        None => Err(ClientError::new(invalid).with_url(url)),
    }
}

fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    if user.contains(':') {
        return None;
    }
    let text = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl From<Url> for FetchRequest {
    fn from(url: Url) -> Self {
        Self::of(Method::GET, Ok(url))
    }
}

macro_rules! from_text {
    ($($kind:ty),*) => {$(
        impl From<$kind> for FetchRequest {
            fn from(url: $kind) -> Self {
                Self::get(url)
            }
        }
    )*};
}
from_text!(&str, &String, String);

/// For crates that speak `http`'s types: oauth2's requests, for one.
impl<B: Into<Body>> From<http::Request<B>> for FetchRequest {
    fn from(request: http::Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        let mut new = Self::new(parts.method, parts.uri.to_string());
        new.headers = parts.headers;
        new.body = body.into();
        new
    }
}
