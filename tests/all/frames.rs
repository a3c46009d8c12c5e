//! What a WebSocket makes of the frames it is sent: the classes of cases that Autobahn has for plain messages, judged by
//! what the handler hears and what the peer is told.

use waterspout::Bytes;
use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::websocket::Options;

use super::ENGINE;
use crate::exceptions::judge;
use crate::support::Log;

/// Writes down what it hears.
struct Listener(Log);

impl WebSocketHandler for Listener {
    async fn on_message(&mut self, _: &mut WebSocket, message: Message) -> Result {
        let kind = if message.is_text() { "text" } else { "binary" };
        self.0
            .add(format!("{kind}({})", message.as_bytes().escape_ascii()));
        Ok(())
    }

    async fn on_ping(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.0.add(format!("ping({})", data.escape_ascii()));
        Ok(())
    }

    async fn on_pong(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.0.add(format!("pong({})", data.escape_ascii()));
        Ok(())
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        let code = ws.close_code().map_or(0, u16::from);
        self.0.add(format!("close({code})"));
    }
}

/// A masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match u16::try_from(payload.len()).expect("a short frame") {
        len @ 0..=125 => frame.push(0x80 | len.to_le_bytes()[0]),
        len => {
            frame.push(0x80 | 126);
            frame.extend(len.to_be_bytes());
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

/// What is heard of these frames, and the code that the peer is told in the end.
fn seen(options: &Options, frames: &[Vec<u8>]) -> String {
    let log = Log::default();
    let of_app = log.clone();
    let app = Application::new().websocket_with("/", options.clone(), move || Listener(of_app.clone()));
    let client = TestClient::new(app);
    let mut socket = client.websocket("/").connect();
    socket.send_bytes(&frames.concat());
    while socket.receive().is_some() {}
    let told = socket.close_code().map_or(0, u16::from);
    format!("{} told {told}", log.take().join(" "))
}

/// A name, frames, what is seen of them.
type Case<'a> = (&'a str, Vec<Vec<u8>>, &'a str);

fn check(options: &Options, cases: Vec<Case<'_>>) {
    for (name, frames, expected) in cases {
        judge(ENGINE, name, || {
            assert_eq!(seen(options, &frames), expected, "{name}");
        });
    }
}

fn options() -> Options {
    Options {
        engine: ENGINE,
        ping_interval: None,
        ..Options::default()
    }
}

/// The peer's close, behind whatever it said.
fn bye() -> Vec<u8> {
    frame(0x88, b"\x03\xe8")
}

fn text(payload: &[u8]) -> Vec<u8> {
    frame(0x81, payload)
}

const CLEAN: &str = "close(1000) told 1000";
const BROKEN: &str = "close(1006) told 1002";

#[test]
fn messages_and_fragments() {
    let clean = |heard: &str| format!("{heard} {CLEAN}");
    let broken = |heard: &str| format!("{heard} {BROKEN}");
    check(
        &options(),
        vec![
            (
                "messages of both kinds",
                vec![text(b""), text(b"a"), frame(0x82, b"\0\xff"), bye()],
                &clean("text() text(a) binary(\\x00\\xff)"),
            ),
            (
                "a length in two bytes",
                vec![text(&[b'x'; 200]), bye()],
                &clean(&format!("text({})", "x".repeat(200))),
            ),
            (
                "fragments",
                vec![frame(1, b"frag"), frame(0, b""), frame(0x80, b"ment"), bye()],
                &clean("text(fragment)"),
            ),
            (
                "a ping between fragments",
                vec![frame(2, b"a"), frame(0x89, b"p"), frame(0x80, b"b"), bye()],
                &clean("ping(p) binary(ab)"),
            ),
            ("no mask", vec![b"\x81\x05hello".to_vec(), bye()], BROKEN),
            (
                "a length in more bytes than it needs",
                vec![b"\x81\xfe\x00\x01\0\0\0\0x".to_vec(), bye()],
                BROKEN,
            ),
            (
                "a message in the middle of another",
                vec![frame(1, b"a"), text(b"b"), bye()],
                BROKEN,
            ),
            (
                "a continuation of nothing",
                vec![text(b"a"), frame(0x80, b"b"), bye()],
                &broken("text(a)"),
            ),
            (
                "a continuation too many",
                vec![frame(1, b"a"), frame(0x80, b"b"), frame(0x80, b"c"), bye()],
                &broken("text(ab)"),
            ),
        ],
    );
}

#[test]
fn reserved_bits_and_opcodes() {
    let expected = format!("text(a) {BROKEN}");
    for first in [0xc1, 0xa1, 0x91, 0xf2, 0xc9, 0xa8, 0x83, 0x87, 0x8b, 0x8f, 0x03] {
        let frames = vec![text(b"a"), frame(first, b"x"), bye()];
        check(
            &options(),
            vec![(&format!("a first byte of {first:x}"), frames, &expected)],
        );
    }
}

#[test]
fn control_frames() {
    check(
        &options(),
        vec![
            (
                "pings and pongs",
                vec![
                    frame(0x89, b""),
                    frame(0x8a, b"unasked"),
                    frame(0x89, &[b'x'; 125]),
                    bye(),
                ],
                &format!("ping() pong(unasked) ping({}) {CLEAN}", "x".repeat(125)),
            ),
            (
                "a ping of 126 bytes",
                vec![frame(0x89, &[b'x'; 126]), bye()],
                BROKEN,
            ),
            ("a ping in fragments", vec![frame(0x09, b"x"), bye()], BROKEN),
            (
                "a close without a code",
                vec![frame(0x88, b""), text(b"late")],
                "close(1005) told 1005",
            ),
            (
                "a close in the middle of a message",
                vec![frame(1, b"half"), bye()],
                CLEAN,
            ),
            ("a close of one byte", vec![frame(0x88, b"\x03")], BROKEN),
            (
                "a close whose reason is no text",
                vec![frame(0x88, b"\x03\xe8\xff")],
                "close(1006) told 1007",
            ),
        ],
    );
}

fn closed_with(code: u16) -> String {
    seen(&options(), &[frame(0x88, &code.to_be_bytes())])
}

#[test]
fn close_codes() {
    let said = |code| assert_eq!(closed_with(code), format!("close({code}) told {code}"));
    for code in [
        1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 3000, 3999, 4000, 4999,
    ] {
        said(code);
    }
    judge(ENGINE, "the close code 1014", || said(1014));
    let never_sent = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535];
    for code in never_sent {
        let seen = closed_with(code);
        assert!(seen.ends_with(" told 1002"), "{code}: {seen}");
    }
    judge(ENGINE, "a close code that may not be sent is not heard", || {
        for code in never_sent {
            assert_eq!(closed_with(code), BROKEN, "{code}");
        }
    });
}

#[test]
fn text_is_utf8() {
    let invalid = "close(1006) told 1007";
    let greek = "\u{3ba}\u{1f79}\u{3c3}".as_bytes();
    let (first, second) = greek.split_at(3);
    check(
        &options(),
        vec![
            (
                "text cut within a character",
                vec![frame(1, first), frame(0x80, second), bye()],
                &format!("text({}) {CLEAN}", greek.escape_ascii()),
            ),
            ("an overlong form", vec![text(b"a\xc0\x80"), bye()], invalid),
            ("a surrogate", vec![text(b"\xed\xa0\x80"), bye()], invalid),
            ("a character cut off", vec![text(b"\xe2\x82"), bye()], invalid),
            (
                "a fragment that is no text",
                vec![frame(1, b"a\xff"), frame(0, b"b")],
                invalid,
            ),
            (
                "text that is wrong before its frame has come",
                vec![text(&[b"a\xff".as_slice(), &[b'x'; 50]].concat())[..20].to_vec()],
                invalid,
            ),
        ],
    );
}

#[test]
fn limits() {
    let tight = Options {
        max_message: 10,
        max_frame: 8,
        max_fragments: 3,
        ..options()
    };
    let large = "close(1006) told 1009";
    check(
        &tight,
        vec![
            (
                "a message within the limits",
                vec![
                    text(b"12345678"),
                    frame(1, b"12345"),
                    frame(0x80, b"67890"),
                    bye(),
                ],
                &format!("text(12345678) text(1234567890) {CLEAN}"),
            ),
            (
                "a frame over the limit",
                vec![text(b"123456789")[..6].to_vec()],
                large,
            ),
            (
                "a message over the limit",
                vec![frame(1, b"12345"), frame(0x80, b"678901"), bye()],
                large,
            ),
            (
                "more fragments than the limit",
                vec![
                    frame(1, b"1"),
                    frame(0, b"2"),
                    frame(0, b""),
                    frame(0x80, b""),
                    bye(),
                ],
                "close(1006) told 1008",
            ),
            (
                "a ping that is longer than messages may be",
                vec![frame(0x89, &[b'x'; 12]), bye()],
                &format!("ping(xxxxxxxxxxxx) {CLEAN}"),
            ),
        ],
    );
    check(
        &options(),
        vec![
            (
                "a frame over the limit by its length of eight bytes",
                vec![b"\x82\xff\x00\x00\x00\x00\x00\xa0\x00\x01\0\0\0\0".to_vec()],
                large,
            ),
            (
                "a length with its first bit set",
                vec![b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x01\0\0\0\0".to_vec()],
                large,
            ),
        ],
    );
}
