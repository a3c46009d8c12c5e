//! Requests as they go out.

use super::*;

/// What is written for a request whose body, if any, is `hello`.
fn wire(method: &str, target: &str, fields: &[(&str, &str)], size: BodySize) -> Result<String, EncodeError> {
    let mut client = Client::new(Limits::default());
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    if let Err(error) = client.send_request(&method, target, &map(fields), size) {
        assert!(client.output().is_empty(), "nothing is written");
        assert!(client.is_reusable(), "another request may be tried");
        return Err(error);
    }
    if size != BodySize::Empty {
        client.send_data(bytes("hello"))?;
    }
    client.finish(None)?;
    Ok(sent(&mut client))
}

fn get(fields: &[(&str, &str)]) -> String {
    wire("GET", "/", &[&[("host", "a")], fields].concat(), BodySize::Empty).unwrap()
}

#[test]
fn heads() {
    assert_eq!(get(&[]), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    // `Host` first, the rest in its order.
    let fields = [("x-b", "1"), ("x-a", "2"), ("host", "a:80"), ("accept", "*/*")];
    assert_eq!(
        wire("GET", "/a?b", &fields, BodySize::Empty).unwrap(),
        "GET /a?b HTTP/1.1\r\nhost: a:80\r\nx-b: 1\r\nx-a: 2\r\naccept: */*\r\n\r\n"
    );
    assert!(
        wire("M-SEARCH", "/", &fields, BodySize::Empty)
            .unwrap()
            .starts_with("M-SEARCH / HTTP/1.1\r\n")
    );
}

#[test]
fn targets() {
    let host = [("host", "a")];
    for (method, target) in [
        ("GET", "/"),
        ("GET", "//x?y=/%20"),
        ("GET", "http://a/"),
        ("GET", "https://a:8443/x?y"),
        ("OPTIONS", "*"),
        ("OPTIONS", "http://a"),
        ("CONNECT", "a:443"),
        ("CONNECT", "[::1]:443"),
    ] {
        let wire = wire(method, target, &host, BodySize::Empty).unwrap();
        assert!(wire.starts_with(&format!("{method} {target} HTTP/1.1\r\nhost: a\r\n")));
    }
    for (method, target) in [
        ("GET", ""),
        ("GET", "/ "),
        ("GET", "/a b"),
        ("GET", "/\r\nX: y"),
        ("GET", "/ HTTP/1.1\r\nX: y"),
        ("GET", "/\0"),
        ("GET", "/\t"),
        ("GET", "/\x7f"),
        ("GET", "/\u{e9}"),
        ("GET", "/#a"),
        ("GET", "a"),
        ("GET", "*"),
        ("GET", "a:443"),
        ("GET", "ftp://a/"),
        ("GET", "http://user@a/"),
        ("CONNECT", "/"),
        ("CONNECT", "a"),
        ("CONNECT", "http://a/"),
    ] {
        assert_eq!(
            wire(method, target, &host, BodySize::Empty),
            Err(EncodeError::Target),
            "{method} {target:?}"
        );
    }
}

#[test]
fn hosts() {
    for fields in [
        &[][..],
        &[("host", "")],
        &[("host", "a"), ("host", "a")],
        &[("host", "a, b")],
        &[("host", "a b")],
        &[("host", "user@a")],
        &[("host", "a:x")],
    ] {
        assert_eq!(
            wire("GET", "/", fields, BodySize::Empty),
            Err(EncodeError::Host),
            "{fields:?}"
        );
    }
}

#[test]
fn bodies() {
    let host = ("host", "a");
    let post = |fields: &[(&str, &str)], size| wire("POST", "/", &[&[host], fields].concat(), size);
    let known = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello";
    assert_eq!(post(&[], BodySize::Known(5)).unwrap(), known);
    assert_eq!(
        post(&[("content-length", "5")], BodySize::Known(5)).unwrap(),
        known
    );
    assert_eq!(
        post(&[("content-length", "5")], BodySize::Unknown).unwrap(),
        known
    );
    assert_eq!(
        post(&[("transfer-encoding", "gzip")], BodySize::Known(5)).unwrap(),
        known
    );
    assert_eq!(
        post(&[], BodySize::Unknown).unwrap(),
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    );
    for (length, size) in [
        ("4", BodySize::Known(5)),
        ("0", BodySize::Known(5)),
        ("5", BodySize::Empty),
        ("x", BodySize::Known(5)),
        ("5, 5", BodySize::Known(5)),
        ("-1", BodySize::Unknown),
    ] {
        assert_eq!(
            post(&[("content-length", length)], size),
            Err(EncodeError::ContentLength)
        );
    }
    assert_eq!(
        post(
            &[("content-length", "5"), ("content-length", "6")],
            BodySize::Unknown
        ),
        Err(EncodeError::ContentLength)
    );
}

#[test]
fn no_content_is_said_where_content_is_expected() {
    for (method, said) in [
        ("POST", true),
        ("PUT", true),
        ("PATCH", true),
        ("GET", false),
        ("HEAD", false),
        ("DELETE", false),
        ("OPTIONS", false),
        ("TRACE", false),
    ] {
        let wire = wire(method, "/", &[("host", "a")], BodySize::Empty).unwrap();
        assert_eq!(wire.contains("\r\ncontent-length: 0\r\n\r\n"), said, "{wire}");
        assert_eq!(wire.contains("content-length"), said, "{wire}");
    }
    // Or where the caller says so.
    assert!(get(&[("content-length", "0")]).contains("content-length: 0\r\n"));
    let mut client = Client::new(Limits::default());
    client
        .send_request(&Method::GET, "/", &with_host(&[]), BodySize::Known(0))
        .unwrap();
    assert!(sent(&mut client).contains("content-length: 0\r\n"));
    assert_eq!(
        wire("CONNECT", "a:1", &[("host", "a")], BodySize::Known(0)),
        Err(EncodeError::Upgrade)
    );
    assert_eq!(
        wire("CONNECT", "a:1", &[("host", "a")], BodySize::Unknown),
        Err(EncodeError::Upgrade)
    );
}

#[test]
fn connection_is_the_encoders() {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("connection", "close")], "connection: close\r\n"),
        (
            &[("connection", "x-a, CLOSE"), ("connection", "y")],
            "connection: close\r\n",
        ),
        (
            &[
                ("connection", "keep-alive"),
                ("keep-alive", "9"),
                ("proxy-connection", "close"),
            ],
            "",
        ),
        (&[("connection", "upgrade")], ""),
        (&[("upgrade", "x")], "upgrade: x\r\nconnection: upgrade\r\n"),
        (
            &[("connection", "Upgrade"), ("upgrade", "x")],
            "upgrade: x\r\nconnection: upgrade\r\n",
        ),
        (&[("te", "trailers")], "te: trailers\r\nconnection: te\r\n"),
        (
            &[("te", "trailers"), ("upgrade", "x"), ("connection", "close")],
            "te: trailers\r\nupgrade: x\r\nconnection: upgrade, te, close\r\n",
        ),
        (&[("transfer-encoding", "chunked")], ""),
    ];
    for (fields, expected) in cases {
        assert_eq!(
            get(fields),
            format!("GET / HTTP/1.1\r\nhost: a\r\n{expected}\r\n")
        );
    }
}

#[test]
fn expectations() {
    let post = |value: &str, size| wire("POST", "/", &[("host", "a"), ("expect", value)], size).unwrap();
    assert!(post("100-continue", BodySize::Known(5)).contains("\r\nexpect: 100-continue\r\n"));
    assert!(post("100-continue", BodySize::Unknown).contains("\r\nexpect: 100-continue\r\n"));
    assert!(!post("100-continue", BodySize::Empty).contains("expect"));
    assert!(post("x", BodySize::Empty).contains("\r\nexpect: x\r\n"));
}

#[test]
fn trailers() {
    let mut client = Client::new(Limits::default());
    client
        .send_request(&Method::POST, "/", &with_host(&[]), BodySize::Unknown)
        .unwrap();
    let trailers = map(&[("x-sum", "1"), ("content-length", "3"), ("host", "b")]);
    client.finish(Some(&trailers)).unwrap();
    assert!(sent(&mut client).ends_with("chunked\r\n\r\n0\r\nx-sum: 1\r\n\r\n"));
}
