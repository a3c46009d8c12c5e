//! No order of calls can panic, write two answers to one request, or keep bytes once all is over.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Call {
    Receive(&'static str),
    End,
    Next,
    Continue,
    Informational(u16),
    Respond(u16, BodySize, Option<&'static str>),
    Encoded(u16, BodySize),
    Data(usize),
    Finish,
    Close,
    Refuse,
}

fn call() -> impl Strategy<Value = Call> {
    let input = prop::sample::select(vec![
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "abc",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "\r\n",
        "\0",
    ]);
    let status = prop::sample::select(vec![100u16, 101, 103, 200, 204, 205, 304, 404, 426, 599]);
    let size = prop_oneof![
        Just(BodySize::Empty),
        Just(BodySize::Unknown),
        (0..9u64).prop_map(BodySize::Known)
    ];
    let length = prop::sample::select(vec![None, None, Some("0"), Some("3"), Some("x")]);
    prop_oneof![
        4 => input.prop_map(Call::Receive),
        1 => Just(Call::End),
        6 => Just(Call::Next),
        1 => Just(Call::Continue),
        1 => status.clone().prop_map(Call::Informational),
        4 => (status.clone(), size.clone(), length)
            .prop_map(|(status, size, length)| Call::Respond(status, size, length)),
        2 => (status, size).prop_map(|(status, size)| Call::Encoded(status, size)),
        3 => (0..9usize).prop_map(Call::Data),
        4 => Just(Call::Finish),
        1 => Just(Call::Close),
        1 => Just(Call::Refuse),
    ]
}

proptest! {
    #[test]
    fn in_any_order(calls in prop::collection::vec(call(), 0..60)) {
        let mut server = Server::new(Limits::default());
        let (mut requests, mut answers, mut closed) = (0, 0, false);
        for call in calls {
            let before = server.output().len();
            match call {
                Call::Receive(bytes) => server.receive(bytes.as_bytes()),
                Call::End => server.receive_eof(),
                Call::Next => {
                    let event = server.next_event();
                    prop_assert!(!closed || event == Event::Closed, "{event:?} after the end");
                    requests += usize::from(matches!(event, Event::Request(_)));
                    closed |= event == Event::Closed;
                }
                Call::Continue => server.send_continue(),
                Call::Informational(status) => {
                    let status = StatusCode::from_u16(status).unwrap();
                    let _ = server.send_informational(status, &HeaderMap::new());
                }
                Call::Respond(status, size, length) => {
                    let mut fields = map(&[("upgrade", "x")]);
                    fields.extend(length.map(|length| (http::header::CONTENT_LENGTH, HeaderValue::from_static(length))));
                    let status = StatusCode::from_u16(status).unwrap();
                    match server.send_response(status, None, &fields, size, &date()) {
                        Ok(()) => answers += 1,
                        Err(_) => prop_assert_eq!(server.output().len(), before),
                    }
                }
                Call::Encoded(status, size) => {
                    let status = StatusCode::from_u16(status).unwrap();
                    let framing = server.frame_response(status, &mut map(&[("upgrade", "x")]), size);
                    if framing.is_ok_and(|framing| server.begin_encoded(&framing).is_ok()) {
                        answers += 1;
                    }
                }
                Call::Data(count) => drop(server.send_data(Bytes::from(vec![b'd'; count]))),
                Call::Finish => drop(server.finish(None)),
                Call::Close => server.close_after_response(),
                Call::Refuse => {
                    server.refuse(&Refusal::new(StatusCode::BAD_REQUEST, "no"), &date());
                    // It answers the request there is, or bytes that never became one; then nothing is answered.
                    requests += usize::from(server.output().len() > before && answers == requests);
                    answers += usize::from(server.output().len() > before);
                }
            }
            prop_assert!(answers <= requests);
            prop_assert!(!closed || (server.buffered() == 0 && server.should_close()));
        }
        let _ = (server.is_idle(), server.in_head(), server.body_pending(), server.unread_body(), server.wants_read());
        let _ = server.into_parts();
    }
}
