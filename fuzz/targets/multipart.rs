//! Any bytes as a multipart form, in any pieces.
//!
//! Input: limits, seed of the pieces, length of a `Content-Type` and it; then the body.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use waterspout::multipart::{Boundary, Event, Fault, Limits, Parser, PartHead};
use waterspout_fuzz::{Choices, pieces};

/// Small enough that inputs reach them.
const TIGHT: Limits = Limits {
    parts: 3,
    head: 80,
    fields: 3,
};

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let limits = choices.of(&[Limits::default(), TIGHT]);
    let seed = choices.byte();
    let boundary = Boundary::parse(choices.some());
    let boundary = boundary.or_else(|_| Boundary::parse(b"multipart/form-data; boundary=B"));
    let boundary = boundary.expect("a good one");
    assert!((1..=70).contains(&boundary.as_str().len()));
    let body = choices.0;

    let whole = drive(&boundary, limits, [body]);
    assert_eq!(whole, drive(&boundary, limits, body.chunks(1)));
    assert_eq!(whole, drive(&boundary, limits, pieces(body, seed)));
    check(&whole.0, limits, body);
});

/// All that is found in these pieces followed by the end, neighbouring data merged.
fn drive<'a>(
    boundary: &Boundary,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Event>, Result<(), Fault>) {
    let mut parser = Parser::new(boundary, limits);
    let mut seen = Vec::new();
    for piece in pieces {
        parser.receive(Bytes::copy_from_slice(piece));
        loop {
            match parser.next_event() {
                Ok(Some(Event::Data(data))) => {
                    assert!(!data.is_empty(), "data is never empty");
                    if let Some(Event::Data(last)) = seen.last_mut() {
                        *last = [&last[..], &data[..]].concat().into();
                    } else {
                        seen.push(Event::Data(data));
                    }
                }
                Ok(Some(event)) => seen.push(event),
                Ok(None) => break,
                Err(fault) => {
                    assert_eq!(parser.next_event(), Err(fault), "a fault stays");
                    return (seen, Err(fault));
                }
            }
        }
    }
    let end = parser.finish();
    (seen, end)
}

/// What everybody behind the parser relies on.
fn check(events: &[Event], limits: Limits, body: &[u8]) {
    let (mut within, mut ended, mut parts, mut content) = (false, false, 0, 0);
    for event in events {
        assert!(!ended, "nothing comes behind the end");
        match event {
            Event::Part(head) => {
                assert!(!within);
                within = true;
                parts += 1;
                check_head(head, limits);
            }
            Event::Data(data) => {
                assert!(within);
                content += data.len();
            }
            Event::PartEnd => {
                assert!(within);
                within = false;
            }
            Event::End => {
                assert!(!within);
                ended = true;
            }
        }
    }
    assert!(parts <= limits.parts && content <= body.len());
}

fn check_head(head: &PartHead, limits: Limits) {
    assert!(!head.name().is_empty() && head.headers().len() <= limits.fields);
    for text in [Some(head.name()), head.filename()].into_iter().flatten() {
        assert!(!text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'));
    }
    if let Some(safe) = head.safe_filename() {
        assert!(!safe.is_empty() && safe != "." && safe != ".." && !safe.contains(['/', '\\']));
    }
}
