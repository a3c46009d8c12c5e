//! What the comparison of docs/BENCHMARKS.md measures: `bench tcp 127.0.0.1:8888 --threads 1 --runtime tokio`.
//! Nothing is logged; the default security headers and the automatic `ETag` are off, since the other servers send none.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use waterspout::Security;
use waterspout::cookies::CookieSecret;
use waterspout::http::header::CONTENT_TYPE;
use waterspout::prelude::*;
use waterspout::websocket::Options;

#[path = "support/fortunes.rs"]
mod fortunes;
#[path = "support/mod.rs"]
mod support;

use fortunes::Fortunes;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=UTF-8");

/// Of an example. A site's is random, and does not stand in its source.
const SECRET: &str = "a secret of 64 bytes, as long as the keys of the other servers are";

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

/// Says what it hears.
struct Echo;

impl WebSocketHandler for Echo {
    async fn on_message(&mut self, ws: &mut WebSocket, message: waterspout::websocket::Message) -> Result {
        ws.write_message(message).await
    }
}

async fn plaintext(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write("Hello, World!")
}

async fn json(cx: &mut Context) -> Result {
    cx.write_json(&Message {
        message: "Hello, World!",
    })
}

async fn table(cx: &mut Context) -> Result {
    cx.render(Fortunes::TWELVE)
}

async fn user(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, TEXT)?;
    let id = cx.path_arg("id")?.to_owned();
    cx.write(id)
}

async fn set_signed(cx: &mut Context) -> Result {
    cx.set_signed_cookie("sid", "42")?;
    cx.write("OK")
}

async fn signed(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, TEXT)?;
    let value = cx.get_signed_cookie("sid")?.status(403)?;
    cx.write(value)
}

async fn xsrf_token(cx: &mut Context) -> Result {
    let token = cx.xsrf_token()?;
    cx.write(token)
}

async fn xsrf(cx: &mut Context) -> Result {
    cx.check_xsrf_cookie()?;
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write("ok")
}

/// How long the files of a form are, read as they come.
async fn multipart(cx: &mut Context) -> Result {
    let mut parts = cx.multipart().await?;
    let mut length = 0;
    while let Some(mut part) = parts.next_part().await? {
        while let Some(chunk) = part.read_chunk().await? {
            length += chunk.len();
        }
    }
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write(length.to_string())
}

fn main() -> ExitCode {
    let settings = Settings {
        nosniff: false,
        request_id: false,
        cookie_secret: Some(CookieSecret::new(SECRET)),
        etag: false,
        security: Security::none(),
        ..Settings::default()
    };
    let plain = Options {
        compression: None,
        ..Options::default()
    };
    let app = Application::new()
        .settings(settings)
        .get("/plaintext", plaintext)
        .get("/json", json)
        .get("/user/{id}", user)
        .get("/fortunes", table)
        .get("/signed/set", set_signed)
        .get("/signed", signed)
        .get("/xsrf", xsrf_token)
        .post("/xsrf", xsrf)
        .streaming("/multipart", multipart)
        .websocket_with("/ws", plain, || Echo);
    // `benches/compare/run` makes the files, and says where.
    let app = match std::env::var_os("BENCH_FILES") {
        Some(directory) => app.static_files("/static/", PathBuf::from(directory)),
        None => app,
    };
    support::serve("bench", app)
}
