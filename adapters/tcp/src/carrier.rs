//! The runtime as the application's carrier, and the `Date` of its responses.

use std::cell::Cell;
use std::marker::PhantomData;
#[cfg(feature = "client")]
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(feature = "client")]
use waterspout::Engine;
use waterspout::h1::HttpDate;
use waterspout::{BoxFuture, Carrier, Limits};
#[cfg(feature = "client")]
use waterspout_client::HttpEngine;

use crate::runtime::Backend;

pub(crate) struct TcpCarrier<B> {
    start: Instant,
    /// One for all requests, so that they share its connections.
    #[cfg(feature = "client")]
    client: Arc<dyn Engine>,
    backend: PhantomData<fn() -> B>,
}

impl<B> TcpCarrier<B> {
    #[cfg_attr(
        not(feature = "client"),
        expect(unused_variables, reason = "the client's are all that count here")
    )]
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            start: Instant::now(),
            #[cfg(feature = "client")]
            client: Arc::new(
                HttpEngine::builder()
                    .connections_per_host(limits.client.connections_per_host)
                    .build()
                    // Only certificates and proxies that are named here can be wrong.
                    .unwrap_or_default(),
            ),
            backend: PhantomData,
        }
    }
}

impl<B: Backend> Carrier for TcpCarrier<B> {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let now = Instant::now();
        // A time beyond what the clock can count is longer than the process lives.
        let deadline = now
            .checked_add(duration)
            .unwrap_or_else(|| now + Duration::from_secs(u32::MAX.into()));
        Box::pin(B::sleep_until(deadline))
    }

    fn unblock(&self, work: Box<dyn FnOnce() + Send>) {
        blocking::unblock(work).detach();
    }

    #[cfg(feature = "client")]
    fn client(&self) -> Option<Arc<dyn Engine>> {
        Some(self.client.clone())
    }
}

/// The `Date` of a response; it changes once a second, so each thread keeps the last one.
pub(crate) fn date() -> HttpDate {
    thread_local! {
        static LAST: Cell<Option<(u64, HttpDate)>> = const { Cell::new(None) };
    }
    let now = SystemTime::now();
    let second = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    match LAST.get() {
        Some((at, date)) if at == second => date,
        _ => {
            let date = HttpDate::new(now);
            LAST.set(Some((second, date)));
            date
        }
    }
}
