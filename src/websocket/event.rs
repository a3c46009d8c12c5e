use bytes::Bytes;

use super::close::Close;
use super::message::Message;

/// Which side of the connection we are (RFC 6455 section 5.1: what a client sends is masked, what a server sends is not).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// We have accepted the connection.
    Server,
    /// We have opened the connection.
    Client,
}

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
