use std::fmt;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};

use crate::h1::Output;

use super::assemble::Assembler;
use super::close::{self, Close, CloseCode};
use super::deflate::Agreed;
use super::event::{Event, Role};
use super::frame::{CONTROL_MAX, Head, HeadReader, Opcode, Rules};
use super::mask::Masks;
use super::message::Message;
use super::options::Options;
use super::ping::{Due, Timer};
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
    role: Role,
    state: State,
    /// The peer will send nothing more.
    ended: bool,
    reader: HeadReader,
    /// The frame whose payload is coming.
    frame: Option<Head>,
    /// The payload of a control frame, as far as it has come.
    control: Vec<u8>,
    assembler: Assembler,
    /// What has been received and not looked at.
    input: BytesMut,
    /// What has been found and not been asked for.
    found: Option<Box<Event>>,
    writer: Writer,
    timer: Timer,
    max_message: u64,
    max_frame: u64,
    max_fragments: usize,
    /// What the peer said.
    said: Option<Box<Close>>,
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
        let _ = deflate; // nothing can be agreed on
        Self {
            role,
            state: State::Open,
            ended: false,
            reader: HeadReader::default(),
            frame: None,
            control: Vec::new(),
            assembler: Assembler::default(),
            input: BytesMut::new(),
            found: None,
            writer: Writer::new((role == Role::Client).then(|| Masks::new(mask_seed))),
            timer: Timer::new(options, now),
            max_message: options.max_message as u64,
            max_frame: options.max_frame as u64,
            max_fragments: options.max_fragments,
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
                event => self.found = Some(Box::new(event)),
            }
        }
        self.input.extend_from_slice(bytes);
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
            return *event;
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
            match self.step(bytes) {
                Ok(Some(event)) => return event,
                Ok(None) if bytes.is_empty() && !self.at_end_of_frame() => return Event::NeedMore,
                Ok(None) => {}
                Err(close) => return self.fail(close),
            }
        }
    }

    /// Whether the frame that has begun has nothing more to come.
    fn at_end_of_frame(&self) -> bool {
        self.frame.is_some_and(|frame| frame.left == 0)
    }

    /// Reads a head, or a part of a payload.
    fn step(&mut self, bytes: &mut &[u8]) -> Result<Option<Event>, Close> {
        let Some(frame) = &mut self.frame else {
            let rules = self.rules();
            if let Some(head) = self.reader.read(bytes, rules)? {
                self.frame = Some(head);
                if !head.opcode.is_control() {
                    let away = self.state != State::Open;
                    self.assembler.begin(&head, self.max_fragments, away)?;
                }
            }
            return Ok(None);
        };
        let most = usize::try_from(frame.left).unwrap_or(usize::MAX).min(bytes.len());
        let (payload, rest) = bytes.split_at(most); // in bounds: not more than there are
        *bytes = rest;
        frame.left -= most as u64;
        if frame.opcode.is_control() {
            let from = self.control.len();
            self.control.extend_from_slice(payload);
            if let Some(mask) = &mut frame.mask {
                mask.apply(self.control.get_mut(from..).unwrap_or_default());
            }
        } else {
            self.assembler.push(payload, frame.mask.as_mut())?;
        }
        let Head {
            opcode,
            last,
            left: 0,
            ..
        } = *frame
        else {
            return Ok(None);
        };
        self.frame = None;
        match opcode {
            Opcode::Close | Opcode::Ping | Opcode::Pong => {
                let payload = std::mem::take(&mut self.control);
                self.control_frame(opcode, payload.into())
            }
            _ if last => Ok(self.assembler.finish()?.map(Event::Message)),
            _ => Ok(None),
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            role: self.role,
            rsv1: false,
            fragmented: self.assembler.is_inside(),
            max_frame: self.max_frame,
            room: self.max_message.saturating_sub(self.assembler.announced()),
        }
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
                match self.role {
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
        self.frame = None;
        self.control = Vec::new();
        self.assembler = Assembler::default();
        self.input = BytesMut::new();
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When a close frame has been sent, or the connection has ended.
    pub fn send(&mut self, message: &Message) -> Result<(), Closed> {
        self.check_open()?;
        let (opcode, payload) = match message {
            Message::Text(text) => (Opcode::Text, Payload::Borrowed(text.as_bytes())),
            Message::Binary(bytes) => (Opcode::Binary, Payload::Shared(bytes.clone())),
        };
        self.writer.frame(opcode, false, payload);
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
            self.assembler.abandon();
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
            Due::Ping => self.writer.frame(Opcode::Ping, false, Payload::Borrowed(&[])),
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
    /// to be closed.
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
