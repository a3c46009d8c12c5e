//! axum as its own documentation sets it up: `axum::serve` on tokio, with one worker thread.

use std::io;

use askama::Template;
use axum::extract::Path;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, Key};
use compare::Message;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

#[path = "../../../../examples/support/fortunes.rs"]
mod fortunes;

use fortunes::Fortunes;

async fn plaintext() -> &'static str {
    compare::HELLO
}

async fn json() -> Json<Message> {
    Json(Message::HELLO)
}

async fn table() -> Result<Html<String>, StatusCode> {
    let page = Fortunes::TWELVE.render();
    page.map(Html).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn user(Path(id): Path<String>) -> String {
    id
}

async fn set_signed(jar: SignedCookieJar) -> (SignedCookieJar, &'static str) {
    (jar.add(Cookie::from(compare::COOKIE)), "OK")
}

async fn signed(jar: SignedCookieJar) -> Result<String, StatusCode> {
    let cookie = jar.get(compare::COOKIE.0).ok_or(StatusCode::FORBIDDEN)?;
    Ok(cookie.value().to_owned())
}

async fn multipart(mut form: Multipart) -> Result<String, MultipartError> {
    let mut length = 0;
    while let Some(mut field) = form.next_field().await? {
        while let Some(chunk) = field.chunk().await? {
            length += chunk.len();
        }
    }
    Ok(length.to_string())
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    // On the worker thread from the first accept on, so that only one thread ever serves.
    let server = runtime.spawn(async {
        let app = Router::new()
            .route("/plaintext", get(plaintext))
            .route("/json", get(json))
            .route("/user/{id}", get(user))
            .route("/fortunes", get(table))
            .route("/multipart", post(multipart))
            .route("/signed/set", get(set_signed))
            .route("/signed", get(signed))
            .with_state(Key::from(compare::KEY));
        let app = match compare::files() {
            Some(directory) => app.nest_service("/static", ServeDir::new(directory)),
            None => app,
        };
        let listener = TcpListener::bind(compare::addr()).await?;
        compare::announce(listener.local_addr()?)?;
        let listener = listener.tap_io(|stream| {
            // A connection that is already gone fails again, and is dropped, on its first read.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await
    });
    runtime.block_on(server)?
}
