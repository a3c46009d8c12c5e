use std::fmt;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};

use crate::h1::Output;

use super::close::{self, Close, CloseCode};
use super::deflate::{Agreed, Deflater, Inflater};
use super::event::Event;
use super::frame::{CONTROL_MAX, Opcode};
use super::mask::Masks;
use super::message::Message;
use super::options::Options;
use super::ping::{Due, Timer};
use super::prepared::Prepared;
use super::reader::{Bounds, Piece, Reader};
use super::role::Role;
use super::writer::{Payload, Writer};

/// One WebSocket after its handshake, seen from either side.
///
/// Bytes go in by [`receive`](Self::receive) and come out of [`output`](Self::output); in between the caller asks for
/// [`next_event`](Self::next_event) until [`Event::NeedMore`] or [`Event::Closed`], and tells the time by
/// [`poll_time`](Self::poll_time) not later than [`next_time`](Self::next_time). Any clock will do that never goes back,
/// counted from any beginning. Pings and the peer's close frame are answered here.
///
/// While nothing is under way it owns no buffer.
///
/// ```
/// use std::time::Duration;
/// use bytes::Buf;
/// use waterspout::websocket::{Close, CloseCode, Connection, Event, Message, Options, Role};
///
/// let options = Options::default();
/// let mut server = Connection::new(Role::Server, &options, None, Duration::ZERO, 0);
/// let mut client = Connection::new(Role::Client, &options, None, Duration::ZERO, 7); // 7: use true randomness
///
/// client.send(&Message::from("hello"))?;
/// let output = client.output();
/// let wire = output.copy_to_bytes(output.remaining()); // a carrier writes `chunk()` and calls `advance`
/// server.receive(&wire);
/// assert_eq!(server.next_event(), Event::Message(Message::from("hello")));
/// assert_eq!(server.next_event(), Event::NeedMore);
///
/// server.close(Close::new(CloseCode::NORMAL, "bye"));
/// let output = server.output();
/// let wire = output.copy_to_bytes(output.remaining());
/// client.receive(&wire);
/// assert_eq!(client.next_event(), Event::Closing(Close::new(CloseCode::NORMAL, "bye")));
/// # Ok::<(), waterspout::websocket::Closed>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    state: State,
    /// The peer will send nothing more.
    ended: bool,
    bounds: Bounds,
    /// The frame or message that is coming; none between two of them.
    reader: Option<Box<Reader>>,
    /// What has been received and not looked at, where something has been found that was not asked for.
    input: BytesMut,
    /// What has been found and not been asked for.
    found: Option<Event>,
    writer: Writer,
    timer: Timer,
    deflate: Option<Box<Deflate>>,
    /// What the peer said.
    said: Option<Box<Close>>,
}

/// permessage-deflate, where it was agreed on.
#[derive(Debug)]
struct Deflate {
    deflater: Deflater,
    inflater: Inflater,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Our close frame has been sent, the peer's has not come.
    Closing,
    /// Both have; the server is to end the connection, and we are the client.
    Finished,
    /// The peer has not answered a ping, which has not been told.
    GivenUp,
    Closed,
}

impl Connection {
    /// A connection whose handshake is over at the time `now`, with what it agreed on. A client draws its masks from
    /// `mask_seed`, which must come from true randomness; a server does not use it.
    pub fn new(
        role: Role,
        options: &Options,
        deflate: Option<Agreed>,
        now: Duration,
        mask_seed: u64,
    ) -> Self {
        let settings = options.compression.unwrap_or_default();
        Self {
            state: State::Open,
            ended: false,
            bounds: Bounds {
                role,
                max_message: options.max_message,
                max_frame: options.max_frame,
                max_fragments: options.max_fragments,
            },
            reader: None,
            input: BytesMut::new(),
            found: None,
            writer: Writer::new((role == Role::Client).then(|| Masks::new(mask_seed))),
            timer: Timer::new(options, now),
            deflate: deflate.map(|agreed| {
                Box::new(Deflate {
                    deflater: Deflater::new(&agreed, role, &settings),
                    inflater: Inflater::new(&agreed, role),
                })
            }),
            said: None,
        }
    }

    /// Takes bytes from the peer. What is not yet used is kept until [`next_event`](Self::next_event) uses it, so
    /// whoever feeds decides, by [`buffered`](Self::buffered), how far a peer may run ahead.
    pub fn receive(&mut self, mut bytes: &[u8]) {
        if self.ended || bytes.is_empty() || matches!(self.state, State::Closed | State::GivenUp) {
            return;
        }
        self.timer.heard();
        // Where nothing waits, the first event is found in the caller's own buffer: a payload is copied once.
        if self.input.is_empty() && self.found.is_none() {
            match self.parse(&mut bytes) {
                Event::NeedMore | Event::Closed => {}
                event => self.found = Some(event),
            }
        }
        if !self.is_closed() {
            self.input.extend_from_slice(bytes);
        }
    }

    /// The peer will send nothing more.
    pub fn receive_eof(&mut self) {
        self.ended = true;
    }

    /// How many bytes have been received and not used yet.
    pub fn buffered(&self) -> usize {
        self.input.len()
    }

    /// What comes next; to be called until it is [`Event::NeedMore`] or [`Event::Closed`].
    pub fn next_event(&mut self) -> Event {
        if let Some(event) = self.found.take() {
            return event;
        }
        // Nothing is found in nothing.
        if self.input.is_empty() && !self.ended && matches!(self.state, State::Open | State::Closing) {
            return Event::NeedMore;
        }
        let input = std::mem::take(&mut self.input);
        let mut left = &input[..];
        let event = self.parse(&mut left);
        let used = input.len() - left.len();
        if used < input.len() && !self.is_closed() {
            self.input = input;
            self.input.advance(used);
        }
        if event == Event::NeedMore && self.ended {
            self.stop();
            return Event::Closed;
        }
        event
    }

    /// Finds the next event in `bytes`, and leaves what stands behind it.
    fn parse(&mut self, bytes: &mut &[u8]) -> Event {
        loop {
            match self.state {
                State::Open | State::Closing => {}
                State::Finished => {
                    *bytes = &[];
                    return Event::NeedMore;
                }
                State::GivenUp => {
                    self.stop();
                    return Event::Failed(ping_timeout());
                }
                State::Closed => {
                    *bytes = &[];
                    return Event::Closed;
                }
            }
            match self.read(bytes) {
                Ok(None) => return Event::NeedMore,
                Ok(Some(Piece::Message(message))) => return Event::Message(message),
                Ok(Some(Piece::Control(opcode, payload))) => {
                    match self.control_frame(opcode, payload.into()) {
                        Ok(None) => {}
                        Ok(Some(event)) => return event,
                        Err(close) => return self.fail(close),
                    }
                }
                Err(close) => return self.fail(close),
            }
        }
    }

    /// Reads one piece. What is whole at once leaves nothing behind, so that an idle connection stays small.
    fn read(&mut self, bytes: &mut &[u8]) -> Result<Option<Piece>, Close> {
        let inflater = self.deflate.as_mut().map(|deflate| &mut deflate.inflater);
        if let Some(reader) = &mut self.reader {
            let piece = reader.read(bytes, &self.bounds, inflater);
            if reader.is_idle() {
                self.reader = None;
            }
            return piece;
        }
        let mut reader = Reader::new(self.state != State::Open);
        let piece = reader.read(bytes, &self.bounds, inflater);
        if !reader.is_idle() {
            self.reader = Some(Box::new(reader));
        }
        piece
    }

    /// A whole control frame.
    fn control_frame(&mut self, opcode: Opcode, payload: Bytes) -> Result<Option<Event>, Close> {
        let open = self.state == State::Open;
        match opcode {
            Opcode::Close => {
                let close = Close::parse(&payload)?;
                if open {
                    // Its code goes back (RFC 6455 section 5.5.1).
                    self.writer.close(&close.code.into());
                }
                self.said = Some(Box::new(close.clone()));
                match self.bounds.role {
                    Role::Server => self.stop(),
                    Role::Client => {
                        // The server ends the connection first (RFC 6455 section 7.1.1).
                        self.state = State::Finished;
                        self.timer.close();
                    }
                }
                Ok(Some(Event::Closing(close)))
            }
            _ if !open => Ok(None),
            Opcode::Ping => {
                self.writer.answer(payload.clone());
                Ok(Some(Event::Ping(payload)))
            }
            _ => Ok(Some(Event::Pong(payload))),
        }
    }

    /// The peer has broken the protocol or a limit: it is told, and no longer listened to.
    fn fail(&mut self, close: Close) -> Event {
        let told = self.state == State::Closing;
        if !told {
            self.writer.close(&close);
        }
        self.stop();
        if told { Event::Closed } else { Event::Failed(close) }
    }

    /// Nothing more is read, and nothing more can be sent.
    fn stop(&mut self) {
        self.state = State::Closed;
        self.timer.stop();
        self.reader = None;
        self.deflate = None;
        self.input = BytesMut::new();
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When a close frame has been sent, or the connection has ended.
    pub fn send(&mut self, message: &Message) -> Result<(), Closed> {
        let payload = match message {
            Message::Text(text) => Payload::Borrowed(text.as_bytes()),
            Message::Binary(bytes) => Payload::Shared(bytes.clone()),
        };
        self.send_payload(Opcode::of_message(message), payload)
    }

    /// As [`send`](Self::send); a large message is not copied, be it text or bytes.
    pub(super) fn send_owned(&mut self, message: Message) -> Result<(), Closed> {
        self.send_payload(Opcode::of_message(&message), Payload::Owned(message))
    }

    fn send_payload(&mut self, opcode: Opcode, payload: Payload<'_>) -> Result<(), Closed> {
        self.check_open()?;
        if let Some(deflate) = &mut self.deflate {
            let mut compressed = Vec::new();
            if deflate.deflater.compress(payload.as_slice(), &mut compressed) {
                self.writer
                    .frame(opcode, true, Payload::Shared(compressed.into()));
                return Ok(());
            }
        }
        self.writer.frame(opcode, false, payload);
        Ok(())
    }

    /// Sends a message that was encoded once for many connections. A client masks it anew, and does not compress it.
    ///
    /// # Errors
    /// As those of [`send`](Self::send).
    pub fn send_prepared(&mut self, message: &Prepared) -> Result<(), Closed> {
        self.check_open()?;
        if self.writer.masks() {
            let payload = Payload::Shared(message.payload().clone());
            self.writer.frame(message.opcode(), false, payload);
            return Ok(());
        }
        let fits = |deflate: &mut Box<Deflate>| {
            let compressed = message.compressed()?;
            deflate
                .deflater
                .sends_shared(message.bits()?)
                .then_some(compressed)
        };
        let compressed = self.deflate.as_mut().and_then(fits);
        self.writer.encoded(compressed.unwrap_or(message.plain()));
        Ok(())
    }

    /// Sends a ping. The peer answers with a pong that has the same data, which is of at most 125 bytes.
    ///
    /// # Errors
    /// When a close frame has been sent, or the data is too long.
    pub fn ping(&mut self, data: &[u8]) -> Result<(), PingError> {
        self.control(Opcode::Ping, data)
    }

    /// Sends a pong that nobody asked for, a sign of life (RFC 6455 section 5.5.3). Pings are answered without it.
    ///
    /// # Errors
    /// As those of [`ping`](Self::ping).
    pub fn pong(&mut self, data: &[u8]) -> Result<(), PingError> {
        self.control(Opcode::Pong, data)
    }

    fn control(&mut self, opcode: Opcode, data: &[u8]) -> Result<(), PingError> {
        self.check_open()?;
        if data.len() > CONTROL_MAX {
            return Err(PingError::TooLong);
        }
        self.writer.frame(opcode, false, Payload::Borrowed(data));
        Ok(())
    }

    fn check_open(&self) -> Result<(), Closed> {
        if self.state == State::Open {
            Ok(())
        } else {
            Err(Closed)
        }
    }

    /// Sends a close frame, after which nothing can be sent and messages are read away; then the peer's is waited
    /// for, [`Options::close_timeout`] long. A second call does nothing. For a code that is never sent
    /// ([`CloseCode::NO_STATUS`]) the frame is empty.
    pub fn close(&mut self, close: Close) {
        if self.state == State::Open {
            self.writer.close(&close);
            self.state = State::Closing;
            self.timer.close();
            if let Some(reader) = &mut self.reader {
                reader.abandon();
            }
        }
    }

    /// What is to be written to the peer. It is to be asked for again after all of it has been written.
    pub fn output(&mut self) -> &mut Output {
        self.writer.output()
    }

    /// Tells the time, and lets happen what is due: a ping, or the end of the wait for a pong or a close frame. Then
    /// there may be new output and a new event.
    pub fn poll_time(&mut self, now: Duration) {
        match self.timer.poll(now) {
            Due::Nothing => {}
            Due::Ping => {
                self.writer.frame(Opcode::Ping, false, Payload::Borrowed(&[]));
                // It has been quiet: a compressor that context takeover has kept is better used by others.
                if let Some(deflate) = &mut self.deflate {
                    deflate.deflater.rest();
                }
            }
            Due::PingTimeout => {
                self.writer.close(&ping_timeout());
                self.state = State::GivenUp;
            }
            Due::CloseTimeout => self.stop(),
        }
    }

    /// When [`poll_time`](Self::poll_time) is to be called, at the latest. It may be a time that has passed.
    pub fn next_time(&self) -> Option<Duration> {
        self.timer.next()
    }

    /// Whether nothing more can be sent or received: what is in the output is to be written, then the connection is
    /// to be closed. What was found before is still given by [`next_event`](Self::next_event).
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether messages can be sent.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// What the peer's close frame said; 1006 where the connection has ended without one, nothing before the end.
    pub fn close_frame(&self) -> Option<&Close> {
        match &self.said {
            Some(close) => Some(close),
            None if self.is_closed() => Some(&close::ABNORMAL),
            None => None,
        }
    }
}

#[cfg(test)]
impl Connection {
    /// Whether no buffer is held.
    pub(super) fn is_bare(&self) -> bool {
        self.reader.is_none() && self.input.capacity() == 0 && self.found.is_none() && self.writer.is_bare()
    }
}

fn ping_timeout() -> Close {
    Close::new(CloseCode::INTERNAL_ERROR, "ping timeout")
}

/// The WebSocket is closed, or about to be: nothing can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the WebSocket is closed")
    }
}

impl std::error::Error for Closed {}

/// Why a ping or a pong could not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingError {
    /// The WebSocket is closed, or about to be.
    Closed,
    /// The data has more than 125 bytes.
    TooLong,
}

impl From<Closed> for PingError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}

impl fmt::Display for PingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => Closed.fmt(f),
            Self::TooLong => f.write_str("a ping has at most 125 bytes"),
        }
    }
}

impl std::error::Error for PingError {}
