//! Waiting for a place.

use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Permit, Pool, Pooled};

/// Ready with a place and, if there was one, a connection. Dropped, it gives its turn to the next.
pub(super) struct Wait<'a, K: Hash + Eq, C: Pooled> {
    pool: &'a Arc<Pool<K, C>>,
    key: &'a Arc<K>,
    /// The number in the queue.
    ticket: Option<u64>,
}

impl<'a, K: Hash + Eq, C: Pooled> Wait<'a, K, C> {
    pub(super) fn new(pool: &'a Arc<Pool<K, C>>, key: &'a Arc<K>) -> Self {
        Self {
            pool,
            key,
            ticket: None,
        }
    }

    fn permit(&self) -> Permit<K, C> {
        Permit::new(self.pool.clone(), self.key.clone())
    }
}

impl<K: Hash + Eq, C: Pooled> Future for Wait<'_, K, C> {
    type Output = (Option<C>, Permit<K, C>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.ticket.is_none() {
            self.pool.sweep();
        }
        let mut state = self.pool.lock();
        let taken = match self.ticket {
            Some(ticket) => state.granted(ticket),
            None => state.take(self.key),
        };
        let Some(connection) = taken else {
            let (ticket, replaced) = match self.ticket {
                Some(ticket) => (ticket, state.wait_on(self.key, ticket, cx.waker())),
                None => (state.enqueue(self.key, cx.waker().clone()), None),
            };
            drop(state);
            drop(replaced);
            self.ticket = Some(ticket);
            return Poll::Pending;
        };
        drop(state);
        self.ticket = None;
        Poll::Ready((connection, self.permit()))
    }
}

impl<K: Hash + Eq, C: Pooled> Drop for Wait<'_, K, C> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let (granted, _waker) = self.pool.lock().leave(self.key, ticket);
        match granted {
            Some(Some(connection)) => self.permit().put(connection),
            Some(None) => drop(self.permit()),
            None => {}
        }
    }
}
