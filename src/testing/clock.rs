//! A carrier whose clock is turned by hand.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant, SystemTime};

use crate::carrier::{BoxFuture, Carrier};

/// How long [`ManualClock::block_on`] waits for something that no timer of its own will bring (Tornado's 5 s).
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it waits for another thread before it turns the clock on.
const GRACE: Duration = Duration::from_millis(2);

/// A carrier for tests: time stands still until it is advanced, by hand or because nothing else can happen.
///
/// Blocking work runs at once, on the spot.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<State>>);

struct State {
    now: Duration,
    /// By the moment they are due; the number keeps timers of one moment apart.
    timers: BTreeMap<(Duration, u64), Waker>,
    count: u64,
}

impl ManualClock {
    /// A clock that shows 1 January 2026, 00:00 UTC.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            now: Duration::ZERO,
            timers: BTreeMap::new(),
            count: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns the clock on and wakes what is due.
    pub fn advance(&self, by: Duration) {
        let to = self.state().now + by;
        self.advance_to(to);
    }

    fn advance_to(&self, to: Duration) {
        let mut state = self.state();
        state.now = to;
        let later = state.timers.split_off(&(to, u64::MAX));
        let due = std::mem::replace(&mut state.timers, later);
        drop(state);
        due.into_values().for_each(Waker::wake);
    }

    /// Goes to the next timer; false when there is none.
    fn advance_to_next(&self) -> bool {
        let next = self.state().timers.keys().next().map(|(at, _)| *at);
        next.inspect(|at| self.advance_to(*at)).is_some()
    }

    /// Runs a future to its end. When it waits and nothing wakes it, the clock goes to the next timer.
    ///
    /// # Panics
    /// When it waits for five real seconds with no timer running: the test hangs.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        struct Unpark {
            thread: Thread,
            woken: AtomicBool,
        }
        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.woken.store(true, Ordering::Release);
                self.thread.unpark();
            }
        }
        let unpark = Arc::new(Unpark {
            thread: thread::current(),
            woken: AtomicBool::new(false),
        });
        let waker = Waker::from(unpark.clone());
        let woken_within = |patience: Duration| {
            let since = Instant::now();
            loop {
                if unpark.woken.swap(false, Ordering::Acquire) {
                    return true;
                }
                let left = patience.saturating_sub(since.elapsed());
                if left.is_zero() {
                    return false;
                }
                thread::park_timeout(left);
            }
        };
        let mut cx = TaskContext::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
                return value;
            }
            // A short wait first: another thread (a `Finisher`, say) may be about to wake us.
            if !woken_within(GRACE) && !self.advance_to_next() && !woken_within(PATIENCE) {
                #[expect(clippy::panic, reason = "a test that hangs must say so")]
                {
                    panic!("the future waits for nothing that could still happen");
                }
            }
        }
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Carrier for ManualClock {
    fn now(&self) -> SystemTime {
        const START: Duration = Duration::from_secs(1_767_225_600);
        SystemTime::UNIX_EPOCH + START + self.state().now
    }

    fn monotonic(&self) -> Duration {
        self.state().now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        let (due, number) = {
            let mut state = self.state();
            state.count += 1;
            (state.now + duration, state.count)
        };
        let timer = Timer {
            clock,
            key: (due, number),
        };
        Box::pin(poll_fn(move |cx| timer.poll(cx)))
    }

    fn unblock(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}

struct Timer {
    clock: ManualClock,
    key: (Duration, u64),
}

impl Timer {
    fn poll(&self, cx: &TaskContext<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.timers.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clock.state().timers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_only_when_nothing_else_can_happen() {
        let clock = ManualClock::new();
        let before = (clock.now(), clock.monotonic());
        clock.block_on(clock.sleep(Duration::from_secs(3600)));
        assert_eq!(clock.monotonic() - before.1, Duration::from_secs(3600));
        assert_eq!(clock.now(), before.0 + Duration::from_secs(3600));
    }

    #[test]
    #[should_panic(expected = "waits for nothing")]
    fn a_future_that_hangs_is_told() {
        ManualClock::new().block_on(std::future::pending::<()>());
    }
}
