//! A body under the length that its head announces.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, SizeHint};
use waterspout::{Body, BodyError, Frame};

/// A stream that says a length of which it may know nothing: the conversion to http-types holds it to that. Trailers end
/// here, since async-h1 sends none.
pub(super) struct Announced {
    body: Body,
    left: Option<u64>,
}

impl Announced {
    pub(super) fn new(body: Body, length: Option<u64>) -> Self {
        Self { body, left: length }
    }
}

impl HttpBody for Announced {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)?) else {
            return Poll::Ready(None);
        };
        if frame.is_trailers() {
            tracing::warn!(target: "waterspout", "async-h1 sends no trailers: those of a response are left out");
            return Poll::Ready(None);
        }
        let len = frame.data_ref().map_or(0, Bytes::len) as u64;
        self.left = self.left.map(|left| left.saturating_sub(len));
        Poll::Ready(Some(Ok(frame)))
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
