//! The handle that callbacks get.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::shared::{Outgoing, Shared};
use super::{Close, CloseCode, Message, Sender, TrySendError};
use crate::error::Result;

/// An open WebSocket, as the callbacks of a [`WebSocketHandler`](super::WebSocketHandler) see it.
pub struct WebSocket {
    pub(super) shared: Arc<Shared>,
    pub(super) subprotocol: Option<Box<str>>,
}

impl WebSocket {
    /// Sends a message: text of a `String` or `&str`, binary of a `Vec<u8>` or [`Bytes`]. It waits while the send queue is
    /// full ([`Options::send_queue`](super::Options::send_queue)), so a peer that does not read slows its handler down.
    ///
    /// # Errors
    /// [`Closed`](super::Closed) once the connection is closing (Tornado's `WebSocketClosedError`). A callback that passes it
    /// on with `?` is not reported as failed.
    pub fn write_message(&self, message: impl Into<Message>) -> impl Future<Output = Result> + Send {
        let mut push = self.shared.wait_push(Outgoing::Message(message.into()));
        poll_fn(move |cx| Pin::new(&mut push).poll(cx).map(|pushed| Ok(pushed?)))
    }

    /// Sends a ping with up to 125 bytes of data; `on_pong` tells of the answer.
    ///
    /// # Errors
    /// [`TrySendError`] when the data is too long, the queue is full, or the connection is closing.
    pub fn ping(&self, data: impl Into<Bytes>) -> Result<(), TrySendError> {
        super::sender::ping(&self.shared, data.into())
    }

    /// Closes the connection once what was written has been sent. Only the first call counts. `on_close` follows when the
    /// peer has answered, or after [`Options::close_timeout`](super::Options::close_timeout).
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.shared.close(Close::new(code, reason), false);
    }

    /// True once either side has begun to close.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }

    /// How the connection ended: the peer's code; 1005 where it gave none, 1006 where it just went. `None` while it is open.
    pub fn close_code(&self) -> Option<CloseCode> {
        self.shared.with_close(|close| close.code)
    }

    /// Why the peer closed, where it said so.
    pub fn close_reason(&self) -> Option<String> {
        self.shared.with_close(|close| close.reason.clone())
    }

    /// The subprotocol that was selected in the handshake.
    pub fn selected_subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// A sender for other tasks and threads.
    pub fn sender(&self) -> Sender {
        Sender::new(self.shared.clone())
    }
}

impl std::fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebSocket")
            .field("closed", &self.is_closed())
            .field("subprotocol", &self.subprotocol)
            .finish_non_exhaustive()
    }
}
