//! What a request carries: how it is framed, how far it is read ahead, how it fails.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use futures_lite::future::{block_on, yield_now};
use http::HeaderMap;
use waterspout::{Body, BodyError, ClientErrorKind, FetchRequest, Frame, HttpBody, SizeHint};

use crate::fetch::{client, failure, fetch, kind, stream, text};
use crate::server::{Gate, Server, each};

const PIECE: usize = 16 << 10;
/// What the kernel's buffers of both sides may hold, and what we may hold besides.
const BUFFERED: usize = 24 << 20;

/// A body of so many pieces, which counts those that were taken.
#[derive(Default)]
struct Source {
    frames: Vec<Result<Frame<Bytes>, BodyError>>,
    endless: bool,
    says: Option<u64>,
    taken: Arc<AtomicUsize>,
}

impl HttpBody for Source {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.taken.fetch_add(1, Ordering::SeqCst);
        if self.endless {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; PIECE])))));
        }
        let next = (!self.frames.is_empty()).then(|| self.frames.remove(0));
        Poll::Ready(next)
    }

    fn size_hint(&self) -> SizeHint {
        self.says.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn pieces(pieces: &[&'static str]) -> Source {
    let frame = |piece: &&'static str| Ok(Frame::data(Bytes::from_static(piece.as_bytes())));
    Source {
        frames: pieces.iter().map(frame).collect(),
        ..Source::default()
    }
}

fn echo(connection: &mut crate::connection::Connection) {
    connection.serve(crate::server::Request::text);
}

#[test]
fn each_body_has_its_framing() {
    type Framing = (Option<&'static str>, Option<&'static str>);
    each(|identity| {
        let server = Server::start(identity, echo);
        let client = client();
        let table: [(&str, Body, &str, Framing); 9] = [
            ("POST", Body::from("hello"), "hello", (Some("5"), None)),
            ("GET", Body::from("hello"), "hello", (Some("5"), None)),
            (
                "POST",
                Body::new(pieces(&["hel", "", "lo"])),
                "hello",
                (None, Some("chunked")),
            ),
            ("POST", Body::new(pieces(&[])), "", (None, Some("chunked"))),
            (
                "PUT",
                Body::new(Source {
                    says: Some(5),
                    ..pieces(&["hel", "lo"])
                }),
                "hello",
                (Some("5"), None),
            ),
            ("POST", Body::empty(), "", (Some("0"), None)),
            ("PUT", Body::empty(), "", (Some("0"), None)),
            ("GET", Body::empty(), "", (None, None)),
            ("DELETE", Body::empty(), "", (None, None)),
        ];
        for (method, body, content, framing) in table {
            let method = method.parse().expect("a method");
            let request = FetchRequest::new(method, server.url("/")).body(body);
            assert_eq!(text(&client, request), content);
            let request = server.requests().pop().expect("a request");
            let found = (
                request.field("content-length"),
                request.field("transfer-encoding"),
            );
            assert_eq!(found, framing, "{} {content:?}", request.method);
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn trailers_are_sent() {
    let server = Server::plain(echo);
    let mut source = pieces(&["hello"]);
    let trailers = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-sum"),
        http::HeaderValue::from_static("7"),
    )]);
    source.frames.push(Ok(Frame::trailers(trailers)));
    let request = FetchRequest::post(server.url("/")).body(Body::new(source));
    assert_eq!(text(&client(), request), "hello");
    let received = server.received(0);
    assert!(
        received.ends_with(b"0\r\nx-sum: 7\r\n\r\n"),
        "{}",
        String::from_utf8_lossy(&received)
    );
}

/// A server that does not read stops who produces.
#[test]
fn a_slow_server_holds_the_body_back() {
    each(|identity| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = Server::start(identity, move |connection| {
            let request = connection.head().expect("a head");
            connection.note(&request);
            connection.forget();
            opened.wait();
            let mut read = 0;
            while let Some(Some(chunk)) = connection.chunk() {
                read += chunk.len();
                if read >= BUFFERED / 2 {
                    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
                    return;
                }
            }
        });
        let source = Source {
            endless: true,
            ..Source::default()
        };
        let taken = source.taken.clone();
        let request = FetchRequest::post(server.url("/")).body(Body::new(source));
        let client = client();
        thread::scope(|scope| {
            let fetch = scope.spawn(|| text(&client, request));
            assert!(server.eventually(|state| !state.requests.is_empty()));
            let settled = settled(&taken) * PIECE;
            assert!(
                settled > 0 && settled < BUFFERED,
                "{settled} bytes went somewhere"
            );
            gate.open();
            assert_eq!(fetch.join().expect("no panic"), "hi");
        });
    });
}

/// Waits until a count has not changed for a while.
fn settled(count: &AtomicUsize) -> usize {
    loop {
        let before = count.load(Ordering::SeqCst);
        thread::sleep(Duration::from_millis(300));
        if before > 0 && count.load(Ordering::SeqCst) == before {
            return before;
        }
    }
}

/// An answer that comes early counts, and what was still to be sent is not.
#[test]
fn a_refusal_while_sending() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            let request = connection.head().expect("a head");
            connection.note(&request);
            connection.forget();
            connection.chunk().expect("a first chunk");
            connection.send(
                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 8\r\n\r\ntoo much",
            );
            connection.wait_closed();
        });
        let source = Source {
            endless: true,
            ..Source::default()
        };
        let taken = source.taken.clone();
        let request = FetchRequest::post(server.url("/")).body(Body::new(source));
        let error = failure(&client(), request);
        assert_eq!(
            error.kind(),
            ClientErrorKind::Status(http::StatusCode::PAYLOAD_TOO_LARGE)
        );
        assert_eq!(error.response().expect("a response").body(), "too much");
        let after = taken.load(Ordering::SeqCst);
        assert!(server.sees_closed(1), "it is kept, or still sent to");
        assert_eq!(taken.load(Ordering::SeqCst), after);
        assert_eq!(server.requests().len(), 1);
    });
}

/// While the answer of one who refuses is read, nothing more is sent.
#[test]
fn a_refusal_at_length() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.head().expect("a head");
            connection.forget();
            connection.chunk().expect("a first chunk");
            let head = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 8\r\n\r\n";
            connection.send(head);
            connection.send("too ");
            thread::sleep(Duration::from_millis(300));
            connection.send("much");
            connection.wait_closed();
        });
        let source = Source {
            endless: true,
            ..Source::default()
        };
        let taken = source.taken.clone();
        let request = FetchRequest::post(server.url("/")).body(Body::new(source));
        let mut pieces = stream(&client(), request.raise_error(false)).expect("a head");
        let before = taken.load(Ordering::SeqCst);
        let mut text = Vec::new();
        while let Some(piece) = block_on(pieces.read_chunk()).expect("a piece") {
            text.extend(piece);
        }
        assert_eq!(text, b"too much");
        assert_eq!(taken.load(Ordering::SeqCst), before, "the body is still read");
    });
}

/// The same from a server that closes at once and reads nothing more: its answer is read before the connection's failure
/// is told.
#[test]
fn a_refusal_and_a_closed_door() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.head().expect("a head");
            connection.answer_with("413 Content Too Large", "Connection: close\r\n", "too much");
        });
        let source = Source {
            endless: true,
            ..Source::default()
        };
        let request = FetchRequest::post(server.url("/")).body(Body::new(source));
        assert_eq!(
            kind(&client(), request),
            ClientErrorKind::Status(http::StatusCode::PAYLOAD_TOO_LARGE)
        );
    });
}

/// While the response is read the rest of the request goes on: both may wait for each other.
#[test]
fn both_ways_at_once() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.head().expect("a head");
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while let Some(Some(chunk)) = connection.chunk() {
                connection.send([format!("{:x}\r\n", chunk.len()).as_bytes(), &chunk, b"\r\n"].concat());
            }
            connection.send("0\r\n\r\n");
            connection.serve(|_| "next".into());
        });
        let (mut sender, body) = Body::channel(None);
        let client = client();
        let mut pieces = stream(&client, FetchRequest::post(server.url("/")).body(body)).expect("a head");
        block_on(async {
            for word in ["one", "two", "three"] {
                sender.send(word.into());
                let piece = pieces.read_chunk().await.expect("a piece");
                assert_eq!(piece.expect("a piece"), word);
                yield_now().await;
            }
            sender.finish(None);
            assert_eq!(pieces.read_chunk().await.expect("the end"), None);
        });
        assert_eq!(text(&client, server.url("/next")), "next");
        assert_eq!(server.connections(), 1, "both messages ended well");
    });
}

/// What fails on our side is no whole request on theirs.
#[test]
fn a_body_that_fails() {
    each(|identity| {
        for says in [None, Some(10)] {
            let server = Server::start(identity, |connection| {
                assert_eq!(connection.request(), None, "it is whole");
                connection.note(&crate::server::Request::default());
            });
            let mut source = pieces(&["hello"]);
            source.says = says;
            source.frames.push(Err(BodyError::other("the disk is gone")));
            let request = FetchRequest::post(server.url("/")).body(Body::new(source));
            let error = failure(&client(), request);
            assert_eq!(error.kind(), ClientErrorKind::RequestBody);
            assert!(crate::fetch::chain(&error).contains("the disk is gone"));
            assert!(error.to_string().contains(&server.url("/")), "{error}");
            assert!(server.eventually(|state| state.requests.len() == 1));
        }
    });
}

#[test]
fn a_body_that_is_not_as_long_as_it_says() {
    each(|identity| {
        for says in [4, 6] {
            let server = Server::start(identity, move |connection| {
                if let Some(request) = connection.head() {
                    assert!(connection.body(&request).is_none() || says == 4, "it is whole");
                }
                connection.wait_closed();
            });
            let source = Source {
                says: Some(says),
                ..pieces(&["hell", "o"])
            };
            let request = FetchRequest::post(server.url("/")).body(Body::new(source));
            let kind = kind(&client(), request);
            assert!(matches!(kind, ClientErrorKind::InvalidRequest(_)), "{kind:?}");
            assert!(server.sees_closed(1));
            let received = server.received(0);
            assert!(!received.ends_with(b"hello") || says == 6, "more than was said");
        }
    });
}

/// The server hangs up in the middle of the body and says nothing.
#[test]
fn nobody_listens_any_more() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.head().expect("a head");
            connection.abandon();
        });
        let source = Source {
            endless: true,
            ..Source::default()
        };
        let request = FetchRequest::post(server.url("/")).body(Body::new(source));
        let kind = kind(&client(), request);
        assert!(
            matches!(kind, ClientErrorKind::NoResponse | ClientErrorKind::Io),
            "{kind:?}"
        );
    });
}

/// An early answer without a body, to a request that is not finished: given at once, its connection not used again.
#[test]
fn an_early_answer() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            connection.head().expect("a head");
            connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            connection.wait_closed();
        });
        let (sender, body) = Body::channel(None);
        let request = FetchRequest::post(server.url("/")).body(body);
        let response = fetch(&client(), request).expect("a response");
        assert_eq!(response.status(), http::StatusCode::NO_CONTENT);
        assert!(server.sees_closed(1));
        assert!(sender.is_closed(), "the body is still wanted");
    });
}
