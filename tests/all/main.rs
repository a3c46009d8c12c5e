//! The core as its users see it: applications, called without sockets.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too; handlers panic on purpose"
)]
#![allow(clippy::duplicate_mod, reason = "the same cases run with every engine")]

mod allow;
mod allowed_hosts;
mod arguments;
mod cancellation;
mod carrier;
mod compress;
mod concurrency;
mod cors;
mod cross_origin;
mod decompress;
mod detach;
mod engines;
mod errors;
mod etag;
#[path = "../async_tungstenite/exceptions.rs"]
mod exceptions;
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
mod rate_limit;
mod redirects;
mod responses;
mod routing;
mod security;
mod sessions;
mod shapes;
mod signed_cookies;
mod slow;
mod state;
mod static_files;
mod streaming;
#[path = "../sessions/suite.rs"]
mod suite;
mod support;
mod templates;
mod tornado_websocket;
mod upgrade;
mod uploads;
mod users;
mod websocket_client;
mod wrapping;
mod xsrf;
