//! The body of a request, on its way through async-h1.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use async_h1::server::decode;
use bytes::Bytes;
use http_body::{Body as HttpBody, SizeHint};
use waterspout::{Body, BodyError, Frame};

use super::reframed::Reframed;

/// The body as async-h1 decodes it, with the length, the trailers and the errors that it has.
pub(crate) fn carry(body: Body) -> Body {
    if body.is_empty() {
        return body;
    }
    let length = body.len();
    let reframed = Reframed::new(body);
    let Some(decoded) = decoded(reframed.clone()) else {
        tracing::error!(target: "waterspout", "async-h1 did not take a head of ours");
        let (sender, failed) = Body::channel(length);
        sender.abort(BodyError::other("the engine failed"));
        return failed;
    };
    Body::new(Carried {
        decoded,
        source: reframed,
        ended: false,
    })
}

/// What async-h1 makes of it. All of the head is there, so it has nothing to wait for.
fn decoded(reframed: Reframed) -> Option<Body> {
    let decoding = pin!(decode(reframed));
    match decoding.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(Some((mut request, _)))) => Some(request.take_body().into()),
        Poll::Ready(_) | Poll::Pending => None,
    }
}

struct Carried {
    decoded: Body,
    source: Reframed,
    ended: bool,
}

impl HttpBody for Carried {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        if let Some(frame) = ready!(Pin::new(&mut this.decoded).poll_frame(cx)) {
            let frame = frame.map_err(|error| {
                this.ended = true;
                this.source.source().take_error().unwrap_or(error)
            });
            return Poll::Ready(Some(frame));
        }
        let end = ready!(this.source.source().poll_end(cx));
        this.ended = true;
        Poll::Ready(end.map(|trailers| trailers.map(Frame::trailers)).transpose())
    }

    fn size_hint(&self) -> SizeHint {
        self.decoded.size_hint()
    }
}
