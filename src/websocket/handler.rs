//! What a user writes for a WebSocket.

use super::{Message, WebSocket};
use crate::error::Result;
use crate::handler::Context;
use bytes::Bytes;

/// A WebSocket of the server's (Tornado's `WebSocketHandler`): one value for each connection, whose fields are its state.
///
/// The life of a connection: the handshake is checked → `check_origin` → `prepare` → `select_subprotocol` → 101 → `open`
/// → `on_message` for each message, in order and one at a time → `on_close`. Until the 101 the request can be refused as
/// any other. From then on an error or a panic closes the connection with 1011, and `on_close` is called exactly once
/// however it ends.
///
/// While a callback waits, pings are answered and the peer's close is seen. What arrives meanwhile is read ahead to 64 KiB,
/// then the peer has to wait. A callback that is at work when the connection ends has
/// [`Options::close_timeout`](super::Options::close_timeout) to come to its end, then it is dropped.
///
/// ```
/// use waterspout::prelude::*;
///
/// struct Echo;
/// impl WebSocketHandler for Echo {
///     async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
///         ws.write_message(format!("You said: {message}")).await
///     }
/// }
///
/// let app = Application::new().websocket("/websocket", || Echo);
/// ```
pub trait WebSocketHandler: Send + 'static {
    /// Called before the 101, with the request: for logins, path arguments, and fields of the response. An error, or a
    /// response that it finishes, refuses the connection.
    fn prepare(&mut self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Whether a page of `origin` may connect (RFC 6455 section 10.2). By default those of the request's own host and those
    /// in [`Settings::allowed_origins`](crate::Settings::allowed_origins); see [`same_origin`](super::same_origin).
    /// Clients that send no Origin are no browsers and are not asked for.
    fn check_origin(&self, origin: &str, cx: &Context) -> bool {
        super::same_origin(origin, cx)
    }

    /// Chooses one of the subprotocols that the client offers, in its order of preference; none by default.
    fn select_subprotocol(&mut self, offered: &[&str]) -> Option<String> {
        let _ = offered;
        None
    }

    /// Called when the connection is open.
    fn open(&mut self, ws: &mut WebSocket) -> impl Future<Output = Result> + Send {
        let _ = ws;
        std::future::ready(Ok(()))
    }

    /// Called with each message.
    fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> impl Future<Output = Result> + Send;

    /// Called with the data of each ping; it has been answered already.
    fn on_ping(&mut self, ws: &mut WebSocket, data: Bytes) -> impl Future<Output = Result> + Send {
        let _ = (ws, data);
        std::future::ready(Ok(()))
    }

    /// Called with the data of each pong, also of those that answer the framework's own pings.
    fn on_pong(&mut self, ws: &mut WebSocket, data: Bytes) -> impl Future<Output = Result> + Send {
        let _ = (ws, data);
        std::future::ready(Ok(()))
    }

    /// Called once when the connection is over. [`WebSocket::close_code`] says how.
    ///
    /// Where the whole server is torn down with the connection still open, it is polled once, and what it awaits then
    /// is not waited for.
    fn on_close(&mut self, ws: &mut WebSocket) -> impl Future<Output = ()> + Send {
        let _ = ws;
        std::future::ready(())
    }
}
