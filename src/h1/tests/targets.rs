use super::*;

fn line(method: &str, target: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: other.example\r\n\r\n")
}

#[test]
fn forms() {
    let ok = [
        ("GET", "/"),
        ("GET", "/a?b=c"),
        ("GET", "/?"),
        ("GET", "//evil.com/x"),
        ("GET", "/a/../b"),
        ("GET", "/%00%zz"),
        ("GET", "/a|b~{}\"[]"),
        ("OPTIONS", "/"),
        ("OPTIONS", "*"),
        ("GET", "http://a/"),
        ("GET", "HTTP://a/x"),
        ("GET", "hTTpS://a:8443/x?y"),
        ("GET", "http://a"),
        ("GET", "http://a?x"),
        ("GET", "http://[::1]:80/"),
        ("OPTIONS", "http://a"),
        ("CONNECT", "a:443"),
        ("CONNECT", "[::1]:443"),
        ("CONNECT", "1.2.3.4:1"),
    ];
    for (method, target) in ok {
        check(&[(line(method, target), format!("{method} {target}").as_str())]);
    }
    let bad = [
        ("GET", "*"),
        ("options", "*"),
        ("OPTIONS", "**"),
        ("GET", "a"),
        ("GET", "a:80"),
        ("GET", "example.com"),
        ("GET", "?x"),
        ("GET", "http:/a"),
        ("GET", "http://"),
        ("GET", "http:///x"),
        ("GET", "http://:80/"),
        ("GET", "http://u@a/"),
        ("GET", "http://u:p@a/"),
        ("GET", "http://a:99999/"),
        ("GET", "http://a:x/"),
        ("GET", "http://a,b/"),
        ("GET", "ftp://a/"),
        ("GET", "ws://a/"),
        ("GET", "http://a\\b/"),
        ("GET", "/#x"),
        ("GET", "/a#"),
        ("GET", "http://a/#f"),
        ("GET", "/\u{e9}"),
        ("GET", "/\0"),
        ("GET", "/\x7f"),
        ("GET", "/\x1b"),
        ("GET", "/\u{c0}\u{af}"),
        ("GET", "/a\rb"),
        ("CONNECT", "a"),
        ("CONNECT", "a:"),
        ("CONNECT", "/"),
        ("CONNECT", "http://a/"),
        ("CONNECT", "*"),
        ("CONNECT", ":80"),
        ("CONNECT", "u@a:80"),
        ("CONNECT", "a:70000"),
        ("GET", "/a<b"),
        ("GET", "/a`b"),
        ("GET", ""),
    ];
    for (method, target) in bad {
        check(&[(line(method, target), "400")]);
    }
    // Raw bytes that are no text at all, overlong UTF-8 among them.
    for byte in [0xc0, 0xff, 0x80] {
        let mut raw = b"GET /".to_vec();
        raw.extend([byte, b' ']);
        raw.extend(b"HTTP/1.1\r\nHost: a\r\n\r\n");
        check(&[(raw, "400")]);
    }
}

#[test]
fn uris() {
    let uri = |method: &str, target: &str| asked(&line(method, target)).1.uri;

    let origin = uri("GET", "//evil.com/x?y");
    assert_eq!(
        (origin.path(), origin.query(), origin.authority()),
        ("//evil.com/x", Some("y"), None)
    );

    let absolute = uri("GET", "HTTP://a:8080/x?y");
    assert_eq!(
        (absolute.path(), absolute.query(), absolute.scheme_str()),
        ("/x", Some("y"), Some("http"))
    );
    assert_eq!(absolute.authority().unwrap(), "a:8080", "and not the Host");

    assert_eq!(uri("GET", "http://a").path(), "/");
    assert_eq!(uri("GET", "http://a?x").path(), "/");
    assert_eq!(uri("OPTIONS", "http://a").path(), "*");
    assert_eq!(uri("OPTIONS", "http://a").host(), Some("a"));
    assert_eq!(uri("OPTIONS", "http://a/").path(), "/");
    assert_eq!(uri("OPTIONS", "*").path(), "*");
    let connect = uri("CONNECT", "a:443");
    assert_eq!(
        (connect.host(), connect.port_u16(), connect.path_and_query()),
        (Some("a"), Some(443), None)
    );
}

#[test]
fn connect_has_no_body() {
    let head = "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n";
    check(&[
        (format!("{head}Content-Length: 0\r\n\r\n"), "CONNECT a:1"),
        (format!("{head}Content-Length: 1\r\n\r\n"), "400"),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n"), "400"),
    ]);
}
