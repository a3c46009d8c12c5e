//! The engine async-tungstenite, where its feature is on: as in `cargo test --workspace`.

use waterspout::websocket::Engine;

const ENGINE: Engine = Engine::AsyncTungstenite;

#[path = "../frames.rs"]
mod frames;
#[path = "../greedy.rs"]
mod greedy;
#[path = "../websocket.rs"]
mod websocket;
