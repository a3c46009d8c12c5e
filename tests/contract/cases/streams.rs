//! Bodies that stream, clients that leave.

use super::{Case, hear};
use crate::carry::{Heard, Need};
use crate::message::{Payload, RawRequest};

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
];
