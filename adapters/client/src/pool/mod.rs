//! Connections that wait for their next request, and fetches that wait for a connection.

mod permit;
mod state;
mod wait;

#[cfg(test)]
mod tests;

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use permit::Permit;

use state::State;
use wait::Wait;

/// What a pool keeps.
pub(crate) trait Pooled {
    /// Whether it can still be used: open, and nothing has come that nobody asked for.
    fn is_quiet(&mut self) -> bool;

    /// Ends it.
    fn close(self);
}

/// How much a pool keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Connections of one key, those in use and those being opened included.
    pub(crate) per_key: usize,
    /// Connections without work, in all.
    pub(crate) idle: usize,
    /// How long a connection without work is kept.
    pub(crate) idle_timeout: Duration,
}

/// Connections by key.
///
/// Each key has so many places. A connection holds one from the moment somebody begins to open it; who finds none free
/// waits, first come, first served. No task looks after the pool: what has waited too long is closed when somebody comes.
#[derive(Debug)]
pub(crate) struct Pool<K, C> {
    state: Mutex<State<K, C>>,
}

impl<K: Hash + Eq, C: Pooled> Pool<K, C> {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::new(bounds)),
        })
    }

    /// A connection that can be used, or the permission to open one.
    pub(crate) async fn take(self: &Arc<Self>, key: &Arc<K>) -> (Option<C>, Permit<K, C>) {
        let (mut found, permit) = Wait::new(self, key).await;
        while let Some(mut connection) = found {
            // Outside the lock: this asks the socket.
            if connection.is_quiet() {
                return (Some(connection), permit);
            }
            connection.close();
            found = permit.another();
        }
        (None, permit)
    }

    /// No code of others runs under this lock, so a poisoned one is still sound.
    fn lock(&self) -> MutexGuard<'_, State<K, C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes what has waited too long.
    fn sweep(&self) {
        let expired = self.lock().sweep(Instant::now());
        for connection in expired {
            connection.close();
        }
    }
}
