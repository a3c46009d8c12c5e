//! The wire truth over TCP: what bytes go in, what bytes come out, on every runtime and with both engines.
//!
//! `table` is data: an input, where it comes from, what the RFCs want. `cases` runs it whole, byte by byte, with a second
//! request behind every refusal and with a megabyte behind it. `limits` are sizes and deadlines, `flow` is what moves:
//! back-pressure, clients that go away, upgrades, shutdown, faults.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

mod app;
mod cases;
mod child;
mod client;
#[path = "../async_h1/exceptions.rs"]
mod exceptions;
mod flow;
mod limits;
mod log;
mod server;
mod stack;
mod table;
mod watched;
