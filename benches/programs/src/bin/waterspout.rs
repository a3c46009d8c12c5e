use async_tungstenite::tungstenite::{Message, handshake::derive_accept_key, protocol::Role};
use async_tungstenite::{WebSocketStream, tungstenite};
use futures_lite::StreamExt;
use waterspout::prelude::*;
use waterspout::{BoxDuplex, Upgrade};

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    body: String,
}

async fn hello(cx: &mut Context) -> Result {
    cx.write("Hello, world")
}

async fn fetch(cx: &mut Context) -> Result {
    let response = cx.client().fetch("http://example.com/").await?;
    let body = response.text()?;
    cx.render(Page { body })
}

// websocket: begin
async fn websocket(cx: &mut Context) -> Result {
    let key = cx.header("sec-websocket-key").status(400)?.to_owned();
    cx.set_header("sec-websocket-accept", derive_accept_key(key.as_bytes()))?;
    let upgrade = Upgrade::new(async |io| drop(echo(io).await));
    cx.upgrade(HeaderValue::from_static("websocket"), upgrade)
}

async fn echo(io: BoxDuplex) -> tungstenite::Result<()> {
    println!("WebSocket opened");
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            socket.send(Message::text(format!("You said: {text}"))).await?;
        }
    }
    println!("WebSocket closed");
    Ok(())
}
// websocket: end

fn app() -> Application {
    Application::new()
        .get("/", hello)
        .get("/fetch", fetch)
        .get("/websocket", websocket)
}

fn main() -> Result {
    waterspout_tcp::run(app(), "127.0.0.1:8888")
}
