//! A WebSocket by async-tungstenite: the handler is written as for any other engine.

use waterspout::prelude::*;
use waterspout::websocket::{Engine, Options};

pub(crate) struct Echo;

impl WebSocketHandler for Echo {
    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(message).await
    }
}

pub(crate) fn options() -> Options {
    Options {
        engine: Engine::AsyncTungstenite,
        max_message: 1 << 20,
        ..Options::default()
    }
}
