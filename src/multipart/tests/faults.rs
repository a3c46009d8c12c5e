//! Forms that are refused, and why.

use super::*;

const HEAD: &str = "Content-Disposition: form-data; name=a\r\n";

#[test]
fn malformed_forms() {
    for (body, detail) in [
        ("x", "no boundary in the body"),
        ("--A\r\n{}\r\nx\r\n--A--", "no boundary in the body"),
        ("x--B--", "no boundary in the body"),
        ("{}\r\nx\r\n--B-", "the body ends before its last boundary"),
        ("--B", "the body ends before its last boundary"),
        ("--B\r\n", "the body ends before its last boundary"),
        ("--B\r\n{}", "the body ends before its last boundary"),
        ("--B\r\n{}\r\nx", "the body ends before its last boundary"),
        ("--B\r\n{}\r\nx\r\n--", "the body ends before its last boundary"),
        ("--B\r\n{}\r\nx\r\n--B", "the body ends before its last boundary"),
        (
            "--B\r\n{}\r\nx\r\n--B\r\n",
            "the body ends before its last boundary",
        ),
        // Tornado's: the last line end is missing.
        ("--B\r\n{}\r\nFoo--B--", "the body ends before its last boundary"),
        (
            "--B\n{}\r\nx\r\n--B--",
            "a boundary is not followed by a line end",
        ),
        (
            "--Bx\r\n{}\r\nx\r\n--B--",
            "a boundary is not followed by a line end",
        ),
        (
            "--B\r\n{}\r\nx\r\n--Bx",
            "a boundary is not followed by a line end",
        ),
        (
            "--B\r\n{}\r\nx\r\n--B-x",
            "a boundary is not followed by a line end",
        ),
        ("--B \rx", "a boundary is not followed by a line end"),
        ("--B\r\n\r\nx\r\n--B--", "a part has no Content-Disposition"),
        (
            "--B\r\nX: y\r\n\r\nx\r\n--B--",
            "a part has no Content-Disposition",
        ),
        ("--B\r\n{}{}\r\nx\r\n--B--", "a part has the same field twice"),
        (
            "--B\r\n{}Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n\r\n--B--",
            "a part has the same field twice",
        ),
        (
            "--B\r\n{}Content-Transfer-Encoding: base64\r\n\r\n\r\n--B--",
            "a part has a Content-Transfer-Encoding",
        ),
        (
            "--B\r\n{} folded\r\n\r\nx\r\n--B--",
            "field line begins with a blank",
        ),
        ("--B\r\n{}X : y\r\n\r\nx\r\n--B--", "invalid header field name"),
        ("--B\r\n{}no colon\r\n\r\nx\r\n--B--", "invalid header field name"),
        (
            "--B\r\n{}X: \u{1}\r\n\r\nx\r\n--B--",
            "invalid header field value",
        ),
    ] {
        let body = body.replace("{}", HEAD);
        assert_eq!(fault("B", Limits::default(), body.as_bytes()), detail, "{body:?}");
    }
}

#[test]
fn limits_are_exact() {
    let limits = Limits {
        parts: 2,
        head: 60,
        fields: 2,
    };
    let part = |lines: &str| format!("--B\r\n{HEAD}{lines}\r\nx\r\n--B--");
    let room = limits.head - HEAD.len() - "X: \r\n\r\n".len();
    for (body, expected) in [
        (part(&format!("X: {}\r\n", "y".repeat(room))), Ok(())),
        (
            part(&format!("X: {}\r\n", "y".repeat(room + 1))),
            Err("header fields too large"),
        ),
        (part("X: y\r\n"), Ok(())),
        (part("X: y\r\nX: y\r\n"), Err("too many header fields")),
        ("x".repeat(58) + "\r\n" + &part(""), Ok(())),
        (
            "x".repeat(61) + "\r\n" + &part(""),
            Err("too much text before, between or behind the parts"),
        ),
        (part("") + &"x".repeat(60), Ok(())),
        (
            part("") + &"x".repeat(61),
            Err("too much text before, between or behind the parts"),
        ),
        (
            part("").replace("B--", &format!("B{}\r\n{HEAD}\r\n\r\n--B--", " ".repeat(60))),
            Ok(()),
        ),
        (
            part("").replace("B--", &format!("B{}\r\n{HEAD}\r\n\r\n--B--", " ".repeat(61))),
            Err("too much text before, between or behind the parts"),
        ),
    ] {
        let (_, end) = drive("B", limits, [body.as_bytes()]);
        assert_eq!(end.map_err(|fault| fault.detail()), expected, "{body:?}");
    }
}

/// A hundred thousand parts are refused at the hundred and first, and a head that never ends when it is too large.
#[test]
fn what_has_no_end_is_refused_early() {
    let boundary = Boundary::parse(b"multipart/form-data; boundary=B").expect("a boundary");
    for endless in ["--B\r\n{}\r\nx\r\n", "--B\r\nX: ", "x", "--B\r\n{}\r\nx\r\n--B--"] {
        let endless = endless.replace("{}", HEAD) + &"y".repeat(100);
        let mut parser = Parser::new(&boundary, Limits::default());
        let mut taken = 0;
        let fault = loop {
            parser.receive(Bytes::from(endless.clone()).slice(if taken == 0 {
                0..
            } else {
                endless.len() - 100..
            }));
            taken += 1;
            match std::iter::from_fn(|| parser.next_event().transpose()).find_map(Result::err) {
                Some(fault) => break Some(fault),
                None if taken > 1000 => break None,
                None => {}
            }
        };
        // Content has no end of its own: that is the body's limit.
        assert_eq!(
            fault.is_some(),
            !endless.contains("\r\n\r\nx\r\ny"),
            "{endless:?}"
        );
    }
}
