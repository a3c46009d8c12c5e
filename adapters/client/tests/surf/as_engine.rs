//! A surf client as an engine: `AsyncHttpClient`, over surf, over our own engine.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_lite::future::block_on;
use http_client::HttpClient;
use surf::middleware::{Middleware, Next};
use surf::{Client, Request, Response, StatusCode};
use waterspout::compat::Refused;
use waterspout::http::{HeaderValue, Method};
use waterspout::{
    Application, AsyncHttpClient, Body, ClientError, ClientErrorKind, Context, FetchRequest, Result,
};
use waterspout_client::HttpEngine;
use waterspout_client::surf::{Backend, SurfEngine};

use crate::server::{Running, pattern};

fn surf() -> Client {
    Client::with_http_client(Backend::new(HttpEngine::new()))
}

fn client() -> AsyncHttpClient {
    AsyncHttpClient::new(SurfEngine::new(surf()))
}

fn refusal(error: &ClientError) -> String {
    let source = std::error::Error::source(error).expect("a source");
    source.to_string()
}

/// A client that answers by itself.
#[derive(Debug)]
struct Canned(fn() -> surf::Result<surf::http::Response>);

#[http_client::async_trait]
impl HttpClient for Canned {
    async fn send(&self, _: http_client::Request) -> surf::Result<surf::http::Response> {
        (self.0)()
    }
}

fn canned(answer: fn() -> surf::Result<surf::http::Response>) -> AsyncHttpClient {
    AsyncHttpClient::new(SurfEngine::over(Canned(answer)))
}

#[test]
fn requests_and_responses_go_through() {
    let server = Running::start();
    let request = FetchRequest::post(server.url("/echo?q=1"))
        .header("x-two", "b")
        .header("x-two", "a")
        .body(pattern(7, 70_000));
    let response = block_on(client().fetch(request)).expect("an answer");
    let head = response.body().strip_suffix(pattern(7, 70_000));
    assert_eq!(head, Some(&b"POST /echo?q=1\nx-two: b\nx-two: a\n"[..]));

    let response = block_on(client().fetch(server.url("/many"))).expect("an answer");
    let cookies = response.headers().get_all("set-cookie").iter();
    assert!(cookies.eq(["a=1", "b=2", "a=3"]));
    assert_eq!(response.body(), pattern(128, 1000));
    assert_ne!(*response.remote(), waterspout::Endpoint::Unknown);

    let response = block_on(client().fetch(FetchRequest::head(server.url("/many")))).expect("an answer");
    assert_eq!(
        (response.header("content-length"), response.body().len()),
        (Some("1000"), 0)
    );
}

#[test]
fn redirects_and_statuses_are_as_with_any_engine() {
    let server = Running::start();
    let response = block_on(client().fetch(server.url("/moved"))).expect("an answer");
    assert_eq!((response.redirects(), response.body().len()), (1, 1000));
    let error = block_on(client().fetch(server.url("/status/404"))).expect_err("a status");
    assert_eq!(
        error.kind(),
        ClientErrorKind::Status(404.try_into().expect("a status"))
    );
    assert_eq!(error.response().expect("the response").body(), "what happened");
}

#[test]
fn streams_go_both_ways_and_are_asked_for_piece_by_piece() {
    let server = Running::start();
    let (mut send, body) = Body::channel(None);
    let request = FetchRequest::post(server.url("/duplex")).body(body);
    let mut stream = block_on(client().stream(request)).expect("an answer");
    block_on(async {
        for at in 0..20 {
            send.send(pattern(at, 1000).into());
            let mut back = Vec::new();
            while back.len() < 1000 {
                back.extend_from_slice(
                    &stream
                        .read_chunk()
                        .await
                        .expect("no error")
                        .expect("it comes back"),
                );
            }
            assert_eq!(back, pattern(at, 1000));
        }
        send.finish(None);
        assert_eq!(stream.read_chunk().await.expect("no error"), None);
    });
}

#[test]
fn what_http_types_has_no_place_for_is_an_error_that_names_it() {
    let server = Running::start();
    let mut obs_text = FetchRequest::get(server.url("/echo"));
    let latin1 = HeaderValue::from_bytes(b"caf\xe9").expect("obs-text");
    obs_text.headers_mut().insert("x-drink", latin1);
    let brew = Method::from_bytes(b"BREW").expect("a method");
    let cases = [
        (obs_text, "field: \"x-drink\" has a value that is not ASCII"),
        (
            FetchRequest::new(brew, server.url("/echo")),
            "method: http-types has no BREW",
        ),
    ];
    for (request, text) in cases {
        let error = block_on(client().fetch(request)).expect_err("refused");
        assert!(
            matches!(error.kind(), ClientErrorKind::InvalidRequest(_)),
            "{error:?}"
        );
        assert_eq!(refusal(&error), text);
    }
    // The backend below has refused these, so what it said comes up through surf.
    for (path, named) in [("/latin1", "x-drink"), ("/status/599", "599")] {
        let error = block_on(client().fetch(server.url(path))).expect_err("refused");
        assert!(matches!(error.kind(), ClientErrorKind::Malformed(_)), "{error:?}");
        assert!(refusal(&error).contains(named), "{error:?}");
    }
}

#[test]
fn errors_keep_their_kind_through_surf() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    let error = block_on(client().fetch(format!("http://{address}/?token=secret"))).expect_err("nobody");
    assert_eq!(error.kind(), ClientErrorKind::Connect);
    assert_eq!(
        error.to_string(),
        format!("http://{address}/?...: cannot connect")
    );

    let server = Running::start();
    let error = block_on(client().fetch(server.url("/fails"))).expect_err("cut off");
    assert_eq!(error.kind(), ClientErrorKind::CutOff);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let request = FetchRequest::get(url).request_timeout(Duration::from_millis(50));
    let error = block_on(client().fetch(request)).expect_err("too late");
    assert_eq!(error.kind(), ClientErrorKind::Timeout);
}

#[test]
fn other_clients_errors_and_bodies_are_seen_through() {
    let late = canned(|| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()));
    let error = block_on(late.fetch("http://example.com/")).expect_err("failed");
    assert_eq!((error.kind(), error.status()), (ClientErrorKind::Timeout, 504));
    let odd = canned(|| Err(surf::Error::from_str(StatusCode::BadRequest, "cannot parse")));
    let error = block_on(odd.fetch("http://example.com/")).expect_err("failed");
    assert_eq!((error.kind(), error.status()), (ClientErrorKind::Io, 502));
    assert_eq!(refusal(&error), "cannot parse");

    // async-h1's client takes such a body for a whole one.
    let short = canned(|| {
        let mut response = surf::http::Response::new(StatusCode::Ok);
        response.set_body(surf::Body::from_reader(&b"half"[..], Some(10)));
        Ok(response)
    });
    let error = block_on(short.fetch("http://example.com/")).expect_err("cut off");
    assert_eq!(error.kind(), ClientErrorKind::CutOff);
    let early = canned(|| Ok(surf::http::Response::new(StatusCode::EarlyHints)));
    let error = block_on(early.fetch("http://example.com/")).expect_err("not final");
    assert!(error.kind() != ClientErrorKind::Io, "{error:?}");
    let source = std::error::Error::source(&error).expect("a source");
    assert!(source.is::<Refused>());
}

/// Counts what passes.
struct Counted(Arc<AtomicUsize>);

#[surf::utils::async_trait]
impl Middleware for Counted {
    async fn handle(&self, request: Request, client: Client, next: Next<'_>) -> surf::Result<Response> {
        self.0.fetch_add(1, Ordering::SeqCst);
        next.run(request, client).await
    }
}

#[test]
fn a_handler_fetches_through_the_middleware_of_surf() {
    async fn page(cx: &mut Context) -> Result {
        let url = cx.get_argument("url")?;
        let response = cx.client().fetch(url).await?;
        cx.write(response.body())
    }
    let server = Running::start();
    let count = Arc::new(AtomicUsize::new(0));
    let engine = SurfEngine::new(surf().with(Counted(count.clone())));
    let app = Application::new().get("/", page).client(engine);
    let app = waterspout_tcp::Server::builder(app)
        .bind("127.0.0.1:0")
        .expect("a free port");
    let url = format!("http://{}/?url={}", app.local_addr(), server.url("/many"));
    let handle = app.handle();
    let running = std::thread::spawn(move || app.run());
    let text = block_on(surf().get(url).recv_bytes()).expect("an answer");
    assert_eq!(
        (text.as_slice(), count.load(Ordering::SeqCst)),
        (pattern(128, 1000), 1)
    );
    handle.shutdown();
    running.join().expect("no panic").expect("a good end");
}
