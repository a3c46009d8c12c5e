//! What the application did, for the test to see.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long an event may take to happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Events by the tag of a case. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Shared>);

#[derive(Default)]
struct Shared {
    events: Mutex<Vec<Event>>,
    changed: Condvar,
}

struct Event {
    tag: String,
    what: String,
}

impl Ledger {
    pub(crate) fn note(&self, tag: &str, what: impl Into<String>) {
        let event = Event {
            tag: tag.into(),
            what: what.into(),
        };
        self.0.events.lock().expect("ledger").push(event);
        self.0.changed.notify_all();
    }

    pub(crate) fn of(&self, tag: &str) -> Vec<String> {
        let events = self.0.events.lock().expect("ledger");
        let own = events.iter().filter(|event| event.tag == tag);
        own.map(|event| event.what.clone()).collect()
    }

    pub(crate) fn has(&self, tag: &str, what: &str) -> bool {
        self.of(tag).iter().any(|other| other == what)
    }

    /// Waits until the event is there.
    #[track_caller]
    pub(crate) fn wait(&self, tag: &str, what: &str) {
        let missing =
            |events: &mut Vec<Event>| !events.iter().any(|event| event.tag == tag && event.what == what);
        let events = self.0.events.lock().expect("ledger");
        let waited = self.0.changed.wait_timeout_while(events, PATIENCE, missing);
        let timed_out = waited.expect("ledger").1.timed_out();
        assert!(
            !timed_out,
            "{what:?} of {tag:?} did not happen: {:?}",
            self.of(tag)
        );
    }
}
