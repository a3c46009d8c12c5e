//! Tests of the parser: raw bytes, and what must be seen.

mod boundaries;
mod faults;
mod linear;
mod names;
mod parts;
mod roundtrip;
mod split;

use bytes::Bytes;

use super::*;

thread_local! {
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Called where input is searched or parsed, with how many bytes: `linear` counts them instead of taking the time,
/// which on a busy machine says little.
pub(super) fn looked_at(bytes: usize) {
    LOOKED_AT.set(LOOKED_AT.get() + bytes);
}

/// All that is found in these pieces followed by the end; neighbouring data is merged.
fn drive<'a>(
    boundary: &str,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Event>, Result<(), Fault>) {
    let kind = format!("multipart/form-data; boundary=\"{boundary}\"");
    let boundary = Boundary::parse(kind.as_bytes()).expect("a boundary");
    let mut parser = Parser::new(&boundary, limits);
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
                    assert_eq!(parser.finish(), Err(fault));
                    return (seen, Err(fault));
                }
            }
        }
    }
    let end = parser.finish();
    (seen, end)
}

/// The parts of a good form as `name|filename|type|content`.
#[track_caller]
fn parts(boundary: &str, body: &[u8]) -> Vec<String> {
    let (events, end) = drive(boundary, Limits::default(), [body]);
    assert_eq!(end, Ok(()), "{}", body.escape_ascii());
    let mut parts = Vec::new();
    for event in events {
        match event {
            Event::Part(head) => parts.push(format!(
                "{}|{}|{}|",
                head.name(),
                head.filename().unwrap_or("-"),
                head.content_type().unwrap_or("-")
            )),
            Event::Data(data) => {
                let part = parts.last_mut().expect("a part");
                part.push_str(&String::from_utf8_lossy(&data));
            }
            Event::PartEnd | Event::End => {}
        }
    }
    parts
}

/// Why a form is refused.
#[track_caller]
fn fault(boundary: &str, limits: Limits, body: &[u8]) -> &'static str {
    let (_, end) = drive(boundary, limits, [body]);
    end.expect_err(&body.escape_ascii().to_string()).detail()
}

/// A form with one part, whose `Content-Disposition` is this.
fn with_disposition(disposition: &[u8]) -> Vec<u8> {
    let before: &[u8] = b"--B\r\nContent-Disposition: ";
    [before, disposition, b"\r\n\r\nx\r\n--B--\r\n"].concat()
}
