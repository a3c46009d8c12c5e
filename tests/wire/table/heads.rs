//! Request lines, fields, `Host`.

use super::{Row, answers, field, host, line, ok, refused};

const T10: &str = "tornado 1.10";
const R2: &str = "reliability §2";

pub(super) fn rows() -> Vec<Row> {
    vec![
        // The request line.
        refused(
            400,
            "no request at all",
            "tornado 3.2 HTTPServerRawTest",
            "asdf\r\n\r\n",
        ),
        refused(505, "HTTP/2.0", R2, line("GET /x HTTP/2.0")),
        refused(
            505,
            "HTTP/2 preface",
            "RFC 9113 §3.4",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ),
        refused(505, "HTTP/0.9 by name", T10, line("GET /x HTTP/0.9")),
        refused(505, "HTTP/1.2", "RFC 9110 §2.5", line("GET /x HTTP/1.2")),
        refused(400, "HTTP/0.9 without version", R2, "GET /x\r\n\r\n").has("400 Bad Request"),
        refused(400, "HTTP/1.10", "RFC 9112 §2.3", line("GET /x HTTP/1.10")),
        refused(
            400,
            "http/1.1 in lower case",
            "RFC 9112 §2.3",
            line("GET /x http/1.1"),
        ),
        refused(400, "no digits", "RFC 9112 §2.3", line("GET /x HTTP/x.y")),
        refused(400, "two spaces before the target", T10, line("GET  /x HTTP/1.1")),
        refused(400, "two spaces behind the target", T10, line("GET /x  HTTP/1.1")),
        refused(400, "space in the target", T10, line("GET /x y HTTP/1.1")),
        refused(400, "space behind the version", T10, line("GET /x HTTP/1.1 ")),
        refused(400, "tab", T10, line("GET\t/x\tHTTP/1.1")),
        refused(400, "leading space", T10, line(" GET /x HTTP/1.1")),
        refused(
            400,
            "comma in the method",
            "tornado 3.2 HTTPServerRawTest",
            line("FO,O /x HTTP/1.1"),
        ),
        refused(400, "no method", T10, line(" /x HTTP/1.1")),
        refused(400, "NUL in the method", T10, line("G\0T /x HTTP/1.1")),
        refused(400, "NUL in the target", T10, line("GET /x\0y HTTP/1.1")),
        refused(
            400,
            "control character in the target",
            T10,
            line("GET /x\x0by HTTP/1.1"),
        ),
        refused(400, "DEL in the target", T10, line("GET /x\x7f HTTP/1.1")),
        refused(400, "bare CR in the line", T10, line("GET /x\ry HTTP/1.1")),
        refused(400, "non-ASCII target", R2, line("GET /\u{e4} HTTP/1.1")),
        refused(
            400,
            "overlong UTF-8 in the target",
            R2,
            line(b"GET /\xc0\xaf HTTP/1.1"),
        ),
        refused(400, "fragment", "RFC 9112 §3.2", line("GET /x#y HTTP/1.1")),
        refused(400, "relative target", "RFC 9112 §3.2", line("GET x HTTP/1.1")),
        refused(
            400,
            "foreign scheme",
            "RFC 9112 §3.2.2",
            line("GET ftp://h/x HTTP/1.1"),
        ),
        refused(
            400,
            "userinfo in the target",
            "RFC 9110 §4.2.4",
            line("GET http://u@h/x HTTP/1.1"),
        ),
        refused(
            400,
            "no authority in the target",
            "RFC 9110 §4.2.1",
            line("GET http:///x HTTP/1.1"),
        ),
        refused(
            400,
            "lines end with LF",
            "tornado 3.2 HTTPConnectionTest",
            "GET /x HTTP/1.1\nHost: h\n\n",
        ),
        refused(
            400,
            "TLS client hello",
            "RFC 9112 §3",
            b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n",
        ),
        ok(
            "one CRLF before the line",
            T10,
            "\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n",
        ),
        refused(
            400,
            "two CRLF before the line",
            T10,
            "\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n",
        ),
        // Forms of the target.
        ok(
            "absolute form",
            T10,
            "GET http://x/e?q HTTP/1.1\r\nHost: x\r\n\r\n",
        )
        .has("GET http://x/e?q x 0"),
        ok(
            "absolute form in other case",
            "RFC 9110 §4.2.3",
            line("GET HTTP://H/e HTTP/1.1"),
        ),
        ok("OPTIONS *", R2, line("OPTIONS * HTTP/1.1")).has("OPTIONS * h 0"),
        refused(400, "GET *", R2, line("GET * HTTP/1.1")),
        answers(
            &[501],
            "CONNECT",
            R2,
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n",
        ),
        refused(
            400,
            "CONNECT without port",
            "RFC 9112 §3.2.3",
            "CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n",
        ),
        refused(
            400,
            "CONNECT to a path",
            "RFC 9112 §3.2.3",
            line("CONNECT /x HTTP/1.1"),
        ),
        refused(
            400,
            "GET in authority form",
            "RFC 9112 §3.2",
            line("GET h:80 HTTP/1.1"),
        ),
        ok(
            "two slashes are a path",
            "RFC 9112 §3.2.1",
            line("GET //evil.com/x HTTP/1.1"),
        )
        .has("GET //evil.com/x h"),
        ok(
            "target as received",
            "DESIGN 8",
            line("GET /a%2Fb;c?d=%zz&+ HTTP/1.1"),
        )
        .has("GET /a%2Fb;c?d=%zz&+ h"),
        ok("raw paths", "DESIGN 8", line("GET /a/../b/%2e HTTP/1.1")).has("GET /a/../b/%2e h"),
        answers(
            &[400],
            "dot segments elsewhere",
            "DESIGN 4",
            line("GET /watched/../stream HTTP/1.1"),
        ),
        // Methods.
        answers(&[501], "unknown method", R2, line("FOO /only-get HTTP/1.1")),
        answers(&[501], "lower-case method", T10, line("get /only-get HTTP/1.1")),
        answers(&[405], "405 has Allow", R2, line("DELETE /only-get HTTP/1.1"))
            .has("allow: GET, HEAD, OPTIONS"),
        answers(
            &[204],
            "OPTIONS of a resource",
            T10,
            line("OPTIONS /only-get HTTP/1.1"),
        )
        .has("allow: GET"),
        ok(
            "any token is a method",
            "RFC 9110 §9.1",
            line("M-SEARCH /x HTTP/1.1"),
        )
        .has("M-SEARCH /x"),
        // Fields.
        refused(400, "no colon", T10, field("Foo")),
        refused(
            400,
            "space before the colon",
            "tornado 3.1 #2790",
            field("Content-length : 5"),
        ),
        refused(400, "tab before the colon", T10, field("X\t: 5")),
        refused(400, "empty name", T10, field(": x")),
        refused(400, "space in the name", T10, field("X Y: x")),
        refused(400, "non-ASCII name", "RFC 9110 §5.1", field("\u{e4}: x")),
        refused(400, "NUL in a name", "RFC 9110 §5.1", field("X\0: x")),
        refused(400, "NUL in a value", T10, field("X: a\0b")),
        refused(400, "control character in a value", T10, field("X: a\x01b")),
        refused(400, "DEL in a value", T10, field("X: a\x7fb")),
        refused(400, "bare CR in a value", T10, field("X: a\rb")),
        refused(400, "bare CR at the end", T10, field("X: a\r")),
        refused(400, "bare LF in a line", R2, field("X: a\nY: b")),
        refused(400, "obs-fold", T10, field("X: a\r\n b")),
        refused(400, "obs-fold in the first line", T10, host(" Host: h")),
        refused(
            400,
            "space line behind the request line",
            "RFC 9112 §2.2",
            host(" \r\nHost: h"),
        ),
        ok(
            "Latin-1 value",
            "tornado 3.2 HTTPConnectionTest",
            field(b"X-Foo: caf\xe9"),
        )
        .has("x-foo: caf"),
        ok("blanks around a value", T10, field("X-Foo:\t  a b \t")).has("x-foo: a b\n"),
        ok(
            "no blank, empty value",
            "RFC 9110 §5.5",
            field("X-Foo:a\r\nX-Bar:"),
        )
        .has("x-foo: a\nx-bar: \n"),
        ok(
            "repeats in order",
            "DESIGN 4",
            field("X-A: 1\r\nX-B: 2\r\nX-A: 3"),
        )
        .has("x-a: 1\nx-a: 3\nx-b: 2\n"),
    ]
}

pub(super) fn hosts() -> Vec<Row> {
    vec![
        refused(400, "no Host", R2, host("X: y")),
        refused(400, "empty Host", R2, host("Host:")),
        refused(400, "two Hosts", R2, host("Host: a\r\nHost: b")),
        refused(400, "the same Host twice", R2, host("Host: a\r\nHost: a")),
        refused(400, "Host list", R2, host("Host: a, b")),
        refused(400, "Host with a path", R2, host("Host: a/b")),
        refused(400, "Host with a query", "RFC 9112 §3.2", host("Host: a?b")),
        refused(400, "Host with userinfo", R2, host("Host: u@b")),
        refused(400, "Host with a blank", "RFC 9112 §3.2", host("Host: a b")),
        refused(400, "Host with a bad port", "RFC 9112 §3.2", host("Host: a:b")),
        refused(
            400,
            "Host with a port too large",
            "RFC 9112 §3.2",
            host("Host: a:65536"),
        ),
        refused(
            400,
            "Host with a bad escape",
            "RFC 3986 §3.2.2",
            host("Host: a%zz"),
        ),
        refused(
            400,
            "Host with an open bracket",
            "RFC 3986 §3.2.2",
            host("Host: [::1"),
        ),
        refused(400, "space before the colon of Host", T10, host("Host : x")),
        refused(
            400,
            "no Host in absolute form",
            "RFC 9112 §3.2",
            "GET http://h/x HTTP/1.1\r\n\r\n",
        ),
        ok("IPv6 host and port", "RFC 3986 §3.2.2", host("Host: [::1]:8888")).has("[::1]:8888 0"),
        ok("no Host in HTTP/1.0", "RFC 9112 §3.2", "GET /x HTTP/1.0\r\n\r\n")
            .has("GET /x - 0")
            .closes(),
        refused(
            400,
            "bad Host in HTTP/1.0",
            "RFC 9112 §3.2",
            "GET /x HTTP/1.0\r\nHost: a, b\r\n\r\n",
        ),
        ok(
            "Host differs from the absolute form",
            "RFC 9112 §3.2.2",
            "GET http://a/x HTTP/1.1\r\nHost: b\r\n\r\n",
        ),
    ]
}
