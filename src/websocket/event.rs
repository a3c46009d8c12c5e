use bytes::Bytes;

use super::close::Close;
use super::message::Message;

/// What a [`Connection`](super::Connection) has found in the bytes it received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nothing is complete: more bytes are needed.
    NeedMore,
    /// A whole message.
    Message(Message),
    /// A ping with its data. It is answered already.
    Ping(Bytes),
    /// A pong with its data, also one that nobody asked for.
    Pong(Bytes),
    /// The peer's close frame. If it was the first, it is answered already.
    Closing(Close),
    /// The peer broke the protocol or a limit, or did not answer a ping. Our close frame, which says so, is in the
    /// output unless one had been sent before; nothing more is read.
    Failed(Close),
    /// Nothing more comes and nothing more can be sent: what is in the output is to be written, then the connection
    /// is to be closed. It is given again whenever it is asked for.
    Closed,
}
