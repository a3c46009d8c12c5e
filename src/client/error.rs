//! Why a fetch failed.

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;
use url::Url;

use super::response::FetchResponse;
use crate::body::BodyError;

type Source = dyn StdError + Send + Sync;

/// A fetch that failed: what kind of failure, and of which URL.
///
/// The text has the URL without userinfo, query and fragment, where secrets stand. Left to itself in a handler it
/// becomes a 502, a timeout a 504, a request that could not even be sent a 500.
pub struct ClientError(Box<Repr>);

struct Repr {
    kind: ClientErrorKind,
    url: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    response: Option<FetchResponse>,
}

/// What went wrong with a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientErrorKind {
    /// The URL cannot be parsed, has no host, or has a control character in it.
    InvalidUrl,
    /// Neither `http` nor `https`; also where a redirect leads to such a URL.
    UnsupportedScheme,
    /// The request cannot be sent as it is: a field with CR or LF in it, a body that is not as long as it says.
    InvalidRequest(&'static str),
    /// There is no engine: the adapter was built without its feature `client`.
    NoEngine,
    /// The host's name has no address.
    Dns,
    /// No address of the host could be connected to.
    Connect,
    /// Connecting, the TLS handshake included, took too long.
    ConnectTimeout,
    /// The TLS handshake failed.
    Tls,
    /// The server's certificate is not valid for the host.
    Certificate,
    /// The proxy refused, or could not be reached.
    Proxy,
    /// The request as a whole took longer than it may; for a stream: no piece came for so long.
    Timeout,
    /// The server closed the connection without an answer.
    NoResponse,
    /// The connection failed in the middle.
    Io,
    /// The response is not HTTP/1.1, or could be read in two ways.
    Malformed(&'static str),
    /// The head of the response is larger than allowed.
    HeadTooLarge,
    /// More 1xx responses than allowed came before the final one.
    TooManyInformational,
    /// The body of the response, decoded, is larger than allowed.
    BodyTooLarge,
    /// The response ended before its body did.
    CutOff,
    /// The content is not what `Content-Encoding` says.
    Decode,
    /// More redirects than allowed, a loop most likely.
    TooManyRedirects,
    /// A redirect that cannot be followed: no valid `Location`, or it needs a body that was a stream.
    BadRedirect,
    /// The final status is not 2xx; the response is [`ClientError::response`].
    Status(StatusCode),
    /// The request's own body failed.
    RequestBody,
    /// The server accepts a WebSocket, but not the one that was asked for (RFC 6455 section 4.1), or the engine cannot
    /// change to another protocol.
    WebSocket(&'static str),
}

impl ClientErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::InvalidUrl => "the URL is not valid",
            Self::UnsupportedScheme => "the URL is neither http nor https",
            Self::InvalidRequest(detail) | Self::Malformed(detail) | Self::WebSocket(detail) => detail,
            Self::NoEngine => {
                "there is no HTTP client here: the adapter was built without its feature `client`"
            }
            Self::Dns => "the host has no address",
            Self::Connect => "cannot connect",
            Self::ConnectTimeout => "connecting took too long",
            Self::Tls => "the TLS handshake failed",
            Self::Certificate => "the server's certificate is not valid",
            Self::Proxy => "the proxy refused",
            Self::Timeout => "the request took too long",
            Self::NoResponse => "the server closed the connection without an answer",
            Self::Io => "the connection failed",
            Self::HeadTooLarge => "the head of the response is too large",
            Self::TooManyInformational => "too many 1xx responses",
            Self::BodyTooLarge => "the body of the response is too large",
            Self::CutOff => "the response was cut off",
            Self::Decode => "the content is not encoded as it says",
            Self::TooManyRedirects => "too many redirects",
            Self::BadRedirect => "the redirect cannot be followed",
            Self::Status(_) => "the server answered with an error",
            Self::RequestBody => "the body of the request failed",
        }
    }
}

impl ClientError {
    /// An error of this kind.
    pub fn new(kind: ClientErrorKind) -> Self {
        Self(Box::new(Repr {
            kind,
            url: None,
            source: None,
            response: None,
        }))
    }

    /// Says what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says of which URL, unless that is known already. Only scheme, host, port and path are kept.
    #[must_use]
    pub fn with_url(mut self, url: &Url) -> Self {
        self.0.url.get_or_insert_with(|| redacted(url));
        self
    }

    pub(super) fn of_status(response: FetchResponse) -> Self {
        let mut error = Self::new(ClientErrorKind::Status(response.status())).with_url(response.url());
        error.0.response = Some(response);
        error
    }

    /// A failure of the response's body: what the engine said of it, if it did, else by the kind of the failure.
    pub(super) fn of_body(error: BodyError) -> Self {
        let kind = match error.status() {
            413 => ClientErrorKind::BodyTooLarge,
            408 => ClientErrorKind::Timeout,
            _ if error.is_cut_off() => ClientErrorKind::CutOff,
            400 => ClientErrorKind::Malformed("the body is malformed"),
            _ => ClientErrorKind::Io,
        };
        match error.into_source().map(Source::downcast::<Self>) {
            Some(Ok(error)) => *error,
            Some(Err(other)) => Self::new(kind).with_source(other),
            None => Self::new(kind),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> ClientErrorKind {
        self.0.kind
    }

    /// The URL without userinfo, query and fragment, where it is known.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// The response, where the failure is its status.
    pub fn response(&self) -> Option<&FetchResponse> {
        self.0.response.as_ref()
    }

    /// Takes the response out, where the failure is its status.
    pub fn into_response(self) -> Option<FetchResponse> {
        self.0.response
    }

    /// The status that a handler answers with when it lets the error through: 504 for a timeout, 500 where the request
    /// itself is at fault, else 502.
    pub fn status(&self) -> u16 {
        match self.0.kind {
            ClientErrorKind::InvalidUrl | ClientErrorKind::InvalidRequest(_) | ClientErrorKind::NoEngine => {
                500
            }
            ClientErrorKind::Timeout | ClientErrorKind::ConnectTimeout => 504,
            _ => 502,
        }
    }
}

/// What may stand in a log: userinfo, query and fragment carry passwords and tokens.
pub(super) fn redacted(url: &Url) -> String {
    let mut text = format!("{}://", url.scheme());
    text.push_str(url.host_str().unwrap_or_default());
    if let Some(port) = url.port() {
        text.push_str(&format!(":{port}"));
    }
    text.push_str(url.path());
    if url.query().is_some() {
        text.push_str("?...");
    }
    text
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(url) = &self.0.url {
            write!(f, "{url}: ")?;
        }
        f.write_str(self.0.kind.text())?;
        if let ClientErrorKind::Status(status) = self.0.kind {
            write!(f, ": {status}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientError")
            .field("kind", &self.0.kind)
            .field("url", &self.0.url)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for ClientError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// For a body that a failed fetch feeds.
impl From<ClientError> for BodyError {
    fn from(error: ClientError) -> Self {
        match error.kind() {
            ClientErrorKind::CutOff => Self::cut_off().with_source(error),
            ClientErrorKind::BodyTooLarge => Self::too_large().with_source(error),
            ClientErrorKind::Timeout => Self::too_slow().with_source(error),
            _ => Self::other(error),
        }
    }
}
