//! The classes of the Autobahn suite's cases without compression, on the probe's echo as it is run. Autobahn is content
//! with a connection that is just dropped; here every fault has its close code, and every end is a clean one.

use super::peer::{Peer, close, fragments, frame, text, word};
use super::process::Program;
use super::utf8;

const TARGETS: [&str; 2] = ["/ws", "/ws-plain"];

fn probe() -> Program {
    Program::start("probe", &["tcp", "127.0.0.1:0"])
}

/// Sends these bytes in pieces of `chop`, and then a close frame. Gives what comes back.
fn said(probe: &Program, target: &str, wire: &[u8], chop: usize) -> String {
    let mut peer = Peer::open(probe.address(), target);
    wire.chunks(chop).for_each(|piece| peer.send(piece));
    peer.send(close(1000));
    peer.rest()
}

/// Checks frames and what they are answered with, whole and byte by byte.
fn check(cases: &[(&[Vec<u8>], &str)]) {
    let probe = probe();
    for (frames, expected) in cases {
        let wire = frames.concat();
        for target in TARGETS {
            for chop in [usize::MAX, 1] {
                let said = said(&probe, target, &wire, chop);
                let said = told(&said);
                assert_eq!(said, *expected, "{target}, {}", wire.escape_ascii());
            }
        }
    }
    probe.stop();
}

/// The words without the reason of the last close of ours, which is for people.
fn told(said: &str) -> String {
    match said.rsplit_once("close(10") {
        Some((before, rest)) if !rest.starts_with("00") => {
            let code = rest.split([' ', ')']).next().expect("a code");
            format!("{before}close(10{code})")
        }
        _ => said.to_owned(),
    }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 251) as u8).collect()
}

#[test]
fn class_1_messages_of_all_lengths() {
    let probe = probe();
    for length in [0, 125, 126, 127, 128, 65_535, 65_536] {
        for (first, payload) in [(0x81, "*".repeat(length).into_bytes()), (0x82, bytes(length))] {
            let expected = format!("{} close(1000)", word(first & 0x0f, &payload));
            for target in TARGETS {
                for chop in [usize::MAX, 997] {
                    let said = said(&probe, target, &frame(first, &payload), chop);
                    assert_eq!(said, expected, "{length}");
                }
            }
        }
    }
    probe.stop();
}

#[test]
fn class_2_pings_and_pongs() {
    let ten: Vec<Vec<u8>> = (0..10).map(|at| frame(0x89, format!("payload-{at}"))).collect();
    let pongs: Vec<String> = (0..10).map(|at| format!("pong(payload-{at})")).collect();
    check(&[
        (&[frame(0x89, "")], "pong() close(1000)"),
        (&[frame(0x89, "Hello, world!")], "pong(Hello, world!) close(1000)"),
        (
            &[frame(0x89, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")],
            "pong(\\x00\\xff\\xfe\\xfd\\xfc\\xfb\\x00\\xff) close(1000)",
        ),
        (
            &[frame(0x89, [0xfe; 125])],
            &format!("pong({}) close(1000)", "\\xfe".repeat(125)),
        ),
        (&[frame(0x89, [0xfe; 126])], "close(1002)"),
        (&[frame(0x8a, "")], "close(1000)"),
        (&[frame(0x8a, "unsolicited")], "close(1000)"),
        (
            &[frame(0x8a, "unsolicited"), frame(0x89, "ping")],
            "pong(ping) close(1000)",
        ),
        (&ten, &format!("{} close(1000)", pongs.join(" "))),
    ]);
}

#[test]
fn class_3_reserved_bits() {
    for bits in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
        let one = |first: u8| frame(first | bits, "x");
        check(&[
            (&[one(0x81)], "close(1002)"),
            (
                &[text("before"), one(0x81), frame(0x89, "late")],
                "text(before) close(1002)",
            ),
            (&[text("before"), one(0x82)], "text(before) close(1002)"),
            (&[one(0x89)], "close(1002)"),
            (&[frame(0x88 | bits, b"\x03\xe8")], "close(1002)"),
        ]);
    }
}

#[test]
fn class_4_reserved_opcodes() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        check(&[
            (&[frame(0x80 | opcode, "")], "close(1002)"),
            (&[frame(0x80 | opcode, "reserved")], "close(1002)"),
            (
                &[text("before"), frame(0x80 | opcode, ""), frame(0x89, "late")],
                "text(before) close(1002)",
            ),
        ]);
    }
}

#[test]
fn class_5_fragments() {
    let (ping, pong) = (|data: &str| frame(0x89, data), |data: &str| frame(0x8a, data));
    check(&[
        // Control frames are never cut.
        (&[frame(0x09, "frag"), frame(0x80, "ment")], "close(1002)"),
        (&[frame(0x0a, "frag"), frame(0x80, "ment")], "close(1002)"),
        (
            &[frame(1, "frag"), frame(0x80, "ment")],
            "text(fragment) close(1000)",
        ),
        (
            &[frame(2, "frag"), frame(0x80, "ment")],
            "binary(fragment) close(1000)",
        ),
        (
            &[frame(1, "frag"), ping("ping"), frame(0x80, "ment")],
            "pong(ping) text(fragment) close(1000)",
        ),
        (
            &[frame(1, "frag"), pong("pong"), frame(0x80, "ment")],
            "text(fragment) close(1000)",
        ),
        (
            &[
                frame(1, "a"),
                frame(0, "b"),
                ping("1"),
                frame(0, "c"),
                frame(0, "d"),
                ping("2"),
                frame(0x80, "e"),
            ],
            "pong(1) pong(2) text(abcde) close(1000)",
        ),
        (
            &[frame(1, ""), frame(0, ""), frame(0x80, "")],
            "text() close(1000)",
        ),
        (
            &[frame(1, ""), frame(0, "mid"), frame(0x80, "")],
            "text(mid) close(1000)",
        ),
        // Continuations of nothing.
        (&[frame(0x80, "nothing"), text("late")], "close(1002)"),
        (&[frame(0, "nothing"), text("late")], "close(1002)"),
        (
            &[
                frame(1, "frag"),
                frame(0x80, "ment"),
                frame(0x80, "more"),
                text("late"),
            ],
            "text(fragment) close(1002)",
        ),
        (
            &[
                frame(1, "frag"),
                frame(0x80, "ment"),
                frame(0, "more"),
                text("late"),
            ],
            "text(fragment) close(1002)",
        ),
        // A message within a message.
        (&[frame(1, "first"), text("second")], "close(1002)"),
        (&[frame(1, "first"), frame(1, "second")], "close(1002)"),
        (&[frame(2, "first"), frame(0x82, "second")], "close(1002)"),
    ]);
}

#[test]
fn class_6_text_is_utf8() {
    let probe = probe();
    let mut count = 0;
    for (class, sequences) in utf8::vectors() {
        for sequence in sequences {
            count += 1;
            let valid = std::str::from_utf8(&sequence).is_ok();
            let expected = if valid {
                format!("{} close(1000)", word(1, &sequence))
            } else {
                "close(1007)".into()
            };
            let target = TARGETS[count % 2];
            // Whole, and in fragments of one byte, which cut every character.
            for wire in [text(&sequence), fragments(1, &sequence, 1)] {
                let said = said(&probe, target, &wire, usize::MAX);
                assert_eq!(told(&said), expected, "{class}: {}", sequence.escape_ascii());
            }
        }
    }
    // Autobahn has 145 cases, where one often is of several sequences.
    assert!(count >= 145, "{count}");
    probe.stop();
}

#[test]
fn class_6_the_first_wrong_byte_ends_it() {
    let probe = probe();
    for (class, sequences) in utf8::vectors() {
        for sequence in sequences {
            let Some(fault) = utf8::fault(&sequence) else {
                continue;
            };
            let (good, bad) = sequence.split_at(fault - 1);
            let shown = sequence.escape_ascii();
            // Between fragments: nothing is wrong before that byte, and nothing else is waited for.
            let mut peer = Peer::open(probe.address(), "/ws");
            peer.send([frame(1, good), frame(0x89, "fine")].concat());
            assert_eq!(peer.hear().as_deref(), Some("pong(fine)"), "{class}: {shown}");
            peer.send(frame(0, &bad[..1]));
            assert_eq!(told(&peer.rest()), "close(1007)", "{class}: {shown}");
            // Inside a frame whose rest never comes.
            let mut peer = Peer::open(probe.address(), "/ws-plain");
            let wire = text([&sequence[..fault], &[b'x'; 100]].concat());
            peer.send(&wire[..6 + fault]);
            assert_eq!(told(&peer.rest()), "close(1007)", "{class}: {shown}");
        }
    }
    probe.stop();
}

#[test]
fn class_7_closing() {
    let (ping, bye) = (frame(0x89, "late"), frame(0x88, b"\x03\xe8"));
    let longest = [b"\x03\xe8".as_slice(), &[b'*'; 123]].concat();
    let large = "BAsd7&jh23".repeat(26 << 10);
    check(&[
        (&[text("first"), bye.clone()], "text(first) close(1000)"),
        (&[bye.clone(), bye.clone()], "close(1000)"),
        (&[bye.clone(), ping.clone()], "close(1000)"),
        (&[bye.clone(), text("late")], "close(1000)"),
        (
            &[frame(1, "frag"), bye.clone(), frame(0x80, "ment")],
            "close(1000)",
        ),
        (&[frame(0x88, "")], "close()"),
        (&[frame(0x88, "a")], "close(1002)"),
        (&[frame(0x88, b"\x03\xe8Hello World!")], "close(1000)"),
        (&[frame(0x88, &longest)], "close(1000)"),
        (&[frame(0x88, [&longest[..], b"*"].concat())], "close(1002)"),
        (
            &[frame(
                0x88,
                b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
            )],
            "close(1007)",
        ),
    ]);
    let probe = probe();
    let wire = [text(&large), bye, ping].concat();
    assert_eq!(
        said(&probe, "/ws", &wire, usize::MAX),
        format!("{} close(1000)", word(1, large.as_bytes()))
    );
    probe.stop();
}

#[test]
fn class_7_codes() {
    let probe = probe();
    let valid = (1000..=1003).chain(1007..=1014).chain([3000, 3999, 4000, 4999]);
    let invalid = [
        0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ];
    for (code, answer) in valid
        .map(|code| (code, code))
        .chain(invalid.map(|code| (code, 1002)))
    {
        for target in TARGETS {
            for reason in ["", "a reason"] {
                let payload = [&u16::to_be_bytes(code), reason.as_bytes()].concat();
                let mut peer = Peer::open(probe.address(), target);
                peer.send(frame(0x88, payload));
                assert_eq!(told(&peer.rest()), format!("close({answer})"), "{code}");
            }
        }
    }
    probe.stop();
}

#[test]
fn class_9_large_messages() {
    let probe = probe();
    let large = "BAsd7&jh23".repeat((16 << 20) / 10 + 1).into_bytes();
    // The size, and that of its frames.
    let cases = [
        (64 << 10, 64 << 10),
        (256 << 10, 256 << 10),
        (1 << 20, 1 << 20),
        (4 << 20, 4 << 20),
        (16 << 20, 16 << 20),
        (16 << 20, 64 << 10),
        (1 << 20, 64),
        (1 << 20, 256),
        (1 << 20, 1 << 10),
        (1 << 20, 64 << 10),
    ];
    for (at, (size, most)) in cases.into_iter().enumerate() {
        // Every other one is text.
        let first = [0x81, 0x82][at % 2];
        let payload = &large[..size];
        let expected = format!("{} close(1000)", word(first & 0x0f, payload));
        let wire = fragments(first, payload, most);
        // In pieces of all kinds, too.
        let chop = [usize::MAX, 2048, 64 << 10][at % 3];
        let said = said(&probe, TARGETS[at / 2 % 2], &wire, chop);
        assert_eq!(said, expected, "{size} in frames of {most}");
    }
    probe.stop();
}

#[test]
fn class_9_many_small_messages() {
    let probe = probe();
    for (at, length) in [0, 16, 64, 256, 1024, 4096].into_iter().enumerate() {
        for first in [0x81, 0x82] {
            let payload = "*".repeat(length);
            let (wire, echo) = (frame(first, &payload), word(first & 0x0f, payload.as_bytes()));
            let mut peer = Peer::open(probe.address(), TARGETS[at % 2]);
            for _ in 0..100 {
                peer.send(&wire);
                assert_eq!(peer.hear().as_deref(), Some(echo.as_str()));
            }
            peer.send(close(1000));
            assert_eq!(peer.rest(), "close(1000)");
        }
    }
    probe.stop();
}

#[test]
fn class_10_fragments_of_a_fixed_size() {
    let probe = probe();
    let payload = bytes(65_536);
    let expected = format!("{} close(1000)", word(2, &payload));
    for target in TARGETS {
        let wire = fragments(0x82, &payload, 1300);
        assert_eq!(said(&probe, target, &wire, usize::MAX), expected);
    }
    probe.stop();
}
