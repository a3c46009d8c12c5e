//! A surf client as an engine.

use std::sync::Arc;
use std::time::Duration;

use http::header::UPGRADE;
use http_client::HttpClient;
use http_types::Request;
use waterspout::compat::incoming;
use waterspout::{BoxFuture, ClientError, ClientErrorKind, Engine, Incoming, Outgoing};

use super::error::{UNREADABLE, UNSENDABLE, client_error};
use crate::engine::{monotonic, sleep};

const NO_UPGRADE: ClientErrorKind = ClientErrorKind::WebSocket("surf cannot change to another protocol");

/// A surf client, with its middleware, as the engine of [`AsyncHttpClient`](waterspout::AsyncHttpClient). Clones share it.
///
/// Deadlines, redirects, decompression and limits are `AsyncHttpClient`'s; of the time for connecting surf is not told.
/// What http-types has no place for is [`InvalidRequest`](waterspout::ClientErrorKind::InvalidRequest) or
/// [`Malformed`](waterspout::ClientErrorKind::Malformed), whose source names it.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout_client::surf::{SurfEngine, client};
///
/// let app = Application::new()
///     .get("/", async |cx| {
///         let response = cx.client().fetch("https://example.com/").await?;
///         cx.write(response.body())
///     })
///     .client(SurfEngine::new(client()));
/// ```
#[derive(Clone, Debug)]
pub struct SurfEngine(Arc<::surf::Client>);

impl SurfEngine {
    /// Sends by this client.
    pub fn new(client: ::surf::Client) -> Self {
        Self(Arc::new(client))
    }

    /// Sends by a client that is not surf's but has its interface.
    pub fn over(client: impl HttpClient) -> Self {
        Self::new(::surf::Client::with_http_client(client))
    }
}

impl Engine for SurfEngine {
    fn send(&self, outgoing: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        let client = self.0.clone();
        Box::pin(async move {
            if outgoing.headers.contains_key(UPGRADE) {
                return Err(ClientError::new(NO_UPGRADE));
            }
            let asked = outgoing.method.clone();
            let request = Request::try_from(outgoing)
                .map_err(|refused| ClientError::new(UNSENDABLE).with_source(refused))?;
            let response = client.send(request).await.map_err(client_error)?;
            incoming(response.into(), &asked)
                .map_err(|refused| ClientError::new(UNREADABLE).with_source(refused))
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        sleep(duration)
    }

    fn monotonic(&self) -> Duration {
        monotonic()
    }
}
