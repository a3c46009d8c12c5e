//! Carries a [waterspout](https://docs.rs/waterspout) application over TCP, as HTTP/1.1.
//!
//! ```no_run
//! use waterspout::prelude::*;
//!
//! fn main() -> Result {
//!     let app = Application::new().get("/", async |cx| cx.write("Hello, world"));
//!     waterspout_tcp::run(app, "127.0.0.1:8888")
//! }
//! ```
//!
//! # Runtimes
//! async-std by default, smol and tokio by feature, behind one small trait. Any call of the
//! runtime works in a handler. On Linux the threads of [`run`] have an epoll of their own for the sockets of the first two;
//! elsewhere, and in [`Server::serve`], these are async-io's, the reactor that async-std's own types run on. [`run`] uses
//! the default runtime even where features unify; [`Builder::runtime`] chooses another.
//!
//! # What it keeps
//! One write for a head and its small body, pipelined answers in one write; `TCP_NODELAY`; the limits and deadlines of
//! [`waterspout::Limits`]. A client that has closed only its sending side is answered; one that is gone (reset, failed
//! write) cancels the handler. On ctrl-c and SIGTERM [`run`] stops accepting, closes idle connections, lets running
//! requests end within [`Limits::drain`](waterspout::Limits::drain), and returns.

#[cfg(feature = "async-h1")]
mod async_h1;
mod carrier;
mod connection;
mod engine;
#[cfg(feature = "log")]
mod log;
mod registry;
mod runtime;
mod server;
#[cfg(unix)]
mod signals;
mod timer;

pub use engine::Engine;
pub use runtime::Runtime;
pub use server::{Builder, Handle, Server};

use std::net::ToSocketAddrs;

use waterspout::{Application, Result};

/// Serves the application on `addr` until ctrl-c or SIGTERM, on the default runtime, with a thread for each processor.
///
/// # Errors
/// What [`Application::check`] finds; an address that cannot be bound.
pub fn run(app: Application, addr: impl ToSocketAddrs) -> Result {
    #[cfg(feature = "log")]
    log::init();
    Server::builder(app).signals(true).bind(addr)?.run()
}
