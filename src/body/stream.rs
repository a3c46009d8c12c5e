//! A [`Stream`] of pieces as a body.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame};

use super::BodyError;

/// `None` once the stream has ended or failed, so that it is never polled again.
pub(super) struct StreamBody<S>(Option<Pin<Box<S>>>);

impl<S> StreamBody<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(Some(Box::pin(stream)))
    }
}

impl<S, E> HttpBody for StreamBody<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(stream) = self.0.as_mut() else {
            return Poll::Ready(None);
        };
        match std::task::ready!(stream.as_mut().poll_next(cx)) {
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Err(error)) => {
                self.0 = None;
                Poll::Ready(Some(Err(BodyError::other(error))))
            }
            None => {
                self.0 = None;
                Poll::Ready(None)
            }
        }
    }
}
