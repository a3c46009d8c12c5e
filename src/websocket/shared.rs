//! What the connection's task, its callbacks and its senders share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;

use super::{Close, Closed, Message, Prepared};

/// How much is read ahead of the callbacks before the peer has to wait.
const AHEAD: usize = 64 << 10;

/// What a queued piece costs besides its bytes.
const COST: usize = 64;

/// A queue that has grown larger than this is given back when it is empty.
const KEPT: usize = 16;

/// To the peer.
pub(super) enum Outgoing {
    Message(Message),
    Prepared(Arc<Prepared>),
    Ping(Bytes),
    Close(Close),
}

impl Outgoing {
    fn cost(&self) -> usize {
        COST + match self {
            Self::Message(message) => message.len(),
            Self::Prepared(prepared) => prepared.len(),
            Self::Ping(data) => data.len(),
            Self::Close(_) => 0,
        }
    }
}

/// From the peer, for a callback.
pub(super) enum Incoming {
    Message(Message),
    Ping(Bytes),
    Pong(Bytes),
}

impl Incoming {
    fn cost(&self) -> usize {
        COST + match self {
            Self::Message(message) => message.len(),
            Self::Ping(data) | Self::Pong(data) => data.len(),
        }
    }
}

/// Why a message was not queued.
pub(super) enum Refused {
    Full,
    Closed,
}

pub(super) struct Shared {
    state: Mutex<State>,
    /// Most bytes that wait to be sent.
    capacity: usize,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Outgoing>,
    queued: usize,
    inbox: VecDeque<Incoming>,
    held: usize,
    /// We have closed: nothing more is queued, and what still comes is nobody's.
    closing: bool,
    /// Nothing more comes.
    over: bool,
    /// How it ended.
    close: Option<Close>,
    /// Who wants to know when there is room in the queue.
    waiting: Vec<Waker>,
    driver: Option<Waker>,
    /// The driver is at work and will look at the queue before it sleeps: it needs no waking.
    awake: bool,
}

impl Shared {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::default(),
            capacity,
        }
    }

    /// No code that can panic runs under this lock, so a poisoned one is still sound.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_driver(mut state: MutexGuard<'_, State>) {
        if state.awake {
            return;
        }
        let driver = state.driver.take();
        drop(state);
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    /// Whoever waits for room finds some, or that there will be none.
    fn wake_waiting(mut state: MutexGuard<'_, State>) {
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Queues `piece` where there is room; one that is larger than the whole queue goes into an empty one.
    fn push(&self, mut state: MutexGuard<'_, State>, piece: &mut Option<Outgoing>) -> Result<(), Refused> {
        if state.closing || state.over {
            return Err(Refused::Closed);
        }
        let cost = piece.as_ref().map_or(0, Outgoing::cost);
        if state.queued > 0 && state.queued.saturating_add(cost) > self.capacity {
            return Err(Refused::Full);
        }
        state.queue.extend(piece.take());
        state.queued += cost;
        Self::wake_driver(state);
        Ok(())
    }

    pub(super) fn try_push(&self, piece: Outgoing) -> Result<(), Refused> {
        self.push(self.state(), &mut Some(piece))
    }

    /// Queues what is in `piece`, waiting for room.
    pub(super) async fn wait_push(&self, piece: Outgoing) -> Result<(), Closed> {
        let mut piece = Some(piece);
        std::future::poll_fn(|cx| self.poll_push(cx, &mut piece)).await
    }

    /// As [`wait_push`](Self::wait_push), polled once.
    pub(super) fn poll_push(
        &self,
        cx: &TaskContext<'_>,
        piece: &mut Option<Outgoing>,
    ) -> Poll<Result<(), Closed>> {
        match self.push(self.state(), piece) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Refused::Closed) => Poll::Ready(Err(Closed)),
            Err(Refused::Full) => self.poll_room(cx, piece),
        }
    }

    /// A second look under the lock under which the waker is left, so that no room made in between is missed.
    fn poll_room(&self, cx: &TaskContext<'_>, piece: &mut Option<Outgoing>) -> Poll<Result<(), Closed>> {
        let mut state = self.state();
        if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting.push(cx.waker().clone());
        }
        match self.push(state, piece) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Refused::Closed) => Poll::Ready(Err(Closed)),
            Err(Refused::Full) => Poll::Pending,
        }
    }

    /// Begins to close, behind what is queued; where `now` is set, in place of it. Only the first call counts. What has come
    /// and was not looked at yet is nobody's, as what still comes.
    pub(super) fn close(&self, close: Close, now: bool) {
        let mut state = self.state();
        if state.closing || state.over {
            return;
        }
        state.closing = true;
        if now {
            state.queue.clear();
            state.queued = 0;
        }
        state.inbox = VecDeque::new();
        state.held = 0;
        state.queue.push_back(Outgoing::Close(close));
        // What waits for room will not get any.
        let waiting = std::mem::take(&mut state.waiting);
        Self::wake_driver(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The peer has closed, and the connection has answered: what was queued cannot be sent any more.
    pub(super) fn closed_by_peer(&self, close: Close) {
        let mut state = self.state();
        state.closing = true;
        state.close = Some(close);
        state.queue = VecDeque::new();
        state.queued = 0;
        Self::wake_waiting(state);
    }

    /// One of the two sides has begun to close, or it is over.
    pub(super) fn is_closed(&self) -> bool {
        let state = self.state();
        state.closing || state.over
    }

    /// How it ended, once it has.
    pub(super) fn with_close<T>(&self, f: impl FnOnce(&Close) -> T) -> Option<T> {
        self.state().close.as_ref().map(f)
    }

    // --- the driver's side ---

    /// What is to be sent next.
    pub(super) fn next_outgoing(&self) -> Option<Outgoing> {
        let mut state = self.state();
        let piece = state.queue.pop_front()?;
        state.queued = state.queued.saturating_sub(piece.cost());
        if state.queue.is_empty() && state.queue.capacity() > KEPT {
            state.queue = VecDeque::new();
        }
        Self::wake_waiting(state);
        Some(piece)
    }

    /// Whether something is queued.
    pub(super) fn has_outgoing(&self) -> bool {
        !self.state().queue.is_empty()
    }

    /// Gives the callbacks something. What comes after we have closed is nobody's.
    pub(super) fn put(&self, incoming: Incoming) {
        let mut state = self.state();
        if !state.closing {
            state.held += incoming.cost();
            state.inbox.push_back(incoming);
        }
    }

    /// Whether something waits for a callback.
    pub(super) fn has_incoming(&self) -> bool {
        !self.state().inbox.is_empty()
    }

    /// The callbacks have enough to do for now.
    pub(super) fn is_ahead(&self) -> bool {
        self.state().held >= AHEAD
    }

    /// Nothing more will be sent or received.
    pub(super) fn end(&self, close: Close) {
        let mut state = self.state();
        state.over = true;
        state.queue = VecDeque::new();
        state.queued = 0;
        state.close.get_or_insert(close);
        Self::wake_waiting(state);
    }

    /// The driver is at work.
    pub(super) fn wake_up(&self) {
        self.state().awake = true;
    }

    /// The driver goes to sleep, unless `takes` says that it would take what is queued and something is.
    pub(super) fn fall_asleep(&self, cx: &TaskContext<'_>, takes: bool) -> bool {
        let mut state = self.state();
        if takes && !state.queue.is_empty() {
            return false;
        }
        state.awake = false;
        if !state
            .driver
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            state.driver = Some(cx.waker().clone());
        }
        true
    }

    /// What a callback is to be called with next; `None` once nothing more comes. It is the driver that polls this, after
    /// every [`Shared::put`], so no waker is kept.
    pub(super) fn poll_incoming(&self) -> Poll<Option<Incoming>> {
        let mut state = self.state();
        match state.inbox.pop_front() {
            Some(incoming) => {
                state.held = state.held.saturating_sub(incoming.cost());
                if state.inbox.is_empty() && state.inbox.capacity() > KEPT {
                    state.inbox = VecDeque::new();
                }
                Poll::Ready(Some(incoming))
            }
            None if state.over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
