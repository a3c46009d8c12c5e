//! One connection over several requests: order, persistence, ends.

use super::*;

fn hello() -> String {
    ok("Content-Length: 5\r\n", "hello")
}

#[test]
fn one_request_after_another() {
    let mut client = Client::new(Limits::default());
    assert!(client.is_reusable() && client.request_finished() && !client.wants_read());
    assert_eq!(client.next_event(), Answer::NeedMore);
    for input in [
        hello(),
        chunked("1\r\nx\r\n0\r\n\r\n"),
        ok("Content-Length: 0\r\n", ""),
    ] {
        ask(&mut client, "GET", &[]);
        assert!(!client.is_reusable() && client.request_finished() && client.wants_read());
        assert_eq!(
            client.send_request(&Method::GET, "/", &with_host(&[]), BodySize::Empty),
            Err(EncodeError::Order),
            "no pipelining"
        );
        drive(&mut client, [input.as_bytes()], false);
        assert!(client.is_reusable() && !client.wants_read() && client.buffered() == 0);
    }
}

#[test]
fn not_reusable_until_the_end_is_seen() {
    let mut client = asking("GET");
    client.receive(hello().as_bytes());
    assert!(matches!(client.next_event(), Answer::Response(_)));
    assert_eq!(client.next_event(), Answer::Data(bytes("hello")));
    assert!(!client.is_reusable());
    assert_eq!(client.next_event(), Answer::End(None));
    assert!(client.is_reusable());
}

#[test]
fn persistence() {
    for (version, fields, reusable) in [
        ("1.1", "", true),
        ("1.1", "Connection: foo\r\n", true),
        ("1.1", "Connection: closed\r\n", true),
        ("1.1", "Connection: close\r\n", false),
        ("1.1", "Connection: foo, CLOSE\r\n", false),
        ("1.1", "Connection: keep-alive\r\nConnection: ,close\r\n", false),
        ("1.0", "", false),
        ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: keep-alive, close\r\n", false),
    ] {
        let input = format!("HTTP/{version} 200 OK\r\n{fields}Content-Length: 2\r\n\r\nhi");
        let expected = if reusable {
            "200 [hi] end +"
        } else {
            "200 [hi] end closed"
        };
        assert_eq!(
            seen(|| asking("GET"), input.as_bytes(), false),
            expected,
            "{input}"
        );
        assert_eq!(head_of(asking("GET"), &input).keep_alive, reusable);
    }
    // Our own wish counts, too.
    let closing = || asking_with("GET", &[("connection", "foo, Close")]);
    assert_eq!(seen(closing, hello().as_bytes(), false), "200 [hello] end closed");
}

/// They never become the next response.
#[test]
fn bytes_that_answer_nothing() {
    for extra in ["\r\n", "x", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"] {
        for first in [hello(), ok("Content-Length: 0\r\n", ""), chunked("0\r\n\r\n")] {
            // With the response, and after it.
            let mut client = asking("GET");
            drive(&mut client, [(first.clone() + extra).as_bytes()], false);
            assert!(!client.is_reusable() && client.buffered() == 0);
            let mut client = asking("GET");
            drive(&mut client, [first.as_bytes()], false);
            assert!(client.is_reusable());
            client.receive(b"");
            assert!(client.is_reusable());
            client.receive(extra.as_bytes());
            assert!(!client.is_reusable() && client.buffered() == 0);
            assert_eq!(client.next_event(), Answer::Closed);
            assert_eq!(
                client.send_request(&Method::GET, "/", &with_host(&[]), BodySize::Empty),
                Err(EncodeError::Order)
            );
        }
        // Before any request.
        let mut client = Client::new(Limits::default());
        client.receive(extra.as_bytes());
        assert!(!client.is_reusable() && client.buffered() == 0);
        assert_eq!(client.next_event(), Answer::Closed);
    }
}

#[test]
fn ends_of_the_peer() {
    let end = |input: &str| seen(|| asking("GET"), input.as_bytes(), true);
    assert_eq!(end(""), "closed");
    assert_eq!(end("H"), "cut closed");
    assert_eq!(end("\r"), "cut closed");
    assert_eq!(end("HTTP/1.1 200 OK\r\n"), "cut closed");
    assert_eq!(end("HTTP/1.1 200 OK\r\nA: b\r\n"), "cut closed");
    assert_eq!(end("HTTP/1.1 100 Continue\r\n\r\n"), "(100) cut closed");
    assert_eq!(end(&hello()), "200 [hello] end closed");
    assert_eq!(end(&ok("Content-Length: 5\r\n", "hel")), "200 [hel] cut closed");
    assert_eq!(end(&ok("Content-Length: 5\r\n", "")), "200 cut closed");
    for left in [
        "",
        "3",
        "3\r",
        "3\r\n",
        "3\r\nabc",
        "3\r\nabc\r\n",
        "3\r\nabc\r\n0\r\n",
        "0\r\nX: 1\r\n",
    ] {
        assert!(end(&chunked(left)).ends_with(" cut closed"), "{left:?}");
    }
    // Between requests there is nothing to cut off, and nothing more to ask.
    let mut client = asking("GET");
    drive(&mut client, [hello().as_bytes()], true);
    assert!(!client.is_reusable() && !client.wants_read());
    assert_eq!(
        client.send_request(&Method::GET, "/", &with_host(&[]), BodySize::Empty),
        Err(EncodeError::Order)
    );
    // The second time as the first.
    let mut client = asking("GET");
    drive(&mut client, [hello().as_bytes()], false);
    ask(&mut client, "GET", &[]);
    assert_eq!(brief(&drive(&mut client, [], true)), "closed");
}

fn posting(size: BodySize) -> Client {
    let mut client = Client::new(Limits::default());
    client
        .send_request(&Method::POST, "/", &with_host(&[]), size)
        .unwrap();
    client
}

#[test]
fn a_response_before_the_end_of_its_request() {
    for input in [hello(), chunked("5\r\nhello\r\n0\r\n\r\n")] {
        let mut client = posting(BodySize::Unknown);
        assert!(!client.request_finished());
        assert_eq!(
            brief(&drive(&mut client, [input.as_bytes()], false)),
            "200 [hello] end"
        );
        assert!(!client.is_reusable() && !client.wants_read());
        client.send_data(bytes("x")).unwrap();
        assert!(!client.is_reusable());
        client.finish(None).unwrap();
        assert!(client.request_finished() && client.is_reusable());
        assert!(sent(&mut client).ends_with("\r\n\r\n1\r\nx\r\n0\r\n\r\n"));
    }
    // Not if anything came behind it, or it was to be the last, or the peer is gone.
    let mut behind = posting(BodySize::Unknown);
    drive(&mut behind, [(hello() + "x").as_bytes()], false);
    let mut later = posting(BodySize::Unknown);
    drive(&mut later, [hello().as_bytes()], false);
    later.receive(b"HTTP/1.1 200 OK\r\n\r\n");
    let mut last = posting(BodySize::Unknown);
    drive(
        &mut last,
        [ok("Connection: close\r\nContent-Length: 0\r\n", "").as_bytes()],
        false,
    );
    let mut gone = posting(BodySize::Unknown);
    drive(&mut gone, [hello().as_bytes()], true);
    for mut client in [behind, later, last, gone] {
        assert_eq!(client.buffered(), 0);
        client.finish(None).unwrap();
        assert!(!client.is_reusable());
        assert_eq!(client.next_event(), Answer::Closed);
    }
}

#[test]
fn broken_promises() {
    let mut client = posting(BodySize::Known(3));
    let head = sent(&mut client);
    assert!(head.ends_with("\r\ncontent-length: 3\r\n\r\n"));
    client.send_data(bytes("ab")).unwrap();
    assert_eq!(client.send_data(bytes("cd")), Err(EncodeError::TooLong));
    assert_eq!(sent(&mut client), "ab", "no part of what is too much");
    assert!(client.finish(None).is_err() && !client.is_reusable());

    let mut client = posting(BodySize::Known(3));
    client.send_data(bytes("ab")).unwrap();
    assert_eq!(client.finish(None), Err(EncodeError::TooShort));
    client.receive(hello().as_bytes());
    assert_eq!(client.next_event(), Answer::Closed);
    assert!(!client.is_reusable() && client.buffered() == 0);

    let mut client = posting(BodySize::Empty);
    assert_eq!(client.send_data(bytes("x")), Err(EncodeError::TooLong));
}

#[test]
fn order_of_calls() {
    let mut client = Client::new(Limits::default());
    assert_eq!(client.send_data(bytes("x")), Err(EncodeError::Order));
    assert_eq!(client.finish(None), Err(EncodeError::Order));
    ask(&mut client, "GET", &[]);
    assert_eq!(client.send_data(bytes("x")), Err(EncodeError::Order));
    assert_eq!(client.finish(None), Err(EncodeError::Order));
}

#[test]
fn after_a_refusal_nothing_is_kept() {
    let mut client = asking("GET");
    client.receive(b"x\r\n");
    assert_eq!(
        client.next_event(),
        Answer::Refused(Fault::Malformed("invalid status line"))
    );
    client.receive(&[b'x'; 100_000]);
    assert_eq!(client.buffered(), 0);
    assert_eq!(client.next_event(), Answer::Closed);
    assert_eq!(client.next_event(), Answer::Closed);
    assert!(!client.is_reusable() && !client.wants_read());
}
