//! The server: a bound address, an accept loop, an orderly end.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use waterspout::{Abilities, Application, Carrier, Link, Peer, Result};

use crate::carrier::TcpCarrier;
use crate::connection::Connection;
use crate::engine::Engine;
use crate::registry::Registry;
use crate::runtime::{Backend, Io, Runtime, Spawn, yield_now};
use crate::task::Task;

/// How long the accept loop rests when the system has no descriptors left, so that it does not spin.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// How many connections are accepted in one go before those that are open get their turn.
const TURN: u32 = 64;

/// How many connections may wait to be accepted; the system may allow fewer.
#[cfg(unix)]
const BACKLOG: i32 = 4096;

/// How the application is to be served; see [`Server::builder`].
#[derive(Debug)]
pub struct Builder {
    app: Application,
    runtime: Runtime,
    engine: Engine,
    threads: usize,
    signals: bool,
}

/// A server that is bound to an address.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout_tcp::Server;
///
/// let app = Application::new().get("/", async |cx| cx.write("Hello, world"));
/// let server = Server::builder(app).threads(1).bind("127.0.0.1:0")?;
/// let (address, handle) = (server.local_addr(), server.handle());
/// let running = std::thread::spawn(move || server.run());
/// // ... requests to `address` ...
/// handle.shutdown();
/// running.join().expect("no panic")?;
/// # let _ = address;
/// # Ok::<(), Error>(())
/// ```
pub struct Server {
    config: Builder,
    listener: TcpListener,
    address: SocketAddr,
    registry: Arc<Registry>,
}

/// Stops a server from elsewhere.
#[derive(Clone)]
pub struct Handle(Arc<Registry>);

impl Handle {
    /// Stops accepting, closes idle connections and lets running requests end within
    /// [`Limits::drain`](waterspout::Limits::drain).
    pub fn shutdown(&self) {
        self.0.stop();
    }
}

impl Builder {
    /// Serves on this runtime instead of the default one.
    #[must_use]
    pub fn runtime(mut self, runtime: Runtime) -> Self {
        self.runtime = runtime;
        self
    }

    /// Speaks HTTP with this engine instead of the core's own.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// How many threads [`Server::run`] uses: at least one; as many as there are processors by default.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Whether [`Server::run`] stops on ctrl-c and SIGTERM (on Unix). Off by default: signals belong to the program.
    #[must_use]
    pub fn signals(mut self, signals: bool) -> Self {
        self.signals = signals;
        self
    }

    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// What [`Application::check`] finds; an address that cannot be bound.
    pub fn bind(self, addr: impl ToSocketAddrs) -> Result<Server> {
        let listener = TcpListener::bind(addr)?;
        self.listener(listener)
    }

    /// Serves on a listener that is bound already.
    ///
    /// # Errors
    /// What [`Application::check`] finds; a listener without an address.
    pub fn listener(self, listener: TcpListener) -> Result<Server> {
        self.app.check()?;
        // The standard library asks for 128; a second `listen` only changes the number.
        #[cfg(unix)]
        rustix::net::listen(&listener, BACKLOG)?;
        let address = listener.local_addr()?;
        Ok(Server {
            config: self,
            listener,
            address,
            registry: Arc::default(),
        })
    }
}

impl Server {
    /// Begins to say how an application is to be served.
    pub fn builder(app: Application) -> Builder {
        let threads = thread::available_parallelism().map_or(1, Into::into);
        // One runtime at least is compiled in: anything else is a compile error.
        let runtime = DEFAULT;
        Builder {
            app,
            runtime,
            engine: Engine::default(),
            threads,
            signals: false,
        }
    }

    /// The address that it is bound to.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// A handle that stops it.
    pub fn handle(&self) -> Handle {
        Handle(self.registry.clone())
    }

    /// Serves on threads of its own until it is stopped; blocks meanwhile.
    ///
    /// # Errors
    /// When the runtime or its threads cannot be started.
    pub fn run(self) -> Result {
        #[cfg(unix)]
        let _signals = if self.config.signals {
            Some(crate::signals::stop_on_signal(self.handle())?)
        } else {
            None
        };
        tracing::info!(target: "waterspout", "listening on http://{}", self.address);
        match self.config.runtime {
            #[cfg(all(feature = "async-std", target_os = "linux"))]
            Runtime::AsyncStd => self.run_on::<crate::runtime::Edge>(),
            #[cfg(all(feature = "async-std", not(target_os = "linux")))]
            Runtime::AsyncStd => self.run_on::<crate::runtime::AsyncStd>(),
            #[cfg(all(feature = "smol", target_os = "linux"))]
            Runtime::Smol => self.run_on::<crate::runtime::Edge>(),
            #[cfg(all(feature = "smol", not(target_os = "linux")))]
            Runtime::Smol => self.run_on::<crate::runtime::Smol>(),
            #[cfg(feature = "tokio")]
            Runtime::Tokio => self.run_on::<crate::runtime::Tokio>(),
        }
    }

    fn run_on<B: Backend>(self) -> Result {
        let threads = self.config.threads;
        B::run(threads, |spawn| self.serve_on::<B>(spawn))?
    }

    /// Serves until it is stopped, on the runtime that polls this future: it must be the one that was chosen.
    ///
    /// # Errors
    /// When the runtime does not take the listener.
    pub async fn serve(self) -> Result {
        match self.config.runtime {
            #[cfg(feature = "async-std")]
            Runtime::AsyncStd => {
                self.serve_on::<crate::runtime::AsyncStd>(crate::runtime::AsyncStd::spawn)
                    .await
            }
            #[cfg(feature = "smol")]
            Runtime::Smol => {
                self.serve_on::<crate::runtime::Smol>(crate::runtime::Smol::spawn)
                    .await
            }
            #[cfg(feature = "tokio")]
            Runtime::Tokio => {
                self.serve_on::<crate::runtime::Tokio>(crate::runtime::Tokio::spawn)
                    .await
            }
        }
    }

    async fn serve_on<B: Backend>(self, spawn: Spawn) -> Result {
        let listener = B::listener(self.listener)?;
        let (app, engine, registry) = (self.config.app, self.config.engine, self.registry);
        let carrier: Arc<dyn Carrier> = Arc::new(TcpCarrier::<B>::new(app.limits()));
        let mut turn = 0_u32;
        while let Some(accepted) = accept::<B>(&listener, &registry).await {
            match accepted {
                Ok((io, remote)) => {
                    let link = Arc::new(link(&io, remote, carrier.clone()));
                    let mut connection =
                        Connection::<B>::new(io, engine, app.clone(), link, registry.enter());
                    // The task captures the connection: an `async fn` that takes it by value holds it twice.
                    spawn(Task::new(async move {
                        let upgrade = connection.serve().await?;
                        Some(connection.upgraded(upgrade))
                    }));
                    turn += 1;
                    if turn.is_multiple_of(TURN) {
                        yield_now().await;
                    }
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    tracing::error!(target: "waterspout", %error, "accept failed");
                    B::sleep_until(Instant::now() + EXHAUSTED).await;
                }
            }
        }
        // Nobody is kept waiting in the queue of a server that has stopped.
        drop(listener);
        drain::<B>(&registry, app.limits().drain).await;
        Ok(())
    }
}

#[cfg(feature = "async-std")]
const DEFAULT: Runtime = Runtime::AsyncStd;
#[cfg(all(feature = "smol", not(feature = "async-std")))]
const DEFAULT: Runtime = Runtime::Smol;
#[cfg(all(feature = "tokio", not(any(feature = "async-std", feature = "smol"))))]
const DEFAULT: Runtime = Runtime::Tokio;

/// The next connection, `None` once the server stops.
async fn accept<B: Backend>(
    listener: &B::Listener,
    registry: &Registry,
) -> Option<io::Result<(B::Io, SocketAddr)>> {
    let mut accept = pin!(B::accept(listener));
    poll_fn(|cx| {
        if registry.poll_stopping(cx).is_ready() {
            return Poll::Ready(None);
        }
        accept.as_mut().poll(cx).map(Some)
    })
    .await
}

/// The peer went away before it was accepted: nothing is wrong here.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, InvalidInput, NotConnected};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | InvalidInput | NotConnected
    )
}

fn link<I: Io>(io: &I, remote: SocketAddr, carrier: Arc<dyn Carrier>) -> Link {
    let local = io.local_addr().map(Into::into).unwrap_or_default();
    let peer = Peer {
        remote: remote.into(),
        local,
        ..Peer::default()
    };
    let abilities = Abilities {
        upgrade: true,
        stream_in: true,
        stream_out: true,
        ..Abilities::default()
    };
    Link {
        peer,
        abilities,
        ..Link::new(carrier)
    }
}

async fn drain<B: Backend>(registry: &Registry, limit: Duration) {
    let mut deadline = pin!(B::sleep_until(Instant::now() + limit));
    let emptied = poll_fn(|cx| {
        if registry.poll_empty(cx).is_ready() {
            return Poll::Ready(true);
        }
        deadline.as_mut().poll(cx).map(|()| false)
    });
    if !emptied.await {
        tracing::warn!(target: "waterspout", "requests were still running when the time to stop was over");
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
