//! A connection that leaves HTTP: what a 101 response carries.

use std::fmt;

use futures_io::{AsyncRead, AsyncWrite};

use crate::carrier::BoxFuture;
use crate::panics::Contained;

/// A byte stream in both directions, as the futures-io traits have it.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// The byte duplex that an adapter hands over after the 101. Bytes that the client sent early are read first.
pub type BoxDuplex = Box<dyn Duplex>;

type Run = Box<dyn FnOnce(BoxDuplex, BoxFuture<'static, ()>) -> BoxFuture<'static, ()> + Send>;

/// What to do with the connection after a 101 response (RFC 9110 section 7.8).
///
/// It travels in a [`Response`](crate::Response); the adapter writes the head, then awaits [`Upgrade::run`], or
/// [`Upgrade::run_until`] where it can tell the connection that the server stops. Dropped instead, it means that the
/// connection was lost before.
pub struct Upgrade(Run);

impl Upgrade {
    /// An upgrade that runs `f` on the duplex. When its future ends, the connection is closed.
    pub fn new<F, Fut>(f: F) -> Self
    where
        F: FnOnce(BoxDuplex) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::stoppable(|io, stopping| async move {
            f(io).await;
            drop(stopping);
        })
    }

    /// As [`Upgrade::new`], for one that wants to know when the server stops: the second argument of `f` completes then,
    /// and the connection should come to its end soon, or it will be cut off. Where the adapter cannot tell, it never
    /// completes.
    pub fn stoppable<F, Fut>(f: F) -> Self
    where
        F: FnOnce(BoxDuplex, BoxFuture<'static, ()>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self(Box::new(|io, stopping| Box::pin(f(io, stopping))))
    }

    /// Begins it, and gives what is left to be polled: for adapters. A panic of either ends the future, and with it the
    /// connection; it goes no further.
    pub fn run(self, io: BoxDuplex) -> BoxFuture<'static, ()> {
        self.run_until(io, std::future::pending())
    }

    /// As [`Upgrade::run`], with a future that completes when the server is told to stop. It may be dropped before the
    /// connection ends.
    pub fn run_until(
        self,
        io: BoxDuplex,
        stopping: impl Future<Output = ()> + Send + 'static,
    ) -> BoxFuture<'static, ()> {
        let start = self.0;
        let stopping = Box::pin(stopping);
        Box::pin(Contained::new("an upgraded connection", || start(io, stopping)))
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}
