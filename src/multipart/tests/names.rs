//! `name`, `filename` and `filename*` as clients write them.

use super::*;

#[track_caller]
fn head(disposition: &[u8]) -> PartHead {
    let (events, end) = drive("B", Limits::default(), [&with_disposition(disposition)[..]]);
    assert_eq!(end, Ok(()), "{}", disposition.escape_ascii());
    match events.into_iter().next() {
        Some(Event::Part(head)) => head,
        other => panic!("{other:?}"),
    }
}

/// Tornado's `test_special_filenames`, and more of the kind.
#[test]
fn names_of_files() {
    for (sent, filename) in [
        ("form-data; name=\"files\"; filename=\"ab.txt\"", "ab.txt"),
        ("form-data; name=files; filename=ab.txt", "ab.txt"),
        ("Form-Data; NAME=files; FileName=ab.txt", "ab.txt"),
        ("form-data;name=files;filename=ab.txt;", "ab.txt"),
        ("form-data ; name=files ; ; filename=a b.txt ", "a b.txt"),
        ("form-data; name=files; filename=\"a;b.txt\"", "a;b.txt"),
        ("form-data; name=files; filename=\"a\\\"b.txt\"", "a\"b.txt"),
        ("form-data; name=files; filename=\"a\\\";b.txt\"", "a\";b.txt"),
        ("form-data; name=files; filename=\"a;\\\"b.txt\"", "a;\"b.txt"),
        ("form-data; name=files; filename=\"a\\\";\\\".txt\"", "a\";\".txt"),
        ("form-data; name=files; filename=\"a\\\\\\\"b.txt\"", "a\\\"b.txt"),
        ("form-data; name=files; filename=\"a\\b.txt\"", "a\\b.txt"),
        (
            "form-data; name=files; filename=\"C:\\dir\\b.txt\"",
            "C:\\dir\\b.txt",
        ),
        ("form-data; name=files; filename=\"a\tb.txt\"", "a\tb.txt"),
        ("form-data; name=files; filename=\"\u{e1}b.txt\"", "\u{e1}b.txt"),
        ("form-data; name=files; filename=\"%22.txt\"", "%22.txt"),
        ("form-data; name=files; filename=\"\"", ""),
        (
            "form-data; name=files; filename=\"ab.txt\"; filename*=UTF-8''%C3%A1b.txt",
            "\u{e1}b.txt",
        ),
        (
            "form-data; name=files; filename*=utf-8'en'%e2%82%ac%20rates; filename=\"x\"",
            "\u{20ac} rates",
        ),
        (
            "form-data; name=files; filename*=UTF-8''ab.txt; creation-date=\"x\"",
            "ab.txt",
        ),
    ] {
        let head = head(sent.as_bytes());
        assert_eq!(
            (head.name(), head.filename()),
            ("files", Some(filename)),
            "{sent}"
        );
    }
}

#[test]
fn the_last_component_is_safe() {
    for (filename, safe) in [
        ("a.txt", Some("a.txt")),
        ("/etc/passwd", Some("passwd")),
        ("../../a", Some("a")),
        ("C:\\dir\\a.txt", Some("a.txt")),
        ("a/b\\c", Some("c")),
        (" a ", Some("a")),
        ("", None),
        ("a/", None),
        ("a/..", None),
        (".", None),
        ("..\\", None),
        (" .. ", None),
        (".hidden", Some(".hidden")),
    ] {
        let sent = format!(
            "form-data; name=a; filename=\"{}\"",
            filename.replace('\\', "\\\\")
        );
        let head = head(sent.as_bytes());
        assert_eq!((head.filename(), head.safe_filename()), (Some(filename), safe));
    }
    assert_eq!(head(b"form-data; name=a").safe_filename(), None);
}

#[test]
fn names_that_are_refused() {
    for (sent, detail) in [
        (&b"form-data"[..], "a part has no name"),
        (b"form-data; filename=x", "a part has no name"),
        (b"form-data; name=", "a part has no name"),
        (b"form-data; name=\"\"", "a part has no name"),
        (b"invalid", "a part is no form-data"),
        (b"attachment; name=a", "a part is no form-data"),
        (b"form-data; name=a; name=b", "a part has two names"),
        (
            b"form-data; name=a; filename=a; filename=a",
            "a part has two names",
        ),
        (
            b"form-data; name=a; filename*=UTF-8''a; FILENAME*=UTF-8''a",
            "a part has two names",
        ),
        (b"form-data; name=\"a", "a quote is not closed"),
        (b"form-data; name=\"a\\\"", "a quote is not closed"),
        (
            b"form-data; name=a\"b",
            "a parameter has a quote within its value",
        ),
        (b"form-data; name=\"a\"b", "text behind a parameter"),
        (b"form-data; name = a", "a parameter has no name or no value"),
        (b"form-data; =a", "a parameter has no name or no value"),
        (b"form-data; name", "a parameter has no name or no value"),
        (b"form-data; name=\"\xff\"", "a name is not UTF-8"),
        (b"form-data; name=a; filename=\"\xe1b\"", "a name is not UTF-8"),
        (b"form-data; name=a; filename*=UTF-8''%ff", "a name is not UTF-8"),
        (
            b"form-data; name=a; filename*=UTF-8''a%0d%0ab",
            "a control character in a name",
        ),
        (
            b"form-data; name=a; filename*=UTF-8''a%00b",
            "a control character in a name",
        ),
        (
            b"form-data; name=a; filename*=iso-8859-1''%e1",
            "filename* is not UTF-8''...",
        ),
        (
            b"form-data; name=a; filename*=UTF-8'a",
            "filename* is not UTF-8''...",
        ),
        (
            b"form-data; name=a; filename*0=\"a\"; filename*1=\"b\"",
            "a name in a form that is not understood",
        ),
        (
            b"form-data; name=a; name*=UTF-8''b",
            "a name in a form that is not understood",
        ),
        // These cannot stand in a field at all.
        (
            b"form-data; name=a; filename=\"a\rb.txt\"",
            "carriage return without line feed",
        ),
        (
            b"form-data; name=a; filename=\"a\nb.txt\"",
            "line feed without carriage return",
        ),
        (
            b"form-data; name=a; filename=\"a\0b.txt\"",
            "invalid header field value",
        ),
    ] {
        let body = with_disposition(sent);
        assert_eq!(
            fault("B", Limits::default(), &body),
            detail,
            "{}",
            sent.escape_ascii()
        );
    }
}
