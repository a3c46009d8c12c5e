use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::answer::Answer;
use super::body::{Decoder, Piece};
use super::encode::{Asked, BodySize, EncodeError};
use super::fault::Fault;
use super::input::Input;
use super::limits::Limits;
use super::output::Output;
use super::request::Request;
use super::response::{ResponseHead, ResponseReader};
use super::writer::Writer;

/// How many 1xx responses may come before the final one.
const INFORMATIONAL_MOST: u8 = 10;

/// One HTTP/1.1 connection, seen from the client.
///
/// A request goes out by [`send_request`](Self::send_request), [`send_data`](Self::send_data) and
/// [`finish`](Self::finish), as bytes in [`output`](Self::output). What comes back goes in by
/// [`receive`](Self::receive), and is found by [`next_event`](Self::next_event), to be asked until
/// [`Answer::NeedMore`]. There is one request at a time: the next may follow when [`is_reusable`](Self::is_reusable).
/// A response may come before its request is finished; whether to finish it is the caller's choice.
///
/// ```
/// # use waterspout::h1;
/// use bytes::Buf;
/// use h1::{Answer, BodySize, Client, Limits};
/// use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
///
/// let mut client = Client::new(Limits::default());
/// let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("example.com"))]);
/// client.send_request(&Method::GET, "/hello", &headers, BodySize::Empty)?;
/// client.finish(None)?;
///
/// let output = client.output();
/// let wire = output.copy_to_bytes(output.len()); // a carrier writes `chunk()` and calls `advance`
/// assert_eq!(wire, "GET /hello HTTP/1.1\r\nhost: example.com\r\n\r\n");
///
/// client.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
/// let Answer::Response(head) = client.next_event() else { panic!("a whole head is there") };
/// assert_eq!(head.status, StatusCode::OK);
/// assert_eq!(client.next_event(), Answer::Data("hi".into()));
/// assert_eq!(client.next_event(), Answer::End(None));
/// assert!(client.is_reusable());
/// # Ok::<(), h1::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Client {
    limits: Limits,
    input: Input,
    output: Output,
    reading: Reading,
    writing: Writing,
    asked: Asked,
    /// Both sides have left the connection open so far.
    persistent: bool,
    /// The request asked for `100 Continue` and nothing has settled the matter.
    waits: bool,
    /// 1xx responses to the present request.
    informational: u8,
}

/// Which part of a response comes next.
#[derive(Debug)]
enum Reading {
    /// None: nothing has been asked.
    Idle,
    Head(ResponseReader),
    Body(Decoder),
    /// All of the response has been read; the request is not finished.
    Done,
    /// The connection has left HTTP.
    Switched,
    /// No more is read from this connection.
    Over,
}

/// Which part of a request comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Ready,
    Body(Writer),
    /// The request is complete.
    Finished,
}

impl Client {
    /// A connection on which nothing has happened. It owns no memory until it is used.
    ///
    /// Of the limits, `request_line` has no meaning here; the status line counts as a part of the head.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            input: Input::default(),
            output: Output::default(),
            reading: Reading::Idle,
            writing: Writing::Ready,
            asked: Asked::default(),
            persistent: true,
            waits: false,
            informational: 0,
        }
    }

    /// Sends the head of a request. [`finish`](Self::finish) must follow, body or not.
    ///
    /// `target` is what goes on the wire: the origin form, the absolute form of `http` or `https` (to a proxy),
    /// `host:port` (CONNECT) or `*` (OPTIONS). `headers` must have one `host`, which is sent first.
    ///
    /// Framing and connection are the encoder's business. Of `headers`, `connection` (whose `close` is obeyed),
    /// `transfer-encoding`, `keep-alive` and `proxy-connection` are not sent; `upgrade` and `te` are, with the
    /// `connection` that they need, and `expect: 100-continue` is where there is a body to wait for. A
    /// `content-length` among them must be the body's; with [`BodySize::Unknown`] it makes the size known. A POST, PUT
    /// or PATCH without a body says `content-length: 0` (RFC 9110 section 8.6), others say nothing.
    ///
    /// A body of unknown size is sent in chunks, which a server with HTTP/1.0 does not understand. RFC 9112 section 6.1
    /// wants them for known HTTP/1.1 servers only; before the first response nobody knows, so who must speak to
    /// such a server gives the size.
    ///
    /// # Errors
    /// [`Order`](EncodeError::Order) unless the connection [`is_reusable`](Self::is_reusable),
    /// [`Target`](EncodeError::Target), [`Host`](EncodeError::Host), [`ContentLength`](EncodeError::ContentLength),
    /// [`Upgrade`](EncodeError::Upgrade) for a CONNECT with a body. Nothing has been written then, and another
    /// request may be tried.
    pub fn send_request(
        &mut self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: BodySize,
    ) -> Result<(), EncodeError> {
        if !self.is_reusable() {
            return Err(EncodeError::Order);
        }
        let request = Request {
            method,
            target,
            headers,
            body,
        };
        let sent = request.write(self.output.tail())?;
        self.asked = sent.asked;
        self.persistent = !sent.close;
        self.waits = sent.waits;
        self.informational = 0;
        self.writing = Writing::Body(sent.writer);
        self.reading = Reading::Head(ResponseReader::default());
        Ok(())
    }

    /// Sends a piece of the body: as a chunk, or as it is. Large pieces are queued without a copy.
    ///
    /// # Errors
    /// [`TooLong`](EncodeError::TooLong) if it exceeds the declared length: nothing of it is written and the
    /// connection must be closed. [`Order`](EncodeError::Order) without a request to add to.
    pub fn send_data(&mut self, data: Bytes) -> Result<(), EncodeError> {
        let Writing::Body(writer) = &mut self.writing else {
            return Err(EncodeError::Order);
        };
        self.waits &= data.is_empty();
        let result = writer.data(&mut self.output, data);
        if result.is_err() {
            self.stop_reading();
        }
        result
    }

    /// Ends the request. `trailers` are sent behind a chunked body, without those that may not stand there
    /// (RFC 9110 section 6.5.1), and dropped with any other.
    ///
    /// # Errors
    /// [`TooShort`](EncodeError::TooShort) if bytes of the declared length are missing: the connection must be closed,
    /// so that the peer sees that it was cut off. [`Order`](EncodeError::Order) without a request to end.
    pub fn finish(&mut self, trailers: Option<&HeaderMap>) -> Result<(), EncodeError> {
        let Writing::Body(writer) = &mut self.writing else {
            return Err(EncodeError::Order);
        };
        self.waits = false;
        if let Err(error) = writer.finish(&mut self.output, trailers) {
            self.stop_reading();
            return Err(error);
        }
        self.writing = Writing::Finished;
        self.settle();
        Ok(())
    }

    /// Takes bytes from the peer, by copy. They are kept until [`next_event`](Self::next_event) uses them, so whoever
    /// feeds decides, by [`buffered`](Self::buffered), how far a peer may run ahead. What nobody asked for is dropped,
    /// and the connection carries no other request: it must never be taken for the next response.
    pub fn receive(&mut self, bytes: &[u8]) {
        if bytes.is_empty() || self.input.ended {
            return;
        }
        match self.reading {
            Reading::Head(_) | Reading::Body(_) | Reading::Switched => self.input.push(bytes),
            Reading::Idle => self.stop_reading(),
            Reading::Done => self.persistent = false,
            Reading::Over => {}
        }
    }

    /// The peer will send nothing more.
    pub fn receive_eof(&mut self) {
        self.input.ended = true;
    }

    /// How many bytes have been received and not used yet.
    pub fn buffered(&self) -> usize {
        self.input.len()
    }

    /// What comes next; to be called until it is [`Answer::NeedMore`] or [`Answer::Closed`].
    pub fn next_event(&mut self) -> Answer {
        match &mut self.reading {
            Reading::Head(reader) => match reader.read(&mut self.input, &self.limits, &self.asked) {
                Ok(Some(head)) => self.begin(head),
                Ok(None) if self.input.ended => {
                    let nothing = self.input.is_empty() && self.informational == 0;
                    self.stop_reading();
                    if nothing { Answer::Closed } else { Answer::CutOff }
                }
                Ok(None) => Answer::NeedMore,
                Err(refusal) => self.refuse(refusal.into()),
            },
            Reading::Body(decoder) => match decoder.decode(&mut self.input, &self.limits) {
                Ok(Piece::Data(data)) => Answer::Data(data),
                Ok(Piece::End(trailers)) => {
                    self.end();
                    Answer::End(trailers)
                }
                Ok(Piece::NeedMore) if self.input.ended => {
                    self.stop_reading();
                    Answer::CutOff
                }
                Ok(Piece::NeedMore) => Answer::NeedMore,
                Err(refusal) => self.refuse(refusal.into()),
            },
            Reading::Idle | Reading::Done if self.input.ended => Answer::Closed,
            Reading::Idle | Reading::Done | Reading::Switched => Answer::NeedMore,
            Reading::Over => Answer::Closed,
        }
    }

    /// Whether more bytes could bring another event now. If not, reading on only finds the peer's end, or what makes the
    /// connection useless for another request.
    pub fn wants_read(&self) -> bool {
        !self.input.ended && matches!(self.reading, Reading::Head(_) | Reading::Body(_))
    }

    /// Whether the request asked for `100 Continue` and neither that nor a final response has come, and nothing of the
    /// body has been sent: the body should wait. Not for ever, as a server may not know of this
    /// (RFC 9110 section 10.1.1).
    pub fn awaits_continue(&self) -> bool {
        self.waits
    }

    /// Whether no part of a request is still due.
    pub fn request_finished(&self) -> bool {
        !matches!(self.writing, Writing::Body(_))
    }

    /// Whether the connection may carry a request: its first, or another one, as both messages are complete, both sides
    /// leave it open, and nothing came behind the response.
    pub fn is_reusable(&self) -> bool {
        matches!(self.reading, Reading::Idle) && !self.input.ended
    }

    /// The bytes to be written to the peer.
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// After a 101, or a 2xx to CONNECT: the bytes received behind the response's head, which belong to the new
    /// protocol, and what is still to be written before it.
    pub fn into_parts(mut self) -> (Bytes, Output) {
        (self.input.take(usize::MAX), self.output)
    }

    /// A head has been read.
    fn begin(&mut self, head: ResponseHead) -> Answer {
        let switching = head.status == StatusCode::SWITCHING_PROTOCOLS;
        self.persistent &= head.keep_alive;
        if head.status.is_informational() && !switching {
            if self.informational == INFORMATIONAL_MOST {
                return self.refuse(Fault::TooManyInformational);
            }
            self.informational += 1;
            self.waits &= head.status != StatusCode::CONTINUE;
            self.reading = Reading::Head(ResponseReader::default());
            return Answer::Informational(head);
        }
        if switching && self.owes_body() {
            // The rest of the body would be read as the new protocol (RFC 9110 section 7.8).
            return self.refuse(Fault::Malformed("101 before the end of the request"));
        }
        self.waits = false;
        if switching || (self.asked.connect && head.status.is_success()) {
            self.reading = Reading::Switched;
        } else if let Some(decoder) = Decoder::new(head.length) {
            self.reading = Reading::Body(decoder);
        } else {
            self.end();
        }
        Answer::Response(head)
    }

    /// The final response is complete. What stands behind it answers nothing.
    fn end(&mut self) {
        self.persistent &= self.input.is_empty();
        self.input.skip(usize::MAX);
        self.reading = Reading::Done;
        self.settle();
    }

    /// Makes room for the next request if the present one is sent and answered.
    fn settle(&mut self) {
        if matches!(self.reading, Reading::Done) && self.writing == Writing::Finished {
            if self.persistent {
                self.reading = Reading::Idle;
                self.writing = Writing::Ready;
                self.input.relax();
            } else {
                self.stop_reading();
            }
        }
    }

    /// Whether bytes of the request's body are still to come.
    fn owes_body(&self) -> bool {
        matches!(self.writing, Writing::Body(writer) if writer != Writer::Known(0))
    }

    fn refuse(&mut self, fault: Fault) -> Answer {
        self.stop_reading();
        Answer::Refused(fault)
    }

    /// Reads nothing more and forgets what has been received.
    fn stop_reading(&mut self) {
        self.reading = Reading::Over;
        self.persistent = false;
        self.waits = false;
        self.input.discard();
    }
}
