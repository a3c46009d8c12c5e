//! One registered socket: what it is ready for, and who waits.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use rustix::event::epoll::EventFlags;

use super::reactor::Reactor;

const READ: u8 = 1;
const WRITE: u8 = 2;
/// The peer has closed its side, or the connection is broken: reading never blocks again, and no more edges tell so.
const CLOSED: u8 = 4;

/// What the reactor knows of a socket.
pub(super) struct Slot {
    ready: AtomicU8,
    reader: Mutex<Option<Waker>>,
    writer: Mutex<Option<Waker>>,
}

impl Slot {
    /// An event has come.
    pub(super) fn set(&self, flags: EventFlags, wakers: &mut Vec<Waker>) {
        let broken = flags.intersects(EventFlags::ERR | EventFlags::HUP);
        let closed = broken || flags.contains(EventFlags::RDHUP);
        let mut ready = if closed { READ | CLOSED } else { 0 };
        if flags.contains(EventFlags::IN) {
            ready |= READ;
        }
        if broken || flags.contains(EventFlags::OUT) {
            ready |= WRITE;
        }
        self.ready.fetch_or(ready, Ordering::AcqRel);
        if ready & READ != 0 {
            wakers.extend(take(&self.reader));
        }
        if ready & WRITE != 0 {
            wakers.extend(take(&self.writer));
        }
    }

    fn poll(&self, cx: &Context<'_>, wanted: u8, waiting: &Mutex<Option<Waker>>) -> Poll<()> {
        if self.ready.load(Ordering::Acquire) & wanted != 0 {
            return Poll::Ready(());
        }
        {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if !waiting.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                *waiting = Some(cx.waker().clone());
            }
        }
        // An event may have come between the look and the waker.
        if self.ready.load(Ordering::Acquire) & wanted != 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn take(waker: &Mutex<Option<Waker>>) -> Option<Waker> {
    waker.lock().unwrap_or_else(PoisonError::into_inner).take()
}

pub(super) struct Source {
    slot: Arc<Slot>,
    reactor: Arc<Reactor>,
    key: usize,
}

impl Source {
    /// Registers a socket with this thread. It is taken to be ready: trying finds out.
    pub(super) fn new(socket: impl AsFd) -> io::Result<Self> {
        let ready = AtomicU8::new(READ | WRITE);
        let slot = Arc::new(Slot {
            ready,
            reader: Mutex::default(),
            writer: Mutex::default(),
        });
        let reactor = Reactor::current()?;
        let key = reactor.register(socket, slot.clone())?;
        Ok(Self { slot, reactor, key })
    }

    pub(super) fn poll_readable(&self, cx: &Context<'_>) -> Poll<()> {
        self.slot.poll(cx, READ | CLOSED, &self.slot.reader)
    }

    pub(super) fn poll_writable(&self, cx: &Context<'_>) -> Poll<()> {
        self.slot.poll(cx, WRITE, &self.slot.writer)
    }

    /// To be called before the socket is tried: an event that comes after it counts.
    pub(super) fn clear_readable(&self) {
        self.slot.ready.fetch_and(!READ, Ordering::AcqRel);
    }

    pub(super) fn clear_writable(&self) {
        self.slot.ready.fetch_and(!WRITE, Ordering::AcqRel);
    }

    pub(super) fn set_readable(&self) {
        self.slot.ready.fetch_or(READ, Ordering::AcqRel);
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.reactor.forget(self.key);
    }
}
