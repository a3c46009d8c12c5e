//! What the connection's task, its callbacks and its senders share.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;

use super::queue::Queue;
use super::{Close, Closed, Message, Prepared};

/// How much is read ahead of the callbacks before the peer has to wait.
const AHEAD: usize = 64 << 10;

/// What a queued piece costs besides its bytes.
const COST: usize = 64;

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
    // The following change under the lock, but for `awake`, and are looked at without it by the driver, which does so many
    // times a message.
    /// Something is in the queue.
    sends: AtomicBool,
    /// What is in the inbox, in bytes; more than none for each piece.
    held: AtomicUsize,
    /// Nothing more comes.
    over: AtomicBool,
    /// The driver is at work and will look at the queue before it sleeps: it needs no waking.
    awake: AtomicBool,
}

#[derive(Default)]
struct State {
    queue: Queue<Outgoing>,
    queued: usize,
    inbox: Queue<Incoming>,
    /// We have closed: nothing more is queued, and what still comes is nobody's.
    closing: bool,
    /// How it ended.
    close: Option<Close>,
    /// Who wants to know when there is room in the queue.
    waiting: Vec<Waker>,
    driver: Option<Waker>,
}

impl Shared {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::default(),
            capacity,
            sends: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            awake: AtomicBool::new(false),
        }
    }

    /// No code that can panic runs under this lock, so a poisoned one is still sound.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing more comes: known for sure under the lock.
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    fn wake_driver(&self, mut state: MutexGuard<'_, State>) {
        if self.awake.load(Ordering::Acquire) {
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
        if state.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Queues `piece` where there is room; one that is larger than the whole queue goes into an empty one.
    fn push(&self, mut state: MutexGuard<'_, State>, piece: &mut Option<Outgoing>) -> Result<(), Refused> {
        if state.closing || self.is_over() {
            return Err(Refused::Closed);
        }
        let cost = piece.as_ref().map_or(0, Outgoing::cost);
        if state.queued > 0 && state.queued.saturating_add(cost) > self.capacity {
            return Err(Refused::Full);
        }
        if let Some(piece) = piece.take() {
            state.queue.push(piece);
            state.queued += cost;
            self.sends.store(true, Ordering::Release);
            self.wake_driver(state);
        }
        Ok(())
    }

    /// Nothing is left to be sent.
    fn clear_queue(&self, state: &mut State) {
        state.queue = Queue::default();
        state.queued = 0;
        self.sends.store(false, Ordering::Release);
    }

    pub(super) fn try_push(&self, piece: Outgoing) -> Result<(), Refused> {
        self.push(self.state(), &mut Some(piece))
    }

    /// Queues a piece, waiting for room.
    pub(super) fn wait_push(&self, piece: Outgoing) -> Push<'_> {
        let (shared, piece) = (self, Some(piece));
        Push { shared, piece }
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
        if state.closing || self.is_over() {
            return;
        }
        state.closing = true;
        if now {
            self.clear_queue(&mut state);
        }
        let inbox = std::mem::take(&mut state.inbox);
        self.held.store(0, Ordering::Release);
        state.queue.push(Outgoing::Close(close));
        self.sends.store(true, Ordering::Release);
        // What waits for room will not get any.
        let waiting = std::mem::take(&mut state.waiting);
        self.wake_driver(state);
        drop(inbox);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The peer has closed, and the connection has answered: what was queued cannot be sent any more.
    pub(super) fn closed_by_peer(&self, close: Close) {
        let mut state = self.state();
        state.closing = true;
        state.close = Some(close);
        self.clear_queue(&mut state);
        Self::wake_waiting(state);
    }

    /// One of the two sides has begun to close, or it is over.
    pub(super) fn is_closed(&self) -> bool {
        let state = self.state();
        state.closing || self.is_over()
    }

    /// How it ended, once it has.
    pub(super) fn with_close<T>(&self, f: impl FnOnce(&Close) -> T) -> Option<T> {
        self.state().close.as_ref().map(f)
    }

    // --- the driver's side ---

    /// What is to be sent next.
    pub(super) fn next_outgoing(&self) -> Option<Outgoing> {
        if !self.sends.load(Ordering::Acquire) {
            return None;
        }
        let mut state = self.state();
        let piece = state.queue.pop()?;
        state.queued = state.queued.saturating_sub(piece.cost());
        self.sends.store(!state.queue.is_empty(), Ordering::Release);
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
            self.held.fetch_add(incoming.cost(), Ordering::AcqRel);
            state.inbox.push(incoming);
        }
    }

    /// The callbacks have enough to do for now.
    pub(super) fn is_ahead(&self) -> bool {
        self.held.load(Ordering::Acquire) >= AHEAD
    }

    /// Something waits for the callbacks.
    pub(super) fn has_incoming(&self) -> bool {
        self.held.load(Ordering::Acquire) > 0
    }

    /// Nothing more will be sent or received.
    pub(super) fn end(&self, close: Close) {
        let mut state = self.state();
        self.over.store(true, Ordering::Release);
        self.clear_queue(&mut state);
        state.close.get_or_insert(close);
        Self::wake_waiting(state);
    }

    /// The driver is at work. Who did not see it yet wakes it once too often.
    pub(super) fn wake_up(&self) {
        self.awake.store(true, Ordering::Release);
    }

    /// The driver goes to sleep, unless `takes` says that it would take what is queued and something is.
    pub(super) fn fall_asleep(&self, cx: &TaskContext<'_>, takes: bool) -> bool {
        let mut state = self.state();
        if takes && !state.queue.is_empty() {
            return false;
        }
        self.awake.store(false, Ordering::Release);
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
        if self.has_incoming() {
            let mut state = self.state();
            if let Some(incoming) = state.inbox.pop() {
                self.held.fetch_sub(incoming.cost(), Ordering::AcqRel);
                return Poll::Ready(Some(incoming));
            }
        }
        if self.is_over() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }
}

/// A piece on its way into the queue; see [`Shared::wait_push`]. Smaller than an `async fn`, which holds its arguments twice:
/// it stands in the handler of every connection.
pub(super) struct Push<'a> {
    shared: &'a Shared,
    /// `None` once it is in.
    piece: Option<Outgoing>,
}

impl Future for Push<'_> {
    type Output = Result<(), Closed>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let Self { shared, piece } = self.get_mut();
        match shared.push(shared.state(), piece) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Refused::Closed) => Poll::Ready(Err(Closed)),
            Err(Refused::Full) => shared.poll_room(cx, piece),
        }
    }
}
