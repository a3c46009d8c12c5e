//! The eight rules of RFC 9112 section 6.3, for responses.

use super::*;

fn status(status: u16, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} x\r\n{fields}\r\n{body}")
}

/// Rule 1: whatever the fields say.
#[test]
fn no_body_by_request_or_status() {
    for fields in ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
        check_for("HEAD", &[(ok(fields, ""), "200 +")]);
        check(&[(status(304, fields, ""), "304 +")]);
    }
    check(&[
        (status(204, "", ""), "204 +"),
        (status(204, "Content-Length: 0\r\n", ""), "204 +"),
        // What may yet come of such a body must not be taken for the next response.
        (status(204, "Content-Length: 5\r\n", ""), "204 closed"),
        (status(204, "Transfer-Encoding: chunked\r\n", ""), "204 closed"),
    ]);
    // Bodies sent nevertheless answer nothing.
    check_for("HEAD", &[(ok("Content-Length: 5\r\n", "hello"), "200")]);
    check(&[(status(304, "Content-Length: 5\r\n", "hello"), "304")]);
    assert_eq!(
        head_of(asking("HEAD"), ok("Content-Length: 5\r\n", "")).length,
        Length::Empty
    );
    // 205 has no rule of its own: without a length, it lasts until the end.
    check(&[
        (status(205, "Content-Length: 0\r\n", ""), "205 +"),
        (status(205, "", ""), "205"),
    ]);
}

/// What is refused in a head is refused whatever it is the head of.
#[test]
fn faults_of_framing_do_not_hide() {
    for bad in [
        "Content-Length: x\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: 1, 2\r\n",
    ] {
        for (method, input) in [
            ("HEAD", ok(bad, "")),
            ("GET", status(304, bad, "")),
            ("GET", status(204, bad, "")),
        ] {
            let seen = seen(|| asking(method), input.as_bytes(), false);
            assert!(seen.starts_with('<'), "{seen} for {input}");
        }
    }
}

/// Rule 2: a tunnel begins behind the head, whatever the fields say.
#[test]
fn connect() {
    for fields in [
        "",
        "Content-Length: 5\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n",
    ] {
        for code in [200, 204, 299] {
            let input = status(code, fields, "early");
            check_for("CONNECT", &[(&input, code.to_string().as_str())]);
            let mut client = asking("CONNECT");
            drive(&mut client, [input.as_bytes()], false);
            assert_eq!(client.into_parts().0, "early");
        }
    }
    // Declined: a response like any other.
    check_for(
        "CONNECT",
        &[(status(403, "Content-Length: 2\r\n", "no"), "403 [no] end +")],
    );
}

/// Rule 3, and section 6.1.
#[test]
fn both_lengths() {
    let both = "<both content-length and transfer-encoding>";
    for coding in ["chunked", "Chunked", "gzip", ""] {
        for length in ["5", "0", "x", "5, 5"] {
            let (coding, length) = (
                format!("Transfer-Encoding: {coding}\r\n"),
                format!("Content-Length: {length}\r\n"),
            );
            let body = "0\r\n\r\n";
            check(&[
                (ok(&(coding.clone() + &length), body), both),
                (ok(&(length + &coding), body), both),
            ]);
        }
    }
    check(&[(
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "<transfer-encoding in HTTP/1.0>",
    )]);
}

/// Rule 4.
#[test]
fn transfer_encoding() {
    let coded = |value: &str| {
        ok(
            &format!("Transfer-Encoding: {value}\r\n"),
            "3\r\nabc\r\n0\r\n\r\n",
        )
    };
    for value in ["chunked", "Chunked", "CHUNKED", " \tchunked\t "] {
        check(&[(coded(value), "200 [abc] end +")]);
    }
    for value in [
        "",
        "identity",
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "chunked,",
        ",chunked",
        "xchunked",
        "chunkedx",
        "\"chunked\"",
        "chunked;a=b",
        "chun ked",
        "\u{a0}chunked",
    ] {
        check(&[(coded(value), "<invalid transfer-encoding>")]);
    }
    check(&[(
        ok(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        ),
        "<more than one transfer-encoding>",
    )]);
}

/// Rules 5 and 6. Unlike in a request, equal numbers may be repeated.
#[test]
fn content_length() {
    let long = |value: &str| ok(&format!("Content-Length: {value}\r\n"), "hello");
    for value in [
        "5",
        "005",
        "\t5 ",
        "5, 5",
        "5,5",
        "5 ,\t5,05",
        "5\r\nContent-Length: 5",
        "5, 5\r\ncontent-length: 5",
    ] {
        check(&[(long(value), "200 [hello] end +")]);
    }
    for value in [
        "",
        "-5",
        "+5",
        "5x",
        "0x5",
        "5.0",
        "5;5",
        "5 5",
        "five",
        "5,",
        ",5",
        "5,,5",
        "5, x",
        "x, 5",
        "5\r\nContent-Length: x",
        "x\r\nContent-Length: 5",
        "5, 6, x",
        "9223372036854775808",
        "18446744073709551621",
        "\u{665}",
    ] {
        check(&[(long(value), "<invalid content-length>")]);
    }
    for value in [
        "5, 6",
        "5,5,6",
        "6, 5, 5",
        "5\r\nContent-Length: 6",
        "5, 5\r\nContent-Length: 0",
        "0, 5",
    ] {
        check(&[(long(value), "<more than one content-length>")]);
    }
    check(&[
        (ok("Content-Length: 0\r\n", ""), "200 +"),
        (ok("Content-Length: 0, 0\r\n", ""), "200 +"),
        (ok("Content-Length: 5\r\n", "hel"), "200 [hel]"),
        (ok("Content-Length: 9223372036854775807\r\n", "hel"), "200 [hel]"),
    ]);
    assert_eq!(
        head_of(asking("GET"), ok("Content-Length: 9223372036854775807\r\n", "")).length,
        Length::Known(i64::MAX as u64)
    );
}

/// Rule 8 (rule 7 is of requests).
#[test]
fn until_close() {
    let end = |input: &str| seen(|| asking("GET"), input.as_bytes(), true);
    assert_eq!(end(&ok("", "hello")), "200 [hello] end closed");
    assert_eq!(end(&ok("", "")), "200 end closed");
    assert_eq!(
        end("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        "200 [HTTP/1.1 200 OK\\r\\n\\r\\n] end closed"
    );
    let head = head_of(asking("GET"), ok("Connection: keep-alive\r\n", ""));
    assert_eq!(head.length, Length::UntilClose);
    assert!(!head.keep_alive);
    check(&[(ok("", "hello"), "200 [hello]")]);
}

#[test]
fn chunks() {
    check(&[
        (chunked("0\r\n\r\n"), "200 end +"),
        (
            chunked("3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n"),
            "200 [abc0123456789] end +",
        ),
        (
            chunked("3;a=b ; c=\"d\\\"\" ;e\r\nabc\r\n0;x\r\n\r\n"),
            "200 [abc] end +",
        ),
        (chunked("0\r\nX-Sum: 1\r\nVary: a\r\n\r\n"), "200 end{x-sum: 1} +"),
        (chunked("0\r\nVary: a\r\n\r\n"), "200 end +"),
        (
            chunked("0\r\nContent-Length: 1\r\n\r\n"),
            "200 <forbidden trailer field>",
        ),
        (
            chunked("0\r\nA: b\r\n c\r\n\r\n"),
            "200 <field line begins with a blank>",
        ),
        (
            chunked("3\r\nabcd\r\n"),
            "200 [abc] <no CRLF behind the chunk data>",
        ),
        (chunked("3\nabc"), "200 <invalid chunk size>"),
        (chunked("x\r\n"), "200 <invalid chunk size>"),
        (chunked("-1\r\n"), "200 <invalid chunk size>"),
        (chunked("8000000000000000\r\n"), "200 <chunk size too large>"),
        (chunked("1 \r\n"), "200 <invalid chunk line>"),
        (chunked("1;a=\0\r\n"), "200 <invalid chunk extension>"),
        (
            chunked(&format!("1;{}\r\n", "a".repeat(255))),
            "200 <chunk line too long>",
        ),
        (
            chunked(&format!("0\r\nA: {}\r\n", "b".repeat(9000))),
            "200 <header fields too large>",
        ),
        (
            chunked(&format!("0\r\n{}", "A: b\r\n".repeat(129))),
            "200 <too many header fields>",
        ),
    ]);
}
