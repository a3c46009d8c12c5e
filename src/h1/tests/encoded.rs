//! Responses that somebody else encodes.

use super::*;

/// The head that an encoder must write when it follows the framing.
fn head(status: StatusCode, fields: &HeaderMap, framing: ResponseFraming) -> String {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16());
    for (name, value) in fields {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text += &match framing.length {
        LengthField::None | LengthField::UntilClose => String::new(),
        LengthField::Length(length) => format!("content-length: {length}\r\n"),
        LengthField::Chunked => "transfer-encoding: chunked\r\n".into(),
    };
    if let Some(connection) = framing.connection {
        text += &format!("connection: {connection}\r\n");
    }
    text + "\r\n"
}

/// Both ways say the same of every response, and the connection goes on or ends alike.
#[test]
fn framing_is_that_of_our_own_encoder() {
    let requests = [
        &get(""),
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        &get("Connection: close\r\n"),
        &get("Connection: upgrade\r\nUpgrade: x\r\n"),
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    ];
    let fields: [&[(&str, &str)]; 6] = [
        &[],
        &[
            ("x", "1"),
            ("connection", "x, close"),
            ("keep-alive", "timeout=1"),
        ],
        &[("content-length", "2"), ("transfer-encoding", "gzip")],
        &[("content-length", "+2")],
        &[("upgrade", "x"), ("connection", "upgrade")],
        &[("content-length", "2"), ("content-length", "3")],
    ];
    let date_field = ("date", "Thu, 01 Jan 1970 00:00:00 GMT");
    for request in requests {
        for status in [101, 103, 200, 204, 205, 304, 426, 500] {
            for fields in fields {
                for size in [BodySize::Empty, BodySize::Known(2), BodySize::Unknown] {
                    let status = StatusCode::from_u16(status).unwrap();
                    let mut headers = map(&[fields, &[date_field]].concat());
                    let (mut own, _) = asked(request);
                    let (mut other, _) = asked(request);
                    let sent = own.send_response(status, None, &headers, size, &date());
                    let framed = other.frame_response(status, &mut headers, size);
                    assert_eq!(
                        framed.map(|_| ()),
                        sent,
                        "{status} {fields:?} {size:?} to {request:?}"
                    );
                    let Ok(framing) = framed else { continue };
                    other.begin_encoded(&framing).unwrap();
                    other.send_data(bytes(&head(status, &headers, framing))).unwrap();
                    let head = written(&mut own);
                    assert_eq!(written(&mut other), head, "to {request:?}");
                    assert_eq!(other.should_close(), own.should_close(), "behind {head:?}");
                    own.send_data(Bytes::from_static(b"hi")).unwrap_or_default();
                    let has_body = !own.output().is_empty();
                    assert_eq!(framing.has_body && size != BodySize::Empty, has_body, "{head:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_encoded_passes_as_it_is_and_the_next_request_follows() {
    let (mut server, _) = asked(&get("").repeat(2));
    let framing = server.frame_response(StatusCode::OK, &mut map(&[]), BodySize::Unknown);
    let framing = framing.unwrap();
    assert_eq!(
        (framing.length, framing.has_body, framing.connection),
        (LengthField::Chunked, true, None)
    );
    server.begin_encoded(&framing).unwrap();
    assert_eq!(server.begin_encoded(&framing), Err(EncodeError::Order));
    server.send_data(bytes("HTTP/1.1 200 Fine\r\n")).unwrap();
    server.send_data(bytes("any: thing\r\n\r\n")).unwrap();
    server.finish(None).unwrap();
    assert_eq!(written(&mut server), "HTTP/1.1 200 Fine\r\nany: thing\r\n\r\n");
    assert_eq!(brief(&[server.next_event()]), "GET /");
}

#[test]
fn behind_an_encoded_101_nothing_is_read_as_http() {
    let upgrade = get("Connection: upgrade, close\r\nUpgrade: x\r\n");
    let (mut server, _) = asked(&format!("{upgrade}early"));
    let switching = StatusCode::SWITCHING_PROTOCOLS;
    let framing = server.frame_response(switching, &mut map(&[("upgrade", "x")]), BodySize::Empty);
    server.begin_encoded(&framing.unwrap()).unwrap();
    server.send_data(bytes("head")).unwrap();
    server.finish(None).unwrap();
    assert_eq!(server.next_event(), Event::NeedMore);
    let (early, mut output) = server.into_parts();
    assert_eq!((&early[..], output.chunk()), (&b"early"[..], &b"head"[..]));
    output.advance(4);
}
