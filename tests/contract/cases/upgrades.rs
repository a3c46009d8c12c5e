//! Connections that leave HTTP.

use super::{Case, hear};
use crate::carry::{Heard, Need};
use crate::message::{Payload, RawRequest};

/// A request whose connection is to become what `how` names.
fn upgrade(how: &str, tag: &str) -> RawRequest {
    asking(&format!("/upgrade/{how}?tag={tag}"))
}

fn asking(target: &str) -> RawRequest {
    RawRequest::get(target)
        .field("Connection", "Upgrade")
        .field("Upgrade", "echo")
}

pub(crate) const CASES: &[Case] = &[
    Case::with("an upgrade is a byte stream both ways", &[Need::Upgrade], |w| {
        let mut talk = w.carry.open(upgrade("echo", "both-ways"));
        let head = talk.head();
        assert_eq!(
            (head.status, head.header("upgrade").as_deref()),
            (101, Some("echo"))
        );
        let connection = head.header("connection").expect("Connection");
        assert!(connection.eq_ignore_ascii_case("upgrade"), "{connection}");
        hear(&mut *talk, "hi;");
        for bytes in ["a", "\0\r\n\r\n", "0123456789"] {
            talk.send(bytes.as_bytes());
            hear(&mut *talk, bytes);
        }
        talk.send(b"q");
        hear(&mut *talk, "bye");
        assert_eq!(talk.hear(), Heard::End);
    }),
    Case::with(
        "a 101 has the handler's fields, and says nothing of a body",
        &[Need::Upgrade],
        |w| {
            let mut talk = w.carry.open(upgrade("echo", "fields"));
            let head = talk.head();
            assert_eq!(head.status, 101);
            let head = head.has("x-kept", "yes");
            for name in ["content-length", "transfer-encoding", "content-type", "trailer"] {
                assert_eq!(head.header(name), None, "{name}");
            }
        },
    ),
    Case::with("much goes both ways after a 101", &[Need::Upgrade], |w| {
        let mut talk = w.carry.open(upgrade("echo", "much"));
        talk.head();
        hear(&mut *talk, "hi;");
        for number in 0..64_u8 {
            let piece = vec![number; 16 << 10];
            talk.send(&piece);
            hear(&mut *talk, piece);
        }
    }),
    Case::with(
        "bytes sent right behind the request belong to the new protocol",
        &[Need::Upgrade],
        |w| {
            // What looks like a request is none.
            let early = "GET / HTTP/1.1\r\n\r\n";
            let request = upgrade("echo", "early").payload(Payload::Behind(early.into()));
            let mut talk = w.carry.open(request);
            assert_eq!(talk.head().status, 101);
            talk.send(b"late");
            hear(&mut *talk, format!("hi;{early}late"));
        },
    ),
    Case::with(
        "the client's end is heard, and what is said then leaves",
        &[Need::Upgrade],
        |w| {
            let mut talk = w.carry.open(upgrade("echo", "end-in"));
            talk.head();
            hear(&mut *talk, "hi;");
            talk.end();
            hear(&mut *talk, "bye");
            assert_eq!(talk.hear(), Heard::End);
            w.ledger.wait("end-in", "dropped");
        },
    ),
    Case::with(
        "where an upgrade ends, its connection does",
        &[Need::Upgrade],
        |w| {
            let mut talk = w.carry.open(upgrade("nothing", "end-out"));
            talk.head();
            hear(&mut *talk, "hi;");
            assert_eq!(talk.hear(), Heard::End);
            w.ledger.wait("end-out", "dropped");
        },
    ),
    Case::with(
        "a client that leaves ends its upgrade",
        &[Need::Upgrade, Need::SeesLeaving],
        |w| {
            let mut talk = w.carry.open(upgrade("echo", "left"));
            talk.head();
            hear(&mut *talk, "hi;");
            drop(talk);
            w.ledger.wait("left", "dropped");
        },
    ),
    Case::with(
        "a panic after a 101 ends that connection alone",
        &[Need::Upgrade],
        |w| {
            let mut other = w.carry.open(upgrade("echo", "beside-panic"));
            other.head();
            hear(&mut *other, "hi;");
            let mut talk = w.carry.open(upgrade("panic", "panic"));
            talk.head();
            hear(&mut *talk, "hi;");
            assert_eq!(talk.hear(), Heard::End);
            w.ledger.wait("panic", "dropped");
            other.send(b"still here");
            hear(&mut *other, "still here");
            w.get("/").is(200);
        },
    ),
    Case::with(
        "an upgrade that is dropped before the 101 never runs",
        &[Need::Upgrade],
        |w| {
            let request = upgrade("echo", "taken-back").field("X-Take-Back", "1");
            w.send(request).is(403).says("taken back").lacks("upgrade");
            assert_eq!(w.ledger.of("taken-back"), ["dropped"]);
        },
    ),
    Case::with(
        "a connection may upgrade at its second request",
        &[Need::Upgrade, Need::KeepAlive],
        |w| {
            let second = upgrade("echo", "second").payload(Payload::Behind(b"early".into()));
            let mut talk = w.carry.open_behind(RawRequest::get("/"), second);
            assert_eq!(talk.head().status, 101);
            hear(&mut *talk, "hi;early");
        },
    ),
    Case::new("an Upgrade that nobody takes up is passed over", |w| {
        w.send(asking("/")).is(200).says("Hello, world").lacks("upgrade");
        if w.carry.can(Need::Old) {
            let old = w.send(asking("/").old());
            old.is(200).says("Hello, world").lacks("upgrade");
        }
    }),
    Case::new("without the ability an upgrade is 501", |w| {
        if !w.carry.can(Need::Upgrade) {
            w.send(upgrade("echo", "unable")).is(501).lacks("upgrade");
        } else if w.carry.can(Need::Old) {
            // HTTP/1.0 has no upgrades (RFC 9110 section 7.8).
            w.send(upgrade("echo", "unable").old()).is(501).lacks("upgrade");
        }
        assert!(!w.ledger.has("unable", "runs"));
    }),
    Case::with(
        "an upgrade is told that the server stops",
        &[Need::Upgrade],
        |w| {
            let server = w.carry.another();
            let mut talk = server.open(upgrade("stop", "stop"));
            talk.head();
            hear(&mut *talk, "hi;");
            server.stop();
            hear(&mut *talk, "stopped");
            assert_eq!(talk.hear(), Heard::End);
        },
    ),
];
