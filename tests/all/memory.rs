//! What is streamed is not kept: pieces are counted while they are alive.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use waterspout::BodyError;
use waterspout::prelude::*;

use crate::support::{poll_frame, request, respond};

static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// A piece of memory that is counted.
struct Piece(Vec<u8>);

impl Piece {
    fn counted(len: usize) -> Bytes {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Bytes::from_owner(Self(vec![7; len]))
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
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
        Poll::Ready((left != usize::MAX).then(|| Ok::<_, BodyError>(Piece::counted(PIECE))))
    });
    let mut response = respond(&app, request("POST", "/", Body::from_stream(source)));
    let mut total = 0;
    while let Poll::Ready(Some(frame)) = poll_frame(response.body_mut()) {
        total += frame.expect("no error").into_data().expect("data").len();
        most = most.max(ALIVE.load(Ordering::SeqCst));
    }
    assert_eq!(total, 100 << 20);
    assert!(most <= 2, "{most} pieces were alive");
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
}
