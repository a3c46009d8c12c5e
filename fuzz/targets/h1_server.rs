//! Any bytes, received by a server of HTTP/1.1 in any pieces.
//!
//! Input: limits, seed of the pieces, how it answers; then the bytes.
#![no_main]

use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use waterspout::h1::{Answer, BodySize, Client, Event, HttpDate, Length, Limits, RequestHead, Server};
use waterspout_fuzz::{Choices, pieces};

/// Small enough that inputs reach them.
const TIGHT: Limits = Limits {
    request_line: 40,
    head: 160,
    fields: 6,
    chunk_line: 24,
    trailers: 40,
};

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let limits = choices.of(&[Limits::default(), TIGHT]);
    let seed = choices.byte();
    let answers = choices.byte();
    let wire = choices.0;

    let whole = drive(limits, answers, [wire]);
    assert_eq!(whole, drive(limits, answers, wire.chunks(1)));
    assert_eq!(whole, drive(limits, answers, pieces(wire, seed)));
});

/// All that is found in these pieces followed by the end, neighbouring data merged.
fn drive<'a>(limits: Limits, answers: u8, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut server = Server::new(limits);
    let mut seen = Vec::new();
    for piece in pieces {
        server.receive(piece);
        collect(&mut server, &mut seen, answers);
    }
    server.receive_eof();
    collect(&mut server, &mut seen, answers);
    seen
}

fn collect(server: &mut Server, seen: &mut Vec<Event>, answers: u8) {
    loop {
        let event = server.next_event();
        let answered = match &event {
            Event::NeedMore => return,
            Event::Closed => {
                assert_eq!(server.buffered(), 0, "a closed connection keeps nothing");
                if seen.last() != Some(&Event::Closed) {
                    seen.push(event);
                }
                return;
            }
            Event::Request(head) => {
                check_head(head);
                head.length == Length::Empty
            }
            Event::End(_) => true,
            Event::Data(data) => {
                assert!(!data.is_empty(), "data is never empty");
                if let Some(Event::Data(last)) = seen.last_mut() {
                    *last = [&last[..], &data[..]].concat().into();
                    continue;
                }
                false
            }
            Event::Refused(_) | Event::Aborted => false,
        };
        if let Event::Refused(refusal) = &event {
            server.refuse(refusal, &date());
        }
        seen.push(event);
        if answered {
            let method = seen.iter().rev().find_map(|event| match event {
                Event::Request(head) => Some(head.method.clone()),
                _ => None,
            });
            // What was written for requests before it, or refused, is not looked at again.
            let before = server.output().len();
            server.output().advance(before);
            answer(server, answers, &method.expect("an answered request"));
        }
    }
}

fn date() -> HttpDate {
    HttpDate::new(std::time::UNIX_EPOCH)
}

/// What everybody behind the parser relies on.
fn check_head(head: &RequestHead) {
    let fields = head.fields.to_map();
    assert!(head.target.iter().all(|byte| (0x21..=0x7e).contains(byte)));
    assert_ne!(head.length, Length::UntilClose);
    if head.version == http::Version::HTTP_11 {
        assert_eq!(fields.get_all(header::HOST).iter().count(), 1);
    }
    assert!(
        !(fields.contains_key(header::CONTENT_LENGTH) && fields.contains_key(header::TRANSFER_ENCODING)),
        "framed twice"
    );
    assert!(!head.upgrade || head.length == Length::Empty);
    for value in fields.values() {
        assert!(!value.as_bytes().iter().any(|byte| b"\r\n\0".contains(byte)));
    }
}

/// Answers, and checks that a client understands it.
fn answer(server: &mut Server, answers: u8, method: &Method) {
    let body = match answers % 4 {
        0 => BodySize::Empty,
        1 => BodySize::Known(5),
        _ => BodySize::Unknown,
    };
    let status = [200, 204, 304, 404][usize::from(answers >> 2 & 3)];
    let status = StatusCode::from_u16(status).expect("a status");
    // A 2xx to CONNECT would leave HTTP.
    let status = if *method == Method::CONNECT {
        StatusCode::NOT_FOUND
    } else {
        status
    };
    server
        .send_response(status, None, &HeaderMap::new(), body, &date())
        .expect("a request awaits its response");
    if body != BodySize::Empty {
        server
            .send_data(Bytes::from_static(b"hello"))
            .expect("as long as declared");
    }
    server.finish(None).expect("as long as declared");
    let output = server.output();
    let wire = output.copy_to_bytes(output.len());
    understood(&wire, method, status, body);
}

fn understood(wire: &[u8], method: &Method, status: StatusCode, body: BodySize) {
    if *method == Method::CONNECT {
        return;
    }
    let mut client = Client::new(Limits::default());
    let fields = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("a"))]);
    client
        .send_request(method, "/", &fields, BodySize::Empty)
        .and_then(|()| client.finish(None))
        .expect("a request as the one that came");
    client.receive(wire);
    client.receive_eof();
    let mut heard = Vec::new();
    let mut begun = false;
    loop {
        match client.next_event() {
            Answer::Response(head) => {
                assert_eq!(head.status, status);
                begun = true;
            }
            Answer::Data(data) => heard.extend_from_slice(&data),
            Answer::End(_) | Answer::Informational(_) => {}
            Answer::Closed => break,
            other => panic!("{other:?} for {}", wire.escape_ascii()),
        }
    }
    assert!(begun);
    let bodiless = *method == Method::HEAD || matches!(status.as_u16(), 204 | 304) || body == BodySize::Empty;
    assert_eq!(heard, if bodiless { b"".as_slice() } else { b"hello" });
}
