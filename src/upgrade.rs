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

type Run = Box<dyn FnOnce(BoxDuplex) -> BoxFuture<'static, ()> + Send>;

/// What to do with the connection after a 101 response (RFC 9110 section 7.8).
///
/// It travels in a [`Response`](crate::Response); the adapter writes the head, then awaits [`Upgrade::run`]. Dropped
/// instead, it means that the connection was lost before.
pub struct Upgrade(Run);

impl Upgrade {
    /// An upgrade that runs `f` on the duplex. When its future ends, the connection is closed.
    pub fn new<F, Fut>(f: F) -> Self
    where
        F: FnOnce(BoxDuplex) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self(Box::new(|io| Box::pin(f(io))))
    }

    /// Runs it: for adapters. A panic of it ends the future, and with it the connection; it goes no further.
    pub fn run(self, io: BoxDuplex) -> BoxFuture<'static, ()> {
        let start = self.0;
        Box::pin(Contained::new("an upgraded connection", async move {
            start(io).await;
        }))
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}
