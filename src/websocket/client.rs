//! The client's side of a WebSocket.

use std::fmt;
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::driver::Life;
use super::pump::{Pump, Times};
use super::rounds::Rounds as _;
use super::shared::{Incoming, Outgoing, Shared};
use super::{
    ClientHandshake, CloseCode, Closed, Connection, HandshakeError, Message, Options, Role, Sender,
    TrySendError, WebSocket, WebSocketHandler, WebSocketRequest,
};
use crate::client::{Engine, FetchRequest};
use crate::limits::Limits;
use crate::request_id::RequestId;
use crate::upgrade::BoxDuplex;

/// A WebSocket of the client's (Tornado's `WebSocketClientConnection`):
/// [`AsyncHttpClient::websocket_connect`](crate::AsyncHttpClient::websocket_connect) opens it.
///
/// No task of its own works for it. Bytes move, pings are answered and time-outs are seen while one of its futures is
/// polled, so a program that listens keeps [`read_message`](Self::read_message) waiting and sends by
/// [`sender`](Self::sender) from elsewhere, or leaves all of it to [`run`](Self::run). What arrives unasked is read ahead
/// to 64 KiB, then the server has to wait. Dropping it ends the connection without a close frame (1006 for the server).
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::websocket::CloseCode;
///
/// async fn talk(client: AsyncHttpClient) -> Result {
///     let mut socket = client.websocket_connect("ws://example.com/echo").await?;
///     socket.write_message("one").await?;
///     while let Some(message) = socket.read_message().await {
///         assert_eq!(message, Message::from("one"));
///         socket.close(CloseCode::NORMAL, "done").await;
///     }
///     assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
///     Ok(())
/// }
/// # struct Echo;
/// # impl WebSocketHandler for Echo {
/// #     async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result { ws.write_message(message).await }
/// # }
/// # let app = Application::new().websocket("/echo", || Echo);
/// # let client = AsyncHttpClient::new(waterspout::testing::TestEngine::new().host("example.com", app));
/// # futures_lite::future::block_on(talk(client))?;
/// # Ok::<(), Error>(())
/// ```
pub struct WebSocketClientConnection {
    pump: Pump<Arc<dyn Engine>>,
    ws: WebSocket,
    headers: HeaderMap,
    over: bool,
}

impl WebSocketClientConnection {
    /// The next message; `None` once the connection is closed, of which [`close_code`](Self::close_code) says how. A
    /// future that is dropped has lost no message.
    pub async fn read_message(&mut self) -> Option<Message> {
        poll_fn(|cx| {
            loop {
                while let Poll::Ready(incoming) = self.ws.shared.poll_incoming() {
                    match incoming {
                        Some(Incoming::Message(message)) => return Poll::Ready(Some(message)),
                        Some(Incoming::Ping(_) | Incoming::Pong(_)) => {}
                        None => return Poll::Ready(None),
                    }
                }
                if self.poll(cx).is_pending() && !self.ws.shared.has_incoming() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// Sends a message: text of a `String` or `&str`, binary of a `Vec<u8>` or [`Bytes`]. Ready when the connection has
    /// taken all of it. A server that reads nothing before its own messages are read makes this wait for good: then
    /// send by [`sender`](Self::sender) while another future reads.
    ///
    /// # Errors
    /// [`Closed`] once the connection is closing (Tornado's `WebSocketClosedError`).
    pub async fn write_message(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let shared = self.ws.shared.clone();
        let mut push = pin!(shared.wait_push(Outgoing::Message(message.into())));
        poll_fn(|cx| {
            let pushed = push.as_mut().poll(cx);
            if pushed.is_pending() {
                // Room is made by sending, which is done here.
                std::task::ready!(self.poll(cx));
                return push.as_mut().poll(cx);
            }
            pushed
        })
        .await?;
        self.flush().await;
        Ok(())
    }

    /// Sends a ping with up to 125 bytes of data.
    ///
    /// # Errors
    /// [`TrySendError`] when the data is too long, the queue is full, or the connection is closing.
    pub async fn ping(&mut self, data: impl Into<Bytes>) -> Result<(), TrySendError> {
        self.ws.ping(data)?;
        self.flush().await;
        Ok(())
    }

    /// Closes the connection once what was written has been sent, and waits for the server's answer, for
    /// [`Options::close_timeout`] at most. Messages that still come are dropped.
    pub async fn close(&mut self, code: CloseCode, reason: &str) {
        self.ws.close(code, reason);
        poll_fn(|cx| self.poll(cx)).await;
    }

    /// True once either side has begun to close.
    pub fn is_closed(&self) -> bool {
        self.ws.is_closed()
    }

    /// How the connection ended: the server's code; 1005 where it gave none, 1006 where it just went. `None` while it is
    /// open.
    pub fn close_code(&self) -> Option<CloseCode> {
        self.ws.close_code()
    }

    /// Why the server closed, where it said so.
    pub fn close_reason(&self) -> Option<String> {
        self.ws.close_reason()
    }

    /// The subprotocol that the server has chosen among those offered.
    pub fn selected_subprotocol(&self) -> Option<&str> {
        self.ws.selected_subprotocol()
    }

    /// The fields of the server's 101.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A sender for other tasks and threads. What it sends goes out while this connection is polled.
    pub fn sender(&self) -> Sender {
        self.ws.sender()
    }

    /// Lets a handler have the connection until it is closed, as at the server: `open`, `on_message`, `on_ping`, `on_pong`,
    /// `on_close` (Tornado's `on_message_callback` and more). An error or a panic of it closes with 1011. `prepare`,
    /// `check_origin` and `select_subprotocol` are not called.
    pub async fn run(self, handler: impl WebSocketHandler) {
        let mut life = Life {
            handler,
            ws: self.ws,
            id: RequestId::choose(None),
            open: false,
        };
        let mut pump = self.pump;
        life.run(&mut pump).await;
    }

    /// Moves what can be moved; ready once the connection is over.
    fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<()> {
        if !self.over {
            std::task::ready!(self.pump.poll(cx, |_| ()));
            self.over = true;
        }
        Poll::Ready(())
    }

    /// Waits until what is queued has been written, or the connection is over: what it was closed with may have come
    /// upon the last word.
    async fn flush(&mut self) {
        poll_fn(|cx| match self.poll(cx) {
            Poll::Pending if !self.pump.is_flushed() => Poll::Pending,
            _ => Poll::Ready(()),
        })
        .await;
    }
}

impl fmt::Debug for WebSocketClientConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketClientConnection")
            .field("closed", &self.is_closed())
            .field("subprotocol", &self.selected_subprotocol())
            .finish_non_exhaustive()
    }
}

/// A handshake under way.
pub(crate) struct Opening {
    handshake: ClientHandshake,
    options: Options,
}

impl Opening {
    /// The request to be sent, and what its answer is judged by.
    pub(crate) fn new(request: WebSocketRequest) -> Result<(FetchRequest, Self), HandshakeError> {
        let WebSocketRequest {
            fetch,
            subprotocols,
            options,
        } = request;
        let [a, b] = [random(), random()].map(u64::to_ne_bytes);
        let mut nonce = [0; 16];
        for (to, from) in nonce.iter_mut().zip(a.into_iter().chain(b)) {
            *to = from;
        }
        let handshake = ClientHandshake::new(nonce, &subprotocols, &options)?;
        Ok((fetch.into_handshake(&handshake), Self { handshake, options }))
    }

    /// The server has answered 101 with these fields.
    pub(crate) fn finish(
        self,
        headers: HeaderMap,
        io: BoxDuplex,
        engine: Arc<dyn Engine>,
    ) -> Result<WebSocketClientConnection, HandshakeError> {
        let Self { handshake, options } = self;
        let established = handshake.verify(StatusCode::SWITCHING_PROTOCOLS, &headers)?;
        let shared = Arc::new(Shared::new(options.send_queue));
        let (deflate, now) = (established.deflate, engine.monotonic());
        let connection = Connection::new(Role::Client, &options, deflate, now, random());
        let times = Times {
            write_stall: Limits::default().write_stall,
            close_timeout: options.close_timeout,
        };
        let never = Box::pin(std::future::pending());
        Ok(WebSocketClientConnection {
            pump: Pump::new(io, never, connection, shared.clone(), engine, &times),
            ws: WebSocket {
                shared,
                subprotocol: established.protocol.map(String::into_boxed_str),
            },
            headers,
            over: false,
        })
    }
}

/// The standard library's hash keys come from the system's randomness; a hash under one tells nothing of the next.
fn random() -> u64 {
    RandomState::new().hash_one(0_u64)
}
