//! Back-pressure: who does not read stops who writes, both ways.

use std::io::Write;
use std::time::Duration;

use crate::app::pattern;
use crate::client::Client;
use crate::log;
use crate::server::{Kind, each};

/// What the kernel's buffers of both sides may hold, and what we may hold besides.
const BUFFERED: u64 = 24 << 20;

#[test]
fn a_client_that_does_not_read_stops_the_handler() {
    each(Kind::Plain, |stack, address| {
        let id = format!("flood-{}", stack.name());
        let mut client = Client::ask(
            address,
            format!("GET /watched/flood/{id} HTTP/1.1\r\nHost: h\r\n\r\n"),
        );
        let flushed = log::settled(&id);
        assert!(
            flushed > 0 && flushed * (64 << 10) < BUFFERED,
            "{flushed} flushes"
        );
        let response = client.response();
        assert_eq!((response.body.len(), response.whole), (1024 * (64 << 10), true));
        log::expect(&id, &["dropped", "finished"]);
    });
}

#[test]
fn a_handler_that_does_not_read_stops_the_client() {
    const TOTAL: usize = 64 << 20;
    each(Kind::Plain, |stack, address| {
        let id = format!("gate-{}", stack.name());
        let head =
            format!("POST /watched/gate-read/{id} HTTP/1.1\r\nHost: h\r\nContent-Length: {TOTAL}\r\n\r\n");
        let mut client = Client::ask(address, head);
        let patience = Some(Duration::from_secs(1));
        client
            .stream
            .set_write_timeout(patience)
            .expect("a socket option");
        let mut sent = 0;
        while let Ok(len) = client.stream.write(pattern(0, 64 << 10)) {
            sent += len;
            assert!((sent as u64) < BUFFERED, "{sent} bytes went somewhere");
        }
        assert_eq!(log::count(&id), 0, "read before it was to");
        log::open(&id);
        client
            .stream
            .set_write_timeout(Some(crate::client::PATIENCE))
            .expect("a socket option");
        while sent < TOTAL {
            let len = (TOTAL - sent).min(1 << 20);
            client.send(pattern(0, len));
            sent += len;
        }
        assert_eq!(client.response().text(), format!("{TOTAL}\n"));
    });
}

/// A request that runs keeps what is pipelined behind it in the kernel's buffers.
#[test]
fn requests_behind_a_running_one_are_not_piled_up() {
    each(Kind::Plain, |stack, address| {
        let id = format!("pile-{}", stack.name());
        let mut client = Client::ask(
            address,
            format!("GET /watched/gate-read/{id} HTTP/1.1\r\nHost: h\r\n\r\n"),
        );
        let patience = Some(Duration::from_secs(1));
        client
            .stream
            .set_write_timeout(patience)
            .expect("a socket option");
        let request = b"GET /status/204 HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000);
        let mut sent = 0;
        while let Ok(len) = client.stream.write(&request) {
            sent += len as u64;
            assert!(sent < BUFFERED, "{sent} bytes went somewhere");
        }
        log::open(&id);
        assert_eq!(client.response().text(), "0\n");
        assert_eq!(client.response().status, 204);
    });
}
