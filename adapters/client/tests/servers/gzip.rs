//! Content in gzip, and what says that it is.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_lite::future::block_on;
use waterspout::ClientErrorKind::{BodyTooLarge, CutOff, Decode};
use waterspout::{ClientErrorKind, FetchRequest};

use crate::fetch::{client, fetch, stream};
use crate::identity::Identity;
use crate::server::{Server, each};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// So many zeros, packed about a thousand to one.
pub(crate) fn bomb(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..bytes >> 20 {
        encoder.write_all(&zeros).expect("memory");
    }
    encoder.finish().expect("memory")
}

/// A server that answers with this content, said to be in this coding.
fn packed(identity: Option<Identity>, coding: &'static str, content: Vec<u8>) -> Server {
    Server::start(identity, move |connection| {
        while let Some(request) = connection.request() {
            let fields = format!("Content-Encoding: {coding}\r\n");
            let sent = match request.target.as_str() {
                "/chunks" => {
                    let head = format!("HTTP/1.1 200 OK\r\n{fields}Transfer-Encoding: chunked\r\n\r\n");
                    let piece =
                        |piece: &[u8]| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
                    let chunks = content.chunks(7).flat_map(piece);
                    let whole: Vec<u8> = head.into_bytes().into_iter().chain(chunks).collect();
                    connection.send([&whole, &b"0\r\n\r\n"[..]].concat())
                }
                "/cut" => {
                    let len = content.len() + 10;
                    connection.send(format!(
                        "HTTP/1.1 200 OK\r\n{fields}Content-Length: {len}\r\n\r\n"
                    ));
                    connection.send(&content);
                    return;
                }
                _ => connection.answer_with("200 OK", &fields, &content),
            };
            if !sent {
                return;
            }
        }
    })
}

#[track_caller]
fn unpacks(coding: &'static str, content: &[u8], wanted: &str) {
    each(|identity| {
        let server = packed(identity, coding, content.to_vec());
        let client = client();
        for path in ["/", "/chunks", "/"] {
            let response = fetch(&client, server.url(path)).expect("a response");
            assert_eq!(response.text().expect("text"), wanted);
            assert_eq!(response.header("x-consumed-content-encoding"), Some(coding));
            assert_eq!(
                (
                    response.header("content-encoding"),
                    response.header("content-length")
                ),
                (None, None)
            );
        }
        assert_eq!(server.connections(), 1, "read to its end");
        assert_eq!(server.requests()[0].field("accept-encoding"), Some("gzip"));
    });
}

#[test]
fn it_is_taken_off() {
    let text = "hello, world\n".repeat(1000);
    unpacks("gzip", &gzip(text.as_bytes()), &text);
    unpacks("GZip", &gzip(text.as_bytes()), &text);
    unpacks("x-gzip", &gzip(text.as_bytes()), &text);
}

#[test]
fn several_members_are_one_content() {
    let members = [gzip(b"hello"), gzip(b""), gzip(b", world")].concat();
    unpacks("gzip", &members, "hello, world");
}

#[test]
fn nothing_is_nothing() {
    unpacks("gzip", &gzip(b""), "");
    let server = packed(None, "gzip", Vec::new());
    assert_eq!(fetch(&client(), server.url("/")).expect("a response").body(), "");
}

#[test]
fn who_does_not_want_gets_it_as_it_is() {
    let content = gzip(b"hello");
    let server = packed(None, "gzip", content.clone());
    let request = FetchRequest::get(server.url("/")).decompress(false);
    let response = fetch(&client(), request).expect("a response");
    assert_eq!(response.body(), &content);
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(server.requests()[0].field("accept-encoding"), None);
}

#[test]
fn other_codings_are_not_ours() {
    let server = packed(None, "br", b"hello".to_vec());
    let response = fetch(&client(), server.url("/")).expect("a response");
    assert_eq!(
        (response.body().as_ref(), response.header("content-encoding")),
        (&b"hello"[..], Some("br"))
    );
}

/// By the whole response, and by its pieces.
#[track_caller]
fn fails(kind: ClientErrorKind, path: &str, content: &[u8], limit: u64) {
    each(|identity| {
        let server = packed(identity, "gzip", content.to_vec());
        let request = || FetchRequest::get(server.url(path)).max_body_size(limit);
        let error = fetch(&client(), request()).expect_err("it is not good");
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(&server.url(path)), "{error}");
        let mut pieces = stream(&client(), request()).expect("a head");
        let error = block_on(async {
            loop {
                match pieces.read_chunk().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("it ended well"),
                    Err(error) => return error,
                }
            }
        });
        assert_eq!(error.kind(), kind);
    });
}

#[test]
fn content_that_is_no_gzip() {
    let good = gzip(b"hello, world");
    let mut wrong = good.clone();
    let sum = wrong.len() - 8;
    wrong[sum] ^= 1;
    fails(Decode, "/", &wrong, 1000);
    fails(Decode, "/", b"hello, world, in plain text", 1000);
    fails(Decode, "/", &good[..good.len() - 1], 1000);
    fails(Decode, "/chunks", &good[..good.len() - 9], 1000);
    fails(Decode, "/", &good[..5], 1000);
    fails(Decode, "/", &[&good[..], b"and more"].concat(), 1000);
}

/// Cut off on its way is another matter than badly packed.
#[test]
fn content_that_is_cut_off() {
    let good = gzip(b"hello, world");
    fails(CutOff, "/cut", &good[..good.len() - 9], 1000);
    fails(CutOff, "/cut", &good, 1000);
}

/// CVE-2026-49855; what it costs in memory is measured in `bulk`.
#[test]
fn a_bomb_is_refused() {
    fails(BodyTooLarge, "/", &bomb(16 << 20), 1 << 20);
    fails(BodyTooLarge, "/chunks", &gzip(&[0; 1001]), 1000);
    let server = packed(None, "gzip", gzip(&[b'x'; 1000]));
    let request = FetchRequest::get(server.url("/")).max_body_size(1000);
    assert_eq!(
        fetch(&client(), request).expect("not above it").body().len(),
        1000
    );
}
