//! Whole bodies, both ways.

use super::{Case, World};
use crate::app::BODY_LIMIT;
use crate::carry::Need;
use crate::message::{Payload, RawRequest};

/// Bytes that are not all alike.
fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
}

/// The body in pieces without a length.
fn pieces(body: &[u8], size: usize) -> RawRequest {
    let pieces = body.chunks(size).map(<[u8]>::to_vec).collect();
    RawRequest::new("POST", "/echo").payload(Payload::Pieces(pieces, Vec::new()))
}

#[track_caller]
fn echoes(w: &World, request: RawRequest, body: &[u8]) {
    let response = w.send(request).is(200);
    assert!(
        response.body == body,
        "{} bytes came back of {}",
        response.body.len(),
        body.len()
    );
}

pub(crate) const CASES: &[Case] = &[
    Case::new("bodies of every size come back", |w| {
        for len in [0, 1, 2, 100, 4095, 4096, 65_535, 65_536, 65_537, 1 << 20] {
            echoes(w, RawRequest::post("/echo", bytes(len)), &bytes(len));
        }
    }),
    Case::new("bodies without a length come back", |w| {
        for (len, size) in [(0, 1), (1, 1), (300, 7), (65_536, 1000), (1 << 20, 30_000)] {
            echoes(w, pieces(&bytes(len), size), &bytes(len));
        }
    }),
    Case::new("GET may have a body", |w| {
        let request = RawRequest::get("/echo").payload(Payload::Whole(b"got".to_vec()));
        echoes(w, request, b"got");
    }),
    Case::new("a body as long as the limit is taken", |w| {
        let body = bytes(usize::try_from(BODY_LIMIT).expect("small"));
        echoes(w, RawRequest::post("/echo", body.clone()), &body);
    }),
    Case::new("a body declared over the limit is 413 before it is sent", |w| {
        let request = RawRequest::new("POST", "/echo").payload(Payload::OpenWithLength(BODY_LIMIT + 1));
        w.carry.open(request).rest().is(413);
    }),
    Case::new("a body that grows over the limit is 413", |w| {
        let body = bytes(usize::try_from(BODY_LIMIT).expect("small") + 1);
        w.send(pieces(&body, 1 << 18)).is(413);
    }),
    Case::new("a handler that streams reads all there is", |w| {
        w.send(RawRequest::post("/count-up", bytes(1 << 20)))
            .is(200)
            .says((1 << 20).to_string());
        w.ask("POST", "/count-up").is(200).says("0");
    }),
    Case::new("a body that nobody reads hinders nobody", |w| {
        w.send(RawRequest::post("/unread", bytes(100_000)))
            .is(200)
            .says("unread");
        w.send(RawRequest::post("/nowhere", bytes(10))).is(404);
    }),
    Case::new("a file is sent", |w| {
        let file = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-APACHE"));
        let response = w
            .get("/file")
            .is(200)
            .says(file)
            .has("content-type", "text/plain");
        response.has("x-content-type-options", "nosniff");
        w.ask("HEAD", "/file")
            .is(200)
            .says("")
            .has("content-length", &file.len().to_string());
        w.get("/no-file").is(404);
    }),
    Case::with("trailers of a request arrive", &[Need::Trailers], |w| {
        let trailers = vec![("X-Sum".into(), b"7".to_vec()), ("X-Sum".into(), b"8".to_vec())];
        let payload = Payload::Pieces(vec![b"abc".to_vec()], trailers);
        let request = RawRequest::new("POST", "/trailers-in").payload(payload);
        w.send(request).is(200).says("3 bytes\nx-sum=7\nx-sum=8\n");
    }),
    Case::with("trailers of a response leave", &[Need::Trailers], |w| {
        let response = w.get("/trailers-out").is(200).says("content");
        assert_eq!(response.trailers, [("x-sum".to_owned(), b"7".to_vec())]);
    }),
    Case::with("HTTP/1.0 is answered, whole or streamed", &[Need::Old], |w| {
        w.send(RawRequest::get("/").old()).is(200).says("Hello, world");
        let response = w.send(RawRequest::get("/big").old()).is(200);
        assert_eq!(response.body.len(), 1 << 20);
    }),
];
