//! `Expect: 100-continue` (RFC 9110 section 10.1.1).

use std::time::{Duration, Instant};

use waterspout::{Body, ClientErrorKind, FetchRequest};

use crate::connection::Connection;
use crate::fetch::{client, kind, text};
use crate::server::{Server, each};

const MOMENT: Duration = Duration::from_millis(200);

/// The head of a request, behind which nothing comes yet.
fn asked(connection: &mut Connection) -> Option<crate::server::Request> {
    let request = connection.head()?;
    assert_eq!(request.field("expect"), Some("100-continue"));
    connection.note(&request);
    assert!(connection.is_silent(MOMENT), "the body did not wait");
    Some(request)
}

/// The two kinds of bodies.
fn bodies() -> [Body; 2] {
    let pieces = futures_lite::stream::iter([Ok::<_, std::io::Error>("pa".into()), Ok("id".into())]);
    ["paid".into(), Body::from_stream(pieces)]
}

fn post(url: String, body: Body) -> FetchRequest {
    FetchRequest::post(url).body(body).expect_100_continue(true)
}

#[test]
fn yes() {
    each(|identity| {
        for body in bodies() {
            let server = Server::start(identity, |connection| {
                let Some(request) = asked(connection) else { return };
                connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                let body = connection.body(&request).expect("a body");
                connection.answer("200 OK", body);
                connection.serve(|_| "next".into());
            });
            let client = client();
            let begun = Instant::now();
            assert_eq!(text(&client, post(server.url("/"), body)), "paid");
            assert!(begun.elapsed() >= MOMENT);
            assert_eq!(text(&client, server.url("/next")), "next");
            assert_eq!(server.connections(), 1);
        }
    });
}

/// A final answer instead: the body stays at home, and the connection, on which it is still due, is closed.
#[test]
fn no() {
    each(|identity| {
        for body in bodies() {
            let server = Server::start(identity, |connection| {
                if connection.number > 0 {
                    return connection.serve(|_| "next".into());
                }
                let Some(_) = asked(connection) else { return };
                connection.answer("417 Expectation Failed", "no");
                connection.wait_closed();
            });
            let client = client();
            let status = ClientErrorKind::Status(http::StatusCode::EXPECTATION_FAILED);
            assert_eq!(kind(&client, post(server.url("/"), body)), status);
            assert!(server.sees_closed(1));
            assert!(server.received(0).ends_with(b"\r\n\r\n"), "the body was sent");
            assert_eq!(text(&client, server.url("/next")), "next");
            assert_eq!(server.connections(), 2);
        }
    });
}

/// A final answer that takes its time: while it is read, the body is not sent after all.
#[test]
fn no_at_length() {
    for body in bodies() {
        let server = Server::plain(|connection| {
            let Some(_) = asked(connection) else { return };
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno");
            assert!(connection.is_silent(Duration::from_millis(1200)), "it was sent");
            connection.send("no");
            connection.wait_closed();
        });
        let error = crate::fetch::failure(&client(), post(server.url("/"), body));
        assert_eq!(error.response().expect("a response").body(), "nono");
        assert!(server.sees_closed(1));
        assert!(server.received(0).ends_with(b"\r\n\r\n"), "the body was sent");
    }
}

/// No answer at all: after a while the body is sent.
#[test]
fn nothing() {
    each(|identity| {
        for body in bodies() {
            let server = Server::start(identity, |connection| {
                let Some(request) = asked(connection) else { return };
                let body = connection.body(&request).expect("a body");
                connection.answer("200 OK", body);
            });
            assert_eq!(text(&client(), post(server.url("/"), body)), "paid");
        }
    });
}

/// 103 is no answer to the question.
#[test]
fn something_else() {
    let server = Server::plain(|connection| {
        let Some(request) = asked(connection) else { return };
        connection.send("HTTP/1.1 103 Early Hints\r\n\r\n");
        assert!(connection.is_silent(MOMENT), "the body did not wait");
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        let body = connection.body(&request).expect("a body");
        connection.answer("200 OK", body);
    });
    assert_eq!(text(&client(), post(server.url("/"), "paid".into())), "paid");
}

#[test]
fn without_a_body_there_is_no_question() {
    let server = Server::plain(|connection| connection.serve(|_| "hi".into()));
    let request = FetchRequest::get(server.url("/")).expect_100_continue(true);
    assert_eq!(text(&client(), request), "hi");
    assert_eq!(server.requests()[0].field("expect"), None);
}

/// A redirect instead of 100 is followed with the body, which is still there.
#[test]
fn go_elsewhere() {
    each(|identity| {
        let server = Server::start(identity, |connection| {
            let Some(request) = asked(connection) else { return };
            if request.target == "/" {
                connection.answer_with("307 Temporary Redirect", "Location: /new\r\n", "");
                connection.wait_closed();
                return;
            }
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            let body = connection.body(&request).expect("a body");
            connection.answer("200 OK", body);
        });
        assert_eq!(text(&client(), post(server.url("/"), "paid".into())), "paid");
        assert_eq!(server.lines(), ["POST /", "POST /new"]);
        assert!(
            server.received(0).ends_with(b"\r\n\r\n"),
            "the body was sent twice"
        );
    });
}
