//! Between the byte duplex and what the callbacks and senders share.

use std::cell::RefCell;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use futures_io::{AsyncRead as _, AsyncWrite as _};

use super::rounds::{Gone, HIGH, Reading, Rounds, Stopping, TURN};
use super::shared::{Incoming, Outgoing, Shared};
use super::timer::{Clock, Timer};
use super::{CloseCode, Connection, Event};
use crate::carrier::BoxFuture;
use crate::upgrade::BoxDuplex;

/// How much is read at once. One buffer serves all connections of a thread, so an idle connection owns none.
const READ: usize = 64 << 10;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Lends the thread's buffer. It is taken out meanwhile, so that a duplex that runs another connection finds an empty
/// place and not a borrowed one.
fn with_buffer<T>(f: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut buffer = BUFFER.take();
    buffer.resize(READ, 0);
    let result = f(&mut buffer);
    BUFFER.replace(buffer);
    result
}

pub(super) struct Pump<C> {
    /// `None` once the connection is over.
    io: Option<BoxDuplex>,
    connection: Connection,
    shared: Arc<Shared>,
    timer: Timer<C>,
    stopping: Stopping,
    /// A message was taken and more stands behind it: what it is answered with leaves together with the next answers.
    gathering: bool,
    /// Something was written that the duplex may still hold: TLS does.
    unflushed: bool,
    /// The peer has closed its sending side.
    eof: bool,
    /// The peer has closed, or broke the rules: what is left in the connection is no longer held back.
    ending: bool,
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

/// What a connection waits with.
pub(super) struct Times {
    pub(super) write_stall: Duration,
    pub(super) close_timeout: Duration,
}

/// What there was among the bytes that have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// No more than is there.
    Nothing,
    /// There may be more behind it.
    Something,
    /// The callbacks have enough to do.
    Enough,
}

impl<C: Clock> Pump<C> {
    pub(super) fn new(
        io: BoxDuplex,
        stopping: BoxFuture<'static, ()>,
        connection: Connection,
        shared: Arc<Shared>,
        clock: C,
        times: &Times,
    ) -> Self {
        Self {
            io: Some(io),
            connection,
            shared,
            timer: Timer::new(clock),
            stopping: Stopping::new(stopping),
            gathering: false,
            unflushed: false,
            eof: false,
            ending: false,
            lingering: false,
            shut: false,
            until: None,
            stalled: None,
            write_stall: times.write_stall,
            close_timeout: times.close_timeout,
        }
    }
}

impl<C: Clock> Rounds for Pump<C> {
    type Clock = C;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn close_timeout(&self) -> Duration {
        self.close_timeout
    }

    fn timer(&mut self) -> &mut Timer<C> {
        &mut self.timer
    }

    fn takes(&mut self) -> bool {
        self.connection.output().len() < HIGH
    }

    fn is_paused(&mut self) -> bool {
        !self.ending && (self.shared.is_ahead() || !self.takes())
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
            while self.takes()
                && let Some(piece) = self.shared.next_outgoing()
            {
                self.encode(piece);
            }
            if self.gathering && self.takes() {
                return Ok(());
            }
            if self.connection.output().is_empty() {
                return self.flush(cx);
            }
            if !self.write(cx)? {
                return Ok(());
            }
        }
    }

    fn receive(&mut self, cx: &mut TaskContext<'_>) -> Result<Reading, Gone> {
        match self.take_event() {
            Taken::Something => return Ok(Reading::More),
            Taken::Enough => return Ok(Reading::Paused),
            Taken::Nothing if self.until.is_some() => return Ok(Reading::Paused),
            Taken::Nothing => {}
        }
        if self.eof {
            return Ok(Reading::Quiet);
        }
        // Answers are written before more is read, else a peer that never reads would fill the memory.
        if !self.takes() {
            return Ok(Reading::Paused);
        }
        let connection = &mut self.connection;
        let io = self.io.as_mut().ok_or(Gone)?;
        let read = read_once(io, cx, |bytes| connection.receive(bytes));
        match read {
            Poll::Pending => return Ok(Reading::Quiet),
            Poll::Ready(Err(_)) => return Err(Gone),
            Poll::Ready(Ok(0)) => {
                self.eof = true;
                self.connection.receive_eof();
            }
            Poll::Ready(Ok(_)) => {}
        }
        self.take_event();
        Ok(Reading::More)
    }

    fn is_due(&mut self, cx: &mut TaskContext<'_>, reading: Reading) -> Result<bool, Gone> {
        let stalled = self.stalled.map(|since| since + self.write_stall);
        // A peer whose answer may be among what we have not read yet is not late.
        let next = if reading == Reading::Quiet {
            self.connection.next_time()
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
        self.connection.poll_time(now);
        Ok(true)
    }

    fn finish(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone> {
        let until = self.until.unwrap_or_default();
        if self.timer.poll(cx, until).is_ready() {
            return Err(Gone);
        }
        if !self.connection.output().is_empty() {
            return Ok(());
        }
        let io = self.io.as_mut().ok_or(Gone)?;
        if !self.shut {
            match Pin::new(&mut *io).poll_close(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(_)) => return Err(Gone),
                Poll::Ready(Ok(())) => self.shut = true,
            }
        }
        if !self.lingering || self.eof {
            return Err(Gone);
        }
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
        self.io = None;
        let close = self.connection.close_frame().cloned();
        self.shared
            .end(close.unwrap_or_else(|| CloseCode::ABNORMAL.into()));
    }
}

impl<C: Clock> Pump<C> {
    /// Whether all that was to be sent has been written.
    pub(super) fn is_flushed(&mut self) -> bool {
        !self.unflushed && self.connection.output().is_empty() && !self.shared.has_outgoing()
    }

    /// Lets go of what the duplex holds back.
    fn flush(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone> {
        if self.unflushed {
            let io = self.io.as_mut().ok_or(Gone)?;
            match Pin::new(io).poll_flush(cx) {
                Poll::Ready(Ok(())) => {
                    self.unflushed = false;
                    self.stalled = None;
                }
                Poll::Ready(Err(_)) => return Err(Gone),
                Poll::Pending => self.stall(),
            }
        }
        Ok(())
    }

    /// The peer takes no more for now.
    fn stall(&mut self) {
        if self.stalled.is_none() {
            self.stalled = Some(self.timer.now());
        }
    }

    /// What the connection refuses here came behind a close, of which the senders are told.
    fn encode(&mut self, piece: Outgoing) {
        match piece {
            Outgoing::Message(message) => _ = self.connection.send_owned(message),
            Outgoing::Prepared(prepared) => _ = self.connection.send_prepared(&prepared),
            Outgoing::Ping(data) => _ = self.connection.ping(&data),
            Outgoing::Close(close) => self.connection.close(close),
        }
    }

    /// Writes once; false when the peer takes no more.
    fn write(&mut self, cx: &mut TaskContext<'_>) -> Result<bool, Gone> {
        let io = self.io.as_mut().ok_or(Gone)?;
        let output = self.connection.output();
        let io = Pin::new(io);
        let written = if output.chunk().len() == output.len() {
            io.poll_write(cx, output.chunk())
        } else {
            let mut slices = [IoSlice::new(&[]); 8];
            let count = output.chunks_vectored(&mut slices);
            io.poll_write_vectored(cx, slices.get(..count).unwrap_or_default())
        };
        match written {
            Poll::Ready(Ok(len)) if len > 0 => {
                output.advance(len);
                self.stalled = None;
                self.unflushed = true;
                Ok(true)
            }
            Poll::Ready(_) => Err(Gone),
            Poll::Pending => {
                self.stall();
                Ok(false)
            }
        }
    }

    /// Hands what has come to the callbacks, up to a message, which they may answer before what stands behind it is looked
    /// at, be it an end; and up to a ping, whose pong leaves before the next one could take its place.
    fn take_event(&mut self) -> Taken {
        self.gathering = false;
        loop {
            if !self.ending && self.shared.is_ahead() {
                return Taken::Enough;
            }
            match self.connection.next_event() {
                Event::NeedMore => return Taken::Nothing,
                Event::Message(message) => {
                    self.shared.put(Incoming::Message(message));
                    self.gathering = self.connection.buffered() > 0;
                    return Taken::Something;
                }
                Event::Ping(data) => {
                    self.shared.put(Incoming::Ping(data));
                    return Taken::Something;
                }
                Event::Pong(data) => self.shared.put(Incoming::Pong(data)),
                Event::Closing(close) => {
                    self.ending = true;
                    self.shared.closed_by_peer(close);
                }
                Event::Failed(close) => {
                    tracing::debug!(target: "waterspout", %close, "a WebSocket peer broke the rules");
                    self.ending = true;
                    self.lingering = true;
                    self.shared.closed_by_peer(
                        self.connection
                            .close_frame()
                            .cloned()
                            .unwrap_or_else(|| CloseCode::ABNORMAL.into()),
                    );
                }
                Event::Closed => {
                    self.ending = true;
                    self.until.get_or_insert(self.timer.now() + self.close_timeout);
                    return Taken::Nothing;
                }
            }
        }
    }
}

/// Reads through the thread's buffer; gives how much it was, nothing at the peer's end.
pub(super) fn read_once(
    io: &mut BoxDuplex,
    cx: &mut TaskContext<'_>,
    take: impl FnOnce(&[u8]),
) -> Poll<std::io::Result<usize>> {
    with_buffer(|buffer| {
        let len = ready!(Pin::new(io).poll_read(cx, buffer))?;
        // A stream that says it read more than there was room for read all of it.
        let bytes = buffer.get(..len).unwrap_or(buffer);
        if !bytes.is_empty() {
            take(bytes);
        }
        Poll::Ready(Ok(bytes.len()))
    })
}
