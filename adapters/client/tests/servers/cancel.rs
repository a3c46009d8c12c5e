//! Whoever loses interest drops what it holds: the server sees the end.

use std::time::Duration;

use futures_lite::future::{block_on, poll_once, zip};
use waterspout::{Body, FetchRequest};

use crate::fetch::{builder, client, client_over, stream, text};
use crate::server::{Gate, Server, each};

/// Drives a fetch until the server has received something, and drops it.
fn begin_and_drop(server: &Server, request: FetchRequest, received: usize) {
    let client = client();
    let mut fetch = client.fetch(request);
    block_on(async {
        let reached = || {
            server.eventually_within(Duration::from_millis(1), |state| {
                state
                    .received
                    .first()
                    .is_some_and(|bytes| bytes.len() >= received)
            })
        };
        while !reached() {
            assert!(poll_once(&mut fetch).await.is_none());
        }
    });
    drop(fetch);
    // The client lives on: it is the fetch that ends the connection.
    assert!(server.sees_closed(1), "its connection is left open");
    drop(client);
}

#[test]
fn before_the_head() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.wait_closed();
        });
        begin_and_drop(&server, FetchRequest::get(server.url("/")), 10);
    });
}

#[test]
fn in_the_head() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.send("HTTP/1.1 200 OK\r\nContent-Le");
            connection.wait_closed();
        });
        begin_and_drop(&server, FetchRequest::get(server.url("/")), 10);
    });
}

#[test]
fn while_sending() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.wait_closed();
        });
        let piece = || Some((Ok::<_, std::io::Error>(vec![0; 1000].into()), ()));
        let endless = futures_lite::stream::unfold((), move |()| async move { piece() });
        let request = FetchRequest::post(server.url("/")).body(Body::from_stream(endless));
        begin_and_drop(&server, request, 1 << 20);
    });
}

#[test]
fn in_the_handshake() {
    let server = Server::plain(|connection| {
        connection.wait_closed();
    });
    let url = server.url("/").replace("http:", "https:");
    begin_and_drop(&server, FetchRequest::get(url), 10);
}

#[test]
fn in_the_body() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
            connection.wait_closed();
        });
        let client = client();
        let mut pieces = stream(&client, server.url("/")).expect("a head");
        let first = block_on(pieces.read_chunk()).expect("a piece");
        assert_eq!(first.expect("a piece"), "hello");
        drop(pieces);
        assert!(server.sees_closed(1), "its connection is left open");
    });
}

/// A body that nobody reads is not read: the server is held back, and not for ever.
#[test]
fn unread() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\n");
            let mut sent = 0;
            while connection.send(vec![b'x'; 1 << 16]) {
                sent += 1 << 16;
                assert!(sent < 24 << 20, "{sent} bytes went somewhere");
            }
        });
        let pieces = stream(&client(), server.url("/")).expect("a head");
        std::thread::sleep(Duration::from_millis(300));
        assert!(!server.eventually_within(Duration::ZERO, |state| state.ended > 0));
        drop(pieces);
        assert!(server.eventually(|state| state.ended == 1));
    });
}

/// One that is dropped does not take its neighbours along.
#[test]
fn beside_others() {
    each(|identity| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = Server::start(identity, move |connection| {
            let Some(request) = connection.request() else {
                return;
            };
            opened.wait();
            connection.answer("200 OK", &request.target);
            connection.serve(|request| request.target.clone());
        });
        let client = client_over(builder().connections_per_host(3));
        let mut fetches: Vec<_> = (0..3)
            .map(|number| client.fetch(server.url(&format!("/{number}"))))
            .collect();
        block_on(async {
            let began =
                || server.eventually_within(Duration::from_millis(1), |state| state.requests.len() == 3);
            while !began() {
                for fetch in &mut fetches {
                    assert!(poll_once(fetch).await.is_none());
                }
            }
            drop(fetches.remove(1));
            gate.open();
            let (last, first) = (fetches.pop().expect("three"), fetches.pop().expect("two"));
            let (first, last) = zip(first, last).await;
            assert_eq!(first.expect("a response").body(), "/0");
            assert_eq!(last.expect("a response").body(), "/2");
        });
        assert_eq!(text(&client, server.url("/3")), "/3");
    });
}
