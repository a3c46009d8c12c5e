use super::*;

#[test]
fn request_lines() {
    check(&[
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"),
        ("get / HTTP/1.1\r\nHost: a\r\n\r\n", "get /"),
        ("M-SEARCH~ / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH~ /"),
        (
            "A-METHOD-LONGER-THAN-ANY-INLINE-BUFFER / HTTP/1.1\r\nHost: a\r\n\r\n",
            "A-METHOD-LONGER-THAN-ANY-INLINE-BUFFER /",
        ),
        ("FO,O / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("\"GET\" / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /\x0bHTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / b HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("asdf\r\n\r\n", "400"),
        ("\x16\x03\x01\x02\x00\x01\r\n", "400"),
    ]);
    // Garbage is refused at the end of its line, and does not wait for an empty one.
    check(&[
        ("asdf\r\n", "400"),
        ("GET / HTTP/2.0\r\n", "505"),
        ("GET /\n", "400"),
    ]);
}

#[test]
fn versions() {
    check(&[
        ("GET / HTTP/1.0\r\n\r\n", "GET /"),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505"),
        ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", "505"),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
        ("GET /\r\n\r\n", "400"),
        ("GET / \r\n\r\n", "400"),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/01.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1,1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/x.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", "400"),
    ]);
}

#[test]
fn line_ends() {
    check(&[
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", "400"),
        ("GET / HTTP/1.1\nHost: a\n\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n", "400"),
        // As soon as the LF is there.
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\n", "400"),
        ("GET / HTTP/1.1\rHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \rb\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\r: b\r\n\r\n", "400"),
        // One empty line is forgiven before every request.
        (
            &get("").repeat(2).replace("\r\n\r\nGET", "\r\n\r\n\r\nGET"),
            "GET / GET /",
        ),
    ]);
}

#[test]
fn fields() {
    check(&[
        (get("X: a\r\n"), "GET /"),
        (get("X:a\r\nX:\r\nX: \t \r\n"), "GET /"),
        (get("!#$%&'*+-.^_`|~09azAZ: a\r\n"), "GET /"),
        (get("X: \u{e9}\u{ff}\r\n"), "GET /"),
        (get("X: a\tb\r\n"), "GET /"),
        (get("X\r\n"), "400"),
        (get("X : a\r\n"), "400"),
        (get("X\t: a\r\n"), "400"),
        (get(": a\r\n"), "400"),
        (get(" X: a\r\n"), "400"),
        (get("X: a\r\n b\r\n"), "400"),
        (get("X: a\r\n\tb\r\n"), "400"),
        (get("X: a\r\n \r\n"), "400"),
        (get("X\0: a\r\n"), "400"),
        (get("X\u{80}: a\r\n"), "400"),
        (get("X(): a\r\n"), "400"),
        (get("\"X\": a\r\n"), "400"),
        (get("X: a\0b\r\n"), "400"),
        (get("X: a\x01b\r\n"), "400"),
        (get("X: a\x7fb\r\n"), "400"),
        (get("X: a\x0bb\r\n"), "400"),
        (get("X: \x0c\r\n"), "400"),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n".into(), "400"),
        (post("Content-length : 5\r\n", "hello"), "400"),
        (get(&format!("{}: a\r\n", "n".repeat(300))), "GET /"),
        (get(&format!("{}\u{80}: a\r\n", "n".repeat(300))), "400"),
    ]);
}

/// What nothing can mend is refused without waiting for the rest of the head.
#[test]
fn faults_of_lines_are_found_at_once() {
    let line = "GET / HTTP/1.1\r\n";
    for fault in [
        "Host: a\r\n\rabc",
        "Host: a\rb",
        "\rb",
        " Host: a",
        "\tb",
        "Host: a\r\n folded",
        "Host: a\n",
    ] {
        assert_eq!(
            seen(Limits::default(), format!("{line}{fault}").as_bytes()),
            "400 closed",
            "{fault:?}"
        );
    }
}

#[test]
fn values_lose_blanks_only() {
    let (_, head) = asked(&get("A: \t b \tc\t \r\nE:\r\n"));
    let map = head.fields.to_map();
    assert_eq!(
        (&map["a"], &map["e"]),
        (&HeaderValue::from_static("b \tc"), &HeaderValue::from_static(""))
    );
    assert_eq!(
        (head.fields.get("a"), head.fields.get("E")),
        (Some(&b"b \tc"[..]), Some(&b""[..]))
    );
    assert_eq!((head.fields.get("hos"), head.fields.get("b")), (None, None));
    let mut server = Server::new(Limits::default());
    server.receive(b"GET / HTTP/1.1\r\nHost: a\r\nX: \xa0b\xa0\r\nX: 2\r\nx: 1\r\n\r\n");
    let Event::Request(head) = server.next_event() else {
        panic!()
    };
    let map = head.fields.to_map();
    let values: Vec<&[u8]> = map.get_all("x").iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(values, [&b"\xa0b\xa0"[..], b"2", b"1"]);
}

/// Limits that a test can reach.
fn small() -> Limits {
    Limits {
        request_line: 20,
        head: 60,
        fields: 3,
        chunk_line: 8,
        trailers: 20,
    }
}

#[test]
fn limits_are_exact() {
    let line = |path: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(path));
    assert!(seen(small(), line(6).as_bytes()).starts_with("GET /"));
    assert_eq!(seen(small(), line(7).as_bytes()), "414 closed");
    assert_eq!(
        seen(small(), &[b'x'; 22]),
        "414 closed",
        "as soon as it cannot fit"
    );
    assert_eq!(seen(small(), &[b'x'; 21]), "");

    let head = |value: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(value));
    let fits = 60 - head(0).len();
    assert!(seen(small(), head(fits).as_bytes()).starts_with("GET /"));
    assert_eq!(seen(small(), head(fits + 1).as_bytes()), "431 closed");
    assert_eq!(seen(small(), &head(fits + 9).as_bytes()[..60]), "431 closed");

    let lines = |count: usize| format!("GET / HTTP/1.0\r\n{}\r\n", "X:\r\n".repeat(count));
    assert!(seen(small(), lines(3).as_bytes()).starts_with("GET /"));
    assert_eq!(seen(small(), lines(4).as_bytes()), "431 closed");
}

#[test]
fn default_limits() {
    check(&[
        (
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000)),
            "414",
        ),
        (get(&format!("X: {}\r\n", "x".repeat(70_000))), "431"),
        (get(&"X: a\r\n".repeat(128)), "431"),
        (get(&"X: a\r\n".repeat(127)), "GET /"),
    ]);
    let limits = Limits {
        fields: 1000,
        ..Limits::default()
    };
    assert_eq!(
        seen(limits, get(&"X: a\r\n".repeat(128)).as_bytes()),
        "431 closed",
        "128 is the most"
    );
    // Limits so small that they overlap still end in an answer.
    let none = Limits {
        request_line: 0,
        head: 0,
        fields: 0,
        chunk_line: 0,
        trailers: 0,
    };
    assert_eq!(seen(none, b"GET / HTTP/1.1\r\n\r\n"), "414 closed");
    let odd = Limits {
        head: 5,
        ..Limits::default()
    };
    assert_eq!(seen(odd, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "431 closed");
}
