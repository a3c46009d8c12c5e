//! A thread that runs tasks, and sleeps in its own epoll when there are none.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use async_executor::Executor;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{EventfdFlags, eventfd};
use rustix::time::Timespec;

use super::super::later;
use super::source::Slot;

/// How many events are taken at once.
const EVENTS: usize = 256;

/// The key of the thread's own notifier; those of sources are below.
const NOTIFIER: u64 = u64::MAX;

/// The thread is running tasks.
const AWAKE: u8 = 0;
/// It is in epoll, or about to be.
const ASLEEP: u8 = 1;
/// It has been woken since it last looked.
const WOKEN: u8 = 2;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Reactor>>> = const { RefCell::new(None) };
}

pub(super) struct Reactor {
    /// The tasks of all threads of one `run`. Not of the process: a connection that waits on the thread of another server
    /// would wait for ever once that one has stopped.
    pub(super) executor: Arc<Executor<'static>>,
    epoll: OwnedFd,
    notifier: OwnedFd,
    state: AtomicU8,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    by_key: Vec<Option<Arc<Slot>>>,
    free: Vec<usize>,
}

impl Reactor {
    pub(super) fn new(executor: Arc<Executor<'static>>) -> io::Result<Arc<Self>> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let notifier = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        // On an edge the counter need not be read: every write is one.
        epoll::add(
            &epoll,
            &notifier,
            EventData::new_u64(NOTIFIER),
            EventFlags::IN | EventFlags::ET,
        )?;
        let (state, slots) = (AtomicU8::new(AWAKE), Mutex::default());
        Ok(Arc::new(Self {
            executor,
            epoll,
            notifier,
            state,
            slots,
        }))
    }

    /// The reactor of this thread.
    pub(super) fn current() -> io::Result<Arc<Self>> {
        CURRENT
            .with_borrow(Clone::clone)
            .ok_or_else(|| io::Error::other("not on a thread of the server"))
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a socket for good, both directions, edge-triggered; gives its key.
    pub(super) fn register(&self, socket: impl AsFd, slot: Arc<Slot>) -> io::Result<usize> {
        let key = {
            let mut slots = self.slots();
            match slots.free.pop() {
                Some(key) => {
                    if let Some(place) = slots.by_key.get_mut(key) {
                        *place = Some(slot);
                    }
                    key
                }
                None => {
                    slots.by_key.push(Some(slot));
                    slots.by_key.len() - 1
                }
            }
        };
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        let added = epoll::add(&self.epoll, socket, EventData::new_u64(key as u64), flags);
        added.inspect_err(|_| self.forget(key))?;
        Ok(key)
    }

    /// Forgets a source. Closing its socket takes it out of epoll; an event that is still under way for the key wakes
    /// nobody, or its next owner once too often.
    pub(super) fn forget(&self, key: usize) {
        let mut slots = self.slots();
        let slot = slots.by_key.get_mut(key).and_then(Option::take);
        slots.free.push(key);
        drop(slots);
        drop(slot);
    }

    /// Runs a future on this thread, and every source that is first used in it.
    pub(super) fn block_on<T>(self: Arc<Self>, future: impl Future<Output = T>) -> T {
        let before = CURRENT.replace(Some(self.clone()));
        let waker = Waker::from(self.clone());
        let mut cx = Context::from_waker(&waker);
        let mut future = pin!(future);
        let (mut events, mut wakers) = (Vec::with_capacity(EVENTS), Vec::with_capacity(EVENTS));
        let value = loop {
            self.state.store(AWAKE, Ordering::Release);
            if let Poll::Ready(value) = later::poll(future.as_mut(), &mut cx) {
                break value;
            }
            self.turn(&mut events, &mut wakers);
        };
        CURRENT.set(before);
        value
    }

    /// Waits for events, not at all when the thread has been woken meanwhile, and passes them on.
    fn turn(&self, events: &mut Vec<Event>, wakers: &mut Vec<Waker>) {
        let asleep = self
            .state
            .compare_exchange(AWAKE, ASLEEP, Ordering::AcqRel, Ordering::Acquire);
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let timeout = if asleep.is_ok() { None } else { Some(&now) };
        events.clear();
        // It fails when a signal comes, and then there are no events.
        let _ = epoll::wait(&self.epoll, rustix::buffer::spare_capacity(events), timeout);
        // Before tasks are woken: the thread that wakes them is the one that would be told of it.
        self.state.store(AWAKE, Ordering::Release);
        {
            let slots = self.slots();
            for event in events.iter() {
                let key = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                if let Some(Some(slot)) = slots.by_key.get(key) {
                    slot.set(event.flags, wakers);
                }
            }
        }
        wakers.drain(..).for_each(Waker::wake);
    }
}

impl Wake for Reactor {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(WOKEN, Ordering::AcqRel) == ASLEEP {
            // It only fails when the counter is full, and then the thread has been told often enough.
            let _ = rustix::io::write(&self.notifier, &1_u64.to_ne_bytes());
        }
    }
}
