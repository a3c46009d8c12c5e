//! Limits, and what memory is taken for.

use super::*;

fn tight() -> Options {
    Options {
        max_message: 10,
        max_frame: 8,
        max_fragments: 3,
        ..Options::default()
    }
}

#[test]
fn each_has_its_code() {
    let table: [(&[Vec<u8>], &str); 7] = [
        (&[text(b"12345678")], "text(12345678)"),
        (&[text(b"123456789")], "failed(1009) closed"),
        (&[frame(1, b"12345"), frame(0x80, b"67890")], "text(1234567890)"),
        (
            &[frame(1, b"12345"), frame(0x80, b"678901")],
            "failed(1009) closed",
        ),
        (&[frame(1, b"1"), frame(0, b"2"), frame(0x80, b"3")], "text(123)"),
        (
            &[frame(1, b"1"), frame(0, b""), frame(0, b""), frame(0, b"")],
            "failed(1008) closed",
        ),
        // Control frames are none of its fragments, and have a limit of their own.
        (
            &[frame(1, b"1"), frame(0x89, &[b'x'; 12]), frame(0x80, b"2")],
            "ping(xxxxxxxxxxxx) text(12)",
        ),
    ];
    for (frames, expected) in table {
        let wire = frames.concat();
        assert_eq!(brief(&seen(&tight(), [&wire[..]]).0), expected);
        assert_eq!(brief(&seen(&tight(), wire.chunks(1)).0), expected);
    }
}

#[test]
fn a_message_too_big_is_refused_by_its_head() {
    let wire = binary(&[0; 9]);
    assert_eq!(brief(&seen(&tight(), [&wire[..1]]).0), "");
    assert_eq!(brief(&seen(&tight(), [&wire[..2]]).0), "failed(1009) closed");
}

#[test]
fn inflating_ends_at_the_limit() {
    let options = Options {
        max_message: 100_000,
        ..Options::default()
    };
    for (length, fits) in [(100_000, true), (100_001, false), (5_000_000, false)] {
        for message in [Message::from("x".repeat(length)), Message::from(vec![0; length])] {
            let (mut server, mut client) = agreed(&options);
            client.send(&message).unwrap();
            let wire = written(&mut client);
            assert!(wire.len() < length / 50);
            server.receive(&wire);
            let seen = events(&mut server);
            if fits {
                assert_eq!(seen, [Event::Message(message)]);
            } else {
                assert_eq!(brief(&seen), "failed(1009) closed");
            }
        }
    }
}

#[test]
fn what_is_idle_owns_nothing() {
    let (mut server, mut client) = agreed(&Options::default());
    for message in [Message::from("x".repeat(9000)), Message::from(vec![1; 70_000])] {
        client.send(&message).unwrap();
        for piece in written(&mut client).chunks(100) {
            server.receive(piece);
        }
        assert_eq!(events(&mut server), [Event::Message(message)]);
        assert!(server.is_bare(), "{server:?}");
        assert!(client.is_bare(), "{client:?}");
    }
}
