//! Several parts of one file as a body: `multipart/byteranges` (RFC 9110 section 14.6).

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::HeaderValue;

use super::range::ByteRange;
use crate::body::{Body, BodyError, FileBody, Frame, HttpBody, SizeHint};

/// What stands between the parts, chosen anew for each response: no file can hold it on purpose. The randomness is that of
/// the standard library's hash keys.
pub(super) fn boundary() -> String {
    let keys = RandomState::new();
    format!("{:016x}{:016x}", keys.hash_one(0), keys.hash_one(1))
}

/// The heads of the parts and the parts, in turns.
pub(super) struct Multipart {
    pieces: VecDeque<Body>,
}

impl Multipart {
    /// `kind` is the type of the whole, `total` its length; `piece` gives the bytes from a position on.
    pub(super) fn new(
        boundary: &str,
        kind: Option<&HeaderValue>,
        parts: &[ByteRange],
        total: u64,
        piece: impl Fn(u64, u64) -> FileBody,
    ) -> Self {
        let mut pieces = VecDeque::with_capacity(parts.len() * 2 + 1);
        for (at, part) in parts.iter().enumerate() {
            let mut head = Vec::with_capacity(160);
            if at > 0 {
                head.extend_from_slice(b"\r\n");
            }
            head.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            if let Some(kind) = kind {
                head.extend_from_slice(b"Content-Type: ");
                head.extend_from_slice(kind.as_bytes());
                head.extend_from_slice(b"\r\n");
            }
            head.extend_from_slice(
                format!("Content-Range: {}\r\n\r\n", part.content_range(total)).as_bytes(),
            );
            pieces.push_back(head.into());
            pieces.push_back(Body::from_file(piece(part.start(), part.count())));
        }
        pieces.push_back(format!("\r\n--{boundary}--\r\n").into());
        Self { pieces }
    }
}

impl HttpBody for Multipart {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        while let Some(piece) = self.pieces.front_mut() {
            match std::task::ready!(Pin::new(piece).poll_frame(cx)) {
                Some(Err(error)) => {
                    self.pieces.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                Some(frame) => return Poll::Ready(Some(frame)),
                None => {
                    self.pieces.pop_front();
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.iter().all(HttpBody::is_end_stream)
    }

    /// Each piece knows its length.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.pieces.iter().filter_map(Body::len).sum())
    }
}
