//! async-tungstenite as the peer of a WebSocket, as client and as server.

mod client;
mod echo;
mod server;
