//! What handlers did, by the id that a request carries in its path: tests and server are one process.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::PATIENCE;

#[derive(Default)]
struct Log {
    events: HashMap<String, Vec<&'static str>>,
    counts: HashMap<String, u64>,
    open: HashSet<String>,
}

static LOG: LazyLock<Mutex<Log>> = LazyLock::new(Mutex::default);

fn log() -> MutexGuard<'static, Log> {
    LOG.lock().expect("nothing panics under this lock")
}

pub(crate) fn note(id: &str, event: &'static str) {
    log().events.entry(id.to_owned()).or_default().push(event);
}

pub(crate) fn events(id: &str) -> Vec<&'static str> {
    log().events.get(id).cloned().unwrap_or_default()
}

pub(crate) fn add(id: &str, count: u64) {
    *log().counts.entry(id.to_owned()).or_default() += count;
}

pub(crate) fn count(id: &str) -> u64 {
    log().counts.get(id).copied().unwrap_or_default()
}

/// Lets a handler go on that waits for its gate.
pub(crate) fn open(id: &str) {
    log().open.insert(id.to_owned());
}

pub(crate) fn is_open(id: &str) -> bool {
    log().open.contains(id)
}

/// Waits until `done`; false when it takes too long.
pub(crate) fn eventually(done: impl Fn() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    while !done() {
        if Instant::now() > end {
            return false;
        }
        sleep(Duration::from_millis(5));
    }
    true
}

/// Waits for exactly these events, in this order, and that no more follow.
#[track_caller]
pub(crate) fn expect(id: &str, wanted: &[&str]) {
    eventually(|| events(id).len() >= wanted.len());
    sleep(Duration::from_millis(20));
    assert_eq!(events(id), wanted, "of {id}");
}

/// Waits until a count has not changed for a while.
pub(crate) fn settled(id: &str) -> u64 {
    let mut last = (count(id), Instant::now());
    loop {
        sleep(Duration::from_millis(20));
        let now = count(id);
        if now != last.0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() > Duration::from_millis(600) {
            return now;
        }
    }
}
