//! Sizes of heads and bodies.

use super::{Row, answers, field, line, ok, post_to, refused};
use crate::server::Kind;

const T10: &str = "tornado 1.10";
const BODY: &str = "tornado 3.2 BodyLimitsTest";

pub(super) fn rows() -> Vec<Row> {
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
            400,
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
