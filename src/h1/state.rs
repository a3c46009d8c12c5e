use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};

use super::body::{Decoder, Piece};
use super::date::HttpDate;
use super::encode::{self, Asked, BodySize, EncodeError, ResponseFraming, ResponseHead};
use super::event::Event;
use super::head::{HeadReader, RequestHead};
use super::input::Input;
use super::limits::Limits;
use super::output::Output;
use super::refusal::Refusal;
use super::writer::Writer;

/// One HTTP/1.1 connection, seen from the server.
///
/// Bytes go in by [`receive`](Self::receive) and come out of [`output`](Self::output); in between the caller asks for
/// [`next_event`](Self::next_event) until [`Event::NeedMore`], and answers each request by
/// [`send_response`](Self::send_response), [`send_data`](Self::send_data) and [`finish`](Self::finish). Requests that
/// come early wait: the next one is given when the present one's body has been read and its response is finished.
///
/// ```
/// # use waterspout::h1;
/// use bytes::{Buf, Bytes};
/// use h1::{BodySize, Event, HttpDate, Limits, Server};
/// use http::{HeaderMap, StatusCode};
///
/// let mut server = Server::new(Limits::default());
/// server.receive(b"GET /hello HTTP/1.1\r\nHost: example.com\r\n\r\n");
/// let Event::Request(head) = server.next_event() else { panic!("a whole request is there") };
/// assert_eq!(head.uri.path(), "/hello");
///
/// let date = HttpDate::new(std::time::UNIX_EPOCH);
/// server.send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Known(2), &date)?;
/// server.send_data(Bytes::from_static(b"hi"))?;
/// server.finish(None)?;
///
/// let output = server.output();
/// let wire = output.copy_to_bytes(output.len()); // a carrier writes `chunk()` and calls `advance`
/// assert_eq!(
///     String::from_utf8_lossy(&wire),
///     "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-length: 2\r\n\r\nhi"
/// );
/// # Ok::<(), h1::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Server {
    limits: Limits,
    input: Input,
    output: Output,
    reading: Reading,
    writing: Writing,
    asked: Asked,
    /// The connection stays open after the present response.
    persistent: bool,
    /// The present response is to be the last.
    draining: bool,
    /// The peer may be waiting for `100 Continue`.
    waits: bool,
}

/// Which part of a request comes next.
#[derive(Debug)]
enum Reading {
    Head(HeadReader),
    Body(Decoder),
    /// All of the request has been read; the next one waits for the end of the response.
    Done,
    /// No more is read from this connection.
    Over,
}

/// Which part of a response comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// No request has been read that could be answered; a refusal may be.
    Ready,
    /// A request awaits its response.
    Pending,
    Body(Writer),
    /// The response is complete.
    Finished,
    /// The connection has left HTTP.
    Switched,
}

impl Server {
    /// A connection on which nothing has happened. It owns no memory until bytes come.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            input: Input::default(),
            output: Output::default(),
            reading: Reading::Head(HeadReader::default()),
            writing: Writing::Ready,
            asked: Asked::default(),
            persistent: true,
            draining: false,
            waits: false,
        }
    }

    /// Takes bytes from the peer, by copy. They are kept until [`next_event`](Self::next_event) uses them, so whoever
    /// feeds decides, by [`buffered`](Self::buffered), how far a peer may run ahead. Once nothing more can be read
    /// they are dropped.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !self.input.ended && !matches!(self.reading, Reading::Over) {
            self.input.push(bytes);
        }
    }

    /// The peer will send nothing more. It may still read: the present response is not lost.
    pub fn receive_eof(&mut self) {
        self.input.ended = true;
    }

    /// How many bytes have been received and not used yet.
    pub fn buffered(&self) -> usize {
        self.input.len()
    }

    /// What comes next; to be called until it is [`Event::NeedMore`] or [`Event::Closed`].
    pub fn next_event(&mut self) -> Event {
        match &mut self.reading {
            Reading::Head(reader) => match reader.read(&mut self.input, &self.limits) {
                Ok(Some(head)) => {
                    self.begin(&head);
                    Event::Request(head)
                }
                Ok(None) if self.input.ended => {
                    let clean = self.input.is_empty();
                    self.stop_reading();
                    if clean { Event::Closed } else { Event::Aborted }
                }
                Ok(None) => {
                    self.input.relax();
                    Event::NeedMore
                }
                Err(refusal) => {
                    self.asked = Asked {
                        head: reader.is_head_method(),
                        ..Asked::default()
                    };
                    self.stop_reading();
                    Event::Refused(refusal)
                }
            },
            Reading::Body(decoder) => match decoder.decode(&mut self.input, &self.limits) {
                Ok(Piece::Data(data)) => Event::Data(data),
                Ok(Piece::End(trailers)) => {
                    self.reading = Reading::Done;
                    self.settle();
                    Event::End(trailers)
                }
                Ok(Piece::NeedMore) if self.input.ended => {
                    self.stop_reading();
                    Event::Aborted
                }
                Ok(Piece::NeedMore) => Event::NeedMore,
                Err(refusal) => {
                    self.stop_reading();
                    Event::Refused(refusal)
                }
            },
            Reading::Done => Event::NeedMore,
            Reading::Over => match self.writing {
                Writing::Ready | Writing::Finished | Writing::Body(Writer::Failed) => Event::Closed,
                Writing::Pending | Writing::Body(_) | Writing::Switched => Event::NeedMore,
            },
        }
    }

    /// Whether more bytes could bring another event now. If not, the response must be finished first; reading on
    /// only fills the buffer or finds the peer's end.
    pub fn wants_read(&self) -> bool {
        !self.input.ended && matches!(self.reading, Reading::Head(_) | Reading::Body(_))
    }

    /// Whether the connection is between messages with nothing buffered, so that closing it loses nothing.
    pub fn is_idle(&self) -> bool {
        matches!(self.reading, Reading::Head(_)) && self.input.is_empty()
    }

    /// Whether a part of a head has arrived and the rest has not: the time for a head is running.
    pub fn in_head(&self) -> bool {
        matches!(self.reading, Reading::Head(_)) && !self.input.is_empty()
    }

    /// Whether the present request's body has not been read to its end.
    pub fn body_pending(&self) -> bool {
        matches!(self.reading, Reading::Body(_))
    }

    /// How many bytes of the present request's body are still to be read (0 without a body), `None` if it is not
    /// known: whether to read them for the sake of the connection is decided by this.
    pub fn unread_body(&self) -> Option<u64> {
        match &self.reading {
            Reading::Body(decoder) => decoder.left(),
            Reading::Head(_) | Reading::Done | Reading::Over => Some(0),
        }
    }

    /// Whether the final response to the present request has begun (or ended).
    pub fn response_started(&self) -> bool {
        matches!(
            self.writing,
            Writing::Body(_) | Writing::Finished | Writing::Switched
        )
    }

    /// Whether the connection is to be closed once the present response has been sent.
    pub fn should_close(&self) -> bool {
        !self.persistent || self.draining || matches!(self.reading, Reading::Over)
    }

    /// The bytes to be written to the peer.
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Sends `100 Continue`, if the peer may be waiting for it: it asked, on HTTP/1.1, no byte of the body has come,
    /// no final response has begun, and it has not been sent before. Otherwise nothing (RFC 9110 section 10.1.1).
    pub fn send_continue(&mut self) {
        if self.writing == Writing::Pending && self.is_waiting() {
            self.waits = false;
            self.output
                .tail()
                .extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    /// Sends a 1xx response before the final one (RFC 9110 section 15.2). A peer with HTTP/1.0 does not get it.
    ///
    /// # Errors
    /// [`Status`](EncodeError::Status) for a status that is not 1xx, or 101; [`Order`](EncodeError::Order) if no
    /// request awaits its response.
    pub fn send_informational(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<(), EncodeError> {
        if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(EncodeError::Status);
        }
        if self.writing != Writing::Pending {
            return Err(EncodeError::Order);
        }
        if self.asked.modern {
            let out = self.output.tail();
            let mark = out.len();
            encode::status_line(out, status, None);
            if let Err(error) = encode::fields(out, headers, false, |_| false) {
                out.truncate(mark);
                return Err(error);
            }
            out.extend_from_slice(b"\r\n");
            self.waits &= status != StatusCode::CONTINUE;
        }
        Ok(())
    }

    /// Sends the head of the final response. [`finish`](Self::finish) must follow, body or not (but not after 101 or
    /// a 2xx to CONNECT, see [`into_parts`](Self::into_parts)).
    ///
    /// Framing and connection are the encoder's business: of `headers`, `connection` (whose `close` is obeyed),
    /// `transfer-encoding`, `keep-alive`, `proxy-connection` and, but for 101 and 426, `upgrade` are not sent.
    /// A `content-length` among them must be the body's; with [`BodySize::Unknown`] it makes the size known, and for
    /// HEAD and 304 it is sent as it is. `date` is added unless it is there. To HEAD, and with 204, 205 and 304, no
    /// body is sent whatever `body` says. `reason` replaces the usual phrase if it is visible ASCII, blanks and tabs.
    ///
    /// # Errors
    /// [`Order`](EncodeError::Order), [`Status`](EncodeError::Status) for 1xx but 101,
    /// [`ContentLength`](EncodeError::ContentLength), [`Upgrade`](EncodeError::Upgrade). Nothing has been written
    /// then, and another response may be tried.
    pub fn send_response(
        &mut self,
        status: StatusCode,
        reason: Option<&str>,
        headers: &HeaderMap,
        body: BodySize,
        date: &HttpDate,
    ) -> Result<(), EncodeError> {
        if self.writing != Writing::Pending {
            return Err(EncodeError::Order);
        }
        let persistent = self.may_persist();
        let head = ResponseHead {
            status,
            reason,
            headers,
            body,
            date,
        };
        let begun = head.write(self.output.tail(), &self.asked, persistent)?;
        self.persistent = begun.persistent;
        self.writing = if begun.switched {
            Writing::Switched
        } else {
            Writing::Body(begun.writer)
        };
        Ok(())
    }

    /// Decides how the final response is to be framed, for an encoder of someone else's, by the rules of
    /// [`send_response`](Self::send_response); what that would not send of `headers` is taken out of them. They still
    /// lack what the framing says, and perhaps `date`. Nothing has changed until
    /// [`begin_encoded`](Self::begin_encoded).
    ///
    /// # Errors
    /// As [`send_response`](Self::send_response).
    pub fn frame_response(
        &self,
        status: StatusCode,
        headers: &mut HeaderMap,
        body: BodySize,
    ) -> Result<ResponseFraming, EncodeError> {
        if self.writing != Writing::Pending {
            return Err(EncodeError::Order);
        }
        encode::frame(status, headers, body, &self.asked, self.may_persist())
    }

    /// Begins a final response that somebody else encodes, framed as [`frame_response`](Self::frame_response) has
    /// decided. Its bytes from the status line on are passed on by [`send_data`](Self::send_data) as they are;
    /// [`finish`](Self::finish) follows, also behind the head of a 101.
    ///
    /// # Errors
    /// [`Order`](EncodeError::Order) if no request awaits its response.
    pub fn begin_encoded(&mut self, framing: &ResponseFraming) -> Result<(), EncodeError> {
        if self.writing != Writing::Pending {
            return Err(EncodeError::Order);
        }
        self.persistent = framing.persistent;
        self.writing = Writing::Body(Writer::Encoded {
            switched: framing.switched,
        });
        Ok(())
    }

    /// Sends a piece of the body: as a chunk, or as it is. Large pieces are queued without a copy.
    ///
    /// # Errors
    /// [`TooLong`](EncodeError::TooLong) if it exceeds the declared length: nothing of it is written and the
    /// connection must be closed. [`Order`](EncodeError::Order) without a response to add to.
    pub fn send_data(&mut self, data: Bytes) -> Result<(), EncodeError> {
        let Writing::Body(writer) = &mut self.writing else {
            return Err(EncodeError::Order);
        };
        let result = writer.data(&mut self.output, data);
        if result.is_err() {
            self.stop_reading();
        }
        result
    }

    /// Ends the response. `trailers` are sent behind a chunked body, without those that may not stand there
    /// (RFC 9110 section 6.5.1), and dropped with any other.
    ///
    /// # Errors
    /// [`TooShort`](EncodeError::TooShort) if bytes of the declared length are missing: the connection must be closed,
    /// so that the peer sees that it was cut off. [`Order`](EncodeError::Order) without a response to end.
    pub fn finish(&mut self, trailers: Option<&HeaderMap>) -> Result<(), EncodeError> {
        let Writing::Body(writer) = &mut self.writing else {
            return Err(EncodeError::Order);
        };
        if let Err(error) = writer.finish(&mut self.output, trailers) {
            self.stop_reading();
            return Err(error);
        }
        self.writing = match writer {
            Writer::Encoded { switched: true } => Writing::Switched,
            _ => Writing::Finished,
        };
        self.settle();
        Ok(())
    }

    /// Makes the present response, or the next one, the last: `connection: close` is added to a head not yet sent.
    pub fn close_after_response(&mut self) {
        self.draining = true;
    }

    /// Answers with a refusal and ends the connection: a complete response of its own, whose body is the detail. If a
    /// response has already begun nothing is written, as it would be taken for a part of that one.
    pub fn refuse(&mut self, refusal: &Refusal, date: &HttpDate) {
        if self.writing == Writing::Switched {
            return;
        }
        if matches!(self.writing, Writing::Ready | Writing::Pending) {
            let out = self.output.tail();
            encode::status_line(out, refusal.status, None);
            encode::field(out, b"content-type", b"text/plain; charset=utf-8");
            encode::content_length(out, refusal.detail.len() as u64 + 1);
            encode::date(out, date);
            out.extend_from_slice(b"connection: close\r\n\r\n");
            if !self.asked.head {
                out.extend_from_slice(refusal.detail.as_bytes());
                out.push(b'\n');
            }
        }
        self.writing = Writing::Finished;
        self.stop_reading();
    }

    /// After a 101, or a 2xx to CONNECT: the bytes received behind the request's head, which belong to the new
    /// protocol, and what is still to be written before it.
    pub fn into_parts(mut self) -> (Bytes, Output) {
        (self.input.take(usize::MAX), self.output)
    }

    /// A new request has been read.
    fn begin(&mut self, head: &RequestHead) {
        self.asked = Asked {
            modern: head.version == Version::HTTP_11,
            head: head.method == Method::HEAD,
            connect: head.method == Method::CONNECT,
            upgrade: head.upgrade,
        };
        self.persistent = head.keep_alive;
        self.waits = head.expect_continue;
        self.writing = Writing::Pending;
        self.reading = Decoder::new(head.length).map_or(Reading::Done, Reading::Body);
    }

    /// Whether the connection can stay open behind a head sent now, as far as the request is concerned.
    fn may_persist(&self) -> bool {
        // A peer that was not told to continue may send the body or not, and we could not tell it from a request.
        self.persistent && !self.draining && !self.is_waiting()
    }

    /// Whether the peer may be waiting for `100 Continue` still: it has sent nothing of the body.
    fn is_waiting(&self) -> bool {
        self.waits
            && self.input.is_empty()
            && matches!(&self.reading, Reading::Body(decoder) if decoder.is_fresh())
    }

    /// Goes on to the next request if the present one is read and answered.
    fn settle(&mut self) {
        if matches!(self.reading, Reading::Done) && self.writing == Writing::Finished {
            if self.persistent && !self.draining {
                self.reading = Reading::Head(HeadReader::default());
                self.writing = Writing::Ready;
                self.asked = Asked::default();
            } else {
                self.stop_reading();
            }
        }
    }

    /// Reads nothing more and forgets what has been received.
    fn stop_reading(&mut self) {
        self.reading = Reading::Over;
        self.persistent = false;
        self.input.discard();
    }
}
