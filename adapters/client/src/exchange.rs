//! One request and its response on one connection.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use waterspout::h1::{Answer, BodySize, EncodeError, Fault, Length, ResponseHead};
use waterspout::{Body, BoxDuplex, ClientError, ClientErrorKind};

use crate::connection::Connection;
use crate::net::Switched;
use crate::pool::Permit;
use crate::route::{Head, Key};
use crate::tls::tls_kind;
use crate::upload::{Upload, send_bytes, unsendable};

/// How much may wait to be written before the request's body is asked for more.
const HIGH: usize = 64 << 10;

/// How many pieces of the request's body are sent in one go before others get their turn.
const TURN: u32 = 32;

/// The request's body, as it is to be sent.
pub(crate) enum Payload {
    Bytes(Bytes),
    Stream(Body),
}

/// Why there is no response.
pub(crate) enum Lost {
    /// The connection ended before any byte of one.
    Unanswered(ClientError),
    Failed(ClientError),
}

pub(crate) struct Exchange {
    connection: Box<Connection>,
    permit: Permit<Key, Box<Connection>>,
    upload: Upload,
    /// The peer takes no more: what it had to say may still be read.
    deaf: Option<io::Error>,
    /// A part of a response has come.
    answered: bool,
    /// The body of the response ends with the connection.
    until_close: bool,
    /// An event that was looked for before it was asked for.
    ahead: Option<Answer>,
}

/// A part of the response's body.
pub(crate) enum Part {
    Data(Bytes),
    /// The end, with the trailers.
    End(Option<Box<HeaderMap>>),
}

impl Exchange {
    /// Puts the request down; nothing is written yet.
    pub(crate) fn begin(
        mut connection: Box<Connection>,
        permit: Permit<Key, Box<Connection>>,
        head: &Head,
        payload: Payload,
    ) -> Result<Self, ClientError> {
        let size = match &payload {
            Payload::Bytes(bytes) if bytes.is_empty() => BodySize::Empty,
            Payload::Bytes(bytes) => BodySize::Known(bytes.len() as u64),
            Payload::Stream(body) => body.len().map_or(BodySize::Unknown, BodySize::Known),
        };
        let h1 = &mut connection.h1;
        let sent = h1.send_request(&head.method, &head.target, &head.headers, size);
        let upload = match (sent, payload) {
            (Err(error), _) => {
                if error != EncodeError::Order {
                    // Nothing has been written, so the connection is as good as it was.
                    permit.put(connection);
                }
                return Err(unsendable(error));
            }
            (Ok(()), Payload::Bytes(bytes)) if h1.awaits_continue() => Upload::new(bytes.into()),
            (Ok(()), Payload::Bytes(bytes)) => {
                send_bytes(h1, bytes)?;
                Upload::default()
            }
            (Ok(()), Payload::Stream(body)) => Upload::new(body),
        };
        Ok(Self {
            connection,
            permit,
            upload,
            deaf: None,
            answered: false,
            until_close: false,
            ahead: None,
        })
    }

    /// Sends what can be sent, and gives the head of the final response.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<ResponseHead, Lost>> {
        loop {
            self.poll_send(cx).map_err(Lost::Failed)?;
            let waiting = self.connection.h1.awaits_continue();
            match self.connection.h1.next_event() {
                Answer::NeedMore => {
                    let received = ready!(self.poll_receive(cx));
                    received.map_err(|error| self.lost(error))?;
                }
                Answer::Informational(_) => self.answered = true,
                Answer::Response(head) => {
                    // Who was asked whether it wants the body and gives its answer does not want it; nor does who refuses
                    // and closes (RFC 9112 section 9.3).
                    let refuses =
                        !head.keep_alive && (head.status.is_client_error() || head.status.is_server_error());
                    if waiting || refuses {
                        self.upload.give_up();
                    }
                    self.until_close = head.length == Length::UntilClose;
                    return Poll::Ready(Ok(head));
                }
                Answer::Refused(fault) => return Poll::Ready(Err(Lost::Failed(refused(fault)))),
                Answer::CutOff => {
                    return Poll::Ready(Err(Lost::Failed(ClientError::new(ClientErrorKind::CutOff))));
                }
                Answer::Closed | Answer::Data(_) | Answer::End(_) => {
                    return Poll::Ready(Err(self.unanswered(None)));
                }
            }
        }
    }

    /// The next part of the response's body. What is left of the request goes on being sent.
    pub(crate) fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Part, ClientError>> {
        loop {
            if self.ahead.is_none() {
                self.poll_send(cx)?;
            }
            let event = self.ahead.take();
            match event.unwrap_or_else(|| self.connection.h1.next_event()) {
                Answer::NeedMore => ready!(self.poll_receive(cx)).map_err(|error| self.broken(error))?,
                Answer::Data(data) => return Poll::Ready(Ok(Part::Data(data))),
                Answer::End(trailers) => return Poll::Ready(Ok(Part::End(trailers))),
                Answer::Refused(fault) => return Poll::Ready(Err(refused(fault))),
                Answer::CutOff | Answer::Closed | Answer::Informational(_) | Answer::Response(_) => {
                    return Poll::Ready(Err(ClientError::new(ClientErrorKind::CutOff)));
                }
            }
        }
    }

    /// Whether the body is known to have ended already, without trailers.
    pub(crate) fn is_at_end(&mut self) -> bool {
        if self.ahead.is_none() {
            match self.connection.h1.next_event() {
                Answer::NeedMore => {}
                event => self.ahead = Some(event),
            }
        }
        matches!(self.ahead, Some(Answer::End(None)))
    }

    /// The whole body of `len` bytes, if all of it has come.
    pub(crate) fn take_whole(&mut self, len: u64) -> Option<Bytes> {
        if (self.connection.h1.buffered() as u64) < len {
            return None;
        }
        match self.connection.h1.next_event() {
            // All of it was there, so one piece is all of it.
            Answer::Data(data) if data.len() as u64 == len && self.is_at_end() => Some(data),
            event => {
                self.ahead = Some(event);
                None
            }
        }
    }

    /// The response has been read. The connection goes back if it can carry another request.
    pub(crate) fn end(mut self) {
        if self.connection.is_reusable() {
            self.permit.put(self.connection);
        } else {
            self.connection.stream.close();
        }
    }

    /// The server has agreed to another protocol: the connection leaves the pool, and what has come behind the head is
    /// read first.
    pub(crate) fn switch(self) -> BoxDuplex {
        let Connection { stream, h1, .. } = *self.connection;
        let (early, _) = h1.into_parts();
        Box::new(Switched { stream, early })
    }

    /// Leaves the connection and keeps its place.
    pub(crate) fn abandon(self) -> Permit<Key, Box<Connection>> {
        self.permit
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Sends what can be sent now. A peer that takes no more is no failure yet: it may have answered before.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Result<(), ClientError> {
        let mut pulled = 0;
        while self.deaf.is_none() {
            let before = pulled;
            let Connection { h1, .. } = &mut *self.connection;
            while h1.output().len() < HIGH && pulled < TURN && self.upload.poll_pull(cx, h1)?.is_ready() {
                pulled += 1;
            }
            match self.connection.poll_send(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    self.deaf = Some(error);
                    self.upload.give_up();
                }
                Poll::Pending => break,
            }
            if pulled == before {
                break;
            }
            if pulled >= TURN {
                cx.waker().wake_by_ref();
                break;
            }
        }
        Ok(())
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match ready!(self.connection.poll_receive(cx)) {
            // Where the message says how long it is, nobody gains by a false end.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !self.until_close => {
                self.connection.h1.receive_eof();
                Poll::Ready(Ok(()))
            }
            result => Poll::Ready(result),
        }
    }

    /// A failed read before the final head.
    fn lost(&mut self, error: io::Error) -> Lost {
        if !self.answered && self.connection.h1.buffered() == 0 && tls_kind(&error).is_none() {
            self.unanswered(Some(error))
        } else {
            Lost::Failed(self.broken(error))
        }
    }

    /// The peer is gone without a word: what it said when we wrote tells more than what it said when we read.
    fn unanswered(&mut self, error: Option<io::Error>) -> Lost {
        let none = ClientError::new(ClientErrorKind::NoResponse);
        Lost::Unanswered(match self.deaf.take().or(error) {
            Some(source) => none.with_source(source),
            None => none,
        })
    }

    /// A failed read in the middle of a response.
    fn broken(&self, error: io::Error) -> ClientError {
        let kind = match tls_kind(&error) {
            Some(kind) => kind,
            None if error.kind() == io::ErrorKind::UnexpectedEof => ClientErrorKind::CutOff,
            None => ClientErrorKind::Io,
        };
        ClientError::new(kind).with_source(error)
    }
}

fn refused(fault: Fault) -> ClientError {
    ClientError::new(match fault {
        Fault::HeadTooLarge => ClientErrorKind::HeadTooLarge,
        Fault::TooManyInformational => ClientErrorKind::TooManyInformational,
        Fault::Malformed(detail) => ClientErrorKind::Malformed(detail),
        _ => ClientErrorKind::Malformed("the response is malformed"),
    })
}
