//! The engine of [`AsyncHttpClient`]: connections, a pool, TLS and proxies.
//!
//! It works wherever a future is polled: under async-std, smol, tokio, a bare `block_on`, in the threads of a CGI program.
//! Sockets and timers are async-io's, which has a thread of its own for events; nothing is spawned.
//!
//! ```no_run
//! use waterspout::AsyncHttpClient;
//! use waterspout_client::HttpEngine;
//!
//! # async fn fetch() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = HttpEngine::builder().connections_per_host(8).build()?;
//! let client = AsyncHttpClient::new(engine);
//! let response = client.fetch("https://example.com/").await?;
//! println!("{}: {} bytes", response.status(), response.body().len());
//! # Ok(())
//! # }
//! ```
//!
//! In a handler nothing of this is needed: `cx.client()` is such a client where the adapter has its feature `client`.
//!
//! # What it keeps
//! - The future of a fetch, and after it the body of the response, drive the connection. Dropping either closes it.
//! - A connection serves again after both messages have ended and nothing came behind them; before it does, it is looked at
//!   once more. It belongs to its scheme, host and port, and never to an address.
//! - An idempotent request whose reused connection closes before any byte of a response is sent once more on a new one, if
//!   its body is in memory. A POST or PATCH never is.
//! - TLS is rustls with ring. The certificate must be valid for the host, whatever the address.
//! - Addresses are tried side by side, 250 ms apart, IPv6 first (Happy Eyeballs, RFC 8305).
//! - Proxies come from `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, unless the program is a CGI one.
//!
//! # surf
//! With the feature `surf` (off by default, since surf is unmaintained) the module `surf` has a backend for
//! `surf::Client` over this engine, and an engine that is a surf client.
//!
//! [`AsyncHttpClient`]: waterspout::AsyncHttpClient

mod body;
mod builder;
mod connect;
mod connection;
mod engine;
mod exchange;
mod net;
mod pool;
mod proxy;
mod race;
mod resolve;
mod route;
#[cfg(feature = "surf")]
pub mod surf;
mod tls;
mod tunnel;
mod upload;

pub use builder::{BuildError, Builder};
pub use engine::{HttpEngine, client};
pub use resolve::Resolve;
