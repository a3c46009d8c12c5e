use std::cell::Cell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::*;

/// A connection with a number, which can be told to be no longer quiet.
#[derive(Debug, Clone)]
struct Fake(Rc<Told>);

#[derive(Debug, Default)]
struct Told {
    number: u32,
    noisy: Cell<bool>,
    closed: Cell<bool>,
}

impl Fake {
    fn new(number: u32) -> Self {
        Self(Rc::new(Told {
            number,
            ..Told::default()
        }))
    }

    fn is_closed(&self) -> bool {
        self.0.closed.get()
    }
}

impl Pooled for Fake {
    fn is_quiet(&mut self) -> bool {
        !self.0.noisy.get()
    }

    fn close(self) {
        self.0.closed.set(true);
    }
}

type Fakes = Arc<Pool<&'static str, Fake>>;

fn pool(per_key: usize, idle: usize) -> Fakes {
    Pool::new(Bounds {
        per_key,
        idle,
        idle_timeout: Duration::from_secs(60),
    })
}

fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Takes what must be there.
fn take(pool: &Fakes, key: &'static str) -> (Option<Fake>, Permit<&'static str, Fake>) {
    let key = Arc::new(key);
    poll(pin!(pool.take(&key))).expect("a place is free")
}

fn number(found: &Option<Fake>) -> Option<u32> {
    found.as_ref().map(|fake| fake.0.number)
}

#[test]
fn the_last_one_back_is_the_first_one_out() {
    let pool = pool(3, 10);
    let permits = [1, 2, 3].map(|_| take(&pool, "a").1);
    for (number, permit) in (1..).zip(permits) {
        permit.put(Fake::new(number));
    }
    let taken = [(); 3].map(|()| take(&pool, "a"));
    assert_eq!(
        taken.each_ref().map(|(found, _)| number(found)),
        [Some(3), Some(2), Some(1)]
    );
}

#[test]
fn keys_share_nothing() {
    let pool = pool(1, 10);
    let (_, permit) = take(&pool, "a");
    permit.put(Fake::new(1));
    let (found, _permit) = take(&pool, "b");
    assert_eq!(number(&found), None);
}

#[test]
fn one_that_is_not_quiet_is_closed_and_the_next_is_looked_at() {
    let pool = pool(2, 10);
    let (good, bad) = (Fake::new(1), Fake::new(2));
    let (one, two) = (take(&pool, "a").1, take(&pool, "a").1);
    one.put(good.clone());
    two.put(bad.clone());
    bad.0.noisy.set(true);
    let (found, permit) = take(&pool, "a");
    assert_eq!(number(&found), Some(1));
    assert!(bad.is_closed());
    assert_eq!(
        pool.lock().count(&"a"),
        (1, 0),
        "of the two places one became free"
    );
    good.0.noisy.set(true);
    permit.put(good.clone());
    let (found, _permit) = take(&pool, "a");
    assert_eq!(number(&found), None, "none is left, but there is a place");
    assert!(good.is_closed());
}

#[test]
fn who_finds_no_place_waits_in_line() {
    let pool = pool(1, 10);
    let key = Arc::new("a");
    let (_, permit) = take(&pool, "a");
    let (mut first, mut second) = (pin!(pool.take(&key)), pin!(pool.take(&key)));
    assert!(poll(first.as_mut()).is_none());
    assert!(poll(second.as_mut()).is_none());
    permit.put(Fake::new(7));
    assert!(
        poll(pin!(pool.take(&key))).is_none(),
        "nobody overtakes those who wait"
    );
    assert!(poll(second.as_mut()).is_none());
    let (found, permit) = poll(first.as_mut()).expect("the first is next");
    assert_eq!(number(&found), Some(7));
    drop(permit);
    let (found, _permit) = poll(second.as_mut()).expect("then the second");
    assert_eq!(
        number(&found),
        None,
        "the connection was closed, the place is free"
    );
}

#[test]
fn who_waits_no_more_frees_the_place() {
    let pool = pool(1, 10);
    let key = Arc::new("a");
    let (_, permit) = take(&pool, "a");
    {
        let mut gone = Box::pin(pool.take(&key));
        assert!(poll(gone.as_mut()).is_none());
        assert_eq!(pool.lock().count(&"a"), (1, 1));
    }
    assert_eq!(pool.lock().count(&"a"), (1, 0));

    // The one who was given the connection goes before looking: the next gets it.
    let mut gone = Box::pin(pool.take(&key));
    let mut next = pin!(pool.take(&key));
    assert!(poll(gone.as_mut()).is_none());
    assert!(poll(next.as_mut()).is_none());
    permit.put(Fake::new(1));
    drop(gone);
    let (found, permit) = poll(next.as_mut()).expect("it was passed on");
    assert_eq!(number(&found), Some(1));

    // And the same with a bare place.
    let mut gone = Box::pin(pool.take(&key));
    let mut next = pin!(pool.take(&key));
    assert!(poll(gone.as_mut()).is_none());
    assert!(poll(next.as_mut()).is_none());
    drop(permit);
    drop(gone);
    drop(poll(next.as_mut()).expect("it was passed on"));
    assert!(pool.lock().is_clean(), "nothing is kept of those who are gone");
}

#[test]
fn whoever_is_next_is_woken() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let pool = pool(1, 10);
    let key = Arc::new("a");
    let (_, permit) = take(&pool, "a");
    let counts = [(); 2].map(|()| Arc::new(Count(AtomicUsize::new(0))));
    let mut wait = pin!(pool.take(&key));
    for count in &counts {
        let waker = Waker::from(count.clone());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    drop(permit);
    let woken = counts.each_ref().map(|count| count.0.load(Ordering::Relaxed));
    assert_eq!(woken, [0, 1], "by the last waker it came with");
}

#[test]
fn what_has_waited_too_long_is_closed() {
    let pool = pool(4, 10);
    let (old, new) = (Fake::new(1), Fake::new(2));
    let (one, two) = (take(&pool, "a").1, take(&pool, "b").1);
    one.put(old.clone());
    two.put(new.clone());
    let since = Instant::now();
    for connection in pool.lock().sweep(since + Duration::from_secs(30)) {
        connection.close();
    }
    assert!(!old.is_closed());
    for connection in pool.lock().sweep(since + Duration::from_secs(61)) {
        connection.close();
    }
    assert!(old.is_closed() && new.is_closed());
    assert!(pool.lock().is_clean());
}

#[test]
fn a_timeout_of_zero_keeps_none() {
    let pool: Fakes = Pool::new(Bounds {
        per_key: 1,
        idle: 10,
        idle_timeout: Duration::ZERO,
    });
    take(&pool, "a").1.put(Fake::new(1));
    let (found, _permit) = take(&pool, "a");
    assert_eq!(number(&found), None);
}

#[test]
fn of_too_many_the_oldest_goes() {
    let pool = pool(2, 2);
    let fakes = [1, 2, 3].map(Fake::new);
    let permits = ["a", "b", "b"].map(|key| take(&pool, key).1);
    for (permit, fake) in permits.into_iter().zip(&fakes) {
        permit.put(fake.clone());
    }
    assert_eq!(fakes.each_ref().map(Fake::is_closed), [true, false, false]);
    assert_eq!(pool.lock().count(&"a"), (0, 0));
}

#[test]
fn nothing_is_kept_when_all_is_done() {
    let pool = pool(2, 10);
    drop((take(&pool, "a"), take(&pool, "a"), take(&pool, "b")));
    assert!(pool.lock().is_clean());
}
