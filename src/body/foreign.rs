//! A body of someone else's, whose panics end it and go no further.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::BodyError;
use crate::error::Error;
use crate::panics::drop_contained;

/// `None` once it has panicked.
pub(super) struct ForeignBody(Option<Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError> + Send>>>);

impl ForeignBody {
    pub(super) fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error = BodyError> + Send + 'static,
    {
        Self(Some(Box::pin(body)))
    }

    pub(super) fn poll_frame(
        &mut self,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(body) = self.0.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = catch_unwind(AssertUnwindSafe(|| {
            loop {
                match body.as_mut().poll_frame(cx) {
                    // In more than one protocol an empty piece is the end.
                    Poll::Ready(Some(Ok(frame))) if frame.data_ref().is_some_and(Bytes::is_empty) => {}
                    other => return other,
                }
            }
        }));
        polled.unwrap_or_else(|panic| {
            let error = Error::panicked(panic);
            tracing::error!(target: "waterspout", %error, "a body panicked");
            drop_contained("a body", self.0.take());
            Poll::Ready(Some(Err(BodyError::other("the body panicked"))))
        })
    }

    pub(super) fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        self.0
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for ForeignBody {
    fn drop(&mut self) {
        drop_contained("a body", self.0.take());
    }
}
