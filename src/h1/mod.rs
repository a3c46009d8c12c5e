//! HTTP/1.1 on the wire without a socket: bytes in, events out; messages in, bytes out (RFC 9112).
//!
//! [`Server`] is one connection seen from the server's side, [`Client`] one seen from the client's. They read no socket
//! and no clock, start no task and never wait, so any carrier of bytes can drive them and any input can be replayed in
//! a test.
//!
//! The parts are cut by what they know, and most serve both sides:
//!
//! | part | knows |
//! |---|---|
//! | `input` | bytes received and not used yet |
//! | `scan` | where lines and sections end, each byte looked at once |
//! | `fields` | one section of field lines as a `HeaderMap`, zero-copy |
//! | `framing` | how long a body is, what `Connection` says |
//! | `body`, `chunked`, `trailers` | decoding a body |
//! | `head`, `target`, `host` | what is special to a request coming in |
//! | `response` | what is special to a response coming in |
//! | `encode`, `request` | heads of responses and of requests going out |
//! | `writer`, `output` | bodies going out, and all that waits to be written |
//! | `state`, `event`, `refusal` | the order of things: [`Server`] |
//! | `client`, `answer`, `fault` | the same for [`Client`] |
//!
//! Two rules hold everywhere. A form that two parsers could read in two ways is refused, never repaired. And what is
//! found depends on the bytes alone, never on the pieces they arrived in (a property test holds us to it).

mod answer;
mod body;
mod chunked;
mod client;
mod date;
mod encode;
mod event;
mod fault;
mod fields;
mod framing;
mod head;
mod host;
mod input;
mod limits;
mod output;
mod refusal;
mod request;
mod response;
mod scan;
mod state;
mod target;
mod token;
mod trailers;
mod writer;

pub use answer::Answer;
pub use client::Client;
pub use date::HttpDate;
pub use encode::{BodySize, EncodeError, LengthField, ResponseFraming};
pub use event::Event;
pub use fault::Fault;
pub use fields::Fields;
pub(crate) use fields::parse as parse_fields;
pub use framing::Length;
pub use head::RequestHead;
pub(crate) use host::{Port, is_valid as is_host};
pub use limits::Limits;
pub use output::Output;
pub use refusal::Refusal;
pub use response::ResponseHead;
pub(crate) use scan::LineScan;
pub use state::Server;
pub(crate) use token::{decimal, is_tchar, is_token, list, trim};
pub(crate) use trailers::is_allowed as is_allowed_trailer;

#[cfg(test)]
mod tests;
