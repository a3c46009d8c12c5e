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
mod compress;
mod concurrency;
mod cors;
mod detach;
mod errors;
mod etag;
mod fetch;
mod fields;
mod flush;
mod handlers;
mod joined;
mod memory;
mod middleware;
mod panics;
mod paths;
mod rate_limit;
mod redirects;
mod responses;
mod routing;
mod security;
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
