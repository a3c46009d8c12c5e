//! Tests of the WebSocket protocol. The tables are the acceptance cases: frames, and what must be seen.

mod exchange;
mod handshake;
mod limits;
mod prepared;
mod protocol;
mod split;
mod text;
mod time;

use std::time::Duration;

use bytes::Buf;
use proptest::prelude::*;

use super::*;

fn server() -> Connection {
    Connection::new(Role::Server, &Options::default(), None, Duration::ZERO, 0)
}

fn client() -> Connection {
    Connection::new(Role::Client, &Options::default(), None, Duration::ZERO, 1)
}

/// All that waits to be written, which is taken.
fn written(connection: &mut Connection) -> Vec<u8> {
    let output = connection.output();
    let bytes = output.copy_to_bytes(output.remaining());
    bytes.to_vec()
}

/// Carries what waits from one side to the other.
fn carry(from: &mut Connection, to: &mut Connection) {
    to.receive(&written(from));
}

/// Events until nothing more comes.
fn events(connection: &mut Connection) -> Vec<Event> {
    let mut seen = Vec::new();
    loop {
        match connection.next_event() {
            Event::NeedMore => return seen,
            Event::Closed => {
                seen.push(Event::Closed);
                return seen;
            }
            event => seen.push(event),
        }
    }
}

/// A masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        middle @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

fn text(payload: &[u8]) -> Vec<u8> {
    frame(0x81, payload)
}

fn binary(payload: &[u8]) -> Vec<u8> {
    frame(0x82, payload)
}

/// Bytes as they are.
fn raw(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// Events in short: `text(hello)`, `failed(1002)`, `closing(1000: reason)`.
fn brief(events: &[Event]) -> String {
    let words: Vec<String> = events
        .iter()
        .map(|event| match event {
            Event::NeedMore => "more".into(),
            Event::Message(Message::Text(text)) => format!("text({text})"),
            Event::Message(Message::Binary(data)) => format!("binary({})", data.escape_ascii()),
            Event::Ping(data) => format!("ping({})", data.escape_ascii()),
            Event::Pong(data) => format!("pong({})", data.escape_ascii()),
            Event::Closing(close) => format!("closing({close})"),
            Event::Failed(close) => format!("failed({})", close.code),
            Event::Closed => "closed".into(),
        })
        .collect();
    words.join(" ")
}

/// What a server makes of these pieces, and what it writes.
fn seen<'a>(options: &Options, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Event>, Vec<u8>) {
    let mut server = Connection::new(Role::Server, options, None, Duration::ZERO, 0);
    let mut seen = Vec::new();
    for piece in pieces {
        server.receive(piece);
        seen.extend(events(&mut server));
    }
    if let Some(first) = seen.iter().position(|event| *event == Event::Closed) {
        seen.truncate(first + 1);
    }
    let written = written(&mut server);
    (seen, written)
}

/// Checks a table of frames, whole and byte by byte. Of what failed, `closed` may be left out.
fn check(table: &[(&[Vec<u8>], &str)]) {
    for (frames, expected) in table {
        let wire = frames.concat();
        let options = Options::default();
        let whole = seen(&options, [&wire[..]]);
        assert_eq!(
            whole,
            seen(&options, wire.chunks(1)),
            "split changes {}",
            wire.escape_ascii()
        );
        let brief = brief(&whole.0);
        let brief = brief
            .strip_suffix(" closed")
            .filter(|_| !expected.ends_with("closed"));
        assert_eq!(
            brief.unwrap_or(&self::brief(&whole.0)),
            *expected,
            "for {}",
            wire.escape_ascii()
        );
        if let Some((_, code)) = expected.split_once("failed(") {
            let code: u16 = code.get(..4).and_then(|code| code.parse().ok()).expect("a code");
            let frames = whole
                .1
                .windows(4)
                .any(|frame| frame[0] == 0x88 && frame[2..] == code.to_be_bytes());
            assert!(frames, "no close frame with {code} for {}", wire.escape_ascii());
        }
    }
}

/// Two ends that have agreed on permessage-deflate.
fn agreed(options: &Options) -> (Connection, Connection) {
    let settings = options.compression.expect("compression is on");
    let offer = deflate::offer_client(&settings);
    let (agreed, _) = deflate::negotiate_server([&offer], &settings).expect("an offer of ours");
    let make = |role| Connection::new(role, options, Some(agreed), Duration::ZERO, 1);
    (make(Role::Server), make(Role::Client))
}
