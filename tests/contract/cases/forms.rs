//! Forms in parts, bodies with a coding, limits of one request: Tornado's cases.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::{Case, World};
use crate::carry::{Heard, Need};
use crate::message::{Payload, RawRequest};

const KIND: &str = "multipart/form-data; boundary=1234";

fn multipart(target: &str, body: impl Into<Vec<u8>>) -> RawRequest {
    RawRequest::post(target, body).field("Content-Type", KIND)
}

/// A form with one part of this disposition, whose content is `Foo`.
fn disposed(disposition: &str) -> Vec<u8> {
    format!("--1234\r\nContent-Disposition: {disposition}\r\n\r\nFoo\r\n--1234--\r\n").into_bytes()
}

#[track_caller]
fn form(w: &World, request: RawRequest, expected: &Value) {
    let response = w.send(request).is(200);
    let value: Value = serde_json::from_slice(&response.body).expect("JSON");
    assert_eq!(&value, expected);
}

#[track_caller]
fn refused(w: &World, bodies: &[&str]) {
    for body in bodies {
        w.send(multipart("/form", *body)).is(400);
        w.send(multipart("/parts", *body)).is(400);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn coded(target: &str, coding: &str, body: impl Into<Vec<u8>>) -> RawRequest {
    RawRequest::post(target, body).field("Content-Encoding", coding)
}

pub(crate) const CASES: &[Case] = &[
    Case::new("a form in parts has fields and files", |w| {
        let body = "--1234\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ab.txt\"\r\n\
            Content-Type: text/plain\r\n\r\nFoo\r\n--1234\r\ncontent-disposition: form-data; name=\u{e1}\r\n\r\n\
            \u{e9}\r\n--1234\r\nContent-Disposition: form-data; name=files; filename=b\r\n\r\n\r\n--1234--\r\n";
        let expected = json!({
            "fields": [["\u{e1}", "\u{e9}"]],
            "files": [["files", "ab.txt", "text/plain", "Foo"], ["files", "b", "application/unknown", ""]],
        });
        form(w, multipart("/form", body), &expected);
        let pieces: Vec<_> = body.as_bytes().chunks(7).map(<[u8]>::to_vec).collect();
        let request = RawRequest::new("POST", "/form").field("Content-Type", KIND);
        form(w, request.payload(Payload::Pieces(pieces, Vec::new())), &expected);
        let lines = "files Some(\"ab.txt\") Foo\n\u{e1} None \u{e9}\nfiles Some(\"b\") \n";
        w.send(multipart("/parts", body)).is(200).says(lines);
    }),
    Case::new("the type of a form in parts has any case and quotes", |w| {
        for kind in [
            "Multipart/Form-Data; boundary=1234",
            "multipart/form-data; BOUNDARY=\"1234\"",
        ] {
            let body = disposed("form-data; name=a");
            let request = RawRequest::post("/form", body).field("Content-Type", kind);
            form(w, request, &json!({"fields": [["a", "Foo"]], "files": []}));
        }
        let without = RawRequest::post("/form", "").field("Content-Type", "multipart/form-data");
        form(w, without, &json!({"fields": [], "files": []}));
        let without = RawRequest::post("/form", "x").field("Content-Type", "multipart/form-data");
        w.send(without).is(400);
    }),
    Case::new("names of files come as they were meant", |w| {
        for (sent, name) in [
            ("filename=\"a;b.txt\"", "a;b.txt"),
            ("filename=\"a\\\"b.txt\"", "a\"b.txt"),
            ("filename=\"a\\\";\\\";.txt\"", "a\";\";.txt"),
            ("filename=\"a\\\\\\\"b.txt\"", "a\\\"b.txt"),
            ("filename=\"a\tb.txt\"", "a\tb.txt"),
            ("filename=\"\u{e1}b.txt\"", "\u{e1}b.txt"),
            ("filename=\"ab.txt\"; filename*=UTF-8''%C3%81b.txt", "\u{c1}b.txt"),
        ] {
            let body = disposed(&format!("form-data; name=\"files\"; {sent}"));
            let file = json!(["files", name, "application/unknown", "Foo"]);
            form(
                w,
                multipart("/form", body),
                &json!({"fields": [], "files": [file]}),
            );
        }
    }),
    Case::new(
        "text around the parts and white space behind a boundary are passed over",
        |w| {
            let body =
                "preamble\r\n--1234 \t\r\nContent-Disposition: form-data; name=a\r\n\r\nFoo\r\n--1234--junk";
            form(
                w,
                multipart("/form", body),
                &json!({"fields": [["a", "Foo"]], "files": []}),
            );
        },
    ),
    Case::new("a form in parts that is malformed is 400", |w| {
        let invalid = "--1234\r\nContent-Disposition: invalid\r\n\r\nFoo\r\n";
        let bare = "--1234\r\n\r\nFoo\r\n";
        refused(
            w,
            &[
                "no form",
                "--1234\r\nContent-Disposition: form-data; name=a\r\n\r\nFoo--1234--",
                "--1234\r\nContent-Disposition: form-data; name=a\r\n\r\nFoo\r\n",
                "--1234\r\nContent-Disposition: form-data; name=a\r\nFoo\r\n--1234--",
                "--1234\r\nContent-Disposition: form-data; filename=a\r\n\r\nFoo\r\n--1234--",
                "--1234\r\nContent-Disposition: form-data; name=a; filename=\"a\rb.txt\"\r\n\r\nFoo\r\n--1234--",
                "--1234\r\nContent-Disposition: form-data; name=a; filename=\"a\0b.txt\"\r\n\r\nFoo\r\n--1234--",
                &(invalid.repeat(50) + "--1234--"),
                &(bare.repeat(50) + "--1234--"),
            ],
        );
    }),
    Case::new("a hundred parts are taken, more are 400", |w| {
        let part = "--1234\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
        w.send(multipart("/form", part.repeat(100) + "--1234--")).is(200);
        for many in [101, 150, 20_000] {
            w.send(multipart("/form", part.repeat(many) + "--1234--")).is(400);
        }
    }),
    Case::with(
        "a part is given before the next is sent",
        &[Need::StreamIn, Need::StreamOut],
        |w| {
            let request = RawRequest::new("POST", "/parts").field("Content-Type", KIND);
            let mut talk = w.carry.open(request.payload(Payload::Open));
            for name in ["one", "two"] {
                let part =
                    format!("--1234\r\nContent-Disposition: form-data; name={name}\r\n\r\nFoo\r\n--1234");
                talk.send(
                    part.strip_prefix("--1234")
                        .filter(|_| name == "two")
                        .unwrap_or(&part)
                        .as_bytes(),
                );
                let line = format!("{name} None Foo\n").into_bytes();
                assert_eq!(talk.hear(), Heard::Piece(line));
            }
            talk.send(b"--");
            talk.end();
            assert_eq!(talk.hear(), Heard::End);
        },
    ),
    Case::new("a form is read as a type, or says what does not fit", |w| {
        w.send(RawRequest::form("/order", "dish=pizza&count=2&extra=a&extra=b"))
            .is(200)
            .says("2 pizza a+b");
        let body = "--1234\r\nContent-Disposition: form-data; name=dish\r\n\r\nsoup\r\n\
            --1234\r\nContent-Disposition: form-data; name=count\r\n\r\n1\r\n--1234--";
        w.send(multipart("/order", body)).is(200).says("1 soup ");
        for (body, status) in [
            ("dish=a&count=x", 422),
            ("count=1", 422),
            ("dish=%ff&count=1", 400),
        ] {
            w.send(RawRequest::form("/order", body)).is(status);
        }
        w.send(RawRequest::post("/order", "dish=a&count=1")).is(415);
    }),
    Case::new("gzip is taken off a request", |w| {
        w.send(coded("/echo", "gzip", gzip(b"foo=bar")))
            .is(200)
            .says("foo=bar");
        w.send(coded("/echo", "GZIP", gzip(b"foo=bar")))
            .is(200)
            .says("foo=bar");
        let members = [gzip(b"foo="), gzip(b"bar")].concat();
        w.send(coded("/count-up", "gzip", members)).is(200).says("7");
        let form = coded("/count", "gzip", gzip(b"a=1&b=2"));
        let form = form.field("Content-Type", "application/x-www-form-urlencoded");
        w.send(form).is(200).says("2");
    }),
    Case::new("gzip that is damaged is 400, another coding 415", |w| {
        let good = gzip(b"foo=bar");
        w.send(coded("/echo", "gzip", [&good[..], b"\0"].concat()))
            .is(400);
        w.send(coded("/echo", "gzip", [&good[..], b"junk"].concat()))
            .is(400);
        w.send(coded("/echo", "gzip", &good[..good.len() - 1])).is(400);
        w.send(coded("/echo", "gzip", "foo=bar")).is(400);
        w.send(coded("/echo", "br", "foo=bar"))
            .is(415)
            .has("accept-encoding", "gzip, deflate");
    }),
    Case::new("gzip that grows over the limit is 413", |w| {
        let most = usize::try_from(crate::app::BODY_LIMIT).expect("small");
        w.send(coded("/echo", "gzip", gzip(&vec![b'x'; most]))).is(200);
        w.send(coded("/echo", "gzip", gzip(&vec![b'x'; most + 1])))
            .is(413);
        w.send(coded("/count-up", "gzip", gzip(&vec![b'x'; most * 16])))
            .is(413);
    }),
    Case::new("a handler's own limit holds for its request alone", |w| {
        w.send(RawRequest::post("/limited/4096", vec![b'x'; 4096]))
            .is(200)
            .says("4096");
        w.send(RawRequest::post("/limited/4096", vec![b'x'; 10_240]))
            .is(413);
        let pieces = vec![vec![b'x'; 2048]; 5];
        let request = RawRequest::new("POST", "/limited/4096").payload(Payload::Pieces(pieces, Vec::new()));
        w.send(request).is(413);
        let most = usize::try_from(crate::app::BODY_LIMIT).expect("small");
        w.send(RawRequest::post(
            &format!("/limited/{}", most + 1),
            vec![b'x'; most + 1],
        ))
        .is(200)
        .says((most + 1).to_string());
        w.send(RawRequest::post("/count-default", vec![b'x'; most + 1]))
            .is(413);
    }),
    Case::with(
        "a body that does not come in a handler's time is 408",
        &[Need::StreamIn],
        |w| {
            let request = RawRequest::new("POST", "/hurry/50").payload(Payload::OpenWithLength(10));
            let mut talk = w.carry.open(request);
            talk.send(b"part");
            talk.rest().is(408);
            w.send(RawRequest::post("/hurry/20000", "in time"))
                .is(200)
                .says("7");
        },
    ),
];
