//! The engine: one request out, one response in.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_io::Timer;
use http::Method;
use waterspout::{AsyncHttpClient, BoxFuture, ClientError, Engine, Incoming, Outgoing};

use crate::body::incoming;
use crate::builder::Builder;
use crate::connect::Connector;
use crate::connection::Connection;
use crate::exchange::{Exchange, Lost, Payload};
use crate::pool::Pool;
use crate::proxy::Proxies;
use crate::route::{Key, route};

/// Connections for an [`AsyncHttpClient`], pooled. Clones share them.
///
/// ```
/// use waterspout::AsyncHttpClient;
/// use waterspout_client::HttpEngine;
///
/// let client = AsyncHttpClient::new(HttpEngine::new());
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # std::thread::spawn(move || {
/// #     use std::io::{Read, Write};
/// #     let (mut io, _) = listener.accept()?;
/// #     io.read(&mut [0; 4096])?;
/// #     io.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
/// # });
/// let fetch = client.fetch(&url);
/// assert_eq!(futures_lite::future::block_on(fetch)?.text()?, "hi"); // any executor will do
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct HttpEngine(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) pool: Arc<Pool<Key, Box<Connection>>>,
    pub(crate) proxies: Proxies,
    pub(crate) connector: Connector,
}

/// A client over one engine for the whole process: for programs without an application, and for code outside handlers.
///
/// The engine has the defaults of [`HttpEngine::new`].
pub fn client() -> AsyncHttpClient {
    static ENGINE: OnceLock<HttpEngine> = OnceLock::new();
    AsyncHttpClient::new(ENGINE.get_or_init(HttpEngine::new).clone())
}

impl HttpEngine {
    /// An engine with the defaults of [`Builder`]: 64 connections a host, the system's certificates, the environment's
    /// proxies.
    pub fn new() -> Self {
        Builder::defaults()
    }

    /// For an engine with other settings.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Default for HttpEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpEngine").finish_non_exhaustive()
    }
}

impl Engine for HttpEngine {
    fn send(&self, request: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        let shared = self.0.clone();
        Box::pin(async move { shared.send(request).await })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        sleep(duration)
    }

    fn monotonic(&self) -> Duration {
        monotonic()
    }
}

/// Time since the process first asked.
pub(crate) fn monotonic() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

pub(crate) fn sleep(duration: Duration) -> BoxFuture<'static, ()> {
    let timer = Timer::after(duration);
    Box::pin(async {
        timer.await;
    })
}

impl Shared {
    async fn send(&self, request: Outgoing) -> Result<Incoming, ClientError> {
        let Outgoing {
            method,
            url,
            headers,
            body,
            connect_timeout,
            ..
        } = request;
        let (key, head) = route(method, &url, headers, &self.proxies)?;
        let (payload, again) = match body.into_bytes() {
            Ok(bytes) => (
                Payload::Bytes(bytes.clone()),
                is_idempotent(&head.method).then_some(bytes),
            ),
            Err(stream) => (Payload::Stream(stream), None),
        };
        let (found, permit) = self.pool.take(&key).await;
        // Only a connection that has served before may have been closed before it saw the request.
        let mut again = again.filter(|_| found.is_some());
        let connection = match found {
            Some(connection) => connection,
            None => self.connector.connect(&key, connect_timeout).await?,
        };
        let mut exchange = Exchange::begin(connection, permit, &head, payload)?;
        loop {
            match poll_fn(|cx| exchange.poll_head(cx)).await {
                Ok(head) => return Ok(incoming(exchange, head)),
                Err(Lost::Failed(error)) => return Err(error),
                Err(Lost::Unanswered(error)) => {
                    let bytes = again.take().ok_or(error)?;
                    let permit = exchange.abandon();
                    let connection = self.connector.connect(&key, connect_timeout).await?;
                    exchange = Exchange::begin(connection, permit, &head, Payload::Bytes(bytes))?;
                }
            }
        }
    }
}

/// RFC 9110 section 9.2.2.
fn is_idempotent(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE | Method::PUT | Method::DELETE
    )
}

#[cfg(test)]
mod tests;
