//! A body of http-types as one of ours.

use std::io;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::Bytes;
use futures_io::AsyncBufRead;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_types::trailers;

use super::PIECE;
use crate::body::BodyError;
use crate::compat::fields;

pub(super) struct Incoming {
    /// `None` once it has ended or failed.
    reader: Option<Box<dyn AsyncBufRead + Unpin + Send + Sync>>,
    /// What is still to come, where a length was declared.
    left: Option<u64>,
    trailers: Option<trailers::Receiver>,
}

impl Incoming {
    pub(super) fn new(mut body: http_types::Body, trailers: Option<trailers::Receiver>) -> Self {
        if body.len().is_some() {
            // The one way to learn how much of it has been read already: a chain has the length of what is left.
            body = body.chain(http_types::Body::empty());
        }
        Self {
            left: body.len().map(|len| len as u64),
            reader: Some(body.into_reader()),
            trailers,
        }
    }

    fn fail(&mut self, error: BodyError) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        (self.reader, self.left, self.trailers) = (None, Some(0), None);
        Poll::Ready(Some(Err(error)))
    }

    fn poll_trailers(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(receiver) = self.trailers.as_mut() else {
            return Poll::Ready(None);
        };
        let trailers = ready!(Pin::new(receiver).poll(cx));
        self.trailers = None;
        match trailers.map(|trailers| fields::to_map(trailers.iter())) {
            None => Poll::Ready(None),
            Some(Ok(map)) if map.is_empty() => Poll::Ready(None),
            Some(Ok(map)) => Poll::Ready(Some(Ok(Frame::trailers(map)))),
            Some(Err(refused)) => self.fail(BodyError::other(refused)),
        }
    }
}

impl HttpBody for Incoming {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let Some(reader) = this.reader.as_mut() else {
            return this.poll_trailers(cx);
        };
        // At its length a body is read no further, as in http-types, unless its end is what sends the trailers.
        if this.left == Some(0) && this.trailers.is_none() {
            this.reader = None;
            return Poll::Ready(None);
        }
        let buffer = match ready!(Pin::new(&mut *reader).poll_fill_buf(cx)) {
            Ok(buffer) => buffer,
            Err(error) => return this.fail(from_io(error)),
        };
        let left = this.left.unwrap_or(u64::MAX);
        match (buffer.is_empty(), left) {
            (true, 1..) if this.left.is_some() => return this.fail(BodyError::cut_off()),
            (true, _) => {
                this.reader = None;
                return this.poll_trailers(cx);
            }
            (false, 0) => return this.fail(BodyError::malformed("longer than declared")),
            (false, _) => {}
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE);
        let piece = Bytes::copy_from_slice(buffer.get(..most).unwrap_or(buffer));
        Pin::new(reader).consume(piece.len());
        this.left = this.left.map(|left| left - piece.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.trailers.is_none() && (self.reader.is_none() || self.left == Some(0))
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            Some(left) => SizeHint::with_exact(left),
            None if self.reader.is_none() => SizeHint::with_exact(0),
            None => SizeHint::default(),
        }
    }
}

/// The error of ours that went through http-types, or one by its kind.
fn from_io(error: io::Error) -> BodyError {
    error.downcast().unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => BodyError::cut_off(),
        _ => BodyError::other(error),
    })
}
