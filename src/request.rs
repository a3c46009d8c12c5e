//! What the client asks for.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::{HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri, Version};

use crate::body::Body;
use crate::carrier::{Abilities, Carrier, Link, Mount, Peer, RawTarget, Scheme};
use crate::extensions::Extensions;
use crate::h1::{Fields, RequestHead};
use crate::request_id::{RequestId, X_REQUEST_ID};

/// A request: method, target, fields, body, and what its carrier knows.
///
/// An adapter builds it with [`Request::new`], or [`Request::from_head`] where the [`h1`](crate::h1) engine read it; [`TestClient`](crate::testing::TestClient) builds one in tests.
#[derive(Debug)]
pub struct Request(Box<Inner>);

/// Boxed: a request is handed from the carrier through the middleware to the handler, and it is 400 bytes.
#[derive(Debug)]
struct Inner {
    method: Method,
    uri: Uri,
    version: Version,
    headers: Headers,
    body: Body,
    extensions: Extensions,
}

/// The fields, as a map from the first look at them on.
#[derive(Debug, Default)]
struct Headers {
    fields: Option<Fields>,
    map: OnceLock<HeaderMap>,
}

impl Headers {
    fn map(&self) -> &HeaderMap {
        self.map
            .get_or_init(|| self.fields.as_ref().map(Fields::to_map).unwrap_or_default())
    }
}

impl From<HeaderMap> for Headers {
    fn from(map: HeaderMap) -> Self {
        Self {
            fields: None,
            map: map.into(),
        }
    }
}

impl From<Fields> for Headers {
    fn from(fields: Fields) -> Self {
        Self {
            fields: Some(fields),
            map: OnceLock::new(),
        }
    }
}

impl Request {
    /// A request as an adapter received it. `target` is the request target byte for byte, where the adapter has it.
    pub fn new(
        method: Method,
        uri: Uri,
        version: Version,
        headers: HeaderMap,
        body: Body,
        target: Option<Bytes>,
        link: Arc<Link>,
    ) -> Self {
        Self(Box::new(Inner {
            method,
            uri,
            version,
            headers: headers.into(),
            body,
            extensions: Extensions::with_link(link, target.map(RawTarget)),
        }))
    }

    /// A request as the [`h1`](crate::h1) engine has read it. Its fields become a map when they are first looked at.
    pub fn from_head(head: RequestHead, body: Body, link: Arc<Link>) -> Self {
        Self(Box::new(Inner {
            method: head.method,
            uri: head.uri,
            version: head.version,
            headers: head.fields.into(),
            body,
            extensions: Extensions::with_link(link, Some(RawTarget(head.target))),
        }))
    }

    /// Takes the request out and leaves an empty one, which nobody looks at any more.
    pub(crate) fn take(&mut self) -> Self {
        let empty = Inner {
            method: Method::GET,
            uri: Uri::default(),
            version: Version::HTTP_11,
            headers: Headers::default(),
            body: Body::empty(),
            extensions: Extensions::default(),
        };
        Self(std::mem::replace(&mut self.0, Box::new(empty)))
    }

    /// The method, case-sensitive (RFC 9110 section 9.1).
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// Changes the method: for middleware.
    pub fn set_method(&mut self, method: Method) {
        self.0.method = method;
    }

    /// The target; for an absolute-form one with scheme and authority.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// Changes the target: for middleware that rewrites paths. [`Request::raw_target`] stays what was received.
    pub fn set_uri(&mut self, uri: Uri) {
        self.0.uri = uri;
    }

    /// The path as received, still percent-encoded; `*` for `OPTIONS *`.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The query without its `?`, still percent-encoded.
    pub fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    /// The protocol version of the message.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// The header fields. Repeats are kept: in the order of the first occurrence of a name, values in order within it.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers.map()
    }

    /// The header fields, to change them.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers.map();
        #[expect(clippy::expect_used, reason = "the map has been made in the line above")]
        self.0.headers.map.get_mut().expect("a map")
    }

    /// The first value of a field, without making a map of all of them.
    pub(crate) fn field(&self, name: &HeaderName) -> Option<&[u8]> {
        let Headers { fields, map } = &self.0.headers;
        match (map.get(), fields) {
            (None, Some(fields)) => fields.get(name.as_str()),
            _ => self.headers().get(name).map(HeaderValue::as_bytes),
        }
    }

    /// The id of the request, chosen when it is first asked for.
    pub(crate) fn id(&self) -> &RequestId {
        self.0.extensions.id(|| self.field(&X_REQUEST_ID))
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    /// The body, to read it.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.0.body
    }

    /// Takes the body out and leaves an empty one.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.0.body)
    }

    /// Puts another body in: for middleware that wraps it.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.0.body = body.into();
    }

    /// Values that travel with the request, the carrier's facts among them.
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Values that travel with the request, to change them.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.0.extensions
    }

    /// Who is at the other end, as the carrier sees it.
    pub fn peer(&self) -> Option<&Peer> {
        self.0.extensions.get()
    }

    /// Where the application is mounted: empty, or a path without a final slash.
    pub fn mount(&self) -> &str {
        self.0.extensions.get::<Mount>().map_or("", |mount| &mount.0)
    }

    /// What the carrier can do.
    pub fn abilities(&self) -> Abilities {
        self.0.extensions.get::<Abilities>().cloned().unwrap_or_default()
    }

    /// The target byte for byte as it was received; where the carrier did not say, the parsed one.
    pub fn raw_target(&self) -> Bytes {
        let raw = self.0.extensions.get::<RawTarget>();
        raw.map_or_else(|| self.0.uri.to_string().into(), |raw| raw.0.clone())
    }

    /// The carrier, where there is one.
    pub fn carrier(&self) -> Option<&Arc<dyn Carrier>> {
        self.0.extensions.link().map(|link| &link.carrier)
    }

    /// `http` or `https`: as the carrier sees it, else as the target says.
    pub fn scheme(&self) -> &str {
        let told = self.peer().map(|peer| peer.scheme);
        told.or_else(|| (self.0.uri.scheme_str() == Some("https")).then_some(Scheme::Https))
            .unwrap_or_default()
            .as_str()
    }

    /// The host and port that the client named: the target's authority (RFC 9112 section 3.2.2), else the Host field.
    pub fn host(&self) -> Option<&str> {
        let named = self.0.uri.authority().map(http::uri::Authority::as_str);
        named.or_else(|| self.headers().get(HOST).and_then(|host| host.to_str().ok()))
    }
}
