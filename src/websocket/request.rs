//! What a WebSocket is asked for with.

use http::header::{HeaderName, HeaderValue};

use super::Options;
use crate::client::{FetchRequest, Url};

/// A WebSocket to be opened by [`AsyncHttpClient::websocket_connect`](crate::AsyncHttpClient::websocket_connect).
///
/// A string or a [`Url`] is one; so is a [`FetchRequest`], for its time-outs and credentials.
///
/// ```
/// use waterspout::websocket::{Options, WebSocketRequest};
///
/// let request = WebSocketRequest::new("wss://chat.example.com/room/7")
///     .header("origin", "https://example.com")
///     .subprotocols(["chat.v2", "chat.v1"])
///     .options(Options { max_message: 1 << 20, ..Options::default() });
/// ```
#[derive(Debug)]
pub struct WebSocketRequest {
    pub(super) fetch: FetchRequest,
    pub(super) subprotocols: Vec<String>,
    pub(super) options: Options,
}

impl WebSocketRequest {
    /// A request for this URL: `ws`, `wss`, `http` or `https`.
    pub fn new(url: impl AsRef<str>) -> Self {
        FetchRequest::get(url).into()
    }

    /// Adds a field: `origin`, `cookie`. What the handshake itself says is overwritten.
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        self.fetch = self.fetch.header(name, value);
        self
    }

    /// Offers these subprotocols, the best first. The server may choose one of them:
    /// [`selected_subprotocol`](super::WebSocketClientConnection::selected_subprotocol).
    #[must_use]
    pub fn subprotocols(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// Limits, compression, and when pings are sent.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }
}

impl From<FetchRequest> for WebSocketRequest {
    fn from(fetch: FetchRequest) -> Self {
        Self {
            fetch,
            subprotocols: Vec::new(),
            options: Options::default(),
        }
    }
}

impl From<Url> for WebSocketRequest {
    fn from(url: Url) -> Self {
        FetchRequest::from(url).into()
    }
}

impl From<&str> for WebSocketRequest {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<&String> for WebSocketRequest {
    fn from(url: &String) -> Self {
        Self::new(url)
    }
}

impl From<String> for WebSocketRequest {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}
