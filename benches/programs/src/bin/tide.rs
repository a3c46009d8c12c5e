use askama::Template;
use futures_util::StreamExt;
use tide::http::mime;
use tide::{Request, Response};
use tide_websockets::{Message, WebSocket};

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    body: String,
}

async fn fetch(_request: Request<()>) -> tide::Result {
    let body = surf::get("http://example.com/").recv_string().await?;
    Ok(Response::builder(200)
        .content_type(mime::HTML)
        .body(Page { body }.render()?)
        .build())
}

fn app() -> tide::Server<()> {
    let mut app = tide::new();
    app.at("/").get(|_| async { Ok("Hello, world") });
    app.at("/fetch").get(fetch);
    // websocket: begin
    app.at("/websocket")
        .get(WebSocket::new(|_request, mut socket| async move {
            println!("WebSocket opened");
            while let Some(Ok(Message::Text(text))) = socket.next().await {
                socket.send_string(format!("You said: {text}")).await?;
            }
            println!("WebSocket closed");
            Ok(())
        }));
    // websocket: end
    app
}

fn main() -> std::io::Result<()> {
    futures_lite::future::block_on(app().listen("127.0.0.1:8888"))
}
