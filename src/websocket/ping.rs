use std::time::Duration;

use super::options::Options;

/// What a connection waits for besides bytes, and for how long.
#[derive(Debug)]
pub(super) struct Timer {
    phase: Phase,
    /// When the phase began. All times are in nanoseconds, which take half the room of a `Duration`.
    since: u64,
    /// Something has come from the peer since the time was last told.
    heard: bool,
    /// The largest number is never.
    ping_interval: u64,
    ping_timeout: u64,
    close_timeout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Silence is measured.
    Open,
    /// A ping has been sent, and nothing has come since.
    Pinged,
    /// A close has begun since the time was last told.
    CloseBegun,
    /// The end is waited for.
    Closing,
    Over,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    /// The peer has not answered the ping.
    PingTimeout,
    /// The peer has not ended the connection.
    CloseTimeout,
}

impl Timer {
    pub(super) fn new(options: &Options, now: Duration) -> Self {
        Self {
            phase: Phase::Open,
            since: nanos(now),
            heard: false,
            ping_interval: options.ping_interval.map_or(u64::MAX, nanos),
            ping_timeout: nanos(options.ping_timeout),
            close_timeout: nanos(options.close_timeout),
        }
    }

    /// Any byte of the peer shows that it lives: its pong may stand behind a long message.
    pub(super) fn heard(&mut self) {
        self.heard = true;
    }

    /// From now on only the end is waited for.
    pub(super) fn close(&mut self) {
        self.phase = Phase::CloseBegun;
    }

    /// Nothing is waited for any more.
    pub(super) fn stop(&mut self) {
        self.phase = Phase::Over;
    }

    pub(super) fn poll(&mut self, now: Duration) -> Due {
        let now = nanos(now);
        match self.phase {
            Phase::CloseBegun => {
                self.phase = Phase::Closing;
                self.since = now;
            }
            Phase::Open | Phase::Pinged if self.heard => {
                self.phase = Phase::Open;
                self.since = now;
            }
            _ => {}
        }
        self.heard = false;
        if self.due().is_none_or(|due| now < due) {
            return Due::Nothing;
        }
        match self.phase {
            Phase::Open => {
                self.phase = Phase::Pinged;
                self.since = now;
                Due::Ping
            }
            Phase::Pinged => {
                self.phase = Phase::Over;
                Due::PingTimeout
            }
            Phase::Closing => {
                self.phase = Phase::Over;
                Due::CloseTimeout
            }
            Phase::CloseBegun | Phase::Over => Due::Nothing,
        }
    }

    /// When something will be due, if nothing comes until then. A time that is too far to be counted never comes.
    pub(super) fn next(&self) -> Option<Duration> {
        self.due().map(Duration::from_nanos)
    }

    fn due(&self) -> Option<u64> {
        let wait = match self.phase {
            Phase::Open => self.ping_interval,
            Phase::Pinged => self.ping_timeout,
            Phase::CloseBegun => 0,
            Phase::Closing => self.close_timeout,
            Phase::Over => return None,
        };
        (wait < u64::MAX).then(|| self.since.checked_add(wait))?
    }
}

/// In nanoseconds: all that there is room for, if it takes more than 584 years.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
