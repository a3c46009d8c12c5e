use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, Responder, error, get, rt, web};
use actix_ws::Message;
use askama::Template;
use futures_util::StreamExt;

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    body: String,
}

#[get("/")]
async fn hello() -> impl Responder {
    "Hello, world"
}

#[get("/fetch")]
async fn fetch() -> Result<impl Responder, Error> {
    let client = awc::Client::default();
    let mut response = client
        .get("http://example.com/")
        .send()
        .await
        .map_err(error::ErrorBadGateway)?;
    let body = response.body().await.map_err(error::ErrorBadGateway)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(web::Html::new(
        Page { body }.render().map_err(error::ErrorInternalServerError)?,
    ))
}

// websocket: begin
#[get("/websocket")]
async fn websocket(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut stream) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        println!("WebSocket opened");
        while let Some(Ok(message)) = stream.next().await {
            let sent = match message {
                Message::Text(text) => session.text(format!("You said: {text}")).await,
                Message::Ping(data) => session.pong(&data).await,
                Message::Close(_) => break,
                _ => Ok(()),
            };
            if sent.is_err() {
                break;
            }
        }
        println!("WebSocket closed");
    });
    Ok(response)
}
// websocket: end

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().service(hello).service(fetch).service(websocket))
        .bind("127.0.0.1:8888")?
        .run()
        .await
}
