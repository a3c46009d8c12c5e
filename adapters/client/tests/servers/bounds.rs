//! How large and how slow a response may be.

use std::thread;
use std::time::{Duration, Instant};

use futures_lite::future::block_on;
use waterspout::ClientErrorKind::{BodyTooLarge, Timeout};
use waterspout::{ClientErrorKind, FetchRequest, FetchStream};

use crate::connection::{Connection, Step};
use crate::fetch::{client, failure, fetch, stream};
use crate::identity::Identity;
use crate::server::{Server, each};

const SOON: Duration = Duration::from_millis(600);
const LIMIT: usize = 1 << 20;
/// What lies on the way between the two ends.
const BUFFERED: usize = 16 << 20;

/// A server that answers so to every first request of a connection, and waits for the client's end.
fn answering(identity: Option<Identity>, steps: Vec<Step>) -> Server {
    Server::start(identity, move |connection| {
        if connection.request().is_some() && connection.play(&steps) {
            connection.wait_closed();
        }
    })
}

fn send(bytes: impl AsRef<[u8]>) -> Step {
    Step::Send(bytes.as_ref().to_vec())
}

/// What the pieces of a stream end in.
fn ends_in(request: FetchRequest) -> ClientErrorKind {
    end_of(stream(&client(), request).expect("a head"))
}

fn end_of(mut pieces: FetchStream) -> ClientErrorKind {
    block_on(async {
        loop {
            match pieces.read_chunk().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended well"),
                Err(error) => return error.kind(),
            }
        }
    })
}

#[test]
fn a_length_above_the_limit_is_not_read() {
    each(|identity| {
        for extra in ["", "Content-Encoding: gzip\r\n"] {
            let length = LIMIT + 1;
            let head = format!("HTTP/1.1 200 OK\r\n{extra}Content-Length: {length}\r\n\r\n");
            let server = answering(identity, vec![send(head)]);
            let request = FetchRequest::get(server.url("/path")).max_body_size(LIMIT as u64);
            let error = failure(&client(), request);
            assert_eq!(error.kind(), BodyTooLarge);
            assert!(error.to_string().contains(&server.url("/path")), "{error}");
            assert!(server.sees_closed(1));
        }
    });
}

#[test]
fn a_length_at_the_limit_is_read() {
    each(|identity| {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {LIMIT}\r\n\r\n{}",
            "x".repeat(LIMIT)
        );
        let server = answering(identity, vec![send(answer)]);
        let request = FetchRequest::get(server.url("/")).max_body_size(LIMIT as u64);
        assert_eq!(fetch(&client(), request).expect("a response").body().len(), LIMIT);
    });
}

/// Sends without end; false when it was not stopped soon.
fn flood(connection: &mut Connection, piece: &[u8]) -> bool {
    let mut sent = 0;
    while sent < LIMIT + BUFFERED {
        if !connection.send(piece) {
            return true;
        }
        sent += piece.len();
    }
    false
}

#[test]
fn without_a_length_it_is_read_up_to_the_limit() {
    each(|identity| {
        let piece = format!("{:x}\r\n{}\r\n", 60000, "x".repeat(60000));
        for (head, piece) in [
            ("Transfer-Encoding: chunked\r\n\r\n", piece.as_str()),
            ("\r\n", &"x".repeat(60000)),
        ] {
            let piece = piece.to_owned();
            let server = Server::start(identity, move |connection| {
                connection.request();
                connection.send(format!("HTTP/1.1 200 OK\r\n{head}"));
                assert!(flood(connection, piece.as_bytes()), "it was all taken");
            });
            let request = || FetchRequest::get(server.url("/")).max_body_size(LIMIT as u64);
            assert_eq!(failure(&client(), request()).kind(), BodyTooLarge);
            assert_eq!(ends_in(request()), BodyTooLarge);
            assert!(server.eventually(|state| state.ended == 2));
        }
    });
}

#[test]
fn the_body_of_an_error_is_bounded_as_well() {
    each(|identity| {
        let answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 1001\r\n\r\n";
        let server = answering(identity, vec![send(answer)]);
        let request = || FetchRequest::get(server.url("/")).max_body_size(1000);
        assert_eq!(failure(&client(), request()).kind(), BodyTooLarge);
        assert_eq!(
            stream(&client(), request()).expect_err("too large").kind(),
            BodyTooLarge
        );
        assert!(server.sees_closed(2));
    });
}

/// What never comes to its end, by where it stops.
fn stalling() -> Vec<Vec<Step>> {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    vec![
        vec![],
        vec![send("HTTP/1.1 2")],
        vec![send("HTTP/1.1 103 Early Hints\r\n\r\n")],
        vec![send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")],
        vec![send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")],
        vec![send("HTTP/1.1 200 OK\r\n\r\nhell")],
        vec![send(chunked)],
        vec![send(format!("{chunked}5\r\nhello\r\n"))],
        vec![send(format!("{chunked}5\r\nhello\r\n0\r\n"))],
        vec![send(
            "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        )],
    ]
}

/// The whole, then as a stream; both at once for all.
fn stalls(identity: Option<Identity>, steps: &[Step]) {
    let server = answering(identity, steps.to_vec());
    let request = || FetchRequest::get(server.url("/path")).request_timeout(SOON);
    let begun = Instant::now();
    let error = failure(&client(), request());
    assert_eq!(error.kind(), Timeout, "{steps:?}");
    assert!(error.to_string().contains(&server.url("/path")), "{error}");
    assert!(begun.elapsed() >= SOON, "too early: {steps:?}");
    assert_eq!(error.status(), 504);
    assert!(
        server.eventually(|state| state.ended == 1),
        "left open: {steps:?}"
    );
    let kind = match stream(&client(), request()) {
        Err(error) => error.kind(),
        Ok(pieces) => end_of(pieces),
    };
    assert_eq!(kind, Timeout, "as a stream: {steps:?}");
}

#[test]
fn what_stalls_is_given_up() {
    let table = stalling();
    each(|identity| {
        thread::scope(|scope| {
            for steps in &table {
                scope.spawn(move || stalls(identity, steps));
            }
        });
    });
}

/// A piece now and then keeps a stream alive, and not a fetch.
#[test]
fn what_drips() {
    let steps = || {
        let mut steps = vec![send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")];
        for _ in 0..10 {
            steps.extend([Step::Pause(SOON / 3), send("x")]);
        }
        steps
    };
    each(|identity| {
        let server = answering(identity, steps());
        let request = || FetchRequest::get(server.url("/")).request_timeout(SOON * 2);
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(failure(&client(), request()).kind(), Timeout));
            scope.spawn(|| {
                let pieces = stream(&client(), request()).expect("a head");
                let response = block_on(pieces.collect()).expect("slow, but not dead");
                assert_eq!(response.body(), "xxxxxxxxxx");
            });
        });
    });
}

/// 1xx responses do not stop the clock.
#[test]
fn what_drips_hints() {
    let hint = || [send("HTTP/1.1 103 Early Hints\r\n\r\n"), Step::Pause(SOON / 3)];
    let server = answering(None, (0..9).flat_map(|_| hint()).collect());
    let request = FetchRequest::get(server.url("/")).request_timeout(SOON);
    assert_eq!(failure(&client(), request).kind(), Timeout);
}
