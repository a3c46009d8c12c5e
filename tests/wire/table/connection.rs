//! Persistence, pipelining, HEAD, statuses without content, expectations.

use super::{Row, answers, field, line, ok, post, refused};

const T10: &str = "tornado 1.10";
const KEEP: &str = "tornado 3.2 KeepAliveTest";

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
        answers(
            &[200, 400],
            "a bad request behind a good one",
            "RFC 9112 §9.3.2",
            [
                line("GET /sleep/30 HTTP/1.1"),
                line("GET\t/x HTTP/1.1"),
                get.clone(),
            ]
            .concat(),
        )
        .closes(),
        ok(
            "response trailers",
            "RFC 9110 §6.5",
            line("GET /trailers HTTP/1.1"),
        )
        .has("x-sum: 1"),
        ok(
            "no trailers in HTTP/1.0",
            "RFC 9110 §6.5",
            "GET /trailers HTTP/1.0\r\n\r\n",
        )
        .lacks("x-sum")
        .closes(),
        // HEAD and statuses without content.
        ok("HEAD", "RFC 9110 §9.3.2", line("HEAD /only-get HTTP/1.1"))
            .head()
            .has("content-length: 3")
            .lacks("got"),
        answers(
            &[200, 200],
            "HEAD twice of a stream",
            KEEP,
            // An id of its own: one of ours is hexadecimal, and may hold the letters that must not come.
            "HEAD /stream HTTP/1.1\r\nHost: h\r\nX-Request-Id: h\r\n\r\n".repeat(2),
        )
        .head()
        .lacks("abc"),
        refused(
            400,
            "HEAD without Host",
            "RFC 9110 §9.3.2",
            "HEAD /x HTTP/1.1\r\n\r\n",
        )
        .head(),
        answers(
            &[404],
            "HEAD and an error page",
            "RFC 9110 §9.3.2",
            line("HEAD /watched/none/none HTTP/1.1"),
        )
        .head(),
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
            &[501],
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
