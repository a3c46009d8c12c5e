//! The default engine.

use waterspout::websocket::Engine;

const ENGINE: Engine = Engine::Connection;

#[path = "../frames.rs"]
mod frames;
#[path = "../greedy.rs"]
mod greedy;
#[path = "../websocket.rs"]
mod websocket;
