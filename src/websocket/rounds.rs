//! The rounds in which bytes move and callbacks run, whichever engine speaks the protocol.

use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use super::shared::Shared;
use super::timer::{Clock, Timer};

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

    /// Looks at what is looked at once, before the rounds.
    fn begin(&mut self, cx: &mut TaskContext<'_>);

    /// Writes, reads, looks at the clock.
    fn round(&mut self, cx: &mut TaskContext<'_>) -> Result<Reading, Gone>;

    /// Gives the connection up, and says how it ended.
    fn end(&mut self);

    /// Moves what can be moved, and calls `callbacks` in between, until the connection is over.
    fn poll(
        &mut self,
        cx: &mut TaskContext<'_>,
        mut callbacks: impl FnMut(&mut TaskContext<'_>),
    ) -> Poll<()> {
        self.shared().wake_up();
        self.begin(cx);
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
