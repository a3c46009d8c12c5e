//! The client against servers that misbehave: what bytes come, what a fetch makes of them, what the server saw.
//!
//! `table` is data: an answer and what must come of it. `cases` runs it whole, over plain TCP and TLS, in one piece and
//! byte by byte. The other modules are what does not fit a row: several requests, connections, names, proxies, memory.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

mod bounds;
mod bulk;
mod cancel;
mod cases;
mod child;
mod connection;
mod continues;
mod dead;
mod executors;
mod eyeballs;
mod fetch;
mod gzip;
mod identity;
mod pool;
mod proxies;
mod redirects;
mod secrets;
mod server;
mod table;
mod tls;
mod upload;
mod websocket;
