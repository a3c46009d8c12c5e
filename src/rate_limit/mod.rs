//! How many requests somebody may send: [`RateLimit`].

mod buckets;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use http::header::RETRY_AFTER;

use buckets::{Buckets, Rate};

use crate::error::{Error, Result};
use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;

/// Keys that are remembered at most, unless another number is set.
const KEYS: usize = 100_000;

type KeyFn = dyn Fn(&Request) -> Option<String> + Send + Sync;

/// Lets each client send so many requests in so much time, and answers the others 429 with `Retry-After`.
///
/// It is a token bucket a client: it holds as many requests as may come in one burst, and fills up evenly. A client is an IP
/// address as the carrier sees it, under IPv6 a network of 64 bits, since that is what one customer is given; peers without
/// an address (a Unix socket) are one client. Behind a front that is not trusted to say who the client is, choose another
/// [key](RateLimit::key). Time is the carrier's. Memory is bounded: of more clients than
/// [`max_keys`](RateLimit::max_keys) the longest silent are forgotten.
///
/// As a middleware it is for the whole application; for one route call [`admit`](RateLimit::admit) there. Clones count
/// together. The `RateLimit` fields of the IETF's draft are not sent, as their syntax still changes.
///
/// ```
/// use std::time::Duration;
///
/// use waterspout::RateLimit;
/// use waterspout::prelude::*;
///
/// struct Login {
///     attempts: RateLimit,
/// }
/// impl RequestHandler for Login {
///     async fn post(&self, cx: &mut Context) -> Result {
///         self.attempts.admit(cx.request())?;
///         cx.write("welcome")
///     }
/// }
///
/// let app = Application::new()
///     .middleware(RateLimit::new(1000, Duration::from_secs(60)).burst(200))
///     .route("/login", Login { attempts: RateLimit::new(2, Duration::from_secs(60)) });
/// # let client = waterspout::testing::TestClient::new(app);
/// let answers = [(); 3].map(|()| client.post("/login").send());
/// assert_eq!(answers.each_ref().map(|answer| answer.status()), [200, 200, 429]);
/// assert_eq!(answers[2].header("retry-after"), Some("30"));
/// ```
#[derive(Clone)]
pub struct RateLimit {
    rate: Rate,
    /// Where no rate can be made of what was given.
    broken: bool,
    key: Option<Arc<KeyFn>>,
    buckets: Arc<Mutex<Buckets>>,
    /// With keys of this process: nobody can choose an address to meet another one's bucket.
    hasher: RandomState,
}

impl RateLimit {
    /// So many requests in so much time, and as many in one burst.
    pub fn new(requests: u32, per: Duration) -> Self {
        let rate = Rate::new(requests, per);
        Self {
            broken: rate.is_none(),
            rate: rate.unwrap_or_default(),
            key: None,
            buckets: Arc::new(Mutex::new(Buckets::new(KEYS))),
            hasher: RandomState::new(),
        }
    }

    /// How many requests may come at once, where that is not all of them.
    #[must_use]
    pub fn burst(mut self, requests: u32) -> Self {
        self.broken |= requests == 0;
        self.rate.burst = requests.into();
        self
    }

    /// Says who a client is, by a text made of the request: a user, a token, the address that a trusted front has told. A
    /// request without a key is not counted.
    #[must_use]
    pub fn key(mut self, key: impl Fn(&Request) -> Option<String> + Send + Sync + 'static) -> Self {
        self.key = Some(Arc::new(key));
        self
    }

    /// How many clients are remembered at most, 100,000 by default; each takes some 40 bytes. Who sends from more addresses than
    /// these is not held back, but neither is memory taken.
    #[must_use]
    pub fn max_keys(mut self, keys: usize) -> Self {
        self.buckets = Arc::new(Mutex::new(Buckets::new(keys)));
        self
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429, with `Retry-After` in whole seconds, where it is one too many.
    pub fn admit(&self, request: &Request) -> Result {
        let Some(carrier) = request.carrier() else {
            return Err(Error::new(500).message("the adapter gave no carrier, so there is no clock"));
        };
        let key = match &self.key {
            Some(key) => key(request).map(|text| self.hasher.hash_one(text)),
            None => Some(self.hasher.hash_one(address(request))),
        };
        let Some(key) = key else { return Ok(()) };
        let now = carrier.monotonic();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = buckets.take(key, now, self.rate);
        drop(buckets);
        taken.map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Error::new(429)
                .message("too many requests")
                .header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
        })
    }
}

/// The address, or the network of it that belongs to one customer.
fn address(request: &Request) -> Option<(u8, u64)> {
    let ip = request.peer()?.remote.ip()?;
    Some(match ip.to_canonical() {
        IpAddr::V4(ip) => (4, ip.to_bits().into()),
        // The upper 64 of 128 bits.
        IpAddr::V6(ip) => (6, (ip.to_bits() >> 64) as u64),
    })
}

impl Middleware for RateLimit {
    async fn handle(&self, request: Request, next: Next<'_>) -> Response {
        match self.admit(&request) {
            Ok(()) => next.run(request).await,
            Err(error) => next.fail(&request, &error),
        }
    }

    fn check(&self) -> Result {
        if self.broken {
            return Err(
                Error::new(500).message("a rate limit lets no request through: zero requests, or no time")
            );
        }
        Ok(())
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}
