use super::*;

#[test]
fn content_length() {
    check(&[
        (post("Content-Length: 5\r\n", "hello"), "POST / [hello] end"),
        (post("Content-Length: 5\r\n", "hel"), "POST / [hel]"),
        (post("Content-Length: 005\r\n", "hello"), "POST / [hello] end"),
        (post("Content-Length: \t5 \r\n", "hello"), "POST / [hello] end"),
        (post("Content-Length: 0\r\n", ""), "POST /"),
        (post("Content-Length: 9223372036854775807\r\n", "x"), "POST / [x]"),
        (post("Content-Length: 9223372036854775808\r\n", "x"), "400"),
        (post("Content-Length: 18446744073709551621\r\n", "hello"), "400"),
        (post("Content-Length: 99999999999999999999999\r\n", ""), "400"),
        (get("Content-Length: 2\r\n") + "hi", "GET / [hi] end"),
    ]);
    let values = [
        "+1",
        "-1",
        "1_0",
        "",
        "0x5",
        "5, 5",
        "5,5",
        "5,",
        ",5",
        "5 5",
        "foo",
        "1.0",
        "1e1",
        "5;",
        "\"5\"",
        "\u{a0}5",
        "5\u{a0}",
        "2\u{a0}",
        "\u{0665}",
        "2\x0b",
        "\x0c2",
        "5,\u{a0}5",
    ];
    for value in values {
        check(&[(post(&format!("Content-Length: {value}\r\n"), "hello"), "400")]);
    }
    check(&[
        (post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), "400"),
        (post("Content-Length: 2\r\nContent-Length: 3\r\n", "hello"), "400"),
        (
            post("Content-Length: 5\r\nX: y\r\ncontent-length: x\r\n", "hello"),
            "400",
        ),
    ]);
}

#[test]
fn a_0xa0_byte_is_no_blank() {
    for raw in [
        &b"Content-Length: 2\xa0"[..],
        b"Transfer-Encoding: \xa0chunked",
        b"Content-Length: \xa02",
    ] {
        let input = [b"POST / HTTP/1.1\r\nHost: a\r\n", raw, b"\r\n\r\n0\r\n\r\n"].concat();
        check(&[(input, "400")]);
    }
}

#[test]
fn transfer_encoding() {
    let coded = |value: &str| {
        post(
            &format!("Transfer-Encoding: {value}\r\n"),
            "3\r\nabc\r\n0\r\n\r\n",
        )
    };
    for value in ["chunked", "Chunked", "CHUNKED", " \tchunked\t "] {
        check(&[(coded(value), "POST / [abc] end")]);
    }
    for value in ["gzip, chunked", "gzip,Chunked", "x\t,\tchunked"] {
        check(&[(coded(value), "400")]);
    }
    let bad = [
        "",
        "identity",
        "gzip",
        "xchunked",
        "chunkedx",
        "\"chunked\"",
        "chunked, chunked",
        "chunked;a=b",
        "\x0bchunked",
        "chunked,",
        ",chunked",
        "chunked, gzip",
        "identity, chunked",
        "chunked, identity",
        "gzip, deflate, chunked",
        "gzip;q=1, chunked",
        "gzip chunked",
        "chunked\x0c",
        "chun ked",
        "\u{a0}chunked",
        "gzip, , chunked",
        "é, chunked",
    ];
    for value in bad {
        check(&[(coded(value), "400")]);
    }
    check(&[
        (
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            "400",
        ),
        (
            post(
                "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            "400",
        ),
        (
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
            "400",
        ),
        (
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            "400",
        ),
        (
            post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            "400",
        ),
        (
            post(
                "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n",
                "0\r\n\r\n",
            ),
            "400",
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(),
            "400",
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".into(),
            "400",
        ),
    ]);
}

/// A body never becomes the next request, whatever the method.
#[test]
fn bodies_do_not_smuggle() {
    for method in ["GET", "HEAD", "DELETE", "TRACE", "OPTIONS"] {
        let inner = "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n";
        let fixed = format!(
            "{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}",
            inner.len()
        );
        let chunks = format!(
            "{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n",
            inner.len()
        );
        for input in [fixed, chunks] {
            let input = input + &get("");
            let expected = format!("{method} / [{}] end GET /", inner.as_bytes().escape_ascii());
            check(&[(input, expected.as_str())]);
        }
    }
}

#[test]
fn expectations() {
    check(&[
        (
            post("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"),
            "POST / [x] end",
        ),
        (post("Expect: something\r\nContent-Length: 1\r\n", "x"), "417"),
        (
            post("Expect: 100-continue, x\r\nContent-Length: 1\r\n", "x"),
            "417",
        ),
        (
            post("Expect: 100-continue\r\nExpect: x\r\nContent-Length: 1\r\n", "x"),
            "417",
        ),
        (post("Expect: x\r\nContent-Length: x\r\n", "x"), "400"),
    ]);
    let expects = |input: &str| asked(input).1.expect_continue;
    assert!(expects(&post(
        "Expect: 100-Continue\r\nContent-Length: 1\r\n",
        ""
    )));
    assert!(expects(&post(
        "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
        ""
    )));
    assert!(
        !expects(&post("Expect: 100-continue\r\n", "")),
        "without a body there is nothing to wait for"
    );
    assert!(!expects(
        "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    ));
}

#[test]
fn persistence() {
    let stays = |version: &str, fields: &str| {
        asked(&format!("GET / HTTP/{version}\r\nHost: a\r\n{fields}\r\n"))
            .1
            .keep_alive
    };
    assert!(stays("1.1", ""));
    assert!(stays("1.1", "Connection: foo\r\n"));
    assert!(stays("1.1", "Connection: closed\r\n"));
    assert!(!stays("1.1", "Connection: close\r\n"));
    assert!(!stays("1.1", "Connection: foo, CLOSE\r\n"));
    assert!(!stays("1.1", "Connection: close, foo\r\n"));
    assert!(!stays("1.1", "Connection: keep-alive\r\nConnection: ,close,\r\n"));
    assert!(!stays("1.0", ""));
    assert!(stays("1.0", "Connection: Keep-Alive\r\n"));
    assert!(stays("1.0", "Connection: foo,\tkeep-alive\r\n"));
    assert!(!stays("1.0", "Connection: keep-alive, close\r\n"));
}

#[test]
fn upgrades() {
    let can = |input: &str| asked(input).1.upgrade;
    assert!(can(&get(
        "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    )));
    assert!(!can(&get("Connection: keep-alive\r\nUpgrade: websocket\r\n")));
    assert!(!can(&get("Connection: upgrade\r\n")));
    assert!(!can(&post(
        "Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 1\r\n",
        "x"
    )));
    assert!(!can(
        "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
    ));
}
