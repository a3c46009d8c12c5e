//! Persistence, pipelining, HEAD, statuses without content, expectations; sizes.

use super::{Row, answers, field, line, ok, post, post_to, refused};
use crate::server::Kind;

const T10: &str = "tornado 1.10";
const KEEP: &str = "tornado 3.2 KeepAliveTest";
const BODY: &str = "tornado 3.2 BodyLimitsTest";

pub(super) fn rows() -> Vec<Row> {
    let get = line("GET /x HTTP/1.1");
    vec![
        answers(&[200, 200], "two requests", KEEP, get.repeat(2)),
        answers(
            &[200, 200],
            "CRLF between requests",
            KEEP,
            [&get[..], b"\r\n", &get].concat(),
        ),
        ok("close ends reading", KEEP, field("Connection: close"))
            .has("connection: close")
            .lacks("GET /x ")
            .closes(),
        ok("close in a list", T10, field("Connection: close, foo"))
            .has("connection: close")
            .closes(),
        ok(
            "close on a second line",
            "RFC 9110 §7.6.1",
            field("Connection: foo\r\nConnection: Close"),
        )
        .closes(),
        ok(
            "close as a part of a word",
            "RFC 9110 §7.6.1",
            field("Connection: not-close"),
        ),
        ok("keep-alive in HTTP/1.1", KEEP, field("Connection: keep-alive")),
        ok(
            "close and keep-alive",
            "RFC 9112 §9.3",
            field("Connection: keep-alive, close"),
        )
        .closes(),
        ok("HTTP/1.0", KEEP, "GET /x HTTP/1.0\r\n\r\n").closes(),
        ok(
            "HTTP/1.0 keep-alive",
            KEEP,
            "GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
        )
        .has("connection: keep-alive"),
        ok(
            "HTTP/1.0 stream ends with the connection",
            "RFC 9112 §6.3",
            "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        )
        .has("abc")
        .lacks("chunked")
        .closes(),
        ok("stream", T10, line("GET /stream HTTP/1.1"))
            .has("transfer-encoding: chunked")
            .has("abc"),
        answers(
            &[200; 5],
            "POST, GET, POST behind one another",
            "must-not-repeat: pipelined bytes",
            [
                post("Content-Length: 2", "ab"),
                get.clone(),
                post("Transfer-Encoding: chunked", "1\r\nc\r\n0\r\n\r\n"),
                get.clone(),
                post("Content-Length: 1", "d"),
            ]
            .concat(),
        )
        .has("POST /post h 1\nd"),
        // HEAD and statuses without content.
        ok("HEAD", "RFC 9110 §9.3.2", line("HEAD /only-get HTTP/1.1"))
            .head()
            .has("content-length: 3")
            .lacks("got"),
        answers(
            &[200, 200],
            "HEAD twice of a stream",
            KEEP,
            line("HEAD /stream HTTP/1.1").repeat(2),
        )
        .head()
        .lacks("abc"),
        answers(&[204], "204", "RFC 9110 §8.6", line("GET /status/204 HTTP/1.1"))
            .lacks("content-length")
            .lacks("transfer-encoding")
            .lacks("\ncontent-type"),
        answers(
            &[304],
            "304",
            "RFC 9110 §15.4.5",
            line("GET /status/304 HTTP/1.1"),
        )
        .lacks("content-length")
        .lacks("\ncontent-type"),
        answers(
            &[205],
            "205",
            "RFC 9110 §15.3.6",
            line("GET /status/205 HTTP/1.1"),
        )
        .has("content-length: 0"),
        answers(
            &[500],
            "1xx is no answer",
            "RFC 9110 §15.2",
            line("GET /status/103 HTTP/1.1"),
        ),
        answers(
            &[500],
            "101 without an upgrade",
            "RFC 9110 §15.2.2",
            line("GET /status/101 HTTP/1.1"),
        ),
        answers(&[599], "599", "RFC 9110 §15", line("GET /status/599 HTTP/1.1")),
        answers(
            &[500],
            "a handler that panics",
            "DESIGN 8",
            line("GET /panic HTTP/1.1"),
        )
        .lacks("on purpose"),
        // Expectations. (100 Continue itself: flow/continues.rs.)
        refused(
            417,
            "unknown expectation",
            "RFC 9110 §10.1.1",
            field("Expect: wonders"),
        ),
        ok(
            "Expect without a body",
            "RFC 9110 §10.1.1",
            field("Expect: 100-continue"),
        )
        .lacks("Continue"),
        ok(
            "Expect in HTTP/1.0",
            "reliability §2",
            "POST /x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
        )
        .lacks("Continue")
        .closes(),
        // Upgrades.
        answers(
            &[400],
            "an upgrade that was not asked for",
            "RFC 9110 §7.8",
            line("GET /upgrade HTTP/1.1"),
        )
        .closes(),
        answers(
            &[400],
            "Upgrade without Connection",
            "RFC 9110 §7.8",
            "GET /upgrade HTTP/1.1\r\nHost: h\r\nUpgrade: echo\r\n\r\n",
        )
        .closes(),
        answers(
            &[400],
            "upgrade in HTTP/1.0",
            T10,
            "GET /upgrade HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
        )
        .closes(),
        ok(
            "an upgrade that is ignored",
            "RFC 9110 §7.8",
            field("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c"),
        ),
        refused(
            400,
            "smuggling by upgrade with a body",
            "RUSTSEC-2026-0033",
            post(
                "Connection: upgrade\r\nUpgrade: echo\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
    ]
}

pub(super) fn limits() -> Vec<Row> {
    let filler = |len| "a".repeat(len);
    let fixed = |target, len: usize| post_to(target, format!("Content-Length: {len}"), filler(len));
    let chunks = |target, len: usize| {
        let body = format!("{:x}\r\n{}\r\n0\r\n\r\n", len, filler(len));
        post_to(target, "Transfer-Encoding: chunked", body)
    };
    let fields = |count| {
        let fields = "X: a\r\n".repeat(count);
        format!("GET /x HTTP/1.1\r\nHost: h\r\n{fields}\r\n")
    };
    vec![
        refused(431, "70 kB header", T10, field(format!("X: {}", filler(70_000)))),
        refused(
            431,
            "1 MiB header line",
            "reliability §3",
            field(format!("X: {}", filler(1 << 20))),
        ),
        refused(
            414,
            "70 kB URL",
            T10,
            line(format!("GET /{} HTTP/1.1", filler(70_000))),
        ),
        refused(
            414,
            "8 KiB and one",
            "DESIGN 6",
            line(format!("GET /{} HTTP/1.1", filler(8193 - 14))),
        ),
        ok(
            "8 KiB",
            "DESIGN 6",
            line(format!("GET /{} HTTP/1.1", filler(8192 - 14))),
        ),
        refused(
            431,
            "1 MiB of CR",
            "RFC 9112 §2.2",
            field(format!("X: {}", "\r".repeat(1 << 20))),
        ),
        refused(
            414,
            "1 MiB without a line",
            "must-not-repeat: buffers a line without end",
            filler(1 << 20),
        ),
        ok("128 fields", "DESIGN 6", fields(127)),
        refused(431, "129 fields", "DESIGN 6", fields(128)),
        refused(
            431,
            "1000 B over 1024",
            "tornado 3.2 MaxHeaderSize",
            field(format!("X: {}", filler(5000))),
        )
        .on(Kind::Small),
        refused(
            414,
            "small request line",
            "DESIGN 6",
            line(format!("GET /{} HTTP/1.1", filler(1100))),
        )
        .on(Kind::Small),
        ok("20 fields of 20", "DESIGN 6", fields(19)).on(Kind::Small),
        refused(431, "21 fields of 20", "DESIGN 6", fields(20)).on(Kind::Small),
        // Bodies.
        ok("4096, fixed", BODY, fixed("/buffered", 4096))
            .on(Kind::Small)
            .has("buffered 4096"),
        ok("4096, chunked", BODY, chunks("/buffered", 4096))
            .on(Kind::Small)
            .has("buffered 4096"),
        answers(&[413], "4097, fixed", BODY, fixed("/buffered", 4097)).on(Kind::Small),
        answers(&[413], "10240, chunked", BODY, chunks("/buffered", 10240)).on(Kind::Small),
        answers(&[413], "10240, streaming", BODY, fixed("/limited/4096", 10240)).on(Kind::Small),
        answers(
            &[413],
            "10240, streaming, chunked",
            BODY,
            chunks("/limited/4096", 10240),
        )
        .on(Kind::Small),
        answers(
            &[200, 413],
            "a raised limit is this request's",
            BODY,
            [fixed("/limited/10240", 10240), fixed("/buffered", 10240)].concat(),
        )
        .on(Kind::Small),
        answers(
            &[413, 200],
            "drained behind 413",
            BODY,
            [fixed("/buffered", 100_000), fixed("/buffered", 3)].concat(),
        )
        .on(Kind::Small)
        .has("buffered 3"),
        answers(
            &[200],
            "unread body of 256 KiB is drained",
            "DESIGN 6",
            fixed("/noread", 256 << 10),
        ),
        answers(
            &[200],
            "more is not",
            "DESIGN 6",
            fixed("/noread", (256 << 10) + 1),
        )
        .closes(),
        answers(
            &[200],
            "nor in chunks",
            "DESIGN 6",
            chunks("/noread", (256 << 10) + 1),
        )
        .closes(),
    ]
}
