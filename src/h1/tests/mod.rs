//! Tests of the engine. The tables are the acceptance cases: raw bytes, and what must be seen.

mod calls;
mod chunks;
mod client;
mod connection;
mod encoded;
mod exchange;
mod heads;
mod hosts;
mod lengths;
mod linear;
mod output;
mod responses;
mod roundtrip;
mod split;
mod targets;

use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::*;

thread_local! {
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Called where input is searched or parsed, with how many bytes: `linear` counts them instead of taking the time,
/// which on a busy machine says little.
pub(super) fn looked_at(bytes: usize) {
    LOOKED_AT.set(LOOKED_AT.get() + bytes);
}

/// The date in every response here.
fn date() -> HttpDate {
    HttpDate::new(std::time::UNIX_EPOCH)
}

/// Everything that comes out for `pieces` followed, if `eof`, by the end. Each request is answered with an empty 404
/// as soon as all of it has been read; neighbouring data is merged.
fn drive<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>, eof: bool) -> Vec<Event> {
    let mut server = Server::new(limits);
    let mut seen = Vec::new();
    for piece in pieces {
        server.receive(piece);
        collect(&mut server, &mut seen);
    }
    if eof {
        server.receive_eof();
        collect(&mut server, &mut seen);
    }
    seen
}

/// Takes events until nothing more comes, and answers.
fn collect(server: &mut Server, seen: &mut Vec<Event>) {
    loop {
        let event = server.next_event();
        let answer = match &event {
            Event::NeedMore => return,
            Event::Closed => {
                if seen.last() != Some(&Event::Closed) {
                    seen.push(event);
                }
                assert_eq!(server.buffered(), 0, "a closed connection keeps nothing");
                return;
            }
            Event::Request(head) => head.length == Length::Empty,
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
        seen.push(event);
        if answer {
            server
                .send_response(
                    StatusCode::NOT_FOUND,
                    None,
                    &HeaderMap::new(),
                    BodySize::Empty,
                    &date(),
                )
                .unwrap();
            server.finish(None).unwrap();
        }
    }
}

/// Events in short: `GET /` for a head, `[data]`, `end` or `end{name: value}`, `400` for a refusal, `aborted`,
/// `closed`.
fn brief(events: &[Event]) -> String {
    let words: Vec<String> = events
        .iter()
        .map(|event| match event {
            Event::NeedMore => "more".into(),
            Event::Request(head) => format!("{} {}", head.method, String::from_utf8_lossy(&head.target)),
            Event::Data(data) => format!("[{}]", data.escape_ascii()),
            Event::End(None) => "end".into(),
            Event::End(Some(map)) => {
                let fields: Vec<String> = map
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", value.as_bytes().escape_ascii()))
                    .collect();
                format!("end{{{}}}", fields.join(", "))
            }
            Event::Refused(refusal) => refusal.status.as_u16().to_string(),
            Event::Aborted => "aborted".into(),
            Event::Closed => "closed".into(),
        })
        .collect();
    words.join(" ")
}

/// What is seen for `input`, which must be the same whole and byte by byte.
fn seen(limits: Limits, input: &[u8]) -> String {
    let whole = brief(&drive(limits, [input], false));
    let bytewise = brief(&drive(limits, input.chunks(1), false));
    assert_eq!(
        whole,
        bytewise,
        "split changes {:?}",
        input.escape_ascii().to_string()
    );
    whole
}

/// Checks a table of inputs. Words after the refusal (`closed`) may be left out.
fn check<T: AsRef<[u8]>>(table: &[(T, &str)]) {
    for (input, expected) in table {
        let input = input.as_ref();
        let seen = seen(Limits::default(), input);
        let seen = seen
            .strip_suffix(" closed")
            .filter(|_| !expected.ends_with("closed"))
            .unwrap_or(&seen);
        assert_eq!(seen, *expected, "for {}", input.escape_ascii());
    }
}

/// A GET whose head has these lines besides `Host`.
fn get(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

/// A POST with these lines besides `Host`, and what follows the head.
fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}

/// A chunked POST.
fn chunked(body: &str) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
}

/// A server that has read one request, all of which is `input`, and its head.
fn asked(input: &str) -> (Server, RequestHead) {
    let mut server = Server::new(Limits::default());
    server.receive(input.as_bytes());
    match server.next_event() {
        Event::Request(head) => (server, head),
        other => panic!("{other:?} for {input:?}"),
    }
}

/// All that waits to be written, which is taken.
fn written(server: &mut Server) -> String {
    let output = server.output();
    let length = output.len();
    let bytes = output.copy_to_bytes(length);
    assert!(output.is_empty());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A header map of these fields.
fn map(fields: &[(&str, &str)]) -> HeaderMap {
    fields
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

/// Bytes of `text`.
fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}
