use std::io;

use super::*;
use crate::client::ClientErrorKind;

/// `len` zeros, gzipped: 1000 to 1.
fn bomb(len: u64) -> Vec<u8> {
    use async_compression::futures::bufread::GzipEncoder;
    use futures_lite::{AsyncReadExt, io::BufReader};
    let zeros = BufReader::new(futures_lite::io::repeat(0).take(len));
    let mut packed = Vec::new();
    futures_lite::future::block_on(GzipEncoder::new(zeros).read_to_end(&mut packed)).expect("in memory");
    packed
}

fn packed(text: &str) -> Vec<u8> {
    use async_compression::futures::bufread::GzipEncoder;
    use futures_lite::AsyncReadExt;
    let mut packed = Vec::new();
    let mut encoder = GzipEncoder::new(text.as_bytes());
    futures_lite::future::block_on(encoder.read_to_end(&mut packed)).expect("in memory");
    packed
}

fn gzip(body: impl Into<Body>) -> Incoming {
    answer(200, &[("content-encoding", "gzip")], body)
}

/// A body in pieces, whose length is not known.
fn pieces(pieces: impl IntoIterator<Item = Result<Bytes, io::Error>> + 'static) -> Body {
    let pieces: Vec<_> = pieces.into_iter().collect();
    Body::from_stream(futures_lite::stream::iter(pieces))
}

#[test]
fn gzip_is_taken_off_and_said() {
    let mut two = packed("hello ");
    two.extend(packed("world")); // two members are one content (RFC 1952 section 2.2)
    let bytes = two.clone().into_iter().map(|byte| Ok(Bytes::from(vec![byte])));
    for body in [Body::from(two.clone()), pieces(bytes)] {
        let incoming = answer(
            200,
            &[("content-encoding", "GZIP"), ("content-length", "9")],
            body,
        );
        let response = Script::new([incoming])
            .fetch("http://a.test/")
            .expect("a response");
        assert_eq!(response.text().expect("text"), "hello world");
        assert_eq!(response.header("x-consumed-content-encoding"), Some("GZIP"));
        assert_eq!(
            (
                response.header("content-encoding"),
                response.header("content-length")
            ),
            (None, None)
        );
    }
}

#[test]
fn what_is_not_to_be_decoded_stays() {
    let head = FetchRequest::head("http://a.test/");
    let response = Script::new([gzip("")]).fetch(head).expect("a response");
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    let raw = FetchRequest::get("http://a.test/").decompress(false);
    let script = Script::new([gzip("raw")]);
    assert_eq!(script.fetch(raw).expect("a response").body(), "raw");
    assert!(!script.sent()[0].headers.contains_key("accept-encoding"));
    let other = answer(200, &[("content-encoding", "br")], "as it is");
    assert_eq!(
        Script::new([other])
            .fetch("http://a.test/")
            .expect("a response")
            .body(),
        "as it is"
    );
    let void = Script::new([gzip(pieces([]))])
        .fetch("http://a.test/")
        .expect("a response");
    assert!(void.body().is_empty());
}

#[test]
fn content_that_is_no_gzip_is_an_error() {
    let whole = packed("hello, hello, hello");
    let cut = whole[..whole.len() - 3].to_vec();
    let mut wrong = whole.clone();
    if let Some(byte) = wrong.iter_mut().rev().nth(6) {
        *byte ^= 1; // in the checksum
    }
    let mut junk = whole;
    junk.extend(b"junk");
    for body in [cut, wrong, junk, b"plain text".to_vec()] {
        let error = Script::new([gzip(body)])
            .fetch("http://a.test/")
            .expect_err("no gzip");
        assert_eq!((error.kind(), error.status()), (ClientErrorKind::Decode, 502));
    }
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let small = || FetchRequest::get("http://a.test/").max_body_size(1000);
    let known = answer(200, &[], vec![0; 1001]);
    let unknown = answer(
        200,
        &[],
        pieces([Ok(Bytes::from(vec![0; 600])), Ok(Bytes::from(vec![0; 600]))]),
    );
    for incoming in [known, unknown, gzip(bomb(1 << 24))] {
        let error = Script::new([incoming]).fetch(small()).expect_err("too large");
        assert_eq!(error.kind(), ClientErrorKind::BodyTooLarge);
    }
    let just = answer(200, &[], vec![0; 1000]);
    assert_eq!(
        Script::new([just])
            .fetch(small())
            .expect("a response")
            .body()
            .len(),
        1000
    );
}

#[test]
fn a_body_that_fails_is_an_error_of_its_kind() {
    let cut = || answer(200, &[], Body::new(Failing(Some(crate::BodyError::cut_off()))));
    let error = Script::new([cut()]).fetch("http://a.test/").expect_err("cut off");
    assert_eq!(
        (error.kind(), error.url()),
        (ClientErrorKind::CutOff, Some("http://a.test/"))
    );
    // What the engine said goes before what can be guessed.
    let said = ClientError::new(ClientErrorKind::Malformed("the chunk has no size"));
    let said = answer(
        200,
        &[("content-encoding", "gzip")],
        Body::new(Failing(Some(said.into()))),
    );
    let error = Script::new([said])
        .fetch("http://a.test/")
        .expect_err("malformed");
    assert_eq!(error.kind(), ClientErrorKind::Malformed("the chunk has no size"));
}

struct Failing(Option<crate::BodyError>);

impl crate::HttpBody for Failing {
    type Data = Bytes;
    type Error = crate::BodyError;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<crate::Frame<Bytes>, crate::BodyError>>> {
        std::task::Poll::Ready(self.0.take().map(Err))
    }
}

#[test]
fn a_stream_gives_pieces_and_its_deadline_moves_with_them() {
    let clock = ManualClock::new();
    let slow = clock.clone();
    let stream = futures_lite::stream::unfold(0, move |n| {
        let wait = slow.sleep(Duration::from_secs(15));
        async move {
            wait.await;
            (n < 4).then_some((Ok::<_, io::Error>(Bytes::from_static(b"x")), n + 1))
        }
    });
    let mut script = Script::new([answer(200, &[], Body::from_stream(stream))]);
    script.clock = clock.clone();
    clock.block_on(async {
        let mut stream = script.client().stream("http://a.test/").await.expect("a head");
        let mut read = 0;
        while let Some(piece) = stream.read_chunk().await.expect("a piece in time") {
            read += piece.len();
        }
        assert_eq!(read, 4);
        assert_eq!(clock.monotonic(), Duration::from_secs(75));
    });
}

#[test]
fn a_stream_that_stands_still_is_an_error() {
    let (mut sender, body) = Body::channel(None);
    sender.send("one".into());
    let script = Script::new([answer(200, &[], body)]);
    script.clock.block_on(async {
        let mut stream = script.client().stream("http://a.test/").await.expect("a head");
        assert_eq!(
            stream.read_chunk().await.expect("a piece").as_deref(),
            Some(&b"one"[..])
        );
        let error = stream.read_chunk().await.expect_err("nothing comes");
        assert_eq!(error.kind(), ClientErrorKind::Timeout);
        assert!(stream.read_chunk().await.expect("it has ended").is_none());
    });
    drop(sender);
}
