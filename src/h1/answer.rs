use bytes::Bytes;
use http::HeaderMap;

use super::fault::Fault;
use super::response::ResponseHead;

/// What [`Client::next_event`](super::Client::next_event) found.
#[derive(Debug, PartialEq)]
// A head is several hundred bytes and most answers have one: a box would be one allocation a response for nothing.
#[allow(clippy::large_enum_variant)]
pub enum Answer {
    /// Nothing is complete: give more bytes, or, if [`wants_read`](super::Client::wants_read) says no, send what is
    /// missing of the request, or the next one.
    NeedMore,
    /// A 1xx response but 101: the final one is still to come. At most ten are given.
    Informational(ResponseHead),
    /// The head of the final response. Unless its length is [`Empty`](super::Length::Empty), `Data` and `End` follow.
    ///
    /// After a 101, or a 2xx to CONNECT, the connection has left HTTP: see
    /// [`into_parts`](super::Client::into_parts).
    Response(ResponseHead),
    /// A piece of the body as it came, never empty: a slice of the read buffer, which it keeps in memory.
    Data(Bytes),
    /// The end of the body, with its trailers if there are any that may be used. Not given for a response whose length
    /// is [`Empty`](super::Length::Empty).
    End(Option<Box<HeaderMap>>),
    /// The response cannot be read any further: close the connection. If a body was being read, it is its reader who
    /// must get the error.
    Refused(Fault),
    /// The peer stopped within a head or a body, or between a 1xx and the final response. What came of the body is not
    /// all of it.
    CutOff,
    /// Nothing will come (any more). If it is the first answer to a request, the peer closed before any byte of a
    /// response: on a connection used before, it may have closed before it saw the request (RFC 9112 section 9.3.1
    /// says when to try again). It is given again and again, and also follows `Refused`, `CutOff` and the last
    /// response.
    Closed,
}
