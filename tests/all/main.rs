//! The core as its users see it: applications, called without sockets.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too; handlers panic on purpose"
)]

mod allow;
mod arguments;
mod cancellation;
mod carrier;
mod concurrency;
mod decompress;
mod detach;
mod errors;
mod fetch;
mod fields;
mod flush;
mod forms;
mod handlers;
mod joined;
mod memory;
mod middleware;
mod multipart;
mod panics;
mod paths;
mod responses;
mod routing;
mod shapes;
mod state;
mod streaming;
mod support;
mod templates;
mod upgrade;
mod uploads;
mod websocket;
mod websocket_client;
mod wrapping;
