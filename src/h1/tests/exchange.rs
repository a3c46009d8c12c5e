//! One connection over several messages: order, persistence, ends, refusals.

use super::*;

fn ok(server: &mut Server) -> String {
    server
        .send_response(
            StatusCode::OK,
            None,
            &HeaderMap::new(),
            BodySize::Known(2),
            &date(),
        )
        .unwrap();
    server.send_data(bytes("ok")).unwrap();
    server.finish(None).unwrap();
    written(server)
}

#[test]
fn pipelined_requests_wait_for_their_turn() {
    let mut server = Server::new(Limits::default());
    server.receive((get("") + &post("Content-Length: 2\r\n", "hi") + &get("")).as_bytes());
    assert!(matches!(server.next_event(), Event::Request(_)));
    assert_eq!(server.next_event(), Event::NeedMore);
    assert!(!server.wants_read() && !server.is_idle() && !server.in_head() && server.buffered() > 0);
    ok(&mut server);
    assert!(matches!(server.next_event(), Event::Request(_)));
    // Answered before its body is read: the body still belongs to it.
    ok(&mut server);
    assert!(server.body_pending() && server.response_started());
    assert_eq!(server.unread_body(), Some(2));
    assert_eq!(server.next_event(), Event::Data(bytes("hi")));
    assert_eq!(server.next_event(), Event::End(None));
    assert!(matches!(server.next_event(), Event::Request(_)));
    assert!(!server.response_started() && !server.should_close());
    ok(&mut server);
    assert!(server.is_idle() && server.wants_read());
    assert_eq!(server.next_event(), Event::NeedMore);
}

#[test]
fn fifty_pipelined_and_extra_empty_lines() {
    let input = (get("") + "\r\n").repeat(50);
    assert_eq!(
        seen(Limits::default(), input.as_bytes()),
        vec!["GET /"; 50].join(" ")
    );
}

#[test]
fn queries_on_the_way() {
    let mut server = Server::new(Limits::default());
    assert!(server.is_idle() && !server.in_head());
    server.receive(b"POST");
    assert_eq!(server.next_event(), Event::NeedMore);
    assert!(server.in_head() && !server.is_idle() && !server.body_pending());
    server.receive(b" / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert!(matches!(server.next_event(), Event::Request(_)));
    assert!(server.body_pending() && !server.in_head() && server.wants_read());
    assert_eq!(server.unread_body(), None);
    server.receive(b"0\r\n\r\n");
    assert_eq!(server.next_event(), Event::End(None));
    assert_eq!(server.unread_body(), Some(0));
    assert!(!server.body_pending() && !server.wants_read());
}

#[test]
fn the_last_response_closes() {
    for input in [get("Connection: close\r\n"), "GET / HTTP/1.0\r\n\r\n".into()] {
        let (mut server, _) = asked(&input);
        server.receive(get("").as_bytes());
        assert!(server.should_close());
        assert!(ok(&mut server).contains("\r\nconnection: close\r\n"));
        assert_eq!(server.next_event(), Event::Closed);
        assert_eq!(server.next_event(), Event::Closed);
        server.receive(b"more");
        assert_eq!(server.buffered(), 0);
    }
}

#[test]
fn draining() {
    let (mut server, _) = asked(&get(""));
    server.close_after_response();
    assert!(ok(&mut server).contains("\r\nconnection: close\r\n"));
    assert_eq!(server.next_event(), Event::Closed);

    // Too late for the head, still the end.
    let (mut server, _) = asked(&get(""));
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
        .unwrap();
    server.close_after_response();
    server.finish(None).unwrap();
    assert!(!written(&mut server).contains("connection"));
    assert!(server.should_close());
    assert_eq!(server.next_event(), Event::Closed);

    // Between messages: the next one is answered and told.
    let mut server = Server::new(Limits::default());
    server.close_after_response();
    server.receive(get("").as_bytes());
    assert!(matches!(server.next_event(), Event::Request(_)));
    assert!(ok(&mut server).contains("\r\nconnection: close\r\n"));
}

#[test]
fn ends_of_the_peer() {
    let end = |input: &str| brief(&drive(Limits::default(), [input.as_bytes()], true));
    assert_eq!(end(""), "closed");
    assert_eq!(end("\r\n"), "closed");
    assert_eq!(end("\r"), "aborted closed");
    assert_eq!(end("G"), "aborted closed");
    assert_eq!(end(&get("")), "GET / closed");
    assert_eq!(end(&get("").repeat(3)), "GET / GET / GET / closed");
    assert_eq!(end(&(get("") + "GET")), "GET / aborted closed");
    assert_eq!(end(get("").strip_suffix("\r\n").unwrap()), "aborted closed");
    assert_eq!(end(&post("Content-Length: 5\r\n", "hel")), "POST / [hel] aborted");
    assert_eq!(end(&post("Content-Length: 5\r\n", "")), "POST / aborted");
    assert_eq!(
        end(&post("Content-Length: 5\r\n", "hello")),
        "POST / [hello] end closed"
    );
    for cut in [
        "",
        "3",
        "3\r",
        "3\r\n",
        "3\r\nabc",
        "3\r\nabc\r\n",
        "3\r\nabc\r\n0\r\n",
        "0\r\nX: 1\r\n",
    ] {
        assert!(end(&chunked(cut)).ends_with("aborted"), "{cut:?}");
    }
}

#[test]
fn a_half_closed_peer_gets_its_response() {
    let (mut server, _) = asked(&get(""));
    server.receive(get("").as_bytes());
    server.receive_eof();
    assert_eq!(server.next_event(), Event::NeedMore);
    assert!(ok(&mut server).ends_with("ok"));
    assert!(matches!(server.next_event(), Event::Request(_)));
    assert!(ok(&mut server).ends_with("ok"));
    assert_eq!(server.next_event(), Event::Closed);

    // And one who stopped within its body may get an answer, but no second turn.
    let (mut server, _) = asked(&post("Content-Length: 5\r\n", ""));
    server.receive_eof();
    assert_eq!(server.next_event(), Event::Aborted);
    assert_eq!(server.next_event(), Event::NeedMore);
    assert!(ok(&mut server).contains("connection: close"));
    assert_eq!(server.next_event(), Event::Closed);
}

const BAD: Refusal = Refusal::new(StatusCode::BAD_REQUEST, "no");

#[test]
fn refusals_are_whole_responses() {
    let mut server = Server::new(Limits::default());
    server.receive(b"asdf\r\n");
    let Event::Refused(refusal) = server.next_event() else {
        panic!()
    };
    server.refuse(&refusal, &date());
    assert_eq!(
        written(&mut server),
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n\
         date: Thu, 01 Jan 1970 00:00:00 GMT\r\nconnection: close\r\n\r\ninvalid request line\n"
    );
    assert_eq!(refusal.to_string(), "400: invalid request line");
    assert!(server.should_close());
    // Once is enough, and nothing is kept of what comes.
    server.refuse(&refusal, &date());
    server.receive(&[b'x'; 100_000]);
    assert!(server.output().is_empty() && server.buffered() == 0);
    assert_eq!(server.next_event(), Event::Closed);
}

#[test]
fn a_refusal_never_becomes_part_of_a_response() {
    // In the body, before any response.
    let (mut server, _) = asked(&chunked("x"));
    assert!(matches!(server.next_event(), Event::Refused(_)));
    assert_eq!(
        server.next_event(),
        Event::NeedMore,
        "the request may still be answered"
    );
    server.refuse(&BAD, &date());
    assert!(written(&mut server).starts_with("HTTP/1.1 400 "));
    assert_eq!(server.next_event(), Event::Closed);

    // With a response begun, and with one ended.
    for ended in [false, true] {
        let (mut server, _) = asked(&chunked("x"));
        server
            .send_response(
                StatusCode::OK,
                None,
                &HeaderMap::new(),
                BodySize::Unknown,
                &date(),
            )
            .unwrap();
        if ended {
            server.finish(None).unwrap();
        }
        written(&mut server);
        assert!(matches!(server.next_event(), Event::Refused(_)));
        server.refuse(&BAD, &date());
        assert!(server.output().is_empty() && server.should_close());
        assert_eq!(server.next_event(), Event::Closed);
        assert_eq!(server.send_data(bytes("x")), Err(EncodeError::Order));
    }
}

#[test]
fn refusals_of_the_carrier() {
    // A time-out in a head, one between messages, and a body too large for the application.
    let late = Refusal::new(StatusCode::REQUEST_TIMEOUT, "too slow");
    let (mut server, _) = asked("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    ok(&mut server);
    server.receive(b"GET");
    assert_eq!(server.next_event(), Event::NeedMore);
    server.refuse(&late, &date());
    assert!(
        written(&mut server).ends_with("\r\n\r\ntoo slow\n"),
        "not taken for an answer to HEAD"
    );
    let (mut server, _) = asked(&post("Content-Length: 5\r\n", ""));
    server.refuse(&Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too large"), &date());
    assert!(written(&mut server).starts_with("HTTP/1.1 413 Payload Too Large\r\n"));
    // HEAD: no body, even when it is its head that is refused.
    let mut server = Server::new(Limits::default());
    server.receive(b"HEAD / HTTP/1.1\r\n\r\n");
    let Event::Refused(refusal) = server.next_event() else {
        panic!()
    };
    server.refuse(&refusal, &date());
    assert!(written(&mut server).ends_with("\r\n\r\n"));
}

#[test]
fn leaving_http() {
    let (mut server, _) = asked(&get("Connection: upgrade\r\nUpgrade: websocket\r\n"));
    server.receive(b"early");
    assert_eq!(
        server.next_event(),
        Event::NeedMore,
        "bytes behind the head are not read yet"
    );
    let fields = map(&[
        ("upgrade", "websocket"),
        ("connection", "x"),
        ("sec-websocket-accept", "y"),
    ]);
    server
        .send_response(
            StatusCode::SWITCHING_PROTOCOLS,
            None,
            &fields,
            BodySize::Empty,
            &date(),
        )
        .unwrap();
    server.receive(b" bird");
    assert_eq!(server.next_event(), Event::NeedMore);
    server.refuse(&BAD, &date());
    let (rest, mut output) = server.into_parts();
    assert_eq!(rest, "early bird");
    let head = output.copy_to_bytes(output.len());
    assert_eq!(
        head,
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nsec-websocket-accept: y\r\n\
         date: Thu, 01 Jan 1970 00:00:00 GMT\r\nconnection: upgrade\r\n\r\n"
    );

    // Declined: what follows is the next request.
    let (mut server, _) = asked(&get("Connection: upgrade\r\nUpgrade: websocket\r\n"));
    server.receive(get("").as_bytes());
    ok(&mut server);
    assert!(matches!(server.next_event(), Event::Request(_)));

    let (mut server, _) = asked("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n");
    server.receive(b"tunnel");
    server
        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
        .unwrap();
    assert!(!written(&mut server).contains("content-length"));
    assert_eq!(server.into_parts().0, "tunnel");
}
