//! What carries an application: the clock, the timers and the threads that the core does not have itself, and what is
//! known of the connection a request came on.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::client::Engine;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an adapter gives the application: the only way in which anything in the core reads a clock, waits, or blocks.
///
/// Under TCP it is the runtime, in a [`TestClient`](crate::testing::TestClient) a clock turned by hand, under CGI and
/// Lambda plain threads.
pub trait Carrier: Send + Sync + 'static {
    /// The wall clock: for `Date`, cookies, logs.
    fn now(&self) -> SystemTime;

    /// Time since some fixed point; it never goes back: for durations and deadlines.
    fn monotonic(&self) -> Duration;

    /// Completes after `duration`, not earlier by [`monotonic`](Self::monotonic).
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Runs work that blocks (files, name look-ups) where it blocks nobody. Completion is told by the work itself;
    /// use [`unblock`] for work with a result.
    fn unblock(&self, work: Box<dyn FnOnce() + Send>);

    /// The engine of the handlers' HTTP client; `None` where the adapter has none. It is one for all requests, so that
    /// they share its connections.
    fn client(&self) -> Option<Arc<dyn Engine>> {
        None
    }
}

/// Runs blocking `work` through the carrier and gives its result.
///
/// A panic of the work goes on in the caller, where the framework contains it.
pub fn unblock<T: Send + 'static>(
    carrier: &dyn Carrier,
    work: impl FnOnce() -> T + Send + 'static,
) -> BoxFuture<'static, T> {
    struct Slot<T> {
        result: Option<std::thread::Result<T>>,
        waker: Option<Waker>,
    }
    let slot = Arc::new(Mutex::new(Slot {
        result: None,
        waker: None,
    }));
    let filled = slot.clone();
    carrier.unblock(Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        let mut slot = filled.lock().unwrap_or_else(PoisonError::into_inner);
        slot.result = Some(result);
        let waker = slot.waker.take();
        drop(slot);
        if let Some(waker) = waker {
            waker.wake();
        }
    }));
    Box::pin(std::future::poll_fn(move |cx| {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.result.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(panic)) => {
                drop(slot);
                resume_unwind(panic)
            }
            None => {
                slot.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }))
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Endpoint {
    /// An internet socket address.
    Socket(SocketAddr),
    /// A Unix socket, with its path where it has one.
    Unix(Option<PathBuf>),
    /// Not known, or none: CGI without `REMOTE_ADDR`, a test.
    #[default]
    Unknown,
}

impl Endpoint {
    /// The IP address, where there is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Socket(address) => Some(address.ip()),
            Self::Unix(_) | Self::Unknown => None,
        }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self::Socket(address)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) => write!(f, "{address}"),
            Self::Unix(Some(path)) => write!(f, "unix:{}", path.display()),
            Self::Unix(None) => f.write_str("unix:"),
            Self::Unknown => f.write_str("-"),
        }
    }
}

/// `http` or `https`: how the client reached us, as far as the carrier knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// What is known of the TLS session; `None` fields were not told.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tls {
    /// The name the client asked for (SNI, RFC 6066 section 3).
    pub server_name: Option<String>,
    /// Protocol version as text, `TLSv1.3`.
    pub version: Option<String>,
    /// The client certificate in DER, verified by the carrier.
    pub client_certificate: Option<Bytes>,
}

/// Who is at the other end, as the carrier sees it (never from headers).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Peer {
    /// The client, or the front that connected to us.
    pub remote: Endpoint,
    /// Our own end.
    pub local: Endpoint,
    /// How the client reached us.
    pub scheme: Scheme,
    /// Facts of the TLS session.
    pub tls: Option<Tls>,
}

/// Where the application is mounted (CGI's `SCRIPT_NAME`): empty, or a path that starts with `/` and does not end in
/// one.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Mount(pub String);

/// The request target, byte for byte as it was received. `http::Uri` drops a fragment and rewrites.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RawTarget(pub Bytes);

/// What a carrier can do.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Abilities {
    /// It can hand over a byte duplex after a 101.
    pub upgrade: bool,
    /// The request body arrives while the handler runs.
    pub stream_in: bool,
    /// The response body leaves while the handler runs.
    pub stream_out: bool,
    /// It can send 1xx responses.
    pub informational: bool,
    /// It can be given a file instead of its bytes.
    pub send_file: bool,
    /// When the platform ends the request, on [`Carrier::monotonic`]'s scale.
    pub deadline: Option<Duration>,
}

/// Everything a carrier says of a connection, shared by the requests that come on it.
///
/// The facts are also found by type in [`Request::extensions`](crate::Request::extensions); they stand in one shared
/// value because a map of them costs seven allocations a request.
#[derive(Clone)]
pub struct Link {
    /// Who is at the other end.
    pub peer: Peer,
    /// Where the application is mounted.
    pub mount: Mount,
    /// What the carrier can do.
    pub abilities: Abilities,
    /// The carrier.
    pub carrier: Arc<dyn Carrier>,
}

impl Link {
    /// A link with nothing known but the carrier.
    pub fn new(carrier: Arc<dyn Carrier>) -> Self {
        Self {
            peer: Peer::default(),
            mount: Mount::default(),
            abilities: Abilities::default(),
            carrier,
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("peer", &self.peer)
            .field("mount", &self.mount)
            .field("abilities", &self.abilities)
            .finish_non_exhaustive()
    }
}
