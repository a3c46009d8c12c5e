//! One program of many crates that know nothing of each other: async-std runs it, async-h1 carries its bodies, a tide
//! application is mounted in it, surf fetches over waterspout's client, async-tungstenite speaks on the WebSocket that
//! echoes, Askama writes the pages, and oauth2 logs in at a provider that the program has for itself.
//!
//! `cargo run -p http_rs [ADDR]`, then open http://127.0.0.1:8888/. `ADDR` is an address and a port.

#![allow(clippy::print_stdout, reason = "a program speaks on its standard output")]

mod echo;
mod login;
mod once;
mod provider;

use std::net::TcpListener;

use waterspout::Url;
use waterspout::compat::Endpoint;
use waterspout::prelude::*;
use waterspout_client::surf::{Backend, client_error};
use waterspout_tcp::{Engine, Runtime, Server};

use echo::Echo;

/// Where the program is reached: never taken from a request.
struct Own(Url);

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: &'static str,
    text: String,
}

fn page(cx: &mut Context, title: &'static str, text: impl Into<String>) -> Result {
    let text = text.into();
    cx.render(Page { title, text })
}

async fn home(cx: &mut Context) -> Result {
    page(cx, "One program", "Of eight crates & their <types>.")
}

/// surf, over the engine and with the limits of this application.
async fn fetch(cx: &mut Context) -> Result {
    let url = cx.state::<Own>()?.0.join("/tide/hello/surf")?;
    let surf = surf::Client::with_http_client(Backend::from(cx.client()));
    let text = surf.get(url).recv_string().await.map_err(client_error)?;
    page(cx, "Fetched by surf", text)
}

fn tide() -> tide::Server<()> {
    let mut app = tide::new();
    app.at("/hello/:name").get(async |request: tide::Request<()>| {
        let name = request.param("name")?;
        Ok(format!("Hello, {name}, says tide at {}", request.url().path()))
    });
    app
}

fn app(own: Url) -> Result<Application> {
    let tide = tide();
    let mounted = Endpoint::new(move |request| {
        let tide = tide.clone();
        async move { tide.respond(request).await }
    });
    let app = Application::new()
        .get("/", home)
        .get("/fetch", fetch)
        .websocket_with("/echo", echo::options(), || Echo)
        .route("/tide/{*rest}", mounted.nest("/tide"));
    let app = provider::routes(app, &own)?;
    Ok(login::routes(app, &own)?.state(Own(own)))
}

fn main() -> Result {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8888".into());
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let server = Server::builder(app(Url::parse(&format!("http://{address}/"))?)?)
        .runtime(Runtime::AsyncStd)
        .engine(Engine::AsyncH1)
        .signals(true)
        .listener(listener)?;
    println!("listening on {address}");
    server.run()
}
