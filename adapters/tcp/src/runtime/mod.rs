//! What the server needs of a runtime, and the three that give it.

#[cfg(feature = "async-io-net")]
mod async_io_net;
#[cfg(feature = "async-std")]
mod async_std;
#[cfg(all(feature = "async-io-net", target_os = "linux"))]
mod edge;
mod later;
#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

use std::io::{self, IoSlice};
use std::net::{SocketAddr, TcpListener};
use std::task::{Context, Poll};
use std::time::Instant;

use crate::task::Task;

pub(crate) use self::later::yield_now;

#[cfg(feature = "async-std")]
pub(crate) use self::async_std::AsyncStd;
#[cfg(all(feature = "async-io-net", target_os = "linux"))]
pub(crate) use self::edge::Edge;
#[cfg(feature = "smol")]
pub(crate) use self::smol::Smol;
#[cfg(feature = "tokio")]
pub(crate) use self::tokio::Tokio;

/// A runtime to serve on.
///
/// The default is the first of async-std, smol and tokio whose feature is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Runtime {
    /// async-std: its executor and async-io's sockets for [`Server::serve`](crate::Server::serve).
    #[cfg(feature = "async-std")]
    AsyncStd,
    /// smol.
    #[cfg(feature = "smol")]
    Smol,
    /// tokio.
    #[cfg(feature = "tokio")]
    Tokio,
}

impl Runtime {
    /// Every runtime that was compiled in, the default one first.
    pub const ALL: &[Self] = &[
        #[cfg(feature = "async-std")]
        Self::AsyncStd,
        #[cfg(feature = "smol")]
        Self::Smol,
        #[cfg(feature = "tokio")]
        Self::Tokio,
    ];

    /// `async-std`, `smol` or `tokio`.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "async-std")]
            Self::AsyncStd => "async-std",
            #[cfg(feature = "smol")]
            Self::Smol => "smol",
            #[cfg(feature = "tokio")]
            Self::Tokio => "tokio",
        }
    }

    /// The runtime of that name, if it was compiled in.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|runtime| runtime.name() == name)
    }
}

#[cfg(not(any(feature = "async-std", feature = "smol", feature = "tokio")))]
compile_error!("waterspout-tcp needs a runtime: one of the features async-std, smol, tokio");

/// How a connection's task is started: on the runtime of the caller, or on the threads of [`Backend::run`].
pub(crate) type Spawn = fn(Task);

/// A runtime as the server sees it: sockets, one timer, tasks.
pub(crate) trait Backend: Send + Sync + 'static {
    type Listener: Send + Sync;
    type Io: Io;
    type Sleep: Future<Output = ()> + Send;

    fn listener(listener: TcpListener) -> io::Result<Self::Listener>;

    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<(Self::Io, SocketAddr)>> + Send;

    fn sleep_until(deadline: Instant) -> Self::Sleep;

    /// Starts a task on the caller's runtime.
    fn spawn(task: Task);

    /// Runs `main` on `threads` threads, this one included, and gives it a way to start tasks on them.
    fn run<T, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<T>
    where
        F: Future<Output = T>;
}

/// A connected stream.
pub(crate) trait Io: Send + Unpin + 'static {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>>;

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Tells the peer that nothing more will come.
    fn shutdown_write(&self) -> io::Result<()>;

    /// An error that has come up without a read or a write: a reset after the peer's end.
    fn take_error(&self) -> Option<io::Error>;

    fn local_addr(&self) -> io::Result<SocketAddr>;
}
