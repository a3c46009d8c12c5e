//! What a pool knows, under its lock.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use super::Bounds;

#[derive(Debug)]
pub(super) struct State<K, C> {
    bounds: Bounds,
    hosts: HashMap<Arc<K>, Host<C>>,
    /// What was given to those who waited and have not looked yet: a connection, or the place for one.
    granted: HashMap<u64, Option<C>>,
    last_ticket: u64,
    /// Connections without work, in all.
    idle: usize,
    /// Before this time none of them is too old.
    sweep_at: Option<Instant>,
}

#[derive(Debug)]
struct Host<C> {
    /// Places taken: by connections in use, by those being opened, and by those without work.
    taken: usize,
    /// The last one put back is the last, and the first to be taken.
    idle: Vec<Idle<C>>,
    /// In the order in which they came. While somebody waits no connection is without work.
    waiting: BTreeMap<u64, Waker>,
}

#[derive(Debug)]
struct Idle<C> {
    connection: C,
    since: Instant,
}

impl<C> Default for Host<C> {
    fn default() -> Self {
        Self {
            taken: 0,
            idle: Vec::new(),
            waiting: BTreeMap::new(),
        }
    }
}

impl<K: Hash + Eq, C> State<K, C> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            hosts: HashMap::new(),
            granted: HashMap::new(),
            last_ticket: 0,
            idle: 0,
            sweep_at: None,
        }
    }

    /// A connection without work, or a free place for a new one; `None` where all are taken.
    pub(super) fn take(&mut self, key: &Arc<K>) -> Option<Option<C>> {
        let most = self.bounds.per_key;
        let host = self.hosts.entry(key.clone()).or_default();
        if let Some(Idle { connection, .. }) = host.idle.pop() {
            self.idle -= 1;
            return Some(Some(connection));
        }
        if host.taken < most {
            host.taken += 1;
            return Some(None);
        }
        None
    }

    /// A connection without work for somebody who has a place already: of the two places one becomes free.
    pub(super) fn exchange(&mut self, key: &K) -> Option<C> {
        let host = self.hosts.get_mut(key)?;
        let Idle { connection, .. } = host.idle.pop()?;
        host.taken -= 1; // nobody waits, as a connection was without work
        self.idle -= 1;
        Some(connection)
    }

    /// Puts somebody at the end of the queue; the number is what to ask by.
    pub(super) fn enqueue(&mut self, key: &Arc<K>, waker: Waker) -> u64 {
        self.last_ticket += 1;
        let host = self.hosts.entry(key.clone()).or_default();
        host.waiting.insert(self.last_ticket, waker);
        self.last_ticket
    }

    /// What somebody who waits was given, if it is their turn.
    pub(super) fn granted(&mut self, ticket: u64) -> Option<Option<C>> {
        self.granted.remove(&ticket)
    }

    /// Somebody still waits. Gives back the waker that stood there, to be dropped outside the lock: the last of a task may
    /// drop the task, and that may come back here.
    #[must_use]
    pub(super) fn wait_on(&mut self, key: &K, ticket: u64, waker: &Waker) -> Option<Waker> {
        let registered = self.hosts.get_mut(key)?.waiting.get_mut(&ticket)?;
        (!registered.will_wake(waker)).then(|| std::mem::replace(registered, waker.clone()))
    }

    /// Somebody waits no more. Gives back what they had been given, or their waker.
    pub(super) fn leave(&mut self, key: &K, ticket: u64) -> (Option<Option<C>>, Option<Waker>) {
        let host = self.hosts.get_mut(key);
        let waker = host.and_then(|host| host.waiting.remove(&ticket));
        (self.granted.remove(&ticket), waker)
    }

    /// A place has become free. Whoever is next must be woken.
    #[must_use]
    pub(super) fn free(&mut self, key: &K) -> Option<Waker> {
        let host = self.hosts.get_mut(key)?;
        if let Some((ticket, waker)) = host.waiting.pop_first() {
            self.granted.insert(ticket, None);
            return Some(waker);
        }
        host.taken = host.taken.saturating_sub(1);
        if host.taken == 0 {
            self.hosts.remove(key);
        }
        None
    }

    /// A connection has done its work. Whoever is next must be woken; a connection that is one too many must be closed.
    #[must_use]
    pub(super) fn put(&mut self, key: &K, connection: C, now: Instant) -> (Option<Waker>, Option<C>) {
        let Some(host) = self.hosts.get_mut(key) else {
            return (None, Some(connection)); // not reached: the connection holds a place
        };
        if let Some((ticket, waker)) = host.waiting.pop_first() {
            self.granted.insert(ticket, Some(connection));
            return (Some(waker), None);
        }
        host.idle.push(Idle {
            connection,
            since: now,
        });
        self.idle += 1;
        let expires = now.checked_add(self.bounds.idle_timeout);
        self.sweep_at = self.sweep_at.or(expires);
        let surplus = if self.idle > self.bounds.idle {
            self.remove_oldest()
        } else {
            None
        };
        (None, surplus)
    }

    fn remove_oldest(&mut self) -> Option<C> {
        let oldest = |(key, host): (&Arc<K>, &Host<C>)| Some((host.idle.first()?.since, key.clone()));
        let (_, key) = self
            .hosts
            .iter()
            .filter_map(oldest)
            .min_by_key(|(since, _)| *since)?;
        let host = self.hosts.get_mut(&key)?;
        let Idle { connection, .. } = host.idle.remove(0); // there is one: it was the oldest
        host.taken -= 1;
        self.idle -= 1;
        if host.taken == 0 {
            self.hosts.remove(&key);
        }
        Some(connection)
    }

    /// Takes out what has been without work for too long.
    #[must_use]
    pub(super) fn sweep(&mut self, now: Instant) -> Vec<C> {
        let mut expired = Vec::new();
        if self.sweep_at.is_none_or(|at| now < at) {
            return expired;
        }
        let timeout = self.bounds.idle_timeout;
        let mut oldest: Option<Instant> = None;
        self.hosts.retain(|_, host| {
            // They stand in the order of their times.
            let fresh = |idle: &Idle<C>| now.saturating_duration_since(idle.since) < timeout;
            let count = host.idle.iter().position(fresh).unwrap_or(host.idle.len());
            expired.extend(host.idle.drain(..count).map(|idle| idle.connection));
            host.taken -= count;
            if let Some(first) = host.idle.first() {
                oldest = Some(oldest.map_or(first.since, |oldest| oldest.min(first.since)));
            }
            host.taken > 0 || !host.waiting.is_empty()
        });
        self.idle -= expired.len();
        self.sweep_at = oldest.and_then(|oldest| oldest.checked_add(timeout));
        expired
    }

    /// How many places of a key are taken, and how many wait.
    #[cfg(test)]
    pub(super) fn count(&self, key: &K) -> (usize, usize) {
        let host = self.hosts.get(key);
        host.map_or((0, 0), |host| (host.taken, host.waiting.len()))
    }

    /// What is kept for keys and for those who waited.
    #[cfg(test)]
    pub(super) fn is_clean(&self) -> bool {
        self.hosts.is_empty() && self.granted.is_empty() && self.idle == 0
    }
}
