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
//! # Engines
//! [`waterspout::h1`] speaks HTTP by default. With the feature `async-h1`, `Server::builder(app).engine(Engine::AsyncH1)`
//! has the bodies of requests and all responses pass through async-h1, on any runtime. Requests, limits, deadlines and all
//! that is said below are the same, since heads are read and framing is decided by `h1` all the same; it costs more memory
//! and up to twice the processor time. What async-h1 and its http-types cannot say:
//!
//! - a status outside the list of http-types, or a field's value beyond ASCII: 500, and an error in the log;
//! - a reason phrase of your own: http-types' is sent;
//! - trailers of a response: left out, with a warning in the log;
//! - fields of different names in your order: they are sorted.
//!
//! It is there for programs that live with http-types; nothing else speaks for it. async-h1 is frozen, and http-types with
//! it.
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
mod task;
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
