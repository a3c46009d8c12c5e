//! How long a body is (RFC 9112 section 6.3).

use super::{Row, chunked, malformed, ok, with};

const P6: &str = "packages §6";
const RFC: &str = "RFC 9112 §6.3";
const CHUNKS: &str = "RFC 9112 §7.1";
const SMUGGLED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";

pub(super) fn good() -> Vec<Row> {
    let twice = "Content-Length: 5\r\nContent-Length: 5";
    vec![
        ok("a length", RFC, with("Content-Length: 5", "hello"), "hello"),
        ok("no content", RFC, with("Content-Length: 0", ""), ""),
        ok("the same length twice", RFC, with(twice, "hello"), "hello"),
        ok(
            "the same length in a list",
            RFC,
            with("Content-Length: 5, 5", "hello"),
            "hello",
        ),
        ok(
            "chunks",
            RFC,
            chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
            "hello world",
        ),
        ok("no chunk", RFC, chunked("0\r\n\r\n"), ""),
        ok(
            "Chunked",
            P6,
            with("Transfer-Encoding: Chunked", "5\r\nhello\r\n0\r\n\r\n"),
            "hello",
        ),
        ok(
            "chunk extensions",
            P6,
            chunked("5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"),
            "hello",
        ),
        ok(
            "large digits",
            CHUNKS,
            chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
            "0123456789".repeat(2),
        ),
        ok(
            "zeros before a chunk's size",
            CHUNKS,
            chunked("0005\r\nhello\r\n000\r\n\r\n"),
            "hello",
        ),
        ok(
            "trailers",
            CHUNKS,
            chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"),
            "hello",
        ),
        ok("until the end", P6, with("X: y", "hello"), "hello").closes(),
        ok("nothing until the end", P6, with("X: y", ""), "").closes(),
        ok("204", RFC, "HTTP/1.1 204 No Content\r\n\r\n", "").status(204),
        ok(
            "304 with a length",
            RFC,
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "",
        )
        .status(304),
        ok(
            "304 with chunks",
            RFC,
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            "",
        )
        .status(304),
        ok("HEAD with a length", P6, with("Content-Length: 5", ""), "")
            .head()
            .field("content-length", "5"),
        ok(
            "HEAD with chunks",
            RFC,
            with("Transfer-Encoding: chunked", ""),
            "",
        )
        .head(),
        ok("HEAD with neither", RFC, with("X: y", ""), "").head(),
        ok(
            "HEAD with a content coding",
            RFC,
            with("Content-Encoding: gzip\r\nContent-Length: 5", ""),
            "",
        )
        .head(),
        // What follows was not asked for, and is never the answer to what is asked next.
        ok(
            "HEAD with a body after all",
            RFC,
            with("Content-Length: 5", "hello"),
            "",
        )
        .head()
        .lost()
        .whole(),
        ok(
            "a second response",
            P6,
            with("Content-Length: 2", format!("hi{SMUGGLED}")),
            "hi",
        )
        .lost()
        .whole(),
        ok(
            "a second response behind chunks",
            P6,
            chunked(format!("2\r\nhi\r\n0\r\n\r\n{SMUGGLED}")),
            "hi",
        )
        .lost()
        .whole(),
        ok(
            "204 with a body after all",
            RFC,
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
            "",
        )
        .status(204)
        .lost(),
        ok(
            "304 with a body after all",
            RFC,
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
            "",
        )
        .status(304)
        .lost()
        .whole(),
    ]
}

pub(super) fn bad() -> Vec<Row> {
    let length = |value: &str| with(format!("Content-Length: {value}"), "hello");
    let coding = |value: &str| with(format!("Transfer-Encoding: {value}"), "5\r\nhello\r\n0\r\n\r\n");
    vec![
        malformed(
            "chunked and a length",
            RFC,
            with(
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "5\r\nhello\r\n0\r\n\r\n",
            ),
        ),
        malformed(
            "a length and chunked",
            RFC,
            with(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "5\r\nhello\r\n0\r\n\r\n",
            ),
        ),
        malformed(
            "chunked in HTTP/1.0",
            "RFC 9112 §6.1",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
        malformed(
            "two lengths",
            RFC,
            with("Content-Length: 5\r\nContent-Length: 6", "hello"),
        ),
        malformed("two lengths in a list", RFC, length("5, 6")),
        malformed("+5", RFC, length("+5")),
        malformed("-5", RFC, length("-5")),
        malformed("five", RFC, length("five")),
        malformed("no number", RFC, length("")),
        malformed("0x5", RFC, length("0x5")),
        malformed("2^64 + 5", RFC, length("18446744073709551621")),
        malformed("gzip, chunked", RFC, coding("gzip, chunked")),
        malformed("chunked, gzip", RFC, coding("chunked, gzip")),
        malformed("chunked twice", RFC, coding("chunked, chunked")),
        malformed("identity", RFC, coding("identity")),
        malformed("xchunked", RFC, coding("xchunked")),
        malformed("no coding", RFC, coding("")),
        malformed(
            "a chunk without a size",
            CHUNKS,
            chunked("\r\nhello\r\n0\r\n\r\n"),
        ),
        malformed(
            "a chunk of a size in letters",
            CHUNKS,
            chunked("xyz\r\nhello\r\n0\r\n\r\n"),
        ),
        malformed("a chunk of +5", CHUNKS, chunked("+5\r\nhello\r\n0\r\n\r\n")),
        malformed("a chunk of 0x5", CHUNKS, chunked("0x5\r\nhello\r\n0\r\n\r\n")),
        malformed(
            "a chunk of 2^64",
            CHUNKS,
            chunked("10000000000000000\r\nhello\r\n0\r\n\r\n"),
        ),
        malformed(
            "a chunk longer than it says",
            CHUNKS,
            chunked("5\r\nhello!\r\n0\r\n\r\n"),
        ),
        malformed(
            "a chunk that ends in LF",
            CHUNKS,
            chunked("5\r\nhello\n0\r\n\r\n"),
        ),
        malformed("a size that ends in LF", CHUNKS, chunked("5\nhello\r\n0\r\n\r\n")),
        malformed(
            "a trailer without a colon",
            CHUNKS,
            chunked("5\r\nhello\r\n0\r\nfoo\r\n\r\n"),
        ),
    ]
}
