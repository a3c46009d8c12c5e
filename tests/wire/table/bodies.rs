//! `Content-Length`, chunks.

use super::{Row, answers, chunked, join, line, ok, post, post_to, refused};

const T10: &str = "tornado 1.10";
const R2: &str = "reliability §2";
const QPPV: &str = "tornado 3.1 GHSA-qppv-j76h-2rpx";
const MPMX: &str = "tornado 3.1 GHSA-753j-mpmx-qq6g";
const RFC: &str = "RFC 9112 §6.3";

/// A POST with this `Content-Length`.
fn length(value: impl AsRef<[u8]>) -> Vec<u8> {
    post(join(&[b"Content-Length: ", value.as_ref()]), "hello")
}

pub(super) fn lengths() -> Vec<Row> {
    vec![
        ok("a body", T10, length("5")).has("POST /post h 5\nhello"),
        ok("no body", RFC, line("POST /post HTTP/1.1")).has("POST /post h 0"),
        ok(
            "GET with a body",
            "RUSTSEC-2020-0008",
            "GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
        )
        .has("GET /x h 5\nhello"),
        ok("leading zeros", RFC, length("0005")).has("hello"),
        refused(400, "+1", QPPV, length("+1")),
        refused(400, "1_0", QPPV, length("1_0")),
        refused(400, "foo", QPPV, length("foo")),
        refused(400, "-1", T10, length("-1")),
        refused(400, "empty", T10, length("")),
        refused(400, "0x5", RFC, length("0x5")),
        refused(400, "5.0", RFC, length("5.0")),
        refused(400, "1e1", RFC, length("1e1")),
        refused(400, "two numbers", RFC, length("5 5")),
        refused(400, "no-break space behind", MPMX, length(b"2\xa0")),
        refused(400, "no-break space in a list", T10, length(b"5,\xa05")),
        refused(400, "Arabic digit", RFC, length("\u{665}")),
        refused(
            400,
            "2 and 3",
            T10,
            post("Content-Length: 2\r\nContent-Length: 3", "abc"),
        ),
        refused(
            400,
            "the same twice",
            T10,
            post("Content-Length: 5\r\nContent-Length: 5", "hello"),
        ),
        refused(400, "list", R2, length("5, 5")),
        refused(400, "list with a comma at the end", RFC, length("5,")),
        refused(400, "23 digits", T10, length("99999999999999999999999")),
        refused(400, "2^64", T10, length("18446744073709551616")),
        refused(
            400,
            "2^64 + 5",
            "RUSTSEC-2021-0078",
            length("18446744073709551621"),
        ),
        answers(
            &[413],
            "above the limit",
            T10,
            post_to("/buffered", "Content-Length: 10485761", ""),
        )
        .closes(),
        answers(
            &[413],
            "2^63 - 1",
            T10,
            post_to("/buffered", "Content-Length: 9223372036854775807", ""),
        )
        .closes(),
        answers(
            &[200, 200],
            "an unread body is no request",
            "RUSTSEC-2020-0093",
            [
                post_to(
                    "/noread",
                    "Content-Length: 27",
                    "GET /x HTTP/1.1\r\nHost: h\r\n\r",
                ),
                line("GET /y HTTP/1.1"),
            ]
            .concat(),
        )
        .has("GET /y h 0")
        .lacks("GET /x"),
    ]
}

pub(super) fn chunks() -> Vec<Row> {
    let bad = |name, source, body: &str| refused(400, name, source, chunked(body));
    vec![
        ok(
            "three chunks",
            "tornado 3.2 HTTPServerRawTest",
            chunked("4\r\nfoo=\r\n3\r\nbar\r\n0\r\n\r\n"),
        )
        .has("foo=bar"),
        ok(
            "upper and lower digits",
            RFC,
            chunked("00A\r\n0123456789\r\n000b\r\n0123456789a\r\n000\r\n\r\n"),
        )
        .has("/post h 21\n"),
        ok("an extension", T10, chunked("2;a=b\r\nhi\r\n0\r\n\r\n")).has("h 2\nhi"),
        ok(
            "quoted extension",
            R2,
            chunked("2;a=\"b;c\\\"\";d\r\nhi\r\n0;z\r\n\r\n"),
        )
        .has("h 2\nhi"),
        ok(
            "blanks around an extension",
            "RFC 9112 §7.1.1",
            chunked("2 ; a = b\r\nhi\r\n0\r\n\r\n"),
        )
        .has("h 2\nhi"),
        ok(
            "trailers",
            R2,
            chunked("2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-B: 2\r\n\r\n"),
        )
        .has("h 2\nhi"),
        bad("0x2", QPPV, "0x2\r\nhi\r\n0\r\n\r\n"),
        bad("+2", QPPV, "+2\r\nhi\r\n0\r\n\r\n"),
        bad("-2", R2, "-2\r\nhi\r\n0\r\n\r\n"),
        bad("1_a", QPPV, "1_a\r\nhi\r\n0\r\n\r\n"),
        bad("space before the size", R2, " 2\r\nhi\r\n0\r\n\r\n"),
        bad("space behind the size", R2, "2 \r\nhi\r\n0\r\n\r\n"),
        bad("no size", "RFC 9112 §7.1", "\r\nhi\r\n0\r\n\r\n"),
        bad("20 digits", T10, "ffffffffffffffffffff\r\nhi\r\n0\r\n\r\n"),
        bad(
            "2^64 + 2",
            "RUSTSEC-2021-0079",
            "10000000000000002\r\nhi\r\n0\r\n\r\n",
        ),
        bad("wrong CRLF behind data", T10, "2\r\nhi--0\r\n\r\n"),
        bad("data longer than said", T10, "2\r\nhello\r\n0\r\n\r\n"),
        bad("LF behind the size", T10, "2\nhi\r\n0\r\n\r\n"),
        bad("LF behind data", T10, "2\r\nhi\n0\r\n\r\n"),
        bad("CR behind the size", R2, "2\rhi\r\n0\r\n\r\n"),
        bad("LF in the last line", T10, "2\r\nhi\r\n0\n\n"),
        bad("LF in the trailers", T10, "2\r\nhi\r\n0\r\nX: y\n\r\n"),
        bad("LF in an extension", "CVE-2025-22871", "2;\n\r\nhi\r\n0\r\n\r\n"),
        bad("bare semicolon", R2, "2;\r\nhi\r\n0\r\n\r\n"),
        bad("invalid extension token", R2, "2;a@=b\r\nhi\r\n0\r\n\r\n"),
        bad("NUL in an extension", R2, "2;a=\0\r\nhi\r\n0\r\n\r\n"),
        bad("open quote", "RFC 9112 §7.1.1", "2;a=\"b\r\nhi\r\n0\r\n\r\n"),
        bad("trailer Content-Length", R2, "0\r\nContent-Length: 5\r\n\r\n"),
        bad("trailer Host", R2, "0\r\nHost: evil\r\n\r\n"),
        bad(
            "trailer Transfer-Encoding",
            R2,
            "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        bad("trailer without colon", RFC, "0\r\nfoo\r\n\r\n"),
        bad("trailer with obs-fold", RFC, "0\r\nX: a\r\n b\r\n\r\n"),
        refused(
            400,
            "chunk line over 256 bytes",
            T10,
            chunked(format!("2;{}\r\nhi\r\n0\r\n\r\n", "a".repeat(300))),
        ),
        refused(
            400,
            "extension of 64 KB",
            R2,
            chunked(format!("2;a=\"{}\"\r\nhi\r\n0\r\n\r\n", "b".repeat(65536))),
        ),
        refused(
            400,
            "extensions without end",
            "CVE-2023-39326",
            chunked(format!("1;{}\r\na\r\n", "x".repeat(250)).repeat(200)),
        ),
        refused(
            400,
            "trailers over 8 KiB",
            "DESIGN 6",
            chunked(format!("0\r\nX: {}\r\n\r\n", "a".repeat(9000))),
        ),
        answers(
            &[200],
            "bad chunks behind an answer",
            "RUSTSEC-2020-0093",
            post_to(
                "/noread",
                "Transfer-Encoding: chunked",
                "zz\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n",
            ),
        )
        .closes()
        .lacks("GET /x"),
        answers(
            &[200, 200],
            "unread chunks are drained",
            "RUSTSEC-2020-0093",
            [
                post_to(
                    "/noread",
                    "Transfer-Encoding: chunked",
                    "1b\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\r\n0\r\n\r\n",
                ),
                line("GET /y HTTP/1.1"),
            ]
            .concat(),
        )
        .has("GET /y h 0")
        .lacks("GET /x"),
    ]
}
