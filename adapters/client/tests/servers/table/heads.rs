//! Status lines, fields, 1xx, sizes.

use waterspout::ClientErrorKind::{HeadTooLarge, TooManyInformational};

use super::{Row, chunked, fails, line, malformed, ok, with};

const P6: &str = "packages §6";
const STATUS: &str = "RFC 9112 §4";
const FIELD: &str = "RFC 9112 §5";
const VALUE: &str = "RFC 9110 §5.5";
const INFORMATIONAL: &str = "RFC 9110 §15.2";

pub(super) fn good() -> Vec<Row> {
    vec![
        ok("no Date", P6, line("HTTP/1.1 200 OK"), "hi"),
        ok("no reason, no blank", STATUS, line("HTTP/1.1 200"), "hi"),
        ok("no reason", STATUS, line("HTTP/1.1 200 "), "hi"),
        ok(
            "a reason in Latin-1",
            STATUS,
            line(b"HTTP/1.1 200 d\xe9j\xe0 vu"),
            "hi",
        ),
        ok("299", "packages §4.1", line("HTTP/1.1 299 Fine"), "hi").status(299),
        ok("599", STATUS, line("HTTP/1.1 599 Bad"), "hi").status(599),
        ok("777", STATUS, line("HTTP/1.1 777 Jackpot"), "hi").status(777),
        ok("HTTP/1.0 with a length", P6, line("HTTP/1.0 200 OK"), "hi").lost(),
        ok(
            "HTTP/1.0 with keep-alive",
            "RFC 9112 §9.3",
            line("HTTP/1.0 200 OK\r\nConnection: Keep-Alive"),
            "hi",
        ),
        ok("HTTP/1.0 until the end", P6, "HTTP/1.0 200 OK\r\n\r\nhi", "hi").closes(),
        ok(
            "close is obeyed",
            "RFC 9112 §9.6",
            with("Connection: close\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .lost(),
        ok(
            "close in a list",
            "RFC 9112 §9.6",
            with("Connection: foo, Close\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .lost(),
        ok(
            "close in a second line",
            "RFC 9112 §9.6",
            with("Connection: foo\r\nConnection: close\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .lost(),
        ok(
            "UTF-8 in a value",
            P6,
            with("X-Name: Jürgen\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .field("x-name", "Jürgen"),
        ok(
            "Latin-1 in a value",
            P6,
            with(b"X-Name: J\xfcrgen\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .field("x-name", b"J\xfcrgen"),
        ok(
            "blanks around a value",
            FIELD,
            with("X-Name: \t v w \t\r\nContent-Length:2", "hi"),
            "hi",
        )
        .field("x-name", "v w"),
        ok(
            "an empty value",
            FIELD,
            with("X-Name:\r\nContent-Length: 2", "hi"),
            "hi",
        )
        .field("x-name", ""),
        ok(
            "names in any case",
            FIELD,
            with("x-NAME: v\r\ncOnTeNt-lEnGtH: 2", "hi"),
            "hi",
        )
        .field("x-name", "v"),
    ]
}

pub(super) fn informational() -> Vec<Row> {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    let then = |first: &str| [first.as_bytes(), &line("HTTP/1.1 200 OK")].concat();
    vec![
        ok("103 is not final", P6, then(early), "hi"),
        ok(
            "100 without a question",
            INFORMATIONAL,
            then("HTTP/1.1 100 Continue\r\n\r\n"),
            "hi",
        ),
        ok(
            "102",
            INFORMATIONAL,
            then("HTTP/1.1 102 Processing\r\n\r\n"),
            "hi",
        ),
        ok("199", INFORMATIONAL, then("HTTP/1.1 199 Odd\r\n\r\n"), "hi"),
        ok("ten of them", "tornado 3.1 6.5.9", then(&early.repeat(10)), "hi"),
        fails(
            TooManyInformational,
            "eleven",
            "tornado 3.1 6.5.9",
            then(&early.repeat(11)),
        ),
        fails(
            TooManyInformational,
            "a flood of 100",
            "tornado 3.1 6.5.9",
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000),
        )
        .whole(),
        malformed(
            "101 without a question",
            "RFC 9110 §15.2.2",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        ),
        malformed(
            "103 with a length",
            "RFC 9110 §15.2",
            then("HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\n"),
        ),
    ]
}

pub(super) fn bad() -> Vec<Row> {
    vec![
        malformed("another protocol", "issue 3", "SSH-2.0-OpenSSH_9.6\r\n"),
        malformed("HTTP/0.9", STATUS, "<html>hello</html>\r\n\r\n"),
        malformed(
            "HTTP/2 frames",
            STATUS,
            b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\r\n\r\n",
        ),
        malformed("HTTP/2.0", "RFC 9112 §2.3", line("HTTP/2.0 200 OK")),
        malformed("HTTP/1.2", "RFC 9112 §2.3", line("HTTP/1.2 200 OK")),
        malformed("lower case", "RFC 9112 §2.3", line("http/1.1 200 OK")),
        malformed("an empty line before", STATUS, line("\r\nHTTP/1.1 200 OK")),
        malformed("two blanks", STATUS, line("HTTP/1.1  200 OK")),
        malformed("099", STATUS, line("HTTP/1.1 099 Low")),
        malformed("a status of four digits", STATUS, line("HTTP/1.1 2000 OK")),
        malformed("a status of letters", STATUS, line("HTTP/1.1 abc OK")),
        malformed("a status with a sign", STATUS, line("HTTP/1.1 +20 OK")),
        malformed("NUL in the reason", STATUS, line("HTTP/1.1 200 O\0K")),
        malformed(
            "bare LF",
            "RFC 9112 §2.2",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
        ),
        malformed(
            "bare LF in the fields",
            "RFC 9112 §2.2",
            with("A: b\nContent-Length: 2", "hi"),
        ),
        malformed(
            "bare CR in a value",
            "RFC 9112 §2.2",
            with("A: b\rContent-Length: 2", "hi"),
        ),
        malformed(
            "bare CR in the status line",
            "RFC 9112 §2.2",
            line("HTTP/1.1 200 O\rK"),
        ),
        malformed(
            "NUL in a value",
            VALUE,
            with("A: b\0c\r\nContent-Length: 2", "hi"),
        ),
        malformed(
            "a folded line",
            "RFC 9112 §5.2",
            with("A: b\r\n c\r\nContent-Length: 2", "hi"),
        ),
        malformed(
            "a blank at the first field",
            "RFC 9112 §2.2",
            with(" A: b\r\nContent-Length: 2", "hi"),
        ),
        malformed(
            "a blank before the colon",
            "RFC 9112 §5.1",
            with("Content-Length : 2", "hi"),
        ),
        malformed("no colon", FIELD, with("A\r\nContent-Length: 2", "hi")),
        malformed("no name", FIELD, with(": b\r\nContent-Length: 2", "hi")),
        malformed(
            "a name with a blank",
            FIELD,
            with("A b: c\r\nContent-Length: 2", "hi"),
        ),
        malformed("a name in UTF-8", FIELD, with("Ä: c\r\nContent-Length: 2", "hi")),
    ]
}

pub(super) fn sizes() -> Vec<Row> {
    let head = |bytes: usize| with(format!("X: {}\r\nContent-Length: 2", "x".repeat(bytes)), "hi");
    let fields = |count: usize| with("A: b\r\n".repeat(count) + "Content-Length: 2", "hi");
    vec![
        ok("a head of 10 KiB", P6, head(10 << 10), "hi"),
        ok("a head of 60 KiB", P6, head(60 << 10), "hi"),
        ok("128 fields", "h1", fields(127), "hi"),
        fails(HeadTooLarge, "a head of 66 KiB", P6, head(66 << 10)),
        fails(HeadTooLarge, "129 fields", "h1", fields(128)).whole(),
        fails(
            HeadTooLarge,
            "a status line without end",
            P6,
            format!("HTTP/1.1 200 {}", "x".repeat(1 << 20)),
        ),
        fails(
            HeadTooLarge,
            "a field without end",
            P6,
            format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20)),
        ),
        fails(
            HeadTooLarge,
            "fields without end",
            P6,
            with("A: b\r\n".repeat(1 << 16), ""),
        ),
        malformed(
            "chunk extensions without end",
            P6,
            chunked(format!("5;{}", "x".repeat(1 << 20))),
        ),
        malformed(
            "trailers without end",
            P6,
            chunked(format!("0\r\n{}", "A: b\r\n".repeat(1 << 14))),
        ),
    ]
}
