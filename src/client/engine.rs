//! What an HTTP client sits on: the part that knows connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use url::Url;

use super::error::ClientError;
use crate::body::Body;
use crate::carrier::{BoxFuture, Endpoint};
use crate::upgrade::BoxDuplex;

/// Carries one request to its server and one response back.
///
/// It does what needs a socket (connections, TLS, proxies, a pool) and nothing else: it follows no redirect, decodes no
/// content, and repeats a request only where nobody can tell (an idempotent one, without a stream for a body, on a
/// connection that turned out to be closed; RFC 9110 section 9.2.2). Dropping the future or the body of the response
/// ends the exchange and closes its connection.
pub trait Engine: Send + Sync + 'static {
    /// Sends a request and gives the final response once its head is there; its body streams. 1xx responses are not given.
    fn send(&self, request: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>>;

    /// Completes after `duration`: the clock of the client's deadlines.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Time since some fixed point, on the clock of [`sleep`](Engine::sleep); it never goes back.
    fn monotonic(&self) -> Duration;
}

impl<E: Engine + ?Sized> Engine for Arc<E> {
    fn send(&self, request: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        (**self).send(request)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }

    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }
}

/// A request as an engine gets it: checked and complete but for its framing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// An absolute `http` or `https` URL with a host, without userinfo and fragment.
    pub url: Url,
    /// The fields, `host` among them. Framing (`content-length`, `transfer-encoding`) and `connection` are the engine's.
    /// With `upgrade` among them the request asks for another protocol (RFC 9110 section 7.8), a WebSocket's most likely:
    /// an engine that cannot do that refuses it.
    pub headers: HeaderMap,
    /// The body; sent in chunks where its length is not known.
    pub body: Body,
    /// How long connecting may take, the wait for a free place in the pool not counted.
    pub connect_timeout: Duration,
}

impl Outgoing {
    /// A GET of `url` with no field but `host`.
    pub fn new(url: Url) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(host) = host_field(&url) {
            headers.insert(http::header::HOST, host);
        }
        Self {
            method: Method::GET,
            url,
            headers,
            body: Body::empty(),
            connect_timeout: Duration::from_secs(20),
        }
    }
}

/// A response as an engine gives it.
#[non_exhaustive]
pub struct Incoming {
    /// The status, final.
    pub status: StatusCode,
    /// The reason phrase as received; empty where there was none.
    pub reason: Bytes,
    /// The protocol version of the response.
    pub version: Version,
    /// The fields as received.
    pub headers: HeaderMap,
    /// The content as received, its framing taken off. A body that is cut off ends in an error, whose source is a
    /// [`ClientError`] where there is more to say.
    pub body: Body,
    /// Who answered, where that is known; with a proxy, the proxy.
    pub remote: Endpoint,
    /// After a 101 the connection itself, which speaks the new protocol; what the server has sent already is read first.
    pub upgraded: Option<BoxDuplex>,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("remote", &self.remote)
            .field("upgraded", &self.upgraded.is_some())
            .finish_non_exhaustive()
    }
}

impl Incoming {
    /// A response with this status and body, HTTP/1.1, without fields.
    pub fn new(status: StatusCode, body: impl Into<Body>) -> Self {
        Self {
            status,
            reason: Bytes::new(),
            version: Version::HTTP_11,
            headers: HeaderMap::new(),
            body: body.into(),
            remote: Endpoint::Unknown,
            upgraded: None,
        }
    }
}

/// The value of `Host`: the port only where it is not the scheme's own (RFC 9110 section 7.2).
pub(super) fn host_field(url: &Url) -> Option<http::HeaderValue> {
    let host = url.host_str()?;
    match url.port() {
        None => host.try_into().ok(),
        Some(port) => format!("{host}:{port}").try_into().ok(),
    }
}
