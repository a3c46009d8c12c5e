//! The same on every executor, and on none: the client brings its own sockets and timers.

use std::thread;
use std::time::Duration;

use futures_lite::future::zip;
use waterspout::{AsyncHttpClient, Body, ClientErrorKind, FetchRequest};

use crate::fetch::client;
use crate::identity::Identity;
use crate::server::{Request, Server};

struct Servers {
    plain: Server,
    tls: Server,
}

fn servers() -> Servers {
    let start = |identity| {
        Server::start(identity, |connection| {
            while let Some(request) = connection.request() {
                match request.target.as_str() {
                    "/302" => connection.answer_with("302 Found", "Location: /new\r\n", ""),
                    "/stall" => connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"),
                    "/slow" => {
                        connection.send("HTTP/1.1 200 OK\r\n\r\n");
                        for _ in 0..20 {
                            thread::sleep(Duration::from_millis(5));
                            connection.send("x");
                        }
                        return;
                    }
                    _ => connection.answer("200 OK", Request::text(&request) + &request.target),
                };
            }
        })
    };
    Servers {
        plain: start(None),
        tls: start(Some(Identity::Good)),
    }
}

/// A bit of everything.
async fn smoke(client: AsyncHttpClient, plain: String, tls: String) {
    for url in [plain, tls] {
        let text = async |request: FetchRequest| {
            let response = client.fetch(request).await.expect("a response");
            response.text().expect("text")
        };
        assert_eq!(text(FetchRequest::get(format!("{url}get"))).await, "/get");
        assert_eq!(text(FetchRequest::get(format!("{url}302"))).await, "/new");
        let pieces = futures_lite::stream::iter([Ok::<_, std::io::Error>("a".into()), Ok("b".into())]);
        let post = FetchRequest::post(format!("{url}post")).body(Body::from_stream(pieces));
        assert_eq!(text(post).await, "ab/post");
        let both = zip(
            text(FetchRequest::get(format!("{url}1"))),
            text(FetchRequest::get(format!("{url}2"))),
        );
        assert_eq!(both.await, ("/1".into(), "/2".into()));
        let stall = FetchRequest::get(format!("{url}stall")).request_timeout(Duration::from_millis(100));
        let error = client.fetch(stall).await.expect_err("it stalls");
        assert_eq!(error.kind(), ClientErrorKind::Timeout);
        let mut slow = client.stream(format!("{url}slow")).await.expect("a head");
        let mut read = 0;
        while let Some(piece) = slow.read_chunk().await.expect("a piece") {
            read += piece.len();
        }
        assert_eq!(read, 20);
    }
}

fn on(run: impl FnOnce(std::pin::Pin<Box<dyn Future<Output = ()> + Send>>)) {
    let servers = servers();
    run(Box::pin(smoke(
        client(),
        servers.plain.url("/"),
        servers.tls.url("/"),
    )));
}

#[test]
fn on_a_parked_thread() {
    on(futures_lite::future::block_on);
}

#[test]
fn on_async_io() {
    on(smol::block_on);
}

#[test]
fn on_smol() {
    on(|smoke| smol::block_on(smol::spawn(smoke)));
}

#[test]
fn on_async_std() {
    on(|smoke| async_std::task::block_on(async_std::task::spawn(smoke)));
}

/// Without its own reactor and its own clock.
#[test]
fn on_tokio() {
    on(|smoke| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async { runtime.spawn(smoke).await.expect("no panic") });
    });
}

#[test]
fn on_tokio_in_one_thread() {
    on(|smoke| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(smoke);
    });
}

/// A connection made under one executor goes on under another.
#[test]
fn from_one_to_another() {
    let servers = servers();
    let client = client();
    for url in [servers.plain.url("/x"), servers.tls.url("/x")] {
        smol::block_on(client.fetch(&url)).expect("a response");
        async_std::task::block_on(client.fetch(&url)).expect("a response");
        let mut stream = smol::block_on(client.stream(&url)).expect("a head");
        let piece = thread::spawn(move || futures_lite::future::block_on(stream.read_chunk()));
        let piece = piece.join().expect("no panic").expect("a piece");
        assert_eq!(piece.expect("a piece"), "/x");
    }
    assert_eq!((servers.plain.connections(), servers.tls.connections()), (1, 1));
}

/// An executor that takes its time with whoever has been woken, as on a busy machine, loses nothing. In a process of its
/// own: what others wait for moves the reactor on and hides what is lost.
#[test]
fn on_a_slow_thread() {
    let servers = servers();
    for server in [&servers.plain, &servers.tls] {
        let said = crate::child::run(&["slowly", &server.url("/slow")], &[]);
        assert_eq!(said, "x".repeat(20));
    }
}
