//! Answers in their order: pipelined, early, cut off by a panic.

use std::thread;
use std::time::Duration;

use crate::app::pattern;
use crate::client::{Client, End};
use crate::server::{Kind, each};

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")
}

#[test]
fn fifty_pipelined_requests_are_answered_in_order_and_in_few_writes() {
    each(Kind::Plain, |_, address| {
        let requests: String = (0..50).map(|number| get(&format!("/{number}"))).collect();
        let mut client = Client::ask(address, requests);
        for number in 0..50 {
            assert_eq!(client.response().text(), format!("GET /{number} h 0\n"));
        }
        assert!(client.reads <= 5, "{} reads", client.reads);
        client.send(get("/last"));
        assert_eq!(client.response().text(), "GET /last h 0\n");
    });
}

#[test]
fn slow_and_quick_answers_keep_their_order() {
    each(Kind::Plain, |_, address| {
        let targets = ["/sleep/200", "/a", "/stream", "/sleep/50", "/b"];
        let mut client = Client::ask(address, targets.map(get).concat());
        let answers = targets.map(|_| client.response().text());
        assert_eq!(
            answers,
            ["slept\n", "GET /a h 0\n", "abc", "slept\n", "GET /b h 0\n"]
        );
    });
}

#[test]
fn many_requests_on_one_connection() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::connect(address);
        for _ in 0..10 {
            client.send(get("/x").repeat(100));
            for _ in 0..100 {
                assert_eq!(client.response().status, 200);
            }
        }
    });
}

#[test]
fn flushed_pieces_arrive_one_by_one() {
    each(Kind::Plain, |stack, address| {
        let id = format!("piece-{}", stack.name());
        let mut client = Client::ask(address, get(&format!("/watched/flush-sleep/{id}")));
        assert_eq!(client.head().expect("a head").status, 200);
        assert_eq!(client.bytes(6).expect("a chunk"), b"1\r\na\r\n");
        assert!(client.is_silent(Duration::from_millis(50)));
    });
}

#[test]
fn an_early_answer_is_read_while_the_upload_goes_on() {
    each(Kind::Plain, |_, address| {
        let total = 4 << 20;
        let head = format!("POST /noread HTTP/1.1\r\nHost: h\r\nContent-Length: {total}\r\n\r\n");
        let mut client = Client::ask(address, head);
        client.send(pattern(0, 10_000));
        let response = client.response();
        assert_eq!((response.status, response.text().as_str()), (200, "noread\n"));
        assert!(response.says_close(), "so much will not be read");
        // Going on is no fault; it is read away.
        client.send(pattern(0, 1 << 20));
        assert_eq!(client.end(), End::Eof);
    });
}

/// The server ends the connection, which the client did not know when it sent more (RFC 9112 section 9.6).
#[test]
fn an_answer_that_closes_is_read_though_more_was_sent() {
    each(Kind::Plain, |_, address| {
        for _ in 0..5 {
            let mut client = Client::ask(address, get("/close") + &get("/behind").repeat(5000));
            let response = client.response();
            assert_eq!((response.status, response.says_close()), (200, true));
            client.send(get("/later"));
            thread::sleep(Duration::from_millis(10));
            assert_eq!(client.end(), End::Eof);
        }
    });
}

/// A length that is not the body's must never look like a whole response (Tornado closes as well).
#[test]
fn a_false_content_length_is_seen() {
    each(Kind::Plain, |_, address| {
        for target in ["/declared/10/5", "/declared/5/10"] {
            // Nothing has been sent, so it can be said, and the connection goes on.
            let mut client = Client::ask(address, get(target) + &get("/behind"));
            let response = client.response();
            assert_eq!((response.status, response.whole), (500, true), "{target}");
            assert_eq!(client.response().text(), "GET /behind h 0\n");
        }
        for target in ["/declared/10/5?flush", "/declared/5/10?flush"] {
            let mut client = Client::ask(address, get(target) + &get("/behind"));
            let response = client.response();
            assert_eq!(
                (response.status, response.whole),
                (200, false),
                "{target}: {response:?}"
            );
            assert_eq!(client.end(), End::Eof);
        }
    });
}

#[test]
fn a_bad_chunk_behind_the_head_is_a_body_cut_off() {
    each(Kind::Plain, |_, address| {
        let head = "POST /flush-then-read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut client = Client::ask(
            address,
            format!("{head}2\r\nhi\r\nzz\r\n\r\n{}", get("/smuggled")),
        );
        let response = client.response();
        assert_eq!((response.status, response.whole), (200, false), "{response:?}");
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn both_directions_at_once() {
    each(Kind::Plain, |_, address| {
        let total = 16 << 20;
        let head = "POST /duplex HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut client = Client::ask(address, head);
        let mut sender = Client::with(client.stream.try_clone().expect("a descriptor"));
        let sending = thread::spawn(move || {
            for at in (0..total).step_by(1 << 16) {
                sender.send("10000\r\n");
                sender.send(pattern(at, 1 << 16));
                sender.send("\r\n");
            }
            sender.send("0\r\n\r\n");
        });
        let head = client.head().expect("a head");
        let mut at = 0;
        while at < total {
            let line = client.until(b"\r\n").expect("a chunk line");
            let size = usize::from_str_radix(&String::from_utf8_lossy(&line), 16).expect("a size");
            assert!(
                client.bytes(size).expect("a chunk") == pattern(at, size),
                "at {at}"
            );
            assert_eq!(client.bytes(2).expect("its end"), b"\r\n");
            at += size as u64;
        }
        let response = client.rest(head, false).expect("the end");
        assert!(response.whole && response.body.is_empty());
        sending.join().expect("all is sent");
    });
}

#[test]
fn a_panic_before_the_head_is_500_and_keeps_the_connection() {
    each(Kind::Plain, |_, address| {
        let mut other = Client::ask(address, get("/sleep/300"));
        let mut client = Client::ask(address, get("/panic").repeat(2));
        for _ in 0..2 {
            let response = client.response();
            assert_eq!(response.status, 500);
            assert!(!response.text().contains("on purpose"));
        }
        client.send(get("/x"));
        assert_eq!(client.response().status, 200);
        assert_eq!(other.response().status, 200);
    });
}

#[test]
fn a_panic_behind_the_head_is_a_body_cut_off() {
    each(Kind::Plain, |_, address| {
        let mut other = Client::ask(address, get("/sleep/300"));
        let mut client = Client::ask(address, get("/panic-late") + &get("/smuggled"));
        let response = client.response();
        assert_eq!((response.text().as_str(), response.whole), ("before", false));
        assert_eq!(client.end(), End::Eof);
        assert_eq!(other.response().status, 200);
    });
}

/// What there is of a response that was cut off can be read, though the client is still sending.
#[test]
fn a_body_cut_off_under_an_upload_is_read() {
    each(Kind::Plain, |_, address| {
        for _ in 0..5 {
            let head = "POST /panic-late HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n";
            let mut client = Client::ask(address, head);
            client.send([b'x'; 200_000]);
            thread::sleep(Duration::from_millis(20));
            // More comes after the server has given up: a closed socket would answer it with a reset.
            client.send([b'x'; 100_000]);
            let response = client.response();
            assert_eq!((response.text().as_str(), response.whole), ("before", false));
            assert_eq!(client.end(), End::Eof);
        }
    });
}

#[test]
fn many_connections_at_once() {
    each(Kind::Plain, |_, address| {
        let mut clients: Vec<Client> = (0..100).map(|_| Client::connect(address)).collect();
        for _ in 0..3 {
            for (number, client) in clients.iter_mut().enumerate() {
                client.send(get(&format!("/{number}")));
            }
            for (number, client) in clients.iter_mut().enumerate() {
                assert_eq!(client.response().text(), format!("GET /{number} h 0\n"));
            }
        }
        thread::yield_now();
    });
}
