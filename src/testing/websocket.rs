//! A WebSocket without sockets.

use std::time::Duration;

use bytes::{Buf, Bytes};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};

use super::{ManualClock, TestRequest, TestResponse, TestUpgrade};
use crate::carrier::Carrier as _;
use crate::websocket::{Close, CloseCode, Connection, Event, Message, Options, Role};

/// The key of RFC 6455 section 1.3, and what the server makes of it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// How long the test's clock may run while a message is waited for.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A handshake in the making: [`TestClient::websocket`](super::TestClient::websocket).
pub struct TestHandshake<'a> {
    request: TestRequest<'a>,
    clock: ManualClock,
}

impl<'a> TestHandshake<'a> {
    pub(super) fn new(request: TestRequest<'a>, clock: ManualClock) -> Self {
        let request = request
            .header(CONNECTION.as_str(), "Upgrade")
            .header(UPGRADE.as_str(), "websocket")
            .header(SEC_WEBSOCKET_VERSION.as_str(), "13")
            .header(SEC_WEBSOCKET_KEY.as_str(), KEY);
        Self { request, clock }
    }

    /// Adds a field: `origin`, `sec-websocket-protocol`.
    ///
    /// # Panics
    /// When name or value may not stand in a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Opens the WebSocket.
    ///
    /// # Panics
    /// When the application refuses, or hangs.
    pub fn connect(self) -> TestWebSocket {
        let (response, upgrade) = self.request.switch();
        let field = |name| {
            response
                .headers()
                .get(&name)
                .and_then(|value| value.to_str().ok())
        };
        assert_eq!(field(SEC_WEBSOCKET_ACCEPT), Some(ACCEPT), "Sec-WebSocket-Accept");
        // Pings and limits are the application's business in a test.
        let options = Options {
            compression: None,
            ping_interval: None,
            max_message: usize::MAX,
            max_frame: usize::MAX,
            max_fragments: usize::MAX,
            ..Options::default()
        };
        TestWebSocket {
            subprotocol: field(SEC_WEBSOCKET_PROTOCOL).map(ToOwned::to_owned),
            connection: Connection::new(Role::Client, &options, None, self.clock.monotonic(), 1),
            upgrade: Some(upgrade),
            clock: self.clock,
            pongs: Vec::new(),
        }
    }

    /// Sends the handshake as any request: to see how it is refused.
    ///
    /// # Panics
    /// When the application hangs.
    pub fn send(self) -> TestResponse {
        self.request.send()
    }
}

/// The client's side of a WebSocket of the application, without sockets. The application's side runs whenever the test
/// waits for it, on the test's clock.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::testing::TestClient;
/// use waterspout::websocket::CloseCode;
///
/// struct Echo;
/// impl WebSocketHandler for Echo {
///     async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
///         ws.write_message(format!("You said: {message}")).await
///     }
/// }
///
/// let client = TestClient::new(Application::new().websocket("/ws", || Echo));
/// let mut socket = client.websocket("/ws").connect();
/// socket.send("hello");
/// assert_eq!(socket.receive(), Some(Message::from("You said: hello")));
/// socket.close(CloseCode::NORMAL, "bye");
/// assert_eq!(socket.receive(), None);
/// assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
/// ```
pub struct TestWebSocket {
    /// `None` once it is over.
    upgrade: Option<TestUpgrade>,
    connection: Connection,
    clock: ManualClock,
    subprotocol: Option<String>,
    pongs: Vec<Bytes>,
}

impl TestWebSocket {
    /// Sends a message.
    ///
    /// # Panics
    /// When the WebSocket is closed.
    pub fn send(&mut self, message: impl Into<Message>) {
        let sent = self.connection.send(&message.into());
        assert!(sent.is_ok(), "the WebSocket is closed");
        self.flush();
    }

    /// Sends a ping.
    ///
    /// # Panics
    /// When the WebSocket is closed, or there are more than 125 bytes.
    pub fn ping(&mut self, data: &[u8]) {
        let sent = self.connection.ping(data);
        assert!(sent.is_ok(), "no ping can be sent");
        self.flush();
    }

    /// Begins to close. [`TestWebSocket::receive`] gives what still comes, then `None`.
    pub fn close(&mut self, code: CloseCode, reason: &str) {
        self.connection.close(Close::new(code, reason));
        self.flush();
    }

    /// Sends bytes as they are: for what no client should send.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Some(upgrade) = &mut self.upgrade {
            upgrade.send(bytes);
        }
    }

    /// The next message; `None` once the WebSocket is closed. Pings are answered meanwhile.
    ///
    /// # Panics
    /// When nothing comes within an hour of the test's clock, or nothing can come.
    pub fn receive(&mut self) -> Option<Message> {
        let until = self.clock.monotonic() + PATIENCE;
        loop {
            match self.connection.next_event() {
                Event::Message(message) => return Some(message),
                Event::Pong(data) => self.pongs.push(data),
                Event::Closed => {
                    self.flush();
                    self.lose();
                    return None;
                }
                Event::Ping(_) | Event::Closing(_) | Event::Failed(_) => self.flush(),
                Event::NeedMore => {
                    assert!(self.clock.monotonic() < until, "no message came within an hour");
                    self.read();
                }
            }
        }
    }

    /// Waits for the pong to a ping, and gives its data; messages that come before it are lost.
    ///
    /// # Panics
    /// When the WebSocket closes first.
    pub fn receive_pong(&mut self) -> Bytes {
        while self.pongs.is_empty() {
            match self.connection.next_event() {
                Event::Pong(data) => self.pongs.push(data),
                Event::Closed => {
                    #[expect(clippy::panic, reason = "a test that waits in vain must fail")]
                    {
                        panic!("the WebSocket closed before the pong");
                    }
                }
                Event::NeedMore => self.read(),
                _ => self.flush(),
            }
        }
        self.pongs.remove(0)
    }

    /// Goes without a close frame, as a client that vanishes, and runs the application's side to its end.
    ///
    /// # Panics
    /// When the application hangs.
    pub fn lose(&mut self) {
        if let Some(upgrade) = self.upgrade.take() {
            upgrade.close();
        }
    }

    /// How the application closed the WebSocket, once it has.
    pub fn close_code(&self) -> Option<CloseCode> {
        self.connection.close_frame().map(|close| close.code)
    }

    /// Why the application closed the WebSocket, once it has.
    pub fn close_reason(&self) -> Option<&str> {
        self.connection.close_frame().map(|close| close.reason.as_str())
    }

    /// The subprotocol that the application has selected.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Tells the application's side that the server stops.
    pub fn stop_server(&mut self) {
        if let Some(upgrade) = &mut self.upgrade {
            upgrade.stop_server();
        }
    }

    fn read(&mut self) {
        let bytes = self
            .upgrade
            .as_mut()
            .map(TestUpgrade::receive)
            .unwrap_or_default();
        if bytes.is_empty() {
            self.connection.receive_eof();
        } else {
            self.connection.receive(&bytes);
        }
    }

    fn flush(&mut self) {
        let output = self.connection.output();
        let bytes = output.copy_to_bytes(output.remaining());
        self.send_bytes(&bytes);
    }
}
