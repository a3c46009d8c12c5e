//! The same cases with every engine of a WebSocket.

#[cfg(feature = "async-tungstenite")]
mod async_tungstenite;
mod connection;
