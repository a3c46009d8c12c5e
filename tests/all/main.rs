//! The core as its users see it: applications, called without sockets.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too; handlers panic on purpose"
)]

mod allow;
mod allowed_hosts;
mod arguments;
mod cancellation;
mod carrier;
mod concurrency;
mod cross_origin;
mod detach;
mod errors;
mod fetch;
mod fields;
mod flush;
mod handlers;
mod joined;
mod memory;
mod middleware;
mod panics;
mod paths;
mod responses;
mod routing;
mod sessions;
mod shapes;
mod signed_cookies;
mod state;
mod streaming;
#[path = "../sessions/suite.rs"]
mod suite;
mod support;
mod templates;
mod upgrade;
mod uploads;
mod users;
mod websocket;
mod websocket_client;
mod wrapping;
mod xsrf;
