//! WebSockets: what an upgrade carries best.

use super::{Case, hear};
use crate::carry::{Heard, Need, Talk};
use crate::message::{Payload, RawRequest};

/// A masked "Hello" (RFC 6455 section 5.7).
const HELLO: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";

/// A masked close frame without a reason. The key is 0.
const fn close(code: u16) -> [u8; 8] {
    let [high, low] = code.to_be_bytes();
    [0x88, 0x82, 0, 0, 0, 0, high, low]
}

fn handshake(tag: &str) -> RawRequest {
    RawRequest::get(&format!("/websocket?tag={tag}"))
        .field("Connection", "keep-alive, Upgrade")
        .field("Upgrade", "websocket")
        .field("Sec-WebSocket-Version", "13")
        .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

#[track_caller]
fn opened(talk: &mut dyn Talk) {
    let head = talk.head();
    assert_eq!(head.status, 101, "{head:?}");
    head.has("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

pub(crate) const CASES: &[Case] = &[
    Case::with("a WebSocket talks, and closes", &[Need::Upgrade], |w| {
        // The first message comes together with the handshake.
        let mut talk = w
            .carry
            .open(handshake("talk").payload(Payload::Behind(HELLO.into())));
        opened(&mut *talk);
        hear(&mut *talk, b"\x81\x05HELLO");
        talk.send(b"\x89\x80\0\0\0\0");
        hear(&mut *talk, b"\x8a\0");
        for byte in HELLO {
            talk.send(&[*byte]);
        }
        hear(&mut *talk, b"\x81\x05HELLO");
        talk.send(&close(4001));
        hear(&mut *talk, b"\x88\x02\x0f\xa1");
        assert_eq!(talk.hear(), Heard::End);
        w.ledger.wait("talk", "close Some(4001)");
    }),
    Case::with(
        "a WebSocket that breaks the rules is told so",
        &[Need::Upgrade],
        |w| {
            let mut talk = w.carry.open(handshake("rules"));
            opened(&mut *talk);
            talk.send(b"\x81\x05Hello"); // not masked
            let mut heard = Vec::new();
            while let Heard::Piece(piece) = talk.hear() {
                heard.extend(piece);
                // It has read its answer and ends, so that nobody waits for it.
                talk.end();
            }
            assert!(matches!(heard[..], [0x88, _, 0x03, 0xea, ..]), "{heard:?}");
            w.ledger.wait("rules", "close Some(1006)");
        },
    ),
    Case::new("a WebSocket is refused as any request", |w| {
        if !w.carry.can(Need::Upgrade) {
            w.send(handshake("unable")).is(501);
            return;
        }
        let origin = handshake("origin").field("Origin", "http://evil.example");
        w.send(origin).is(403).lacks("sec-websocket-accept");
        w.get("/websocket?tag=plain").is(400);
        w.send(handshake("version").field("Sec-WebSocket-Version", "8"))
            .is(426)
            .has("sec-websocket-version", "13");
        let refused = w.send(handshake("refused&refuse=1"));
        refused.is(403).lacks("upgrade");
        // And is none over HTTP/1.0.
        if w.carry.can(Need::Old) {
            w.send(handshake("old").old()).is(400);
        }
    }),
    Case::with(
        "a WebSocket is told that the server stops",
        &[Need::Upgrade],
        |w| {
            let server = w.carry.another();
            let mut talk = server.open(handshake("stopped"));
            opened(&mut *talk);
            talk.send(HELLO);
            hear(&mut *talk, b"\x81\x05HELLO");
            server.stop();
            hear(&mut *talk, b"\x88\x12\x03\xe9the server stops");
            talk.send(&close(1001));
            assert_eq!(talk.hear(), Heard::End);
            w.ledger.wait("stopped", "close Some(1001)");
        },
    ),
];
