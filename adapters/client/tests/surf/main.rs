//! surf over our engine, and a surf client as an engine, against a server on a socket.
//!
//! `cargo test -p waterspout-client --features surf --test surf`

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too"
)]

mod as_engine;
mod bulk;
mod over_ours;
mod server;
