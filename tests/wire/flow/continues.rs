//! `Expect: 100-continue` (RFC 9110 section 10.1.1).

use std::time::Duration;

use crate::client::{Client, End};
use crate::log;
use crate::server::{Kind, each};

const MOMENT: Duration = Duration::from_millis(150);

fn expecting(target: &str) -> String {
    format!("POST {target} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
}

#[test]
fn continue_is_sent_when_the_body_is_first_read() {
    each(Kind::Plain, |stack, address| {
        for target in ["/x", "/buffered", "/upload"] {
            let mut client = Client::ask(address, expecting(target));
            assert_eq!(client.response().status, 100, "{target}");
            client.send(crate::app::pattern(0, 5));
            assert_eq!(client.response().status, 200, "{target}");
            client.send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
            assert_eq!(client.response().status, 200, "{target}");
        }
        let id = format!("continue-{}", stack.name());
        let mut client = Client::ask(address, expecting(&format!("/watched/gate-read/{id}")));
        assert!(client.is_silent(MOMENT), "continue before the body was asked for");
        log::open(&id);
        assert_eq!(client.response().status, 100);
        // Once, however often it is read.
        client.send("he");
        assert!(client.is_silent(MOMENT));
        client.send("llo");
        assert_eq!(client.response().text(), "5\n");
    });
}

#[test]
fn no_continue_when_the_body_has_begun() {
    each(Kind::Plain, |stack, address| {
        let id = format!("begun-{}", stack.name());
        let mut client = Client::ask(address, expecting(&format!("/watched/gate-read/{id}")) + "hello");
        assert!(client.is_silent(MOMENT));
        log::open(&id);
        let response = client.response();
        assert_eq!((response.status, response.text().as_str()), (200, "5\n"));
    });
}

/// The client may send the body now or never: the connection cannot be kept.
#[test]
fn an_answer_without_reading_is_final() {
    each(Kind::Plain, |_, address| {
        for (target, status) in [("/noread", 200), ("/status/404", 404), ("/limited/3", 413)] {
            let mut client = Client::ask(address, expecting(target));
            let response = client.response();
            assert_eq!(response.status, status);
            assert!(response.says_close(), "{response:?}");
            assert_eq!(client.end(), End::Eof);
        }
    });
}

#[test]
fn no_continue_behind_a_final_response() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::ask(address, expecting("/flush-then-read"));
        let head = client.head().expect("a head");
        assert_eq!(head.status, 200);
        assert_eq!(client.bytes(9).expect("a chunk"), b"4\r\nhead\r\n");
        assert!(client.is_silent(MOMENT));
        client.send("hello");
        assert_eq!(client.bytes(15).expect("the rest"), b"5\r\nhello\r\n0\r\n\r\n");
        assert_eq!(client.end(), End::Eof);
    });
}
