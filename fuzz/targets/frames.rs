//! Any bytes, received by either end of a plain WebSocket, in any pieces.
//!
//! Input: role, options, seed of the pieces, what the application does in between; then the bytes.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use waterspout::websocket::{Close, CloseCode, Connection, Message, Options, Role};
use waterspout_fuzz::websocket::{check_limits, check_written, connection, seen, take, written};
use waterspout_fuzz::{Choices, pieces};

fn options(choice: u8) -> Options {
    let (max_message, max_frame, max_fragments) = match choice % 4 {
        0 => (10 << 20, 10 << 20, 16_384),
        1 => (10, 8, 3),
        2 => (200, 300, 8),
        _ => (0, 1, 1),
    };
    Options {
        max_message,
        max_frame,
        max_fragments,
        ..Options::default()
    }
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let role = choices.of(&[Role::Server, Role::Client]);
    let options = options(choices.byte());
    let seed = choices.byte();
    let lively = choices.byte();
    let wire = choices.0;

    let whole = seen(role, &options, None, [wire]);
    assert_eq!(whole, seen(role, &options, None, wire.chunks(1)));
    assert_eq!(whole, seen(role, &options, None, pieces(wire, seed)));
    check_limits(&whole.0, &options);
    check_written(role, None, &whole.1, &whole.0);

    if lively != 0 {
        with_an_application(role, &options, &pieces(wire, seed), lively);
    }
});

/// The same while an application sends, closes and lets time pass.
fn with_an_application(role: Role, options: &Options, pieces: &[&[u8]], mut choice: u8) {
    let mut connection = connection(role, options, None);
    let (mut seen, mut wire) = (Vec::new(), Vec::new());
    let mut now = Duration::ZERO;
    for piece in pieces {
        connection.receive(piece);
        if choice & 0x80 == 0 {
            take(&mut connection, &mut seen);
        }
        act(&mut connection, choice, &mut now);
        if choice & 0x40 == 0 {
            wire.extend(written(&mut connection));
        }
        choice = choice.wrapping_mul(5).wrapping_add(29);
    }
    connection.receive_eof();
    take(&mut connection, &mut seen);
    wire.extend(written(&mut connection));
    assert!(connection.is_closed() && connection.next_time().is_none());
    assert!(connection.close_frame().is_some());
    check_limits(&seen, options);
    check_written(role, None, &wire, &seen);
}

fn act(connection: &mut Connection, choice: u8, now: &mut Duration) {
    let open = connection.is_open();
    let sent = match choice >> 1 & 15 {
        0 => connection.send(&Message::from("text")).is_ok(),
        1 => connection.send(&Message::from(vec![0xff; 5000])).is_ok(),
        2 => connection.ping(b"ping").is_ok(),
        3 => connection.pong(b"").is_ok(),
        4 => {
            connection.close(Close::new(CloseCode::GOING_AWAY, "\u{e9}".repeat(100)));
            open
        }
        5 => {
            *now = connection.next_time().unwrap_or(*now).max(*now);
            connection.poll_time(*now);
            open
        }
        _ => open,
    };
    assert_eq!(sent, open);
}
