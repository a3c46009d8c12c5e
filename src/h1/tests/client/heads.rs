use super::*;

use http::Version;

const EMPTY: &str = "\r\nContent-Length: 0\r\n\r\n";

#[test]
fn status_lines() {
    let line = |line: &str| line.to_owned() + EMPTY;
    check(&[
        (line("HTTP/1.1 200 OK"), "200 +"),
        (line("HTTP/1.1 200"), "200 +"),
        (line("HTTP/1.1 200 "), "200 +"),
        (line("HTTP/1.1 200  two  blanks\t"), "200 +"),
        (line("HTTP/1.1 200 h\u{e9}"), "200 +"),
        (line("HTTP/1.1 299 x"), "299 +"),
        (line("HTTP/1.1 600 x"), "600 +"),
        (line("HTTP/1.1 999 x"), "999 +"),
        (line("HTTP/1.0 200 OK"), "200"),
        (line("HTTP/1.1 099 x"), "<invalid status>"),
        (line("HTTP/1.1 000 x"), "<invalid status>"),
        (line("HTTP/1.1 -20 x"), "<invalid status>"),
        (line("HTTP/1.1 2 0 x"), "<invalid status>"),
        (line("HTTP/1.1 20x x"), "<invalid status>"),
        (line("HTTP/1.1  200 x"), "<invalid status>"),
        (line("HTTP/1.1 20"), "<invalid status line>"),
        (line("HTTP/1.1 2000 x"), "<invalid status line>"),
        (line("HTTP/1.1 200OK"), "<invalid status line>"),
        (line("HTTP/1.1 200\tOK"), "<invalid status line>"),
        (line("HTTP/1.1"), "<invalid status line>"),
        (line("HTTP/1.1 "), "<invalid status line>"),
        (line(""), "<invalid status line>"),
        (line("\r\nHTTP/1.1 200 OK"), "<invalid status line>"),
        (line(" HTTP/1.1 200 OK"), "<invalid status line>"),
        (line("GET / HTTP/1.1"), "<invalid status line>"),
        (line("SSH-2.0-x"), "<invalid status line>"),
        (line("HTTP/1.1 200 a\0b"), "<invalid reason phrase>"),
        (line("HTTP/1.1 200 a\x7f"), "<invalid reason phrase>"),
        (line("HTTP/1.1 200 \x1b[2J"), "<invalid reason phrase>"),
    ]);
    // Refused at the end of its line, which is all there will be.
    check(&[("ICY 200 OK\r\n", "<invalid status line>")]);
}

#[test]
fn versions() {
    let of = |version: &str| format!("{version} 200 OK{EMPTY}");
    for other in ["HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0", "HTTP/0.0"] {
        check(&[(of(other), "<HTTP/1.0 and HTTP/1.1 only>")]);
    }
    for wrong in [
        "http/1.1",
        "HTTP/1.10",
        "HTTP/01.1",
        "HTTP/1",
        "HTTP/2",
        "HTTPS/1.1",
        "HTTP 1.1",
        "HTTP/1,1",
    ] {
        check(&[(of(wrong), "<invalid status line>")]);
    }
    assert_eq!(head_of(asking("GET"), of("HTTP/1.1")).version, Version::HTTP_11);
    assert_eq!(head_of(asking("GET"), of("HTTP/1.0")).version, Version::HTTP_10);
}

#[test]
fn line_ends() {
    check(&[
        ("HTTP/1.1 200 OK\n", "<line feed without carriage return>"),
        ("HTTP/1.1 200 OK\r\nA: b\n", "<line feed without carriage return>"),
        (
            "HTTP/1.1 200 OK\r\nA: b\r\n\n",
            "<line feed without carriage return>",
        ),
        ("HTTP/1.1 200\rOK", "<carriage return without line feed>"),
        ("HTTP/1.1 200 OK\r\r\n", "<carriage return without line feed>"),
        (
            "HTTP/1.1 200 OK\r\nA: b\rC: d",
            "<carriage return without line feed>",
        ),
        ("HTTP/1.1 200 OK\r\n\rA", "<carriage return without line feed>"),
    ]);
}

#[test]
fn fields() {
    let field = |field: &str| ok(&format!("{field}\r\nContent-Length: 0\r\n"), "");
    for accepted in [
        "A: b",
        "A:b",
        "A:",
        "A: \t b \t",
        "a!#$%&'*+-.^_`|~: b",
        "A: \u{e9}",
        "A: b\tc",
    ] {
        check(&[(field(accepted), "200 +")]);
    }
    for name in [
        "A : b",
        "A\t: b",
        "A b: c",
        "A",
        ": b",
        "\"A\": b",
        "A\0: b",
        "\u{e9}: b",
        "A(b): c",
    ] {
        check(&[(field(name), "<invalid header field name>")]);
    }
    for value in ["A: b\0", "A: \x1b", "A: \x7f"] {
        check(&[(field(value), "<invalid header field value>")]);
    }
    // A folded line, and a blank before the first field.
    for folded in ["A: b\r\n c", "A: b\r\n\tc", "A: b\r\n ", " A: b", "\tA: b"] {
        check(&[(field(folded), "<field line begins with a blank>")]);
    }
}

#[test]
fn what_a_head_says() {
    let input = b"HTTP/1.1 404 n\xe4 so\r\nX-A: 1\r\nSet-Cookie: b\r\nx-a: \xff\r\nContent-Length: 3\r\n\r\n";
    let head = head_of(asking("GET"), input);
    assert_eq!(head.status, StatusCode::NOT_FOUND);
    assert_eq!(head.reason, &b"n\xe4 so"[..]);
    assert_eq!(head.length, Length::Known(3));
    assert!(head.keep_alive);
    assert_eq!(head.fields.len(), 4);
    assert_eq!(head.fields.get("set-cookie"), Some(&b"b"[..]));
    let map = head.fields.to_map();
    let values: Vec<&[u8]> = map.get_all("x-a").iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(values, [&b"1"[..], b"\xff"]);

    for none in ["HTTP/1.1 200", "HTTP/1.1 200 "] {
        let head = head_of(asking("GET"), none.to_owned() + EMPTY);
        assert_eq!(head.reason, "");
        assert_eq!(head.fields.len(), 1);
    }
}

/// A limit is what is accepted; one more is not, and is refused before the rest has come.
#[test]
fn limits() {
    let client = |head: usize, fields: usize| {
        move || {
            let limits = Limits {
                head,
                fields,
                request_line: 0, // has no meaning here
                ..Limits::default()
            };
            let mut client = Client::new(limits);
            ask(&mut client, "GET", &[]);
            client
        }
    };
    let input = ok("A: b\r\nContent-Length: 0\r\n", "");
    let large = "<response head too large>";
    for (head, fields, expected) in [
        (input.len(), 2, "200 +"),
        (input.len() - 1, 2, large),
        (input.len(), 1, large),
        (10, 2, large),
        (0, 0, large),
    ] {
        let seen = seen(client(head, fields), input.as_bytes(), false);
        assert_eq!(
            seen.strip_suffix(" closed").unwrap_or(&seen),
            expected,
            "{head} {fields}"
        );
    }
    // Without end: the line, the section.
    for endless in [
        "HTTP/1.1 200 ".to_owned() + &"x".repeat(70_000),
        ok(&"A: b\r\n".repeat(12_000), ""),
    ] {
        check(&[(endless, large)]);
    }
    let many = |count: usize| ok(&("A: b\r\n".repeat(count - 1) + "Content-Length: 0\r\n"), "");
    check(&[(many(128), "200 +"), (many(129), large)]);
}
