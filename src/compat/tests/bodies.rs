//! Bodies through the bridge: content, lengths, ends, errors, trailers, back-pressure.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_lite::io::{AsyncBufRead, AsyncReadExt, BufReader, Cursor};
use futures_lite::stream;
use http_types::Body as TheirBody;

use crate::body::{Body, BodyError};

/// A stream of ours of unknown length.
fn pieces(pieces: &'static [&'static str]) -> Body {
    Body::from_stream(stream::iter(
        pieces.iter().map(|piece| Ok::<_, BodyError>(Bytes::from(*piece))),
    ))
}

/// A body that is fed: `len` is declared, `pieces` come, then the end.
fn fed(len: Option<u64>, pieces: &[&'static str]) -> Body {
    let (mut sender, body) = Body::channel(len);
    for piece in pieces {
        sender.send(Bytes::from(*piece));
    }
    sender.finish(None);
    body
}

fn read(mut body: TheirBody) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    block_on(body.read_to_end(&mut read)).map(|_| read)
}

fn collect(body: Body) -> Result<Bytes, BodyError> {
    block_on(body.collect(1 << 20))
}

fn theirs(body: Body) -> TheirBody {
    body.try_into().expect("a length that fits")
}

#[test]
fn ours_becomes_theirs_with_its_length() {
    for (body, len) in [
        (Body::empty(), Some(0)),
        (Body::from("abc"), Some(3)),
        (pieces(&["ab", "c"]), None),
        (fed(Some(3), &["ab", "c"]), Some(3)),
        (fed(None, &["abc"]), None),
    ] {
        let content: &[u8] = if len == Some(0) { b"" } else { b"abc" };
        let converted = theirs(body);
        assert_eq!(converted.len(), len);
        assert_eq!(read(converted).expect("whole"), content);
    }
}

#[test]
fn theirs_becomes_ours_with_its_length() {
    let unknown = TheirBody::from_reader(Cursor::new("abc"), None);
    for (body, len) in [
        (TheirBody::from_string("abc".into()), Some(3)),
        (unknown, None),
        (TheirBody::from_reader(Cursor::new("abcdef"), Some(3)), Some(3)),
        (TheirBody::from("a").chain(TheirBody::from("bc")), Some(3)),
    ] {
        let body = Body::from(body);
        assert_eq!(body.len(), len);
        assert_eq!(collect(body).expect("whole"), "abc");
    }
    let mut empty = Body::from(TheirBody::empty());
    assert!(empty.is_empty() && block_on(empty.next_chunk()).is_none());
}

#[test]
fn a_body_that_has_been_read_a_little_declares_what_is_left() {
    let mut body = TheirBody::from_string("abcdef".into());
    let mut two = [0; 2];
    block_on(body.read_exact(&mut two)).expect("two bytes");
    let body = Body::from(body);
    assert_eq!(body.len(), Some(4));
    assert_eq!(collect(body).expect("whole"), "cdef");
}

#[test]
fn an_early_end_is_an_error_both_ways() {
    let ours = fed(Some(4), &["abc"]);
    let mut converted = theirs(ours);
    let mut content = Vec::new();
    let error = block_on(converted.read_to_end(&mut content)).expect_err("a byte is missing");
    assert_eq!(
        (error.kind(), &content[..]),
        (io::ErrorKind::UnexpectedEof, &b"abc"[..])
    );
    assert!(
        block_on(converted.read_to_end(&mut content)).is_err(),
        "the error stays"
    );

    let short = TheirBody::from_reader(Cursor::new("abc"), Some(4));
    assert!(collect(short.into()).expect_err("a byte is missing").is_cut_off());
}

#[test]
fn what_goes_beyond_the_declared_length_of_ours_is_an_error() {
    let error = read(theirs(fed(Some(2), &["abc"]))).expect_err("too long");
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    // Also where the declared length is reached by a whole piece.
    let (mut sender, body) = Body::channel(Some(2));
    sender.send("ab".into());
    let mut converted = theirs(body);
    let mut byte = [0; 4];
    let mut poll = || {
        let mut cx = TaskContext::from_waker(std::task::Waker::noop());
        futures_lite::io::AsyncRead::poll_read(Pin::new(&mut converted), &mut cx, &mut byte)
    };
    assert!(poll().is_pending(), "the end is not known yet");
    sender.send("c".into());
    assert!(matches!(poll(), Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::InvalidData));
}

#[test]
fn errors_keep_their_kind_and_come_back_as_they_were() {
    for (error, kind) in [
        (BodyError::cut_off(), io::ErrorKind::UnexpectedEof),
        (BodyError::too_slow(), io::ErrorKind::TimedOut),
        (BodyError::malformed("chunk"), io::ErrorKind::InvalidData),
        (BodyError::too_large(), io::ErrorKind::Other),
    ] {
        let (status, text) = (error.status(), error.to_string());
        let (sender, body) = Body::channel(None);
        sender.abort(error);
        let mut converted = theirs(body);
        let failed = block_on(converted.read_to_end(&mut Vec::new())).expect_err("failed");
        assert_eq!(failed.kind(), kind);
        let inner = failed
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<BodyError>());
        assert_eq!(inner.map(BodyError::status), Some(status));

        let (sender, body) = Body::channel(None);
        sender.abort(match kind {
            io::ErrorKind::UnexpectedEof => BodyError::cut_off(),
            io::ErrorKind::TimedOut => BodyError::too_slow(),
            io::ErrorKind::InvalidData => BodyError::malformed("chunk"),
            _ => BodyError::too_large(),
        });
        let back = collect(theirs(body).into()).expect_err("failed");
        assert_eq!((back.status(), back.to_string()), (status, text));
    }
}

/// A reader of somebody's that fails.
struct Failing(io::ErrorKind);

impl futures_lite::AsyncRead for Failing {
    fn poll_read(self: Pin<&mut Self>, _: &mut TaskContext<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(self.0.into()))
    }
}

#[test]
fn their_errors_become_ours() {
    let body = |kind| TheirBody::from_reader(BufReader::new(Failing(kind)), Some(9)).into();
    let error = collect(body(io::ErrorKind::UnexpectedEof)).expect_err("failed");
    assert!(error.is_cut_off());
    let error = collect(body(io::ErrorKind::ConnectionReset)).expect_err("failed");
    assert_eq!((error.status(), error.is_cut_off()), (500, false));
}

/// Gives as much as is asked for and counts it.
struct Endless(Arc<AtomicUsize>);

impl futures_lite::AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0.fetch_add(buffer.len(), Ordering::SeqCst);
        buffer.fill(7);
        Poll::Ready(Ok(buffer.len()))
    }
}

#[test]
fn nothing_is_read_ahead() {
    let count = Arc::new(AtomicUsize::new(0));
    let reader = BufReader::with_capacity(1000, Endless(count.clone()));
    let mut body = Body::from(TheirBody::from_reader(reader, None));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let piece = block_on(body.next_chunk()).expect("a piece").expect("no error");
    assert_eq!((piece.len(), count.load(Ordering::SeqCst)), (1000, 1000));

    let made = Arc::new(AtomicUsize::new(0));
    let source = made.clone();
    let ours = Body::from_stream(stream::repeat_with(move || {
        source.fetch_add(1, Ordering::SeqCst);
        Ok::<_, BodyError>(Bytes::from_static(&[0; 100]))
    }));
    let mut converted = theirs(ours);
    assert_eq!(made.load(Ordering::SeqCst), 0);
    block_on(converted.read_exact(&mut [0; 150])).expect("bytes");
    assert_eq!(made.load(Ordering::SeqCst), 2);
}

#[test]
fn a_large_buffer_of_theirs_comes_in_pieces() {
    let mut body = Body::from(TheirBody::from_bytes(vec![1; 200_000]));
    let piece = block_on(body.next_chunk()).expect("a piece").expect("no error");
    assert_eq!((piece.len(), body.len()), (64 << 10, Some(200_000 - (64 << 10))));
}

#[test]
fn a_body_of_ours_can_be_read_by_lines() {
    use futures_lite::AsyncBufReadExt as _;
    let mut body = theirs(pieces(&["one\ntw", "o\n", "three"]));
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if block_on(body.read_line(&mut line)).expect("a line") == 0 {
            break;
        }
        lines.push(line);
    }
    assert_eq!(lines, ["one\n", "two\n", "three"]);
    let mut cx = TaskContext::from_waker(std::task::Waker::noop());
    assert!(matches!(
        Pin::new(&mut body).poll_fill_buf(&mut cx),
        Poll::Ready(Ok([]))
    ));
}
