use bytes::Bytes;
use http::HeaderMap;

use super::head::RequestHead;
use super::refusal::Refusal;

/// What [`Server::next_event`](super::Server::next_event) found.
#[derive(Debug, PartialEq)]
// A head is several hundred bytes and most events are heads: a box would be one allocation a request for nothing.
#[allow(clippy::large_enum_variant)]
pub enum Event {
    /// Nothing is complete: give more bytes, or, if [`wants_read`](super::Server::wants_read) says no, finish the
    /// response first.
    NeedMore,
    /// The head of a request. Unless its length is [`Empty`](super::Length::Empty), `Data` and `End` follow.
    Request(RequestHead),
    /// A piece of the body as it came, never empty: a slice of the read buffer, which it keeps in memory.
    Data(Bytes),
    /// The end of the body, with its trailers if there are any that may be used. Not given for a request whose length
    /// is [`Empty`](super::Length::Empty).
    End(Option<Box<HeaderMap>>),
    /// The stream cannot be read any further: call [`refuse`](super::Server::refuse), send what is to be sent, close.
    /// If a body was being read, it is its reader who must get the error.
    Refused(Refusal),
    /// The peer stopped within a head or a body. No answer is possible to half a head; a body's reader must see an
    /// error, and may still answer.
    Aborted,
    /// Nothing more will come and everything has been answered: send what is to be sent and close. It is given again
    /// and again, and also follows `Refused` and `Aborted`.
    Closed,
}
