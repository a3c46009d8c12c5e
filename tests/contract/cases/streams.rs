//! Bodies that stream, clients that leave, connections that leave HTTP.

use super::Case;
use crate::carry::{Heard, Need, Talk};
use crate::message::{Payload, RawRequest};

/// Hears until `wanted` has come: where one piece ends and the next begins is the carrier's.
#[track_caller]
fn hear(talk: &mut dyn Talk, wanted: &str) {
    let mut heard = Vec::new();
    while heard.len() < wanted.len() {
        match talk.hear() {
            Heard::Piece(piece) => heard.extend(piece),
            end => panic!("{end:?} after {:?}", String::from_utf8_lossy(&heard)),
        }
    }
    assert_eq!(String::from_utf8_lossy(&heard), wanted);
}

fn upgrade() -> RawRequest {
    RawRequest::get("/upgrade")
        .field("Connection", "Upgrade")
        .field("Upgrade", "echo")
}

pub(crate) const CASES: &[Case] = &[
    Case::new("many flushes are one body", |w| {
        let response = w.get("/big").is(200);
        assert_eq!(response.body.len(), 1 << 20);
        assert!(
            response
                .body
                .chunks(16 << 10)
                .zip(0..)
                .all(|(part, n)| part.iter().all(|byte| *byte == n))
        );
    }),
    Case::with(
        "the first piece leaves before the last is written",
        &[Need::StreamOut],
        |w| {
            let mut talk = w.carry.open(RawRequest::get("/down?tag=down"));
            assert_eq!(talk.head().status, 200);
            hear(&mut *talk, "one");
            w.ledger.note("down", "got one");
            hear(&mut *talk, "two");
            assert_eq!(talk.hear(), Heard::End);
        },
    ),
    Case::with(
        "a piece is read before the next is sent",
        &[Need::StreamIn, Need::StreamOut],
        |w| {
            let request = RawRequest::new("POST", "/up?tag=up").payload(Payload::Open);
            let mut talk = w.carry.open(request);
            for piece in ["one", "two", "three"] {
                talk.send(piece.as_bytes());
                hear(&mut *talk, piece);
                assert!(w.ledger.has("up", piece));
                assert!(!w.ledger.has("up", "end"));
            }
            talk.end();
            hear(&mut *talk, ".");
            assert_eq!(talk.hear(), Heard::End);
            assert!(w.ledger.has("up", "end"));
        },
    ),
    Case::with(
        "HEAD of a handler that streams is no lost client",
        &[Need::StreamOut],
        |w| {
            w.ask("HEAD", "/endless?tag=head").is(200).says("");
            w.ledger.wait("head", "finish");
            assert_eq!(w.ledger.of("head"), ["dropped", "finish"]);
        },
    ),
    Case::with(
        "a client that leaves cancels the handler",
        &[Need::StreamOut, Need::SeesLeaving],
        |w| {
            let mut talk = w.carry.open(RawRequest::get("/endless?tag=leave"));
            hear(&mut *talk, "again");
            drop(talk);
            w.ledger.wait("leave", "finish");
            assert_eq!(w.ledger.of("leave"), ["dropped", "close", "finish"]);
        },
    ),
    Case::with("an upgrade is a byte stream both ways", &[Need::Upgrade], |w| {
        let mut talk = w.carry.open(upgrade());
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
        "bytes sent right behind the request belong to the new protocol",
        &[Need::Upgrade],
        |w| {
            let mut talk = w.carry.open(upgrade());
            talk.head();
            talk.send(b"early");
            hear(&mut *talk, "hi;early");
        },
    ),
    Case::new("without the ability an upgrade is 501", |w| {
        if !w.carry.can(Need::Upgrade) {
            w.send(upgrade()).is(501);
        } else if w.carry.can(Need::Old) {
            // HTTP/1.0 has no upgrades (RFC 9110 section 7.8).
            w.send(upgrade().old()).is(501);
        }
    }),
];
