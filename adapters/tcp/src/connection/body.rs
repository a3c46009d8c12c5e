//! Feeding the request body while the application runs, and what happens to the part that it did not read.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use waterspout::h1::Event;
use waterspout::{Body, BodyError, BodySender, Limits};

use super::{Connection, Gone, Then};
use crate::runtime::{Backend, Io};

/// How far a client may run ahead of what is asked for before it is left to the kernel's buffers.
const AHEAD: usize = 16 << 10;

/// How often a connection that is not read from is looked at for a reset.
const TICK: Duration = Duration::from_secs(1);

/// The adapter's end of a request body.
pub(super) struct Feed {
    sender: BodySender,
    received: u64,
    /// How long the network was waited for, the present wait not counted: a slow handler is not held against the client.
    waited: Duration,
    waiting: Option<Instant>,
}

impl Feed {
    pub(super) fn new(len: Option<u64>) -> (Body, Option<Self>) {
        let (sender, body) = Body::channel(len);
        (
            body,
            Some(Self {
                sender,
                received: 0,
                waited: Duration::ZERO,
                waiting: None,
            }),
        )
    }

    /// The application has let go of the body.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Until when the next piece must be there.
    fn deadline(&mut self, limits: &Limits) -> Instant {
        *self.waiting.get_or_insert_with(Instant::now) + limits.body_stall
    }

    /// A piece has come: false when the client has been too slow on the whole.
    fn is_fast_enough(&mut self, len: usize, limits: &Limits) -> bool {
        self.received += len as u64;
        let Some(since) = self.waiting.take() else {
            return true;
        };
        self.waited += since.elapsed();
        let due = self.waited.as_secs_f64() * f64::from(limits.body_rate);
        self.waited <= limits.body_rate_after || self.received as f64 >= due
    }
}

impl<B: Backend> Connection<B> {
    /// The whole body where it has been received with the head: then it needs no feeding.
    pub(super) fn body_at_hand(&mut self, len: u64) -> Option<Body> {
        if self.engine.buffered() as u64 != len {
            return None;
        }
        let Event::Data(data) = self.engine.next_event() else {
            return None;
        };
        // All of it was there, so one piece is all of it.
        debug_assert_eq!(data.len() as u64, len);
        let _ = self.engine.next_event();
        Some(data.into())
    }

    /// What the connection does while the application is at work: writes what is ready, feeds the body as it is asked
    /// for, else watches for the peer to go away. Ready when the application may be able to go on.
    pub(super) fn poll_meanwhile(
        &mut self,
        cx: &mut Context<'_>,
        feed: &mut Option<Feed>,
    ) -> Poll<Result<(), Gone>> {
        self.date = None;
        let _ = self.poll_flush(cx)?;
        match feed.as_mut().map(|feed| feed.sender.poll_wanted(cx)) {
            Some(Poll::Ready(true)) => return self.poll_feed(cx, feed),
            // The reader is gone; the rest is dealt with after the response.
            Some(Poll::Ready(false)) => *feed = None,
            Some(Poll::Pending) | None => {}
        }
        while !self.eof && self.engine.buffered() < AHEAD {
            if self.poll_receive(cx)?.is_pending() {
                return Poll::Pending;
            }
        }
        // Nothing more is read, because the peer has closed its sending side or is far enough ahead. It is answered, unless
        // it turns out to be gone.
        while self.timer.poll(cx, self.next_tick).is_ready() {
            if self.io.take_error().is_some() {
                return Poll::Ready(Err(Gone));
            }
            self.next_tick = Instant::now() + TICK;
        }
        Poll::Pending
    }

    fn poll_feed(&mut self, cx: &mut Context<'_>, slot: &mut Option<Feed>) -> Poll<Result<(), Gone>> {
        let Some(mut feed) = slot.take() else {
            return Poll::Pending;
        };
        self.engine.send_continue();
        let _ = self.poll_flush(cx)?;
        loop {
            match self.engine.next_event() {
                Event::Data(data) => {
                    if feed.is_fast_enough(data.len(), self.limits()) {
                        feed.sender.send(data);
                        *slot = Some(feed);
                    } else {
                        self.give_up(feed, BodyError::too_slow());
                    }
                    return Poll::Ready(Ok(()));
                }
                Event::End(trailers) => {
                    feed.sender.finish(trailers.map(|trailers| *trailers));
                    return Poll::Ready(Ok(()));
                }
                Event::Refused(refusal) => {
                    self.give_up(feed, BodyError::malformed(refusal.detail));
                    return Poll::Ready(Ok(()));
                }
                Event::Aborted | Event::Closed | Event::Request(_) => {
                    self.give_up(feed, BodyError::cut_off());
                    return Poll::Ready(Ok(()));
                }
                Event::NeedMore => {}
            }
            if self.poll_receive(cx)?.is_pending() {
                let deadline = feed.deadline(self.app.limits());
                if self.timer.poll(cx, deadline).is_ready() {
                    self.give_up(feed, BodyError::too_slow());
                    return Poll::Ready(Ok(()));
                }
                *slot = Some(feed);
                return Poll::Pending;
            }
        }
    }

    /// The body cannot be read to its end: its reader is told, and the connection ends with the response.
    fn give_up(&mut self, feed: Feed, error: BodyError) {
        feed.sender.abort(error);
        self.engine.close_after_response();
        self.lingering = true;
    }

    /// After a response to a request whose body is still coming: reads a small rest away to keep the connection.
    pub(super) async fn after(&mut self, feed: Option<Feed>) -> Result<Then, Gone> {
        drop(feed);
        self.lingering = true;
        let mut left = self.limits().unread_body;
        let declared = self.engine.unread_body().unwrap_or(0);
        if self.engine.should_close() || declared > left {
            return Ok(Then::Close);
        }
        // The client may be waiting for the answer before it sends the rest.
        self.flush().await?;
        let deadline = Instant::now() + self.limits().body_stall;
        while self.engine.body_pending() {
            match self.engine.next_event() {
                Event::Data(data) => match left.checked_sub(data.len() as u64) {
                    Some(rest) => left = rest,
                    None => return Ok(Then::Close),
                },
                Event::NeedMore => {
                    let received = poll_fn(|cx| match self.poll_receive(cx) {
                        Poll::Ready(result) => Poll::Ready(result.map(|()| true)),
                        Poll::Pending => self.timer.poll(cx, deadline).map(|()| Ok(false)),
                    });
                    if !received.await? {
                        return Ok(Then::Close);
                    }
                }
                Event::End(_) => {}
                Event::Refused(_) | Event::Aborted | Event::Closed | Event::Request(_) => {
                    return Ok(Then::Close);
                }
            }
        }
        self.lingering = false;
        Ok(self.next_or_close())
    }
}
