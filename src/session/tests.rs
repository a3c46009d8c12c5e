use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::store::{Access, Entry, Saved, SessionStore, Write};
use super::{MemoryStore, SessionId, Sessions};
use crate::Settings;
use crate::carrier::Carrier;
use crate::testing::ManualClock;

/// A memory store, and a clock for it.
struct World {
    store: MemoryStore,
    clock: ManualClock,
    carrier: Arc<dyn Carrier>,
    settings: Settings,
}

impl World {
    fn new(bytes: usize) -> Self {
        let clock = ManualClock::new();
        Self {
            store: MemoryStore::with_limit(bytes),
            carrier: Arc::new(clock.clone()),
            clock,
            settings: Settings::default(),
        }
    }

    fn access(&self) -> Access<'_> {
        Access {
            now: self.clock.now(),
            carrier: &self.carrier,
            settings: &self.settings,
            cookie_name: "session",
        }
    }

    fn save(&self, id: &SessionId, record: &[u8], seconds: u64, write: Write) -> Saved {
        let expires = self.clock.now() + Duration::from_secs(seconds);
        let entry = Entry {
            record,
            expires,
            write,
        };
        let saved = self.clock.block_on(self.store.save(self.access(), id, entry));
        saved.expect("memory does not fail")
    }

    fn load(&self, id: &SessionId) -> Option<Vec<u8>> {
        let stored = self.clock.block_on(self.store.load(self.access(), id));
        stored.expect("memory does not fail").map(|stored| stored.record)
    }
}

fn id() -> SessionId {
    SessionId::new().expect("an id")
}

#[test]
fn what_has_ended_takes_no_memory() {
    let world = World::new(1 << 20);
    for _ in 0..10 {
        world.save(&id(), b"record", 10, Write::New);
    }
    let late = id();
    world.save(&late, b"late", 20, Write::New);
    assert_eq!(world.store.len(), 11);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.load(&late).as_deref(), Some(&b"late"[..]));
    assert_eq!(world.store.len(), 1);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.save(&late, b"late", 10, Write::Changed), Saved::Gone);
    assert!(world.store.is_empty());
}

#[test]
fn what_would_end_first_makes_room_and_the_bound_holds() {
    let world = World::new(10 * (256 + 100));
    let ids: Vec<_> = (0..20).map(|_| id()).collect();
    for (seconds, id) in (100..).zip(&ids) {
        world.save(id, &[b'x'; 100], seconds, Write::New);
    }
    assert_eq!(world.store.len(), 10);
    for (index, id) in ids.iter().enumerate() {
        assert_eq!(world.load(id).is_some(), index >= 10, "{index}");
    }
    // One that ends before all others is kept all the same: it is the one that is in use.
    let short = id();
    world.save(&short, &[b'x'; 100], 1, Write::New);
    assert!(world.load(&short).is_some());
    assert_eq!(world.store.len(), 10);
    // One that is larger than the store is not kept, and takes nobody's place for long.
    world.save(&id(), &[b'x'; 4000], 1, Write::New);
    assert!(world.store.is_empty());
}

#[test]
fn a_touch_moves_the_end_and_not_the_record() {
    let world = World::new(1 << 20);
    let id = id();
    assert_eq!(world.save(&id, b"a", 10, Write::Touched), Saved::Gone);
    assert_eq!(world.save(&id, b"a", 10, Write::Changed), Saved::Gone);
    assert_eq!(world.save(&id, b"a", 10, Write::New), Saved::Kept);
    assert_eq!(world.save(&id, b"b", 20, Write::Touched), Saved::Kept);
    world.clock.advance(Duration::from_secs(15));
    assert_eq!(world.load(&id).as_deref(), Some(&b"a"[..]));
    assert_eq!(world.save(&id, b"c", 10, Write::Changed), Saved::Kept);
    assert_eq!(world.load(&id).as_deref(), Some(&b"c"[..]));
}

#[test]
fn the_earlier_end_counts() {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let sessions = Sessions::new(MemoryStore::new())
        .idle(Duration::from_secs(100))
        .absolute(Duration::from_secs(1000));
    for (now, created, expires) in [(0, 0, 100), (850, 0, 950), (950, 0, 1000), (2000, 0, 1000)] {
        assert_eq!(sessions.expires(at(now), at(created)), at(expires), "{now}");
    }
    for (before, after, touched) in [
        (100, 104, false),
        (100, 105, true),
        (100, 100, false),
        (100, 90, false),
    ] {
        assert_eq!(sessions.is_touched(at(before), at(after)), touched, "{after}");
    }
    let endless = sessions.idle(Duration::MAX).absolute(Duration::MAX);
    assert!(endless.expires(SystemTime::now(), at(0)) <= SystemTime::now());
}

#[test]
fn what_cannot_work_is_told_at_the_start() {
    let check = |sessions: Sessions| crate::Application::new().sessions(sessions).check();
    let sessions = || Sessions::new(MemoryStore::new());
    assert!(check(sessions().cookie_name("sid")).is_ok());
    for bad in ["", "a b", "a=b", "__Host-a", "__Secure-a"] {
        assert!(check(sessions().cookie_name(bad)).is_err(), "{bad}");
    }
    assert!(check(sessions().idle(Duration::ZERO)).is_err());
    assert!(check(sessions().absolute(Duration::ZERO)).is_err());
}
