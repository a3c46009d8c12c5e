//! Forms that are right, however odd (RFC 2046 section 5.1.1; Tornado's tests).

use super::*;

const HEAD: &str = "Content-Disposition: form-data; name=\"a\"\r\n";

/// `BODY` with `{}` for the head.
#[track_caller]
fn seen(body: &str, expected: &[&str]) {
    let body = body.replace("{}", HEAD);
    assert_eq!(parts("B", body.as_bytes()), expected, "{body:?}");
}

#[test]
fn fields_and_files() {
    let body = b"--1234\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ab.txt\"\r\n\
        Content-Type: text/plain\r\n\r\nFoo\r\n--1234\r\nContent-Disposition: form-data; name=arg\r\n\r\n\
        one\r\ntwo\r\n--1234--\r\n";
    assert_eq!(
        parts("1234", body),
        ["files|ab.txt|text/plain|Foo", "arg|-|-|one\r\ntwo"]
    );
}

#[test]
fn what_stands_around_the_parts_is_passed_over() {
    seen("--B\r\n{}\r\nx\r\n--B--", &["a|-|-|x"]);
    seen("--B\r\n{}\r\nx\r\n--B--\r\n", &["a|-|-|x"]);
    seen("--B\r\n{}\r\nx\r\n--B--junk \r\n--B\r\n", &["a|-|-|x"]);
    seen("\r\n--B\r\n{}\r\nx\r\n--B--", &["a|-|-|x"]);
    seen("preamble\r\n\r\n--B\r\n{}\r\nx\r\n--B--", &["a|-|-|x"]);
    seen(
        "no--B\r\n--B \t\r\n{}\r\nx\r\n--B \r\n{}\r\ny\r\n--B-- ",
        &["a|-|-|x", "a|-|-|y"],
    );
}

#[test]
fn content_may_be_anything_but_the_delimiter() {
    seen("--B\r\n{}\r\n\r\n--B--", &["a|-|-|"]);
    seen("--B\r\n{}\r\n--B--", &["a|-|-|"]); // RFC 2046 leaves an empty body out
    seen("--B--\r\n", &[]);
    seen("", &[]);
    seen("--B\r\n{}\r\n\r\n\r\n--B--", &["a|-|-|\r\n"]);
    seen("--B\r\n{}\r\n--\r\n--A\r\n--B--", &["a|-|-|--\r\n--A"]);
    seen(
        "--B\r\n{}\r\n-\r\r\n--\r\n-B\n--B\r--B\r\n--B--",
        &["a|-|-|-\r\r\n--\r\n-B\n--B\r--B"],
    );
    seen("--B\r\n{}\r\nx--B\r\n--B--", &["a|-|-|x--B"]);
}

#[test]
fn fields_of_a_part_are_kept() {
    let body = "--B\r\nX-One: 1\r\ncontent-disposition:form-data;name=a\r\nx-one: \t2 \r\n\
        Content-Transfer-Encoding: Binary\r\n\r\n\r\n--B--";
    let (events, end) = drive("B", Limits::default(), [body.as_bytes()]);
    end.expect("a good form");
    let Some(Event::Part(head)) = events.first() else {
        panic!("no part");
    };
    let values: Vec<_> = head.headers().get_all("x-one").iter().collect();
    assert_eq!(values, ["1", "2"]);
    assert_eq!(events[1..], [Event::PartEnd, Event::End]);
}

#[test]
fn as_many_parts_as_allowed() {
    let part = format!("--B\r\n{HEAD}\r\nx\r\n");
    let body = part.repeat(100) + "--B--\r\n";
    assert_eq!(parts("B", body.as_bytes()).len(), 100);
    let body = part.repeat(101) + "--B--\r\n";
    assert_eq!(fault("B", Limits::default(), body.as_bytes()), "too many parts");
}
