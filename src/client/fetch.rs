//! The client itself.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::call::Call;
use super::engine::Engine;
use super::error::{ClientError, ClientErrorKind};
use super::request::FetchRequest;
use super::response::{FetchResponse, FetchStream};
use crate::carrier::BoxFuture;
use crate::handler::Tasks;
use crate::limits::ClientLimits;
use crate::websocket::{WebSocketClientConnection, WebSocketRequest};

/// Fetches from other servers without blocking (Tornado's `AsyncHTTPClient`).
///
/// In a handler it is [`Context::client`](crate::Context::client), over whatever carries the application; elsewhere it
/// is made over an engine, `waterspout-client`'s for example. It can be cloned cheaply and shared.
///
/// A status that is not 2xx is an error unless [`FetchRequest::raise_error`] is off, redirects are followed, gzip is
/// taken off, and every limit of [`ClientLimits`] holds. Dropping a fetch ends it and closes its connection.
///
/// ```
/// use waterspout::prelude::*;
///
/// async fn page(cx: &mut Context) -> Result {
///     let response = cx.client().fetch("http://example.com/").await?; // a failure is a 502
///     cx.write(response.body())
/// }
/// # let engine = waterspout::testing::TestEngine::new()
/// #     .host("example.com", Application::new().get("/", async |cx| cx.write("hi")));
/// # let app = Application::new().get("/", page).client(engine);
/// # assert_eq!(waterspout::testing::TestClient::new(app).get("/").send().text(), "hi");
/// ```
///
/// # For crates that speak `http`'s types
/// Their requests are [`FetchRequest`]s, and a [`FetchResponse`] is one of their responses. oauth2, for one, sends by a
/// closure (`request_async(&by(client)).await`). The closure is made in a function of its own, as here: with one that
/// stands in the handler itself the compiler cannot tell that the handler's future is `Send`.
///
/// ```
/// use waterspout::http::{Request, Response};
/// use waterspout::{AsyncHttpClient, BoxFuture, ClientError, FetchRequest};
///
/// type Sent = BoxFuture<'static, Result<Response<Vec<u8>>, ClientError>>;
///
/// fn by(client: AsyncHttpClient) -> impl Fn(Request<Vec<u8>>) -> Sent {
///     move |request| {
///         // Whoever asks for a token must not be led elsewhere, and reads the error that comes with a 400.
///         let fetch = FetchRequest::from(request).follow_redirects(false).raise_error(false);
///         let response = client.fetch(fetch);
///         Box::pin(async { response.await.map(Response::from) })
///     }
/// }
/// # let app = waterspout::Application::new().post("/token", async |cx| { cx.set_status(400); cx.write("no") });
/// # let client = AsyncHttpClient::new(waterspout::testing::TestEngine::new().host("a.example", app));
/// # let request = Request::post("http://a.example/token").body(Vec::new())?;
/// # let response = futures_lite::future::block_on(by(client)(request))?;
/// # assert_eq!((response.status().as_u16(), &response.body()[..]), (400, &b"no"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AsyncHttpClient {
    engine: Option<Arc<dyn Engine>>,
    limits: ClientLimits,
}

impl AsyncHttpClient {
    /// A client over this engine, with the default limits.
    pub fn new(engine: impl Engine) -> Self {
        Self {
            engine: Some(Arc::new(engine)),
            limits: ClientLimits::default(),
        }
    }

    pub(crate) fn with(engine: Option<Arc<dyn Engine>>, limits: ClientLimits) -> Self {
        Self { engine, limits }
    }

    /// The same client with other limits.
    #[must_use]
    pub fn limits(mut self, limits: ClientLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Fetches an URL, or what a [`FetchRequest`] says, with its whole body. The future is `'static`: it can be spawned,
    /// or several can run side by side.
    ///
    /// # Errors
    /// Every [`ClientErrorKind`].
    pub fn fetch(
        &self,
        request: impl Into<FetchRequest>,
    ) -> BoxFuture<'static, Result<FetchResponse, ClientError>> {
        match self.call() {
            Ok(call) => Box::pin(call.fetch(request.into())),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    /// Begins to fetch: ready when the head is there, and the body can be read piece by piece (Tornado's
    /// `streaming_callback`). A body that is not asked for is not read from the connection.
    ///
    /// # Errors
    /// Every [`ClientErrorKind`].
    pub fn stream(
        &self,
        request: impl Into<FetchRequest>,
    ) -> BoxFuture<'static, Result<FetchStream, ClientError>> {
        match self.call() {
            Ok(call) => Box::pin(call.stream(request.into())),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    /// Opens a WebSocket (Tornado's `websocket_connect`) to a `ws`, `wss`, `http` or `https` URL, or to what a
    /// [`WebSocketRequest`] says. Redirects are not followed.
    ///
    /// # Errors
    /// As a fetch; [`Status`](ClientErrorKind::Status) with the response where the server answers with anything but a
    /// 101, and [`WebSocket`](ClientErrorKind::WebSocket) where its 101 does not fit what was asked.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn ask(client: &AsyncHttpClient) -> Result<Option<Message>> {
    ///     let mut socket = client.websocket_connect("ws://example.com/echo").await?;
    ///     socket.write_message("hello").await?;
    ///     Ok(socket.read_message().await) // `None` once it is closed
    /// }
    /// # struct Echo;
    /// # impl WebSocketHandler for Echo {
    /// #     async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result { ws.write_message(message).await }
    /// # }
    /// # let app = Application::new().websocket("/echo", || Echo);
    /// # let client = AsyncHttpClient::new(waterspout::testing::TestEngine::new().host("example.com", app));
    /// # assert_eq!(futures_lite::future::block_on(ask(&client))?, Some(Message::from("hello")));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn websocket_connect(
        &self,
        request: impl Into<WebSocketRequest>,
    ) -> BoxFuture<'static, Result<WebSocketClientConnection, ClientError>> {
        match self.call() {
            Ok(call) => Box::pin(call.websocket(request.into())),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn call(&self) -> Result<Call, ClientError> {
        let engine = self.engine.clone();
        Ok(Call {
            engine: engine.ok_or_else(|| ClientError::new(ClientErrorKind::NoEngine))?,
            limits: self.limits,
        })
    }
}

impl fmt::Debug for AsyncHttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncHttpClient")
            .field("engine", &self.engine.is_some())
            .field("limits", &self.limits)
            .finish()
    }
}

/// The client of a handler: an [`AsyncHttpClient`] that also knows the request it works for.
#[derive(Clone, Debug)]
pub struct RequestClient {
    client: AsyncHttpClient,
    tasks: Tasks,
}

impl RequestClient {
    pub(crate) fn new(client: AsyncHttpClient, tasks: Tasks) -> Self {
        Self { client, tasks }
    }

    /// Fetches the callback way (Tornado's `fetch(url, callback)`): the fetch runs along with the request, in its own
    /// task, and `callback` gets the result. It ends with the request, so the handler must have
    /// [detached](crate::Context::detach) or still be at work.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn page(cx: &mut Context) -> Result {
    ///     let finisher = cx.detach();
    ///     cx.client().fetch_with("http://example.com/", |result| match result {
    ///         Ok(response) => finisher.finish(response.into_body()),
    ///         Err(error) => finisher.fail(error),
    ///     });
    ///     Ok(())
    /// }
    /// # let engine = waterspout::testing::TestEngine::new()
    /// #     .host("example.com", Application::new().get("/", async |cx| cx.write("hi")));
    /// # let app = Application::new().get("/", page).client(engine);
    /// # assert_eq!(waterspout::testing::TestClient::new(app).get("/").send().text(), "hi");
    /// ```
    pub fn fetch_with<F>(&self, request: impl Into<FetchRequest>, callback: F)
    where
        F: FnOnce(Result<FetchResponse, ClientError>) + Send + 'static,
    {
        let fetch = self.client.fetch(request);
        self.tasks.join(async move { callback(fetch.await) });
    }
}

impl Deref for RequestClient {
    type Target = AsyncHttpClient;

    fn deref(&self) -> &AsyncHttpClient {
        &self.client
    }
}
