//! What carries the requests of a surf client.

use std::time::Duration;

use http_client::{Config, HttpClient};
use http_types::{Error, Request, Response, StatusCode};
use waterspout::{AsyncHttpClient, Engine, FetchRequest, RequestClient};

use super::error::failed;
use crate::builder::BuildError;
use crate::engine::HttpEngine;

/// Carries what a surf client sends, over any engine of waterspout. Clones share it.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout_client::surf::Backend;
///
/// # let engine = waterspout::testing::TestEngine::new()
/// #     .host("example.com", Application::new().get("/", async |cx| cx.write("hi")));
/// let client = surf::Client::with_http_client(Backend::new(engine));
/// let text = client.get("http://example.com/").recv_string();
/// # assert_eq!(futures_lite::future::block_on(text)?, "hi");
/// # Ok::<(), surf::Error>(())
/// ```
///
/// # Configuration
/// `Backend::try_from(config)` makes an engine of its own as an [`http_client::Config`] says. `set_config` obeys its
/// `timeout` and keeps the rest for [`config`](HttpClient::config) to tell, since connections are the engine's. A
/// `timeout` is that for the head of the response and for each piece of its body; `None` is the limit of the client, 20 s
/// by default, and not without end. `TCP_NODELAY` is always on. A [`surf::Config`](::surf::Config) needs
/// `set_http_client(backend)`; its base URL and its fields are surf's own business, and it passes its timeout to nobody.
#[derive(Clone, Debug)]
pub struct Backend {
    client: AsyncHttpClient,
    config: Config,
}

/// A surf client over the engine that [`waterspout_client::client`](crate::client()) has, the one for the whole process.
pub fn client() -> ::surf::Client {
    ::surf::Client::with_http_client(Backend::from(crate::client()))
}

impl Backend {
    /// Over this engine, with the default limits.
    pub fn new(engine: impl Engine) -> Self {
        Self::from(AsyncHttpClient::new(engine))
    }
}

/// Over the engine of this client, with its limits.
impl From<AsyncHttpClient> for Backend {
    fn from(client: AsyncHttpClient) -> Self {
        let config = Config::new().set_timeout(None).set_tcp_no_delay(true);
        Self { client, config }
    }
}

/// Over what carries the application, with its limits.
impl From<RequestClient> for Backend {
    fn from(client: RequestClient) -> Self {
        Self::from(AsyncHttpClient::clone(&client))
    }
}

/// Over an engine of its own.
impl TryFrom<Config> for Backend {
    type Error = BuildError;

    fn try_from(config: Config) -> Result<Self, BuildError> {
        let mut builder = HttpEngine::builder().connections_per_host(config.max_connections_per_host);
        if !config.http_keep_alive {
            builder = builder.idle_timeout(Duration::ZERO);
        }
        Ok(Self {
            config: config.set_tcp_no_delay(true),
            ..Self::new(builder.build()?)
        })
    }
}

#[http_client::async_trait]
impl HttpClient for Backend {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let fetch = FetchRequest::try_from(request)
            .map_err(|refused| Error::new(StatusCode::InternalServerError, refused))?;
        let mut fetch = fetch.follow_redirects(false).raise_error(false).decompress(false);
        if let Some(timeout) = self.config.timeout {
            fetch = fetch.request_timeout(timeout);
        }
        let stream = self.client.stream(fetch).await.map_err(failed)?;
        Response::try_from(stream).map_err(|refused| Error::new(StatusCode::BadGateway, refused))
    }

    fn set_config(&mut self, config: Config) -> http_types::Result<()> {
        self.config = config.set_tcp_no_delay(true);
        Ok(())
    }

    fn config(&self) -> &Config {
        &self.config
    }
}
