//! WebSocket without a socket: bytes in, messages out; messages in, bytes out (RFC 6455).
//!
//! [`Connection`] is one WebSocket after its handshake, seen from either side. Like [`h1`](crate::h1) it reads no socket
//! and no clock, starts no task and never waits: whoever drives it hands over the bytes and says what time it is.
//!
//! | part | knows |
//! |---|---|
//! | `handshake` | the requests that begin it, and their responses |
//! | `message`, `close` | what is said, and why it ends |
//! | `options` | every setting with its default |
//! | `frame` | frame heads, read byte by byte as they come, and written |
//! | `mask` | masking |
//! | `utf8` | text that is checked as it arrives |
//! | `assemble` | fragments that become a message, within limits |
//! | `reader` | frames coming in, one after the other |
//! | `ping` | when a ping is due, and when the peer is given up |
//! | `writer` | frames going out, and the one pong that may wait |
//! | `prepared` | a message encoded once for many |
//! | `deflate` | permessage-deflate (RFC 7692) |
//! | `connection`, `event`, `role` | the order of things: [`Connection`] |
//! | `route`, `driver`, `rounds`, `pump`, `timer` | from a request to a handler's callbacks, over a byte duplex |
//! | `shared`, `socket`, `sender`, `broadcast` | what is queued, and who queues it |
//! | `request`, `client` | what the client asks for, and its connection |
//! | `tungstenite` | another engine in the place of `connection` and `pump`: [`Engine`] |
//!
//! As in `h1`, what is found depends on the bytes alone, never on the pieces they arrived in.

mod assemble;
mod broadcast;
mod client;
mod close;
mod connection;
mod deflate;
mod driver;
mod event;
mod frame;
mod handler;
mod handshake;
mod mask;
mod message;
mod options;
mod origin;
mod ping;
mod prepared;
mod pump;
mod queue;
mod reader;
mod request;
mod role;
mod rounds;
mod route;
mod sender;
mod shared;
mod socket;
mod timer;
#[cfg(feature = "async-tungstenite")]
mod tungstenite;
mod utf8;
mod writer;

pub use broadcast::{Broadcast, Membership, SlowReceiver};
pub(crate) use client::Opening;
pub use client::WebSocketClientConnection;
pub use close::{Close, CloseCode};
pub use connection::{Closed, Connection, PingError};
pub use deflate::Agreed;
pub use event::Event;
pub use handler::WebSocketHandler;
pub use handshake::{ClientHandshake, Established, HandshakeError, ServerHandshake};
pub use message::Message;
pub use options::{Compression, Engine, Options};
pub use origin::same_origin;
pub use prepared::Prepared;
pub use request::WebSocketRequest;
pub use role::Role;
pub(crate) use route::Route;
pub use sender::{Sender, TrySendError};
pub use socket::WebSocket;

#[cfg(test)]
mod tests;
