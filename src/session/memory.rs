//! Sessions in the memory of the process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{Access, Entry, Saved, SessionId, SessionKey, SessionStore, Stored, Write};
use crate::carrier::BoxFuture;
use crate::error::Result;

/// What a session takes beside its record: its places in the two indexes, roughly.
const OVERHEAD: usize = 256;

/// Keeps sessions in memory: for tests, and for applications of one process that may forget its users when it restarts.
///
/// It holds 64 MiB. Where a new session finds no place, those go that would end first, so mostly those that were not used
/// for the longest time. Clones share what they hold.
#[derive(Clone)]
pub struct MemoryStore(Arc<Mutex<Held>>);

struct Held {
    sessions: HashMap<SessionKey, Stored>,
    /// The same, by their ends.
    ends: BTreeSet<(SystemTime, SessionKey)>,
    bytes: usize,
    most: usize,
}

impl MemoryStore {
    /// A store of at most 64 MiB.
    pub fn new() -> Self {
        Self::with_limit(64 << 20)
    }

    /// A store of at most so many bytes, of which each session takes 256 beside its own.
    pub fn with_limit(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Held {
            sessions: HashMap::new(),
            ends: BTreeSet::new(),
            bytes: 0,
            most: bytes,
        })))
    }

    /// How many sessions it holds, those included whose end has come and that nobody has asked for since.
    pub fn len(&self) -> usize {
        self.held().sessions.len()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No code that can panic runs under this lock, so a poisoned one is still sound.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn remove(&mut self, key: &SessionKey) -> Option<Stored> {
        let stored = self.sessions.remove(key)?;
        self.ends.remove(&(stored.expires, *key));
        self.bytes -= stored.record.len() + OVERHEAD;
        Some(stored)
    }

    fn insert(&mut self, key: SessionKey, stored: Stored) {
        self.remove(&key);
        self.bytes += stored.record.len() + OVERHEAD;
        self.ends.insert((stored.expires, key));
        self.sessions.insert(key, stored);
        // The new one may be the one that ends first; it goes last.
        while self.bytes > self.most {
            let first = self
                .ends
                .iter()
                .map(|(_, other)| *other)
                .find(|other| *other != key);
            self.remove(&first.unwrap_or(key));
        }
    }

    /// Removes what has ended.
    fn sweep(&mut self, now: SystemTime) {
        while let Some((_, key)) = self.ends.first().copied().filter(|(end, _)| *end <= now) {
            self.remove(&key);
        }
    }

    fn save(&mut self, now: SystemTime, key: SessionKey, entry: Entry<'_>) -> Saved {
        self.sweep(now);
        let record = match entry.write {
            Write::New => entry.record.to_vec(),
            Write::Changed | Write::Touched => match self.remove(&key) {
                None => return Saved::Gone,
                Some(stored) if entry.write == Write::Touched => stored.record,
                Some(_) => entry.record.to_vec(),
            },
        };
        let expires = entry.expires;
        self.insert(key, Stored { record, expires });
        Saved::Kept
    }
}

impl SessionStore for MemoryStore {
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>> {
        let mut held = self.held();
        held.sweep(access.now());
        let found = held.sessions.get(&id.key()).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>> {
        let saved = self.held().save(access.now(), id.key(), entry);
        Box::pin(std::future::ready(Ok(saved)))
    }

    fn delete<'a>(&'a self, _: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result> {
        self.held().remove(&id.key());
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("len", &self.len()).finish()
    }
}
