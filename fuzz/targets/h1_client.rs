//! Any bytes, received by a client of HTTP/1.1 in any pieces.
//!
//! Input: limits, method, seed of the pieces; then the bytes.
#![no_main]

use http::{HeaderMap, HeaderValue, Method, header};
use libfuzzer_sys::fuzz_target;
use waterspout::h1::{Answer, BodySize, Client, Limits};
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
    let methods = ["GET", "HEAD", "CONNECT", "POST"];
    let method = methods[usize::from(choices.byte()) % methods.len()];
    let seed = choices.byte();
    let wire = choices.0;

    let whole = drive(limits, method, [wire]);
    assert_eq!(whole, drive(limits, method, wire.chunks(1)));
    assert_eq!(whole, drive(limits, method, pieces(wire, seed)));
});

/// All that is found in these pieces followed by the end, neighbouring data merged, and what is left for the protocol
/// behind HTTP.
fn drive<'a>(
    limits: Limits,
    method: &str,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Answer>, Vec<u8>) {
    let mut client = Client::new(limits);
    let target = if method == "CONNECT" { "a:1" } else { "/" };
    let fields = HeaderMap::from_iter([
        (header::HOST, HeaderValue::from_static("a")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
    ]);
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    client
        .send_request(&method, target, &fields, BodySize::Empty)
        .and_then(|()| client.finish(None))
        .expect("a good request");
    let mut seen = Vec::new();
    for piece in pieces {
        client.receive(piece);
        collect(&mut client, &mut seen);
    }
    client.receive_eof();
    collect(&mut client, &mut seen);
    let (left, _) = client.into_parts();
    (seen, left.to_vec())
}

fn collect(client: &mut Client, seen: &mut Vec<Answer>) {
    loop {
        match client.next_event() {
            Answer::NeedMore => return,
            Answer::Closed => {
                assert_eq!(client.buffered(), 0, "a closed connection keeps nothing");
                if seen.last() != Some(&Answer::Closed) {
                    seen.push(Answer::Closed);
                }
                return;
            }
            Answer::Data(data) => {
                assert!(!data.is_empty(), "data is never empty");
                match seen.last_mut() {
                    Some(Answer::Data(last)) => *last = [&last[..], &data[..]].concat().into(),
                    _ => seen.push(Answer::Data(data)),
                }
            }
            event => {
                if let Answer::Response(head) | Answer::Informational(head) = &event {
                    for value in head.fields.to_map().values() {
                        assert!(!value.as_bytes().iter().any(|byte| b"\r\n\0".contains(byte)));
                    }
                }
                seen.push(event);
            }
        }
    }
}
