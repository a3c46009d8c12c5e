use super::*;

fn host(value: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: {value}\r\n\r\n")
}

#[test]
fn how_many() {
    check(&[
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "400"),
        ("GET http://a/ HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\n\r\n", "GET /"),
        ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET /"),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost:\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "400"),
    ]);
}

#[test]
fn values() {
    let good = [
        "a",
        "A.example",
        "a:",
        "a:0",
        "a:80",
        "a:65535",
        "127.0.0.1:8080",
        "[::1]",
        "[::1]:80",
        "[2001:db8::1]:",
        "[::ffff:1.2.3.4]",
        "[v1.a:b]",
        "[vF.x]:1",
        "a_b",
        "a-.~!$&'()*+;=b",
        "%41%2c",
        "xn--a.example.",
        "  a  ",
        "1",
    ];
    for value in good {
        check(&[(host(value), "GET /")]);
    }
    let bad = [
        "",
        " ",
        ":80",
        "a,b",
        "a, b",
        "a b",
        "a/b",
        "/",
        "a?b",
        "a#b",
        "u@a",
        "u:p@a",
        "@",
        "a:x",
        "a:-1",
        "a:+1",
        "a:65536",
        "a:99999999999999999999",
        "a:1:2",
        "::1",
        "[::1",
        "::1]",
        "[]",
        "[]:80",
        "[::1]x",
        "[::1]:x",
        "[1]",
        "[::1%25eth0]",
        "[fe80::1%eth0]",
        "[v.a]",
        "[v1.]",
        "[v1]",
        "[vG.a]",
        "a%",
        "a%4",
        "a%4g",
        "%%",
        "a\\b",
        "a\"b",
        "a<b",
        "a|b",
        "a^b",
        "a\u{e9}",
        "\u{a0}a",
        "a\tb",
        "http://a",
        "[[::1]]",
        "a[::1]",
    ];
    for value in bad {
        check(&[(host(value), "400")]);
    }
}
