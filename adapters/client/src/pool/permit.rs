//! The right to have one connection.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use super::{Pool, Pooled};

/// A place in a pool. Dropped, it is free for the next.
#[derive(Debug)]
pub(crate) struct Permit<K: Hash + Eq, C: Pooled> {
    /// `None` once the place has gone on with its connection.
    pool: Option<Arc<Pool<K, C>>>,
    key: Arc<K>,
}

impl<K: Hash + Eq, C: Pooled> Permit<K, C> {
    pub(super) fn new(pool: Arc<Pool<K, C>>, key: Arc<K>) -> Self {
        Self {
            pool: Some(pool),
            key,
        }
    }

    /// Another connection without work, for the same place.
    pub(super) fn another(&self) -> Option<C> {
        self.pool.as_ref()?.lock().exchange(&self.key)
    }

    /// Leaves the place to a connection that has done its work: it goes to who is next, or waits.
    pub(crate) fn put(mut self, connection: C) {
        let Some(pool) = self.pool.take() else {
            return;
        };
        pool.sweep();
        let (next, surplus) = pool.lock().put(&self.key, connection, Instant::now());
        if let Some(next) = next {
            next.wake();
        }
        if let Some(surplus) = surplus {
            surplus.close();
        }
    }
}

impl<K: Hash + Eq, C: Pooled> Drop for Permit<K, C> {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            let next = pool.lock().free(&self.key);
            // Outside the lock: a waker may run the next one at once.
            if let Some(next) = next {
                next.wake();
            }
        }
    }
}
