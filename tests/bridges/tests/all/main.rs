//! The http-types bridge with real peers: a tide application mounted in one of ours, and one of ours behind async-h1 and
//! in a tide application. And WebSockets with async-tungstenite at the other end.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that fails is a panic")]

mod endpoint;
mod host;
mod support;
mod tungstenite;
