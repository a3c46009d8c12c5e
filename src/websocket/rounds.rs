//! The rounds in which bytes move and callbacks run, whichever engine speaks the protocol.

use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use super::shared::Shared;
use super::timer::{Clock, Timer};
use super::{Close, CloseCode};
use crate::carrier::BoxFuture;

/// How much waits in the output before no more is taken from the send queue.
pub(super) const HIGH: usize = 64 << 10;

/// How many rounds a busy connection gets before others have their turn.
pub(super) const TURN: u32 = 32;

/// The peer cannot be talked to any more, or need not be.
pub(super) struct Gone;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Something came.
    More,
    /// Nothing more is there for now.
    Quiet,
    /// The callbacks have enough to do, or the peer does not read.
    Paused,
}

/// Completes when the server stops; kept, since it is also how the server knows that the connection is still there.
pub(super) struct Stopping {
    stop: BoxFuture<'static, ()>,
    told: bool,
}

impl Stopping {
    pub(super) fn new(stop: BoxFuture<'static, ()>) -> Self {
        Self { stop, told: false }
    }

    /// True once, when the server stops.
    fn is_due(&mut self, cx: &mut TaskContext<'_>) -> bool {
        let due = !self.told && self.stop.as_mut().poll(cx).is_ready();
        self.told |= due;
        due
    }
}

/// What moves the bytes of a connection.
pub(super) trait Rounds {
    type Clock: Clock;

    fn shared(&self) -> &Shared;

    fn close_timeout(&self) -> Duration;

    fn timer(&mut self) -> &mut Timer<Self::Clock>;

    /// True when more would be taken from the send queue.
    fn takes(&mut self) -> bool;

    /// True when nothing is read until the callbacks or the peer have caught up.
    fn is_paused(&mut self) -> bool;

    fn stopping(&mut self) -> &mut Stopping;

    /// Hands over and writes until the queue is empty or the peer takes no more.
    fn send(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone>;

    /// Takes what has come, and reads once.
    fn receive(&mut self, cx: &mut TaskContext<'_>) -> Result<Reading, Gone>;

    /// True while what a message is answered with leaves together with the next answers.
    fn gathers(&self) -> bool;

    /// True once nothing more is to be said.
    fn is_finishing(&self) -> bool;

    /// Nothing more is to be said: what was said is written, the sending side is closed, and what still comes is read away
    /// where the peer may not know yet that it is over.
    fn finish(&mut self, cx: &mut TaskContext<'_>) -> Result<(), Gone>;

    /// Waits for the clock. True when something was due and has been done.
    fn is_due(&mut self, cx: &mut TaskContext<'_>, reading: Reading) -> Result<bool, Gone>;

    /// Writes, reads, looks at the clock.
    fn round(&mut self, cx: &mut TaskContext<'_>) -> Result<Reading, Gone> {
        self.send(cx)?;
        let mut reading = self.receive(cx)?;
        // What was received may have been answered.
        if !self.gathers() {
            self.send(cx)?;
        }
        if self.is_finishing() {
            self.finish(cx)?;
            return Ok(Reading::Quiet);
        }
        if self.is_due(cx, reading)? {
            reading = Reading::More;
        }
        Ok(reading)
    }

    /// Gives the connection up, and says how it ended.
    fn end(&mut self);

    /// Moves what can be moved, and calls `callbacks` in between, until the connection is over.
    fn poll(
        &mut self,
        cx: &mut TaskContext<'_>,
        mut callbacks: impl FnMut(&mut TaskContext<'_>),
    ) -> Poll<()> {
        self.shared().wake_up();
        if self.stopping().is_due(cx) {
            let close = Close::new(CloseCode::GOING_AWAY, "the server stops");
            self.shared().close(close, false);
        }
        for turn in 0..TURN {
            let Ok(reading) = self.round(cx) else {
                self.end();
                return Poll::Ready(());
            };
            // In the first round they may have been woken; later on, only what has come is new to them.
            if turn == 0 || self.shared().has_incoming() {
                callbacks(cx);
            }
            let again = match reading {
                Reading::More => true,
                Reading::Quiet => false,
                Reading::Paused => !self.is_paused(),
            };
            let takes = self.takes();
            if !again && self.shared().fall_asleep(cx, takes) {
                return Poll::Pending;
            }
        }
        self.shared().fall_asleep(cx, false);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
