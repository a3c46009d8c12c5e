//! The engine async-tungstenite: its frames and its messages, under our handlers, queues and times.

mod boundary;
mod convert;
mod metered;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::error::ProtocolError;
use async_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use async_tungstenite::tungstenite::{Error, Message as Theirs};
use bytes::Bytes;
use futures_core::Stream as _;
use futures_io::AsyncWrite as _;
use futures_sink::Sink as _;

use super::ping::{self, Due};
use super::pump::{Times, read_once};
use super::rounds::{Gone, HIGH, Reading, Rounds, Stopping, TURN};
use super::shared::{Incoming, Outgoing, Shared};
use super::timer::Timer;
use super::{Close, CloseCode, Message, Options};
use crate::carrier::{BoxFuture, Carrier};
use crate::upgrade::BoxDuplex;
use metered::Metered;

/// What a connection reads into, and keeps while it is idle.
const READ_BUFFER: usize = 8 << 10;

/// How much is read in one round.
const READ: usize = 64 << 10;

/// Tungstenite's buffers never shrink: after a message of more than this they are made anew.
const GROWN: usize = 64 << 10;

/// The largest frame head and the largest control frame.
const HEAD: usize = 14;
const CONTROL: usize = HEAD + 125;

/// A server's side of a connection on which async-tungstenite speaks.
pub(super) struct Tungstenite {
    /// `None` once the connection is over.
    socket: Option<WebSocketStream<Metered>>,
    shared: Arc<Shared>,
    timer: Timer<Arc<dyn Carrier>>,
    ping: ping::Timer,
    stopping: Stopping,
    /// At most so much is in tungstenite's output: what it was given since that was last empty.
    unsent: usize,
    /// The peer takes no more for now.
    blocked: bool,
    /// The buffers have grown.
    grown: bool,
    /// A message was taken: what it is answered with leaves together with the next answers.
    gathering: bool,
    /// We have sent a close frame.
    told: bool,
    /// Nothing of what may still come is listened to.
    over: bool,
    /// The peer may still be sending: a plain close would reset the connection before it has read our close frame.
    lingering: bool,
    /// Our sending side is closed.
    shut: bool,
    /// Until when the end may take, once nothing more is to be said.
    until: Option<Duration>,
    /// Since when a write makes no progress.
    stalled: Option<Duration>,
    write_stall: Duration,
    close_timeout: Duration,
}

/// What there was among the bytes that have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Nothing that is whole.
    Nothing,
    /// There may be more behind it.
    Something,
    /// The callbacks have enough to do.
    Enough,
}

impl Tungstenite {
    pub(super) async fn open(
        io: BoxDuplex,
        stopping: BoxFuture<'static, ()>,
        options: &Options,
        shared: Arc<Shared>,
        carrier: Arc<dyn Carrier>,
        times: &Times,
    ) -> Self {
        let ping = ping::Timer::new(options, carrier.monotonic());
        // Its output has no limit of its own: it is given no more before it has written what it was given.
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(HIGH)
            .max_message_size(Some(options.max_message))
            // A frame beyond the message's limit is refused by its head.
            .max_frame_size(Some(options.max_frame.min(options.max_message)));
        let io = Metered::new(io);
        Self {
            socket: Some(WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await),
            shared,
            timer: Timer::new(carrier),
            ping,
            stopping: Stopping::new(stopping),
            unsent: 0,
            blocked: false,
            grown: false,
            gathering: false,
            told: false,
            over: false,
            lingering: false,
            shut: false,
            until: None,
            stalled: None,
            write_stall: times.write_stall,
            close_timeout: times.close_timeout,
        }
    }

    fn socket(&mut self) -> Result<&mut WebSocketStream<Metered>, Gone> {
        self.socket.as_mut().ok_or(Gone)
    }

    fn is_full(&self) -> bool {
        self.unsent >= HIGH
    }
}

impl Rounds for Tungstenite {
    type Clock = Arc<dyn Carrier>;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn close_timeout(&self) -> Duration {
        self.close_timeout
    }

    fn timer(&mut self) -> &mut Timer<Self::Clock> {
        &mut self.timer
    }

    fn takes(&mut self) -> bool {
        !self.blocked && !self.is_full()
    }

    fn is_paused(&mut self) -> bool {
        !self.over && (self.shared.is_ahead() || self.is_full())
    }

    fn stopping(&mut self) -> &mut Stopping {
        &mut self.stopping
    }

    fn gathers(&self) -> bool {
        self.gathering
    }

    fn is_finishing(&self) -> bool {
        self.until.is_some()
    }

    fn send(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone> {
        loop {
            while !self.is_full()
                && self.is_ready(cx)?
                && let Some(piece) = self.shared.next_outgoing()
            {
                self.give(piece)?;
            }
            let gathers = self.gathering && self.takes();
            if gathers || self.unsent == 0 || !self.flush(cx)? {
                return Ok(());
            }
        }
    }

    fn receive(&mut self, cx: &mut TaskContext<'_>) -> Result<Reading, Gone> {
        for allowed in [0, READ] {
            match self.take(cx, allowed)? {
                Taken::Something => return Ok(Reading::More),
                Taken::Enough => return Ok(Reading::Paused),
                Taken::Nothing => {}
            }
            // Answers are written before more is read, else a peer that never reads would fill the memory.
            self.send(cx)?;
            if self.until.is_some() || self.is_full() {
                return Ok(Reading::Paused);
            }
        }
        let more = self.socket()?.get_mut().is_refused() || self.renew(cx)?;
        Ok(if more { Reading::More } else { Reading::Quiet })
    }

    fn is_due(&mut self, cx: &mut TaskContext<'_>, reading: Reading) -> Result<bool, Gone> {
        let stalled = self.stalled.map(|since| since + self.write_stall);
        // A peer whose answer may be among what we have not read yet is not late.
        let next = if reading == Reading::Quiet {
            self.ping.next()
        } else {
            None
        };
        let Some(deadline) = stalled.into_iter().chain(next).min() else {
            return Ok(false);
        };
        let Poll::Ready(now) = self.timer.poll(cx, deadline) else {
            return Ok(false);
        };
        if stalled.is_some_and(|stalled| now >= stalled) {
            return Err(Gone);
        }
        match self.ping.poll(now) {
            Due::Nothing => {}
            Due::Ping => self.write(Theirs::Ping(Bytes::new()))?,
            Due::PingTimeout => self.refuse(&Close::new(CloseCode::INTERNAL_ERROR, "ping timeout"))?,
            Due::CloseTimeout => self.stop(),
        }
        Ok(true)
    }

    fn finish(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone> {
        let until = self.until.unwrap_or_default();
        if self.timer.poll(cx, until).is_ready() {
            return Err(Gone);
        }
        if self.unsent > 0 {
            return Ok(());
        }
        if !self.shut {
            match Pin::new(self.socket()?.get_mut().io()).poll_close(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(_)) => return Err(Gone),
                Poll::Ready(Ok(())) => self.shut = true,
            }
        }
        if !self.lingering {
            return Err(Gone);
        }
        let io = self.socket()?.get_mut().io();
        for _ in 0..TURN {
            match read_once(io, cx, |_| ()) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(len)) if len > 0 => {}
                Poll::Ready(_) => return Err(Gone),
            }
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    fn end(&mut self) {
        self.socket = None;
        self.shared.end(CloseCode::ABNORMAL.into());
    }
}

// --- writing ---

impl Tungstenite {
    fn give(&mut self, piece: Outgoing) -> Result<(), Gone> {
        match piece {
            Outgoing::Close(close) => self.close(&close),
            piece => self.write(convert::outgoing(piece)),
        }
    }

    /// Sends a close frame, unless one was sent before.
    fn close(&mut self, close: &Close) -> Result<(), Gone> {
        if self.told || self.over {
            return Ok(());
        }
        self.told = true;
        self.ping.close();
        self.write(convert::closing(close))
    }

    fn write(&mut self, message: Theirs) -> Result<(), Gone> {
        let len = message.len();
        self.grown |= len > GROWN;
        match Pin::new(self.socket()?).start_send(message) {
            Err(Error::Io(_)) => return Err(Gone),
            // It came behind a close, of which the senders are told.
            Err(_) => {}
            Ok(()) => self.unsent = self.unsent.saturating_add(HEAD.saturating_add(len)),
        }
        Ok(())
    }

    /// True when tungstenite has no write to complete first.
    fn is_ready(&mut self, cx: &mut TaskContext<'_>) -> Result<bool, Gone> {
        let ready = Pin::new(self.socket()?).poll_ready(cx);
        self.blocked = ready.is_pending();
        if self.blocked {
            self.wait();
        }
        match ready {
            Poll::Ready(Err(Error::Io(_))) => Err(Gone),
            Poll::Ready(_) => Ok(true),
            Poll::Pending => Ok(false),
        }
    }

    /// Writes what is in the output; false when the peer takes no more.
    fn flush(&mut self, cx: &mut TaskContext<'_>) -> Result<bool, Gone> {
        match Pin::new(self.socket()?).poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.unsent = 0;
                self.blocked = false;
                self.stalled = None;
                Ok(true)
            }
            Poll::Ready(Err(_)) => Err(Gone),
            Poll::Pending => {
                self.wait();
                Ok(false)
            }
        }
    }

    /// Remembers since when nothing leaves.
    fn wait(&mut self) {
        let socket = self.socket.as_mut();
        if socket.is_some_and(|socket| socket.get_mut().take_wrote()) || self.stalled.is_none() {
            self.stalled = Some(self.timer.now());
        }
    }
}

// --- reading ---

impl Tungstenite {
    /// Makes tungstenite's side anew where its buffers have grown and are empty: all that was given to it has left, and
    /// all that was read has been taken. True when it is to be asked again.
    fn renew(&mut self, cx: &mut TaskContext<'_>) -> Result<bool, Gone> {
        let socket = self.socket()?;
        let at_boundary = socket.get_ref().is_at_boundary();
        if !self.grown || !at_boundary || self.unsent > 0 || self.told || self.over {
            return Ok(false);
        }
        let socket = self.socket.take().ok_or(Gone)?;
        let config = *socket.get_config();
        let open = WebSocketStream::from_raw_socket(socket.into_inner(), Role::Server, Some(config));
        // There is no handshake to wait for.
        let Poll::Ready(socket) = pin!(open).poll(cx) else {
            return Err(Gone);
        };
        self.socket = Some(socket);
        self.grown = false;
        Ok(true)
    }

    /// Hands the next that has come to the callbacks, which may answer it before what stands behind it is looked at.
    fn take(&mut self, cx: &mut TaskContext<'_>, allowed: usize) -> Result<Taken, Gone> {
        self.gathering = false;
        if self.over {
            return Ok(Taken::Nothing);
        }
        if self.shared.is_ahead() {
            return Ok(Taken::Enough);
        }
        let socket = self.socket()?;
        socket.get_mut().allow(allowed);
        let next = Pin::new(&mut *socket).poll_next(cx);
        if socket.get_mut().take_heard() {
            self.ping.heard();
        }
        match next {
            Poll::Pending => return Ok(Taken::Nothing),
            Poll::Ready(Some(Ok(message))) => self.hear(message),
            Poll::Ready(Some(Err(error))) => self.fail(&error)?,
            Poll::Ready(None) => self.stop(),
        }
        Ok(Taken::Something)
    }

    fn hear(&mut self, message: Theirs) {
        match message {
            Theirs::Text(text) => self.put(Message::from(text.as_str())),
            Theirs::Binary(bytes) => self.put(Message::Binary(bytes)),
            Theirs::Ping(data) => {
                // Its pong is in the output.
                self.unsent = self.unsent.saturating_add(CONTROL);
                self.shared.put(Incoming::Ping(data));
            }
            Theirs::Pong(data) => self.shared.put(Incoming::Pong(data)),
            Theirs::Close(frame) => {
                self.unsent = self.unsent.saturating_add(CONTROL);
                let said = convert::said(frame);
                self.shared
                    .closed_by_peer(said.unwrap_or_else(|| CloseCode::ABNORMAL.into()));
                self.stop();
            }
            // Never given by a reader.
            Theirs::Frame(_) => {}
        }
    }

    fn put(&mut self, message: Message) {
        self.grown |= message.len() > GROWN;
        self.shared.put(Incoming::Message(message));
        self.gathering = true;
    }

    /// The peer has gone without a close frame, or has broken the protocol or a limit: then it is told.
    fn fail(&mut self, error: &Error) -> Result<(), Gone> {
        match error {
            Error::Io(_) => return Err(Gone),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => self.stop(),
            _ if self.told => self.stop(),
            _ => self.refuse(&convert::blame(error))?,
        }
        Ok(())
    }

    fn refuse(&mut self, close: &Close) -> Result<(), Gone> {
        tracing::debug!(target: "waterspout", %close, "a WebSocket peer broke the rules");
        self.close(close)?;
        self.lingering = true;
        self.shared.closed_by_peer(CloseCode::ABNORMAL.into());
        self.stop();
        Ok(())
    }

    /// Nothing more is read, and nothing more can be sent.
    fn stop(&mut self) {
        self.over = true;
        self.gathering = false;
        self.ping.stop();
        self.until
            .get_or_insert(self.timer.now().saturating_add(self.close_timeout));
    }
}

// --- times, and the end ---

impl Tungstenite {}
