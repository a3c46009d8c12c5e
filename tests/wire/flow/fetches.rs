//! Handlers that fetch: the adapter's client, on every runtime.

use std::net::SocketAddr;
use std::thread;

use waterspout::prelude::*;
use waterspout::{Limits, Settings};
use waterspout_tcp::{Runtime, Server};

use crate::client::Client;

/// Who asked, as the server sees it.
async fn who(cx: &mut Context) -> Result {
    let remote = cx.request().peer().map(|peer| peer.remote.to_string());
    cx.write(remote.unwrap_or_default())
}

/// Fetches the URL of the argument, awaited.
async fn awaited(cx: &mut Context) -> Result {
    let url = cx.get_argument("url")?;
    let response = cx.client().fetch(url).await?;
    cx.write(response.into_body())
}

/// The same the callback way.
async fn called_back(cx: &mut Context) -> Result {
    let url = cx.get_argument("url")?;
    let finisher = cx.detach();
    cx.client().fetch_with(url, |result| match result {
        Ok(response) => finisher.finish(response.into_body()),
        Err(error) => finisher.fail(error),
    });
    Ok(())
}

fn start(runtime: Runtime) -> (SocketAddr, waterspout_tcp::Handle) {
    let mut limits = Limits::default();
    limits.client.connections_per_host = 1;
    let app = Application::new()
        .get("/who", who)
        .get("/awaited", awaited)
        .get("/called-back", called_back)
        .settings(Settings {
            limits,
            ..Settings::default()
        });
    let server = Server::builder(app)
        .runtime(runtime)
        .threads(2)
        .bind("127.0.0.1:0")
        .expect("a free port");
    let found = (server.local_addr(), server.handle());
    thread::spawn(move || server.run());
    found
}

#[test]
fn a_handler_fetches_over_one_kept_connection() {
    thread::scope(|scope| {
        for &runtime in Runtime::ALL {
            scope.spawn(move || {
                let (address, handle) = start(runtime);
                let ask = |path: &str| {
                    let url = format!("{path}?url=http://{address}/who");
                    let mut client = Client::ask(address, format!("GET {url} HTTP/1.1\r\nHost: h\r\n\r\n"));
                    client.response()
                };
                let first = ask("/awaited");
                assert_eq!(first.status, 200);
                assert!(first.text().starts_with("127.0.0.1:"), "{}", first.text());
                assert_eq!(ask("/awaited").text(), first.text(), "the connection was kept");
                assert_eq!(ask("/called-back").text(), first.text());
                handle.shutdown();
            });
        }
    });
}

#[test]
fn a_dead_host_is_a_bad_gateway() {
    let (address, handle) = start(Runtime::ALL[0]);
    for path in ["/awaited", "/called-back"] {
        // Nobody listens on port 1.
        let url = format!("{path}?url=http://127.0.0.1:1/secret");
        let mut client = Client::ask(address, format!("GET {url} HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert_eq!(client.response().status, 502);
    }
    handle.shutdown();
}
