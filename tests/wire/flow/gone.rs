//! Clients that go away, for good or half.

use std::thread::sleep;
use std::time::Duration;

use crate::app::pattern;
use crate::client::{Client, End};
use crate::log;
use crate::server::{Kind, each};

const GONE: &[&str] = &["dropped", "closed", "finished"];

fn ask(address: std::net::SocketAddr, what: &str, id: &str, more: &str) -> Client {
    Client::ask(
        address,
        format!("POST /watched/{what}/{id} HTTP/1.1\r\nHost: h\r\n{more}\r\n"),
    )
}

#[track_caller]
fn started(id: &str) {
    assert!(
        log::eventually(|| log::count(&format!("{id} started")) > 0),
        "{id} was not started"
    );
}

/// Closing with unread bytes resets the connection.
fn reset(mut client: Client) {
    client.patience(Duration::from_millis(1));
    assert!(log::eventually(|| client
        .stream
        .peek(&mut [0])
        .is_ok_and(|len| len > 0)));
    drop(client);
}

#[test]
fn a_reset_in_the_middle_of_a_stream() {
    each(Kind::Plain, |stack, address| {
        for what in ["flush-sleep", "flood"] {
            let id = format!("mid-{what}-{}", stack.name());
            reset(ask(address, what, &id, ""));
            log::expect(&id, GONE);
        }
    });
}

#[test]
fn a_reset_while_the_handler_sleeps() {
    each(Kind::Plain, |stack, address| {
        let id = format!("asleep-{}", stack.name());
        // The answer to the first request is what stays unread.
        let request =
            format!("GET /x HTTP/1.1\r\nHost: h\r\n\r\nGET /watched/sleep/{id} HTTP/1.1\r\nHost: h\r\n\r\n");
        let client = Client::ask(address, request);
        started(&id);
        reset(client);
        log::expect(&id, GONE);
    });
}

/// What the client has sent ahead stands before the reset; nobody reads it.
#[test]
fn a_reset_behind_an_upload_that_is_not_read() {
    each(Kind::Plain, |stack, address| {
        let id = format!("unread-{}", stack.name());
        let request = format!(
            "GET /x HTTP/1.1\r\nHost: h\r\n\r\nPOST /watched/sleep/{id} HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"
        );
        let mut client = Client::ask(address, request);
        client.send(pattern(0, 500_000));
        started(&id);
        reset(client);
        log::expect(&id, GONE);
    });
}

/// The end of what a client sends cancels nothing; a reset behind it does.
#[test]
fn a_reset_behind_a_half_close() {
    each(Kind::Plain, |stack, address| {
        let id = format!("half-{}", stack.name());
        let client = ask(address, "flush-sleep", &id, "");
        client.half_close();
        started(&id);
        sleep(Duration::from_millis(1200));
        assert_eq!(log::events(&id), [""; 0], "half a close cancelled the handler");
        reset(client);
        log::expect(&id, GONE);
    });
}

#[test]
fn a_client_gone_in_the_middle_of_its_body() {
    each(Kind::Plain, |stack, address| {
        let id = format!("cut-{}", stack.name());
        let mut client = ask(address, "read", &id, "Content-Length: 10\r\n");
        client.send("abc");
        assert!(log::eventually(|| log::count(&id) == 3));
        drop(client);
        // The body ends in an error, which the handler sees and whose page nobody reads.
        log::expect(&id, &["dropped", "finished"]);
    });
}

#[test]
fn half_a_body_and_a_half_close_are_answered_400() {
    each(Kind::Plain, |_, address| {
        for (target, body) in [
            ("/x", "Content-Length: 10\r\n\r\nabc"),
            ("/buffered", "Content-Length: 10\r\n\r\nabc"),
            ("/x", "Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
            ("/buffered", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"),
        ] {
            let mut client = Client::ask(address, format!("POST {target} HTTP/1.1\r\nHost: h\r\n{body}"));
            client.half_close();
            let response = client.response();
            assert_eq!((response.status, response.whole), (400, true), "{body:?}");
            assert!(response.says_close());
            assert_eq!(client.end(), End::Eof);
        }
    });
}

#[test]
fn a_half_closed_client_is_answered() {
    each(Kind::Plain, |_, address| {
        for target in ["/x", "/stream", "/sleep/1500", "/download/3000000"] {
            let mut client = Client::ask(address, format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n"));
            client.half_close();
            let response = client.response();
            assert!(response.status == 200 && response.whole, "{target}");
            assert_eq!(client.end(), End::Eof, "{target}");
        }
        // All that came before the end.
        let mut client = Client::ask(address, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n".repeat(3));
        client.half_close();
        for _ in 0..3 {
            assert_eq!(client.response().status, 200);
        }
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn half_a_head_and_the_end_are_no_request() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::ask(address, "GET /x HTTP/1.1\r\nHost: h\r\n");
        client.half_close();
        assert_eq!(client.end(), End::Eof);
    });
}
