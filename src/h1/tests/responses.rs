//! Heads and bodies going out.

use super::*;

const DATE: &str = "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";

/// What one response to `input` looks like on the wire, without the date.
fn response(input: &str, status: u16, fields: &[(&str, &str)], size: BodySize, body: &str) -> String {
    let (mut server, _) = asked(input);
    let status = StatusCode::from_u16(status).unwrap();
    server
        .send_response(status, None, &map(fields), size, &date())
        .unwrap();
    if !body.is_empty() {
        server.send_data(bytes(body)).unwrap();
    }
    server.finish(None).unwrap();
    let text = written(&mut server);
    assert!(text.contains(DATE), "{text}");
    text.replace(DATE, "").replace("\r\n", "|")
}

const OLD: &str = "GET / HTTP/1.0\r\n\r\n";
const OLD_ALIVE: &str = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn framing() {
    use BodySize::*;
    let get = &get("");
    assert_eq!(
        response(get, 200, &[], Empty, ""),
        "HTTP/1.1 200 OK|content-length: 0||"
    );
    assert_eq!(
        response(get, 200, &[], Known(2), "hi"),
        "HTTP/1.1 200 OK|content-length: 2||hi"
    );
    assert_eq!(
        response(get, 200, &[], Unknown, "0123456789abcdefg"),
        "HTTP/1.1 200 OK|transfer-encoding: chunked||11|0123456789abcdefg|0||"
    );
    assert_eq!(
        response(get, 200, &[("content-length", "2")], Unknown, "hi"),
        "HTTP/1.1 200 OK|content-length: 2||hi"
    );
    assert_eq!(
        response(get, 200, &[("content-length", "2")], Known(2), "hi"),
        "HTTP/1.1 200 OK|content-length: 2||hi"
    );
    assert_eq!(
        response(get, 404, &[("content-length", "0")], Empty, ""),
        "HTTP/1.1 404 Not Found|content-length: 0||"
    );
}

#[test]
fn without_a_body() {
    use BodySize::*;
    let get = &get("");
    for size in [Empty, Known(2), Unknown] {
        let body = if size == Empty { "" } else { "hi" };
        assert_eq!(
            response(get, 204, &[("content-length", "0")], size, body),
            "HTTP/1.1 204 No Content||"
        );
        assert_eq!(response(get, 304, &[], size, body), "HTTP/1.1 304 Not Modified||");
        assert_eq!(
            response(get, 304, &[("content-length", "7")], size, body),
            "HTTP/1.1 304 Not Modified|content-length: 7||"
        );
        assert_eq!(
            response(get, 205, &[], size, body),
            "HTTP/1.1 205 Reset Content|content-length: 0||"
        );
    }
    assert_eq!(
        response(HEAD, 200, &[], Known(2), "hi"),
        "HTTP/1.1 200 OK|content-length: 2||"
    );
    assert_eq!(
        response(HEAD, 200, &[], Empty, ""),
        "HTTP/1.1 200 OK|content-length: 0||"
    );
    assert_eq!(
        response(HEAD, 200, &[], Unknown, "hi"),
        "HTTP/1.1 200 OK|transfer-encoding: chunked||"
    );
    assert_eq!(
        response(HEAD, 200, &[("content-length", "99")], Empty, ""),
        "HTTP/1.1 200 OK|content-length: 99||"
    );
    // A length that was promised and not needed: HEAD twice stays in step.
    let (mut server, _) = asked(&HEAD.repeat(2));
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), Known(5), &date())
        .unwrap();
    server.finish(None).unwrap();
    assert!(matches!(server.next_event(), Event::Request(_)));
}

#[test]
fn old_peers() {
    use BodySize::*;
    assert_eq!(
        response(OLD, 200, &[], Known(2), "hi"),
        "HTTP/1.1 200 OK|content-length: 2|connection: close||hi"
    );
    assert_eq!(
        response(OLD_ALIVE, 200, &[], Known(2), "hi"),
        "HTTP/1.1 200 OK|content-length: 2|connection: keep-alive||hi"
    );
    assert_eq!(
        response(OLD_ALIVE, 200, &[], Unknown, "hi"),
        "HTTP/1.1 200 OK|connection: close||hi"
    );
    assert_eq!(
        response(OLD_ALIVE, 204, &[], Unknown, ""),
        "HTTP/1.1 204 No Content|connection: keep-alive||"
    );
    assert_eq!(
        response(OLD_ALIVE, 304, &[], Unknown, ""),
        "HTTP/1.1 304 Not Modified|connection: keep-alive||"
    );
    let (mut server, _) = asked(&OLD_ALIVE.repeat(2));
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), Unknown, &date())
        .unwrap();
    server.finish(None).unwrap();
    assert_eq!(server.next_event(), Event::Closed, "its end is the connection's");
}

#[test]
fn the_callers_fields() {
    let fields = [
        ("transfer-encoding", "gzip"),
        ("connection", "keep-alive, x"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "x"),
        ("upgrade", "h2c"),
        ("x-a", "1"),
        ("x-a", "2\t3"),
    ];
    assert_eq!(
        response(&get(""), 200, &fields, BodySize::Known(0), ""),
        "HTTP/1.1 200 OK|x-a: 1|x-a: 2\t3|content-length: 0||"
    );
    assert!(
        response(&get(""), 200, &[("connection", "x, Close")], BodySize::Empty, "")
            .ends_with("|connection: close||")
    );
    assert_eq!(
        response(&get(""), 426, &[("upgrade", "websocket")], BodySize::Empty, ""),
        "HTTP/1.1 426 Upgrade Required|upgrade: websocket|content-length: 0|connection: upgrade||"
    );
    assert!(
        response(
            &get("Connection: close\r\n"),
            426,
            &[("upgrade", "x")],
            BodySize::Empty,
            ""
        )
        .ends_with("|connection: upgrade, close||")
    );
    let (mut server, _) = asked(&get(""));
    let own = map(&[("date", "yesterday")]);
    server
        .send_response(StatusCode::OK, None, &own, BodySize::Empty, &date())
        .unwrap();
    assert_eq!(
        written(&mut server),
        "HTTP/1.1 200 OK\r\ndate: yesterday\r\ncontent-length: 0\r\n\r\n"
    );
}

/// No `HeaderValue` can end a line: what the type lets through is what the wire allows.
#[test]
fn header_values_hold_no_line_end() {
    for byte in 0..=255u8 {
        let legal = byte == b'\t' || (byte >= 0x20 && byte != 0x7f);
        assert_eq!(
            HeaderValue::from_bytes(&[b'a', byte, b'b']).is_ok(),
            legal,
            "{byte}"
        );
    }
    let (mut server, _) = asked(&get(""));
    let mut fields = HeaderMap::new();
    fields.insert("x", HeaderValue::from_bytes(b"\xe9\xff").unwrap());
    server
        .send_response(StatusCode::OK, None, &fields, BodySize::Empty, &date())
        .unwrap();
    let length = server.output().len();
    assert!(
        server
            .output()
            .copy_to_bytes(length)
            .windows(7)
            .any(|part| part == b"x: \xe9\xff\r\n")
    );
}

#[test]
fn reasons() {
    let line = |status: u16, reason: Option<&str>| {
        let (mut server, _) = asked(&get(""));
        let status = StatusCode::from_u16(status).unwrap();
        server
            .send_response(status, reason, &HeaderMap::new(), BodySize::Empty, &date())
            .unwrap();
        let text = written(&mut server);
        text.split("\r\n").next().unwrap().to_owned()
    };
    assert_eq!(line(200, Some("Fine\tby me")), "HTTP/1.1 200 Fine\tby me");
    for bad in [
        "",
        "OK\r\nX-Injection: injected",
        "a\rb",
        "a\nb",
        "a\0",
        "a\x7f",
        "\u{e9}",
    ] {
        assert_eq!(line(200, Some(bad)), "HTTP/1.1 200 OK", "{bad:?}");
    }
    assert_eq!(line(599, None), "HTTP/1.1 599 ");
    assert_eq!(line(299, Some("\r")), "HTTP/1.1 299 ");
    for status in (200..=599).filter_map(|code| StatusCode::from_u16(code).ok()) {
        let reason = status.canonical_reason().unwrap_or_default();
        assert_eq!(
            line(status.as_u16(), None),
            format!("HTTP/1.1 {} {reason}", status.as_u16())
        );
    }
}

#[test]
fn refused_heads_leave_no_trace() {
    use EncodeError::*;
    let (mut server, _) = asked(&get(""));
    let mut fails = |status: u16, fields: &[(&str, &str)], size: BodySize| {
        let status = StatusCode::from_u16(status).unwrap();
        let error = server
            .send_response(status, None, &map(fields), size, &date())
            .unwrap_err();
        assert!(
            server.output().is_empty() && !server.response_started(),
            "{error}"
        );
        error
    };
    assert_eq!(
        fails(200, &[("content-length", "3")], BodySize::Known(2)),
        ContentLength
    );
    assert_eq!(
        fails(200, &[("content-length", "3")], BodySize::Empty),
        ContentLength
    );
    assert_eq!(
        fails(200, &[("content-length", "+2")], BodySize::Known(2)),
        ContentLength
    );
    assert_eq!(
        fails(
            200,
            &[("content-length", "2"), ("content-length", "3")],
            BodySize::Unknown
        ),
        ContentLength
    );
    assert_eq!(fails(100, &[], BodySize::Empty), Status);
    assert_eq!(fails(103, &[], BodySize::Empty), Status);
    assert_eq!(fails(101, &[("upgrade", "x")], BodySize::Empty), Upgrade);
    // And it can still be answered.
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
        .unwrap();

    let input = get("Connection: upgrade\r\nUpgrade: x\r\n");
    for (fields, size) in [
        (&[][..], BodySize::Empty),
        (&[("upgrade", "x")], BodySize::Known(1)),
    ] {
        let (mut server, _) = asked(&input);
        let status = StatusCode::SWITCHING_PROTOCOLS;
        assert_eq!(
            server.send_response(status, None, &map(fields), size, &date()),
            Err(Upgrade)
        );
    }
}

#[test]
fn out_of_order() {
    let empty = HeaderMap::new();
    let mut server = Server::new(Limits::default());
    let order = Err(EncodeError::Order);
    assert_eq!(
        server.send_response(StatusCode::OK, None, &empty, BodySize::Empty, &date()),
        order
    );
    assert_eq!(server.send_data(bytes("x")), order);
    assert_eq!(server.finish(None), order);
    assert_eq!(server.send_informational(StatusCode::EARLY_HINTS, &empty), order);
    let (mut server, _) = asked(&get(""));
    assert_eq!(server.finish(None), order);
    server
        .send_response(StatusCode::OK, None, &empty, BodySize::Empty, &date())
        .unwrap();
    assert_eq!(
        server.send_response(StatusCode::OK, None, &empty, BodySize::Empty, &date()),
        order
    );
    assert_eq!(server.send_informational(StatusCode::EARLY_HINTS, &empty), order);
    server.finish(None).unwrap();
    assert_eq!(server.finish(None), order);
}

#[test]
fn wrong_lengths_are_seen_by_the_peer() {
    let (mut server, _) = asked(&get(""));
    server
        .send_response(
            StatusCode::OK,
            None,
            &HeaderMap::new(),
            BodySize::Known(3),
            &date(),
        )
        .unwrap();
    server.send_data(bytes("ab")).unwrap();
    assert_eq!(server.send_data(bytes("cd")), Err(EncodeError::TooLong));
    assert!(server.finish(None).is_err() && server.send_data(bytes("c")).is_err());
    assert!(written(&mut server).ends_with("\r\n\r\nab"));
    assert!(server.should_close());
    assert_eq!(server.next_event(), Event::Closed);

    let (mut server, _) = asked(&get(""));
    server
        .send_response(
            StatusCode::OK,
            None,
            &HeaderMap::new(),
            BodySize::Known(3),
            &date(),
        )
        .unwrap();
    server.send_data(bytes("ab")).unwrap();
    assert_eq!(server.finish(None), Err(EncodeError::TooShort));
    assert!(server.should_close());
    assert_eq!(server.next_event(), Event::Closed);

    let (mut server, _) = asked(&get(""));
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
        .unwrap();
    assert_eq!(server.send_data(bytes("x")), Err(EncodeError::TooLong));
}

#[test]
fn trailers() {
    let trailers = map(&[
        ("x-sum", "1"),
        ("content-length", "5"),
        ("host", "b"),
        ("set-cookie", "c"),
        ("if-x", "d"),
    ]);
    let (mut server, _) = asked(&get(""));
    server
        .send_response(
            StatusCode::OK,
            None,
            &HeaderMap::new(),
            BodySize::Unknown,
            &date(),
        )
        .unwrap();
    server.send_data(Bytes::new()).unwrap();
    server.finish(Some(&trailers)).unwrap();
    assert!(written(&mut server).ends_with("\r\n\r\n0\r\nx-sum: 1\r\n\r\n"));
    for (input, size) in [
        (get("").as_str(), BodySize::Known(0)),
        (OLD, BodySize::Unknown),
        (HEAD, BodySize::Unknown),
    ] {
        let (mut server, _) = asked(input);
        server
            .send_response(StatusCode::OK, None, &HeaderMap::new(), size, &date())
            .unwrap();
        server.finish(Some(&trailers)).unwrap();
        assert!(!written(&mut server).contains("x-sum"));
    }
}
