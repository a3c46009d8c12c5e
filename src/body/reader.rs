//! A body as a decoder of codings wants it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{Buf, Bytes};
use futures_io::{AsyncBufRead, AsyncRead};
use http_body::Body as HttpBody;

use super::{Body, BodyError};

pub(crate) struct Reader {
    body: Body,
    piece: Bytes,
    /// How many bytes have come.
    taken: u64,
    /// How many may come: a decoder can be fed without end and give nothing.
    limit: Option<Arc<AtomicU64>>,
    /// Why the body failed: an `io::Error` on its way through the decoder would not tell.
    failure: Option<BodyError>,
}

impl Reader {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body,
            piece: Bytes::new(),
            taken: 0,
            limit: None,
            failure: None,
        }
    }

    /// Fails when more comes than the limit says at that time.
    pub(super) fn with_limit(mut self, limit: Arc<AtomicU64>) -> Self {
        self.limit = Some(limit);
        self
    }

    /// No byte came: nothing was encoded (an answer to HEAD has a `Content-Encoding` as well).
    pub(crate) fn is_void(&self) -> bool {
        self.taken == 0
    }

    pub(crate) fn take_failure(&mut self) -> Option<BodyError> {
        self.failure.take()
    }

    fn is_over(&self, more: u64) -> bool {
        let limit = self.limit.as_ref().map(|limit| limit.load(Ordering::Relaxed));
        limit.is_some_and(|limit| self.taken.saturating_add(more) > limit)
    }

    fn fail(&mut self, error: BodyError) -> Poll<io::Result<&[u8]>> {
        self.failure = Some(error);
        Poll::Ready(Err(io::ErrorKind::Other.into()))
    }
}

impl AsyncBufRead for Reader {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        while this.piece.is_empty() {
            if this.body.len().is_some_and(|announced| this.is_over(announced)) {
                return this.fail(BodyError::too_large());
            }
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                None => break,
                Some(Ok(frame)) => this.piece = frame.into_data().unwrap_or_default(),
                Some(Err(error)) => return this.fail(error),
            }
            this.taken += this.piece.len() as u64;
            if this.is_over(0) {
                return this.fail(BodyError::too_large());
            }
        }
        Poll::Ready(Ok(&this.piece))
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        let amount = amount.min(self.piece.len());
        self.piece.advance(amount);
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let piece = ready!(self.as_mut().poll_fill_buf(cx))?;
        let len = piece.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(piece) {
            *to = *from;
        }
        self.consume(len);
        Poll::Ready(Ok(len))
    }
}
