use askama::Template;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{Html, Response};
use axum::{Router, routing::get};

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    body: String,
}

async fn hello() -> &'static str {
    "Hello, world"
}

async fn fetch() -> Result<Html<String>, StatusCode> {
    let response = reqwest::get("http://example.com/")
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    let body = response.text().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Page { body }
        .render()
        .map(Html)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

// websocket: begin
async fn websocket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(echo)
}

async fn echo(mut socket: WebSocket) {
    println!("WebSocket opened");
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(text) = message {
            if socket
                .send(Message::text(format!("You said: {text}")))
                .await
                .is_err()
            {
                break;
            }
        }
    }
    println!("WebSocket closed");
}
// websocket: end

fn app() -> Router {
    Router::new()
        .route("/", get(hello))
        .route("/fetch", get(fetch))
        .route("/websocket", get(websocket))
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8888").await.unwrap();
    axum::serve(listener, app()).await.unwrap();
}
