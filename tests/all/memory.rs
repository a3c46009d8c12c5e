//! What is streamed is not kept: pieces are counted while they are alive.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use waterspout::prelude::*;
use waterspout::{BodyError, Limits};

use crate::support::{poll_frame, request, respond};

static STREAM: Alive = Alive(AtomicUsize::new(0));
static FORM: Alive = Alive(AtomicUsize::new(0));

/// How many pieces there are, of one test.
struct Alive(AtomicUsize);

impl Alive {
    fn piece(&'static self, len: usize) -> Bytes {
        self.0.fetch_add(1, Ordering::SeqCst);
        Bytes::from_owner(Piece(vec![7; len], self))
    }

    fn alive(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A piece of memory that is counted.
struct Piece(Vec<u8>, &'static Alive);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.1.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn a_hundred_mebibytes_pass_through_two_pieces_at_a_time() {
    const PIECE: usize = 64 << 10;
    const COUNT: usize = (100 << 20) / PIECE;
    let mut most = 0;
    let app = Application::new().streaming("/", async |cx| {
        cx.set_max_body_size(100 << 20);
        while let Some(piece) = cx.read_chunk().await? {
            cx.write(&piece)?;
            drop(piece);
            cx.flush().await?;
        }
        Ok(())
    });
    let mut left = COUNT;
    let source = futures_lite::stream::poll_fn(move |_| {
        left = left.checked_sub(1).unwrap_or(usize::MAX);
        Poll::Ready((left != usize::MAX).then(|| Ok::<_, BodyError>(STREAM.piece(PIECE))))
    });
    let mut response = respond(&app, request("POST", "/", Body::from_stream(source)));
    let mut total = 0;
    while let Poll::Ready(Some(frame)) = poll_frame(response.body_mut()) {
        total += frame.expect("no error").into_data().expect("data").len();
        most = most.max(STREAM.alive());
    }
    assert_eq!(total, 100 << 20);
    assert!(most <= 2, "{most} pieces were alive");
    assert_eq!(STREAM.alive(), 0);
}

/// Neither what waits to be written nor what has been written of a large file is kept.
#[test]
fn a_form_with_a_large_file_is_written_as_it_comes() {
    const PIECE: usize = 64 << 10;
    const COUNT: usize = (32 << 20) / PIECE;
    let settings = Settings {
        limits: Limits {
            body: 1 << 30,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let app = Application::new().settings(settings).post("/", async |cx| {
        let file = cx.file("f").status(400)?;
        let answer = format!("{} {}", file.len(), file.path().is_some());
        cx.write(answer)
    });
    let most = Arc::new(AtomicUsize::new(0));
    let seen = most.clone();
    let mut at = 0;
    let source = futures_lite::stream::poll_fn(move |_| {
        seen.fetch_max(FORM.alive(), Ordering::SeqCst);
        at += 1;
        let piece = match at {
            1 => "--B\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n".into(),
            _ if at <= COUNT + 1 => FORM.piece(PIECE),
            _ if at == COUNT + 2 => "\r\n--B--".into(),
            _ => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok::<_, BodyError>(piece)))
    });
    let mut request = request("POST", "/", Body::from_stream(source));
    let kind = HeaderValue::from_static("multipart/form-data; boundary=B");
    request.headers_mut().insert("content-type", kind);
    let mut response = respond(&app, request);
    assert_eq!(
        crate::support::frame(response.body_mut()),
        format!("{} true", COUNT * PIECE)
    );
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 2, "{most} pieces were alive");
}
