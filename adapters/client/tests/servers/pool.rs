//! Connections that are kept, counted, lent, and thrown away in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use futures_lite::future::{block_on, poll_once};
use waterspout::{Body, ClientErrorKind, FetchRequest};

use crate::connection::Connection;
use crate::fetch::{builder, client, client_over, fetch, kind, stream, text};
use crate::server::{Gate, Server, each};

/// Time for something that must not happen.
const MOMENT: Duration = Duration::from_millis(100);

fn post(url: String) -> FetchRequest {
    FetchRequest::post(url).body("paid")
}

/// Answers each request with its target.
fn echo(connection: &mut Connection) {
    connection.serve(|request| request.target.clone());
}

#[test]
fn a_connection_is_used_again() {
    each(|identity| {
        let server = Server::start(identity, echo);
        let client = client();
        for number in 0..10 {
            let path = format!("/{number}");
            assert_eq!(text(&client, server.url(&path)), path);
            assert_eq!(text(&client, post(server.url(&path))), path);
        }
        assert_eq!((server.connections(), server.requests().len()), (1, 20));
        assert_eq!(
            server.requests()[0].field("host"),
            Some(server.authority().as_str())
        );
        drop(client);
        assert!(server.sees_closed(1), "it outlives its client");
    });
}

/// The certificate of one name says nothing about another, and a proxy in front of both may tell them apart.
#[test]
fn names_do_not_share_connections() {
    each(|identity| {
        let server = Server::start(identity, echo);
        let client = client();
        for (name, connections) in [("a.test", 1), ("b.test", 2), ("A.TEST", 2), ("b.test", 2)] {
            assert_eq!(text(&client, server.url_of(name, "/")), "/");
            assert_eq!(server.connections(), connections, "{name}");
        }
    });
}

#[test]
fn a_response_dropped_unread_reaches_nobody() {
    each(|identity| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = Server::start(identity, move |connection| {
            let Some(request) = connection.request() else {
                return;
            };
            if request.target != "/first" {
                connection.answer("200 OK", "second");
                return;
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
            opened.wait();
            connection.answer("200 OK", "evil");
            connection.wait_closed();
        });
        let client = client();
        drop(stream(&client, server.url("/first")).expect("a head"));
        gate.open();
        assert!(server.sees_closed(1), "the first is still open");
        assert_eq!(text(&client, server.url("/second")), "second");
        assert_eq!(server.connections(), 2);
    });
}

/// Bytes that come on an idle connection are not the answer to what is asked next.
#[test]
fn unasked_bytes_reach_nobody() {
    each(|identity| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = Server::start(identity, move |connection| {
            let Some(request) = connection.request() else {
                return;
            };
            connection.answer("200 OK", &request.target);
            if connection.number == 0 {
                opened.wait();
                connection.answer("200 OK", "evil");
                connection.note(&request);
                connection.wait_closed();
            }
        });
        let client = client();
        assert_eq!(text(&client, server.url("/first")), "/first");
        gate.open();
        assert!(server.eventually(|state| state.requests.len() == 2));
        thread::sleep(MOMENT);
        assert_eq!(text(&client, post(server.url("/second"))), "/second");
        assert_eq!(server.connections(), 2);
    });
}

/// A server that closes an idle connection is noticed before the next request is sent: not even a POST is lost.
#[test]
fn a_closed_connection_is_not_used() {
    each(|identity| {
        for cut in [false, true] {
            let server = Server::start(identity, move |connection| {
                let Some(request) = connection.request() else {
                    return;
                };
                connection.answer("200 OK", &request.target);
                if cut {
                    connection.cut();
                }
            });
            let client = client();
            for number in 1..=3 {
                assert_eq!(text(&client, post(server.url("/"))), "/");
                assert!(server.eventually(|state| state.ended == number));
            }
            assert_eq!((server.connections(), server.requests().len()), (3, 3));
        }
    });
}

/// Answers the first request of the first connection, closes it at its second.
fn tired(connection: &mut Connection) {
    let Some(request) = connection.request() else {
        return;
    };
    connection.answer("200 OK", &request.target);
    if connection.request().is_some() && connection.number > 0 {
        connection.answer("200 OK", "a second chance");
    }
}

#[test]
fn an_idempotent_request_has_a_second_try() {
    each(|identity| {
        let request = |method: &str, url: String| FetchRequest::new(method.parse().expect("a method"), url);
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
            let server = Server::start(identity, tired);
            let client = client();
            assert_eq!(text(&client, server.url("/first")), "/first");
            let again = request(method, server.url("/again")).body(if method == "PUT" { "all" } else { "" });
            assert!(fetch(&client, again).is_ok(), "{method}");
            let line = format!("{method} /again");
            assert_eq!(server.lines(), ["GET /first".to_owned(), line.clone(), line]);
            let requests = server.requests();
            assert_eq!((requests[1].connection, requests[2].connection), (0, 1));
            assert_eq!(requests[1].body, requests[2].body);
        }
    });
}

#[test]
fn what_may_have_been_done_is_not_done_twice() {
    each(|identity| {
        let once = |request: fn(String) -> FetchRequest| {
            let server = Server::start(identity, tired);
            let client = client();
            assert_eq!(text(&client, server.url("/first")), "/first");
            assert_eq!(
                kind(&client, request(server.url("/pay"))),
                ClientErrorKind::NoResponse
            );
            assert_eq!(server.requests().len(), 2);
            assert_eq!(text(&client, server.url("/next")), "/next");
        };
        once(post);
        once(FetchRequest::post);
        once(|url| FetchRequest::patch(url).body("some"));
        // A stream is gone once it has been sent.
        once(|url| {
            let pieces = futures_lite::stream::iter([Ok::<_, std::io::Error>("all".into())]);
            FetchRequest::put(url).body(Body::from_stream(pieces))
        });
    });
}

/// A server that never answers is not asked for ever.
#[test]
fn a_new_connection_has_no_second_try() {
    each(|identity| {
        let server = Server::start(identity, |connection| drop(connection.request()));
        assert_eq!(kind(&client(), server.url("/")), ClientErrorKind::NoResponse);
        assert_eq!(server.requests().len(), 1);
    });
}

#[test]
fn an_answer_that_began_has_no_second_try() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            let Some(_) = connection.request() else { return };
            connection.answer("200 OK", "");
            let Some(_) = connection.request() else { return };
            connection.send("HTTP/1.1 2");
        });
        let client = client();
        assert_eq!(text(&client, server.url("/first")), "");
        assert_eq!(kind(&client, server.url("/second")), ClientErrorKind::CutOff);
        assert_eq!(server.requests().len(), 2);
    });
}

#[test]
fn only_so_many_connections_to_a_host() {
    each(|identity| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = Server::start(identity, move |connection| {
            while connection.request().is_some() {
                opened.wait();
                connection.answer("200 OK", "hi");
            }
        });
        let client = client_over(builder().connections_per_host(2));
        thread::scope(|scope| {
            let fetches: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| text(&client, server.url("/"))))
                .collect();
            assert!(server.eventually(|state| state.requests.len() == 2));
            thread::sleep(MOMENT);
            assert_eq!((server.connections(), server.requests().len()), (2, 2));
            gate.open();
            for fetch in fetches {
                assert_eq!(fetch.join().expect("no panic"), "hi");
            }
        });
        assert_eq!((server.connections(), server.requests().len()), (2, 8));
    });
}

#[test]
fn who_waits_goes_on_when_a_stream_is_dropped() {
    let server = Server::plain(|connection| {
        while let Some(request) = connection.request() {
            if request.target == "/long" {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
                connection.wait_closed();
                return;
            }
            connection.answer("200 OK", "hi");
        }
    });
    let client = client_over(builder().connections_per_host(1));
    let long = stream(&client, server.url("/long")).expect("a head");
    let mut waiter = client.fetch(server.url("/short"));
    block_on(async {
        assert!(poll_once(&mut waiter).await.is_none());
        drop(long);
        assert_eq!(waiter.await.expect("a response").body(), "hi");
    });
    assert_eq!(server.lines(), ["GET /long", "GET /short"]);
}

/// One place and a crowd: whoever gives up, whatever the place was about to be given to, the rest goes on.
#[test]
fn a_waiter_that_gives_up_frees_its_place() {
    // The round up to which requests are answered.
    let answered = Arc::new(AtomicU32::new(0));
    let reached = answered.clone();
    let server = Server::plain(move |connection| {
        while let Some(request) = connection.request() {
            let round: u32 = request.target[1..].parse().expect("a number");
            while reached.load(Ordering::SeqCst) < round {
                thread::sleep(Duration::from_millis(1));
            }
            if !connection.answer("200 OK", &request.target) {
                return;
            }
        }
    });
    let client = client_over(builder().connections_per_host(1));
    block_on(async {
        for round in 1..=32_u32 {
            let path = format!("/{round}");
            let mut crowd: Vec<_> = (0..5).map(|_| Some(client.fetch(server.url(&path)))).collect();
            for waiter in crowd.iter_mut().flatten() {
                assert!(poll_once(waiter).await.is_none());
            }
            // Each of the five stays or goes, in all 32 ways; the first has the place.
            for (number, waiter) in crowd.iter_mut().enumerate() {
                if round & (1 << number) == 0 {
                    *waiter = None;
                }
            }
            answered.store(round, Ordering::SeqCst);
            for waiter in crowd.into_iter().flatten() {
                assert_eq!(waiter.await.expect("a response").body(), path.as_bytes());
            }
            let last = client.fetch(server.url(&path)).await;
            assert_eq!(last.expect("a response").body(), path.as_bytes());
        }
    });
}

#[test]
fn the_wait_counts_toward_the_time() {
    let gate = Gate::default();
    let opened = gate.clone();
    let server = Server::plain(move |connection| {
        while connection.request().is_some() {
            opened.wait();
            connection.answer("200 OK", "hi");
        }
    });
    let client = client_over(builder().connections_per_host(1));
    let mut first = client.fetch(server.url("/"));
    block_on(async {
        assert!(poll_once(&mut first).await.is_none());
        let second = FetchRequest::get(server.url("/")).request_timeout(MOMENT);
        let error = client.fetch(second).await.expect_err("no place");
        assert_eq!(error.kind(), ClientErrorKind::Timeout);
        gate.open();
        assert_eq!(first.await.expect("a response").body(), "hi");
    });
    assert_eq!((server.connections(), server.requests().len()), (1, 1));
}

/// A place whose connection never came about is given back.
#[test]
fn a_failed_connection_frees_its_place() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://a.test:{}/", port.local_addr().expect("bound").port());
    drop(port);
    let client = client_over(builder().connections_per_host(1));
    for _ in 0..5 {
        assert_eq!(kind(&client, &url), ClientErrorKind::Connect);
    }
}

#[test]
fn an_idle_connection_is_not_kept_for_ever() {
    each(|identity| {
        let server = Server::start(identity, echo);
        let client = client_over(builder().idle_timeout(MOMENT));
        assert_eq!(text(&client, server.url("/")), "/");
        thread::sleep(3 * MOMENT);
        assert_eq!(text(&client, server.url("/")), "/");
        assert_eq!(server.connections(), 2);
        assert!(server.sees_closed(1));
    });
}

/// The body has been asked for to its last byte, and its end not: the connection goes back all the same.
#[test]
fn a_stream_read_to_its_end_gives_its_connection_back() {
    each(|identity| {
        let server = Server::start(identity, echo);
        let client = client();
        for _ in 0..3 {
            let mut stream = stream(&client, server.url("/a-path")).expect("a head");
            block_on(async {
                let mut body = Vec::new();
                while let Some(piece) = stream.read_chunk().await.expect("a piece") {
                    body.extend(piece);
                }
                assert_eq!(body, b"/a-path");
            });
        }
        assert_eq!(server.connections(), 1);
    });
}
