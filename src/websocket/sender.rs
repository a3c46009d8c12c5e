//! Sending from anywhere.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::frame::CONTROL_MAX;
use super::shared::{Outgoing, Refused, Shared};
use super::{Close, CloseCode, Closed, Message};

/// Sends to a WebSocket from any task or thread. It is cheap to clone, and does not keep the connection open.
///
/// For a peer that reads too slowly the caller chooses: [`Sender::send`] waits, [`Sender::try_send`] lets it drop the
/// message, and [`Sender::close`] gets rid of the peer.
#[derive(Clone)]
pub struct Sender(pub(super) Arc<Shared>);

/// Why a message was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrySendError {
    /// The peer reads too slowly: the queue is full.
    Full,
    /// The connection is closing or closed.
    Closed,
    /// The data of a ping may have up to 125 bytes (RFC 6455 section 5.5).
    TooLong,
}

impl fmt::Display for TrySendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the send queue of the WebSocket is full",
            Self::Closed => "the WebSocket is closed",
            Self::TooLong => "the data of a ping is longer than 125 bytes",
        })
    }
}

impl std::error::Error for TrySendError {}

impl From<Refused> for TrySendError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::Closed => Self::Closed,
        }
    }
}

pub(super) fn ping(shared: &Shared, data: Bytes) -> Result<(), TrySendError> {
    if data.len() > CONTROL_MAX {
        return Err(TrySendError::TooLong);
    }
    Ok(shared.try_push(Outgoing::Ping(data))?)
}

impl Sender {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Sends a message, waiting while the queue is full.
    ///
    /// # Errors
    /// When the connection is closing or closed.
    pub async fn send(&self, message: impl Into<Message>) -> Result<(), Closed> {
        self.0.wait_push(Outgoing::Message(message.into())).await
    }

    /// Sends a message if there is room for it now.
    ///
    /// # Errors
    /// When there is none, or the connection is closing or closed.
    pub fn try_send(&self, message: impl Into<Message>) -> Result<(), TrySendError> {
        Ok(self.0.try_push(Outgoing::Message(message.into()))?)
    }

    /// Sends a ping with up to 125 bytes of data.
    ///
    /// # Errors
    /// When the data is too long, the queue is full, or the connection is closing or closed.
    pub fn ping(&self, data: impl Into<Bytes>) -> Result<(), TrySendError> {
        ping(&self.0, data.into())
    }

    /// Closes the connection once what was queued has been sent. Only the first call counts.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.0.close(Close::new(code, reason), false);
    }

    /// True once either side has begun to close.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("closed", &self.is_closed())
            .finish()
    }
}
