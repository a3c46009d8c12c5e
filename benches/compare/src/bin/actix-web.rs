//! actix-web with one worker.

use std::io;
use std::net::TcpListener;

use actix_multipart::Multipart;
use actix_web::rt::System;
use actix_web::{App, HttpServer, Responder, error, get, post, web};
use askama::Template;
use compare::Message;
use futures_lite::StreamExt;

#[path = "../../../../examples/support/fortunes.rs"]
mod fortunes;

use fortunes::Fortunes;

#[get("/plaintext")]
async fn plaintext() -> impl Responder {
    compare::HELLO
}

#[get("/json")]
async fn json() -> impl Responder {
    web::Json(Message::HELLO)
}

#[get("/fortunes")]
async fn table() -> actix_web::Result<impl Responder> {
    let page = Fortunes::TWELVE.render();
    Ok(web::Html::new(page.map_err(error::ErrorInternalServerError)?))
}

#[get("/user/{id}")]
async fn user(id: web::Path<String>) -> impl Responder {
    id.into_inner()
}

#[post("/multipart")]
async fn multipart(mut form: Multipart) -> actix_web::Result<impl Responder> {
    let mut length = 0;
    while let Some(mut field) = form.try_next().await? {
        while let Some(chunk) = field.try_next().await? {
            length += chunk.len();
        }
    }
    Ok(length.to_string())
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(compare::addr())?;
    let addr = listener.local_addr()?;
    System::new().block_on(async {
        let server = HttpServer::new(|| {
            App::new()
                .service(plaintext)
                .service(json)
                .service(user)
                .service(table)
                .service(multipart)
        })
        .workers(1)
        .tcp_nodelay(true)
        .disable_signals()
        .listen(listener)?
        .run();
        compare::announce(addr)?;
        server.await
    })
}
