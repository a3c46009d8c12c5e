//! permessage-deflate: what one end compresses the other inflates, whatever they agreed on; any bytes, inflated within
//! limits.
//!
//! Input: which of the two, the settings of both ends, limit, seed of the pieces; then messages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterspout::websocket::{Agreed, Compression, Event, Message, Options, Prepared, Role};
use waterspout_fuzz::websocket::{check_limits, check_written, connection, handshake, seen, take, written};
use waterspout_fuzz::{Choices, Counting, most, pieces};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many messages or frames are looked at: enough for any context, and few enough to be quick.
const MOST: usize = 12;

fn options(choices: &mut Choices<'_>) -> Options {
    let flags = choices.byte();
    let bits = choices.byte();
    let compression = Compression {
        level: flags & 0x0f,
        threshold: if flags & 0x10 == 0 { 0 } else { 64 },
        server_context_takeover: flags & 0x20 != 0,
        client_context_takeover: flags & 0x40 != 0,
        server_max_window_bits: bits & 0x0f,
        client_max_window_bits: bits >> 4,
    };
    Options {
        compression: (flags & 0x80 == 0).then_some(compression),
        ..Options::default()
    }
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let any_bytes = choices.flag();
    let (client, server) = (options(&mut choices), options(&mut choices));
    let limit = choices.of(&[10 << 20, 0, 1, 100, 4096, 70_000]);
    let seed = choices.byte();
    let Some(established) = handshake(&client, &server) else {
        return;
    };
    let agreed = established.deflate;
    if any_bytes {
        inflate(choices, agreed, limit, seed);
    } else {
        let mut server = connection(Role::Server, &server, agreed);
        let mut client = connection(Role::Client, &client, agreed);
        for _ in 0..MOST {
            if choices.is_empty() {
                break;
            }
            let kind = choices.byte();
            let message = message(kind, choices.some());
            let (from, to) = if kind & 0x80 == 0 {
                (&mut client, &mut server)
            } else {
                (&mut server, &mut client)
            };
            if kind & 0x40 == 0 {
                from.send(&message).expect("open");
            } else {
                let settings = Compression::default();
                from.send_prepared(&Prepared::new(&message, Some(&settings)))
                    .expect("open");
            }
            let mut seen = Vec::new();
            for piece in pieces(&written(from), seed) {
                to.receive(piece);
                take(to, &mut seen);
            }
            assert_eq!(seen, [Event::Message(message)]);
        }
    }
});

/// A message of these bytes, or of many times them.
fn message(kind: u8, bytes: &[u8]) -> Message {
    let bytes = bytes.repeat([1, 2, 20, 150][usize::from(kind >> 1 & 3)]);
    match String::from_utf8(bytes) {
        Ok(text) if kind & 1 == 0 => text.into(),
        Ok(text) => text.into_bytes().into(),
        Err(error) => error.into_bytes().into(),
    }
}

/// Frames of any bytes, which claim to be compressed.
fn inflate(mut choices: Choices<'_>, agreed: Option<Agreed>, limit: usize, seed: u8) {
    let role = choices.of(&[Role::Server, Role::Client]);
    let options = Options {
        max_message: limit,
        ..Options::default()
    };
    let mut wire = Vec::new();
    for _ in 0..MOST {
        if choices.is_empty() {
            break;
        }
        // FIN, RSV1, and any opcode.
        wire.push(choices.byte());
        let payload = choices.some();
        let masked = if role == Role::Server { 0x80 } else { 0 };
        match payload.len() {
            short @ ..=125 => wire.push(masked | short as u8),
            long => {
                wire.push(masked | 126);
                wire.extend((long as u16).to_be_bytes());
            }
        }
        if role == Role::Server {
            wire.extend([0; 4]);
        }
        wire.extend_from_slice(payload);
    }
    // What a thread keeps for all its connections is made before it is counted.
    let whole = seen(role, &options, agreed, [&wire[..]]);
    let (held, again) = most(|| seen(role, &options, agreed, [&wire[..]]));
    assert_eq!(whole, again);
    // What has been found is held here, and twice while it is compared and a vector grows.
    let found: usize = whole.0.iter().map(size).sum();
    let most = 2 * found + 4 * wire.len() + 3 * limit.min(2000 * wire.len()) + (64 << 10);
    assert!(
        held <= most,
        "{held} bytes held, {found} found, {} received",
        wire.len()
    );
    assert_eq!(whole, seen(role, &options, agreed, wire.chunks(1)));
    assert_eq!(whole, seen(role, &options, agreed, pieces(&wire, seed)));
    check_limits(&whole.0, &options);
    check_written(role, agreed, &whole.1, &whole.0);
}

fn size(event: &Event) -> usize {
    match event {
        Event::Message(message) => message.len(),
        Event::Ping(data) | Event::Pong(data) => data.len(),
        _ => 200,
    }
}
