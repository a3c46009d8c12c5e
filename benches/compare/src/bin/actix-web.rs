//! actix-web with one worker.

use std::io;
use std::net::TcpListener;

use actix_multipart::Multipart;
use actix_web::cookie::{Cookie, CookieJar, Key};
use actix_web::rt::System;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Responder, error, get, post, web};
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

#[get("/signed/set")]
async fn set_signed(key: web::Data<Key>) -> impl Responder {
    let (name, value) = compare::COOKIE;
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(Cookie::new(name, value));
    let mut response = HttpResponse::Ok();
    jar.delta().for_each(|cookie| {
        response.cookie(cookie.clone());
    });
    response.body("OK")
}

#[get("/signed")]
async fn signed(request: HttpRequest, key: web::Data<Key>) -> actix_web::Result<impl Responder> {
    let mut jar = CookieJar::new();
    if let Some(cookie) = request.cookie(compare::COOKIE.0) {
        jar.add_original(cookie);
    }
    let cookie = jar.signed(&key).get(compare::COOKIE.0);
    let cookie = cookie.ok_or_else(|| error::ErrorForbidden("no cookie of ours"))?;
    Ok(cookie.value().to_owned())
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
        let key = web::Data::new(Key::from(compare::KEY));
        let server = HttpServer::new(move || {
            let app = App::new()
                .app_data(key.clone())
                .service(set_signed)
                .service(signed)
                .service(plaintext)
                .service(json)
                .service(user)
                .service(table)
                .service(multipart);
            match compare::files() {
                Some(directory) => app.service(actix_files::Files::new("/static", directory)),
                None => app,
            }
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
