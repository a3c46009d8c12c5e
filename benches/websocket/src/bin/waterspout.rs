//! Ours: `waterspout broadcast [RUNTIME]`, on one thread. Echoes and idle connections are those of `examples/bench.rs`.

use waterspout::prelude::*;
use waterspout::websocket::{Broadcast, Membership, Message, Options};
use waterspout_tcp::{Runtime, Server};

struct Member {
    group: Broadcast,
    membership: Option<Membership>,
}

impl WebSocketHandler for Member {
    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        self.membership = Some(self.group.join(&ws.sender()));
        Ok(())
    }

    async fn on_message(&mut self, _: &mut WebSocket, message: Message) -> Result {
        self.group.send(&message).await;
        Ok(())
    }
}

fn main() -> Result {
    let runtime = std::env::args().nth(2).unwrap_or_default();
    let plain = Options {
        compression: None,
        ..Options::default()
    };
    let group = Broadcast::default();
    let app = Application::new().websocket_with("/ws", plain, move || Member {
        group: group.clone(),
        membership: None,
    });
    let server = Server::builder(app)
        .threads(1)
        .runtime(Runtime::by_name(&runtime).unwrap_or(Runtime::ALL[0]))
        .bind("127.0.0.1:0")?;
    println!("listening on {}", server.local_addr());
    server.run()
}
