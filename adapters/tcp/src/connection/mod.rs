//! One connection: requests in order, each answered by the application, all in one task.

mod body;
mod close;
mod duplex;
#[cfg(feature = "async-h1")]
mod encoded;
mod exchange;
mod io;

use exchange::Arrived;

pub(crate) use duplex::Upgraded;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use waterspout::h1::{Event, HttpDate, Refusal, Server as Engine};
use waterspout::{Application, Limits, Link, Upgrade};

use crate::carrier::date;
use crate::engine::Engine as Chosen;
use crate::registry::Seat;
use crate::runtime::{Backend, yield_now};
use crate::timer::Timer;

/// How many requests a client may be answered in one go before other connections get their turn.
const TURN: u32 = 64;

/// The peer cannot be talked to any more: what runs for it is dropped.
struct Gone;

pub(crate) struct Connection<B: Backend> {
    io: B::Io,
    engine: Engine,
    /// What bodies and responses go through.
    chosen: Chosen,
    app: Application,
    link: Arc<Link>,
    seat: Seat,
    timer: Timer<B>,
    /// Nothing more will be read: the peer has closed its sending side.
    eof: bool,
    /// Since when a write makes no progress.
    write_stalled: Option<Instant>,
    /// The peer may still be sending: a plain close would reset the connection before it has read the answer.
    lingering: bool,
    /// When a half-closed connection is looked at next.
    next_tick: Instant,
    /// The `Date` of what is answered without waiting in between.
    date: Option<HttpDate>,
}

/// What to do after a request.
enum Then {
    Next,
    Close,
    /// The response could not be ended as it was begun: what there is of it goes out, so that the client sees it cut off.
    Cut,
    /// The 101 is on its way: the connection leaves HTTP.
    Upgrade(Upgrade),
}

impl<B: Backend> Connection<B> {
    pub(crate) fn new(io: B::Io, chosen: Chosen, app: Application, link: Arc<Link>, seat: Seat) -> Self {
        let engine = Engine::new(app.limits().h1());
        Self {
            io,
            engine,
            chosen,
            app,
            link,
            seat,
            timer: Timer::new(),
            eof: false,
            write_stalled: None,
            lingering: false,
            next_tick: Instant::now(),
            date: None,
        }
    }

    /// Serves it to its end, or to a 101, which has been written then: what goes on is [`Connection::upgraded`].
    pub(crate) async fn serve(&mut self) -> Option<Upgrade> {
        // The first request must be there as soon as one that has been begun.
        let mut wait = self.limits().header_read;
        let mut turn = 0;
        loop {
            let arrived = match self.next_request(wait).await {
                Ok(Some(arrived)) => arrived,
                Ok(None) => {
                    self.close().await;
                    return None;
                }
                Err(Gone) => return None,
            };
            let stays = arrived.stays;
            match self.exchange(arrived).await {
                // Answers to what was pipelined leave together, but they are not piled up for a client that does not read.
                Ok(Then::Next) => {
                    if self.engine.output().len() >= exchange::HIGH && self.flush().await.is_err() {
                        return None;
                    }
                }
                Ok(Then::Close) => {
                    self.lingering |= stays;
                    self.close().await;
                    return None;
                }
                // What there is of it must be read too, though the client may still be sending.
                Ok(Then::Cut) => {
                    self.lingering = true;
                    self.close().await;
                    return None;
                }
                Ok(Then::Upgrade(upgrade)) => return self.flush().await.is_ok().then_some(upgrade),
                Err(Gone) => return None,
            }
            turn += 1;
            if turn % TURN == 0 {
                yield_now().await;
            }
            wait = self.limits().keep_alive;
        }
    }

    fn limits(&self) -> &Limits {
        self.app.limits()
    }

    /// The next head, `None` when the connection is to be closed; refusals have been answered then.
    async fn next_request(&mut self, idle: Duration) -> Result<Option<Arrived>, Gone> {
        let mut since: Option<Instant> = None;
        loop {
            match self.engine.next_event() {
                Event::Request(head) => return Ok(Some(self.arrived(head))),
                Event::NeedMore => {}
                Event::Refused(refusal) => {
                    self.refuse(&refusal);
                    return Ok(None);
                }
                Event::Closed | Event::Aborted => return Ok(None),
                // The engine gives these only while a request's body is open, and that is read before.
                Event::Data(_) | Event::End(_) => return Ok(None),
            }
            // The answers to what was pipelined leave together, now that nothing more is at hand.
            self.flush().await?;
            let begun = self.engine.in_head();
            if begun && since.is_none() {
                since = Some(Instant::now());
            }
            let deadline = match since {
                Some(since) => since + self.limits().header_read,
                None => Instant::now() + idle,
            };
            match std::future::poll_fn(|cx| self.poll_head_bytes(cx, begun, deadline)).await? {
                Waited::Read => {}
                Waited::Stop => return Ok(None),
                Waited::Timeout => {
                    if begun {
                        let slow = Refusal::new(
                            http::StatusCode::REQUEST_TIMEOUT,
                            "the request head came too slowly",
                        );
                        self.refuse(&slow);
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// The `Date` for a response made now: pipelined requests that are answered in one go share a look at the clock.
    fn date(&mut self) -> HttpDate {
        *self.date.get_or_insert_with(date)
    }

    fn refuse(&mut self, refusal: &Refusal) {
        let date = self.date();
        self.engine.refuse(refusal, &date);
        self.lingering = true;
    }

    fn poll_head_bytes(
        &mut self,
        cx: &mut Context<'_>,
        begun: bool,
        deadline: Instant,
    ) -> Poll<Result<Waited, Gone>> {
        if self.poll_receive(cx)?.is_ready() {
            return Poll::Ready(Ok(Waited::Read));
        }
        // An idle connection of a server that stops is closed; a request that has begun is still answered.
        if !begun && self.seat.is_stopping(cx) {
            return Poll::Ready(Ok(Waited::Stop));
        }
        self.timer.poll(cx, deadline).map(|()| Ok(Waited::Timeout))
    }
}

enum Waited {
    Read,
    Stop,
    Timeout,
}
