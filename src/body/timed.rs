//! A body that must have come by a certain time.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::{Body, BodyError};
use crate::carrier::BoxFuture;

pub(super) struct Timed {
    body: Body,
    timer: BoxFuture<'static, ()>,
}

impl Timed {
    pub(super) fn new(body: Body, timer: BoxFuture<'static, ()>) -> Self {
        Self { body, timer }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        // The body first: what has come in time is not refused because nobody asked for it sooner.
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        // Once it has run out the timer is never polled again, since an empty body is never pending.
        std::task::ready!(this.timer.as_mut().poll(cx));
        this.body = Body::empty();
        Poll::Ready(Some(Err(BodyError::too_slow())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
