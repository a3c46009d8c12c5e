//! Connections that leave HTTP (RFC 9110 section 7.8).

use std::time::Duration;

use crate::app::pattern;
use crate::client::{Client, End};
use crate::server::{Kind, each};

const UPGRADE: &str =
    "GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n";

fn switched(client: &mut Client) {
    let response = client.response();
    assert_eq!(response.status, 101);
    assert_eq!(response.field("upgrade"), Some("echo"));
    assert_eq!(response.field("connection"), Some("upgrade"));
    assert_eq!(response.field("content-length"), None);
    assert_eq!(response.field("transfer-encoding"), None);
}

#[test]
fn early_bytes_belong_to_the_new_protocol() {
    each(Kind::Plain, |_, address| {
        // What looks like a request is none any more.
        let early = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
        let mut client = Client::ask(address, format!("{UPGRADE}{early}"));
        switched(&mut client);
        assert_eq!(client.bytes(early.len()).expect("an echo"), early.as_bytes());
        client.send("more");
        assert_eq!(client.bytes(4).expect("an echo"), b"more");
        client.half_close();
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn large_early_bytes_and_a_split_head() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::connect(address);
        client.send_split(UPGRADE.as_bytes(), 7).expect("it reads");
        let early = pattern(0, 100_000);
        client.send(early);
        switched(&mut client);
        assert!(client.bytes(early.len()).expect("an echo") == early);
    });
}

#[test]
fn behind_other_requests_and_beside_silence() {
    each(Kind::Plain, |_, address| {
        let before = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n".repeat(2);
        let mut client = Client::ask(address, before + UPGRADE);
        assert_eq!(client.response().status, 200);
        assert_eq!(client.response().status, 200);
        switched(&mut client);
        assert!(client.is_silent(Duration::from_millis(50)));
        client.send("x");
        assert_eq!(client.bytes(1).expect("an echo"), b"x");
    });
}

/// The deadlines of requests do not count any more.
#[test]
fn an_upgraded_connection_may_be_idle() {
    each(Kind::Hasty, |_, address| {
        let mut client = Client::ask(address, UPGRADE);
        switched(&mut client);
        assert!(client.is_silent(Duration::from_millis(900)));
        client.send("x");
        assert_eq!(client.bytes(1).expect("an echo"), b"x");
    });
}
