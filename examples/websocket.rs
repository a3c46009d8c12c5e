//! The slides' third program: `cargo run --example websocket`, then open http://127.0.0.1:8888/ and type.
//!
//! The page is served from here: the browsers' origin of a page that is opened from a file is `null`, which any file has,
//! so such a page is refused and told why.

#![allow(clippy::print_stdout, reason = "the program says what happens")]

use waterspout::http::header::CONTENT_TYPE;
use waterspout::prelude::*;

struct Echo;

impl WebSocketHandler for Echo {
    async fn open(&mut self, _ws: &mut WebSocket) -> Result {
        println!("WebSocket opened");
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(format!("You said: {message}")).await
    }

    async fn on_close(&mut self, _ws: &mut WebSocket) {
        println!("WebSocket closed");
    }
}

async fn page(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, "text/html; charset=UTF-8")?;
    cx.write(include_str!("websocket.html"))
}

fn main() -> Result {
    let app = Application::new().get("/", page).websocket("/websocket", || Echo);
    waterspout_tcp::run(app, "127.0.0.1:8888")
}
