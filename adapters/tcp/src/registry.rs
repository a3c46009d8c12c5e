//! The open connections: to wake the idle ones when the server stops, and to know when the last one is gone.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

#[derive(Default)]
pub(crate) struct Registry {
    stopping: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    /// By number; the waker once the connection has been polled.
    open: HashMap<u64, Option<Waker>>,
    /// Who waits for the server to be told to stop, and for the last connection to go.
    waiting: Vec<Waker>,
}

/// One open connection; dropping it takes it off the list.
pub(crate) struct Seat {
    registry: Arc<Registry>,
    number: u64,
    waker: Option<Waker>,
}

impl Registry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn enter(self: &Arc<Self>) -> Seat {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.open.insert(number, None);
        Seat {
            registry: self.clone(),
            number,
            waker: None,
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// True once everybody has been told to stop; else the task of that seat will be woken, whose last waker is `last`.
    fn knows_to_stop(&self, number: u64, last: &mut Option<Waker>, cx: &Context<'_>) -> bool {
        if !last.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            if let Some(place) = self.state().open.get_mut(&number) {
                *place = Some(cx.waker().clone());
            }
            *last = Some(cx.waker().clone());
        }
        self.is_stopping()
    }

    /// Tells everybody to stop.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        let mut state = self.state();
        let mut wakers: Vec<_> = state.open.values().flatten().cloned().collect();
        wakers.append(&mut state.waiting);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ready once the server has been told to stop.
    pub(crate) fn poll_stopping(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        // Under the lock, so that a `stop` in between is not missed.
        if self.is_stopping() {
            return Poll::Ready(());
        }
        remember(&mut state.waiting, cx);
        Poll::Pending
    }

    /// Ready once no connection is open.
    pub(crate) fn poll_empty(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.open.is_empty() {
            return Poll::Ready(());
        }
        remember(&mut state.waiting, cx);
        Poll::Pending
    }
}

fn remember(wakers: &mut Vec<Waker>, cx: &Context<'_>) {
    if !wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
        wakers.push(cx.waker().clone());
    }
}

impl Seat {
    /// True once the server stops.
    pub(crate) fn told_to_stop(&self) -> bool {
        self.registry.is_stopping()
    }

    /// True once the server stops; else the connection will be woken when it does. A task keeps its waker, so this costs
    /// a comparison.
    pub(crate) fn is_stopping(&mut self, cx: &Context<'_>) -> bool {
        self.registry.knows_to_stop(self.number, &mut self.waker, cx)
    }

    /// Completes once the server stops. It does not keep the seat, and does no harm when it is there for longer.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let (registry, number, mut waker) = (self.registry.clone(), self.number, None);
        poll_fn(move |cx| {
            if registry.knows_to_stop(number, &mut waker, cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        state.open.remove(&self.number);
        let waiting = if state.open.is_empty() {
            std::mem::take(&mut state.waiting)
        } else {
            Vec::new()
        };
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl std::task::Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Release);
        }
    }

    #[test]
    fn who_waits_for_the_stop_is_woken_by_it() {
        let registry = Arc::new(Registry::default());
        let seat = registry.enter();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut cx = Context::from_waker(&waker);
        let mut stopping = std::pin::pin!(seat.stopping());
        assert_eq!(stopping.as_mut().poll(&mut cx), Poll::Pending);
        registry.stop();
        assert!(woken.0.load(Ordering::Acquire));
        assert_eq!(stopping.as_mut().poll(&mut cx), Poll::Ready(()));
        // It may outlive its seat, whose place it does not keep.
        drop(seat);
        assert_eq!(registry.poll_empty(&cx), Poll::Ready(()));
    }

    #[test]
    fn the_last_seat_that_goes_is_noticed() {
        let registry = Arc::new(Registry::default());
        let cx = Context::from_waker(Waker::noop());
        let (first, second) = (registry.enter(), registry.enter());
        drop(first);
        assert_eq!(registry.poll_empty(&cx), Poll::Pending);
        drop(second);
        assert_eq!(registry.poll_empty(&cx), Poll::Ready(()));
    }
}
