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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    /// A body of these frames, none of which is there at the first look.
    struct Frames {
        frames: VecDeque<Result<Frame<Bytes>, BodyError>>,
        len: Option<u64>,
        ready: bool,
    }

    impl HttpBody for Frames {
        type Data = Bytes;
        type Error = BodyError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
            self.ready = !self.ready;
            if self.ready {
                return Poll::Pending;
            }
            Poll::Ready(self.frames.pop_front())
        }

        fn size_hint(&self) -> SizeHint {
            self.len.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    fn frames(frames: Vec<Result<Frame<Bytes>, BodyError>>, len: Option<u64>) -> Body {
        Body::new(Frames {
            frames: frames.into(),
            len,
            ready: false,
        })
    }

    fn bytes(len: usize) -> Bytes {
        (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
    }

    /// Reads a body to its end, which must come in a bounded number of steps.
    fn read(mut body: Body) -> (Vec<u8>, Option<HeaderMap>, Option<BodyError>) {
        let (mut data, mut trailers) = (Vec::new(), None);
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..100_000 {
            match Pin::new(&mut body).poll_frame(&mut cx) {
                Poll::Pending => {}
                Poll::Ready(None) => return (data, trailers, None),
                Poll::Ready(Some(Err(error))) => return (data, trailers, Some(error)),
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) => data.extend(piece),
                    Err(other) => trailers = other.into_trailers().ok(),
                },
            }
        }
        panic!("the body hangs behind {} bytes", data.len());
    }

    fn pieces(all: &Bytes, size: usize) -> Vec<Result<Frame<Bytes>, BodyError>> {
        all.chunks(size)
            .map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece))))
            .collect()
    }

    /// Around the 8 KiB of async-h1's buffers a last chunk that is split would hang for ever.
    #[test]
    fn bodies_of_every_size_come_through() {
        let sizes = (1..20)
            .chain(8150..8200)
            .chain(16_350..16_400)
            .chain([65_535, 65_536, 65_537]);
        for size in sizes {
            let all = bytes(size);
            for piece in [size, size.div_ceil(2), 8192, 1000] {
                for len in [None, Some(size as u64)] {
                    let body = carry(frames(pieces(&all, piece), len));
                    assert_eq!(body.len(), len);
                    let (data, trailers, error) = read(body);
                    assert!(
                        data == all && trailers.is_none() && error.is_none(),
                        "{size} by {piece}, {len:?}: {} bytes, {error:?}",
                        data.len()
                    );
                }
            }
        }
        assert!(carry(Body::empty()).is_empty());
        assert_eq!(read(carry(frames(Vec::new(), None))).0, b"");
        assert_eq!(read(carry(Body::from("at hand"))).0, b"at hand");
    }

    /// async-h1 takes 16 at most, and of each name the last.
    #[test]
    fn trailers_come_through_whole() {
        let mut sent = HeaderMap::new();
        for number in 0..40 {
            let name = HeaderName::try_from(format!("x-{}", number % 20)).expect("a name");
            let value = HeaderValue::from_bytes(&[b'a', 0xe9, b'0' + number % 10]).expect("a value");
            sent.append(name, value);
        }
        let all = vec![Ok(Frame::data(bytes(10))), Ok(Frame::trailers(sent.clone()))];
        let (data, trailers, error) = read(carry(frames(all, None)));
        assert!(error.is_none(), "{error:?}");
        assert_eq!((data.len(), trailers), (10, Some(sent)));
    }

    #[test]
    fn errors_come_through_as_they_are() {
        for len in [None, Some(20)] {
            for (error, status) in [
                (BodyError::too_slow(), 408),
                (BodyError::too_large(), 413),
                (BodyError::malformed("chunk"), 400),
                (BodyError::cut_off(), 400),
            ] {
                let text = error.to_string();
                let (data, _, error) = read(carry(frames(vec![Ok(Frame::data(bytes(10))), Err(error)], len)));
                let error = error.expect("an error");
                assert_eq!((data.len(), error.status()), (10, status));
                assert_eq!(error.to_string(), text);
            }
        }
    }

    #[test]
    fn a_body_that_is_not_as_long_as_it_said_fails() {
        for (len, most) in [(11, 10), (9, 9)] {
            let (data, _, error) = read(carry(frames(vec![Ok(Frame::data(bytes(10)))], Some(len))));
            assert!(data.len() <= most && error.is_some(), "{len}: {data:?}");
        }
    }

    /// `100 Continue` goes out when a body is asked for.
    #[test]
    fn nothing_is_asked_for_before_it_is_read() {
        for len in [None, Some(10)] {
            let (sender, body) = Body::channel(len);
            let mut body = carry(body);
            assert!(!sender.asked());
            let mut cx = Context::from_waker(Waker::noop());
            assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
            assert!(sender.asked() && !sender.is_closed());
            drop(body);
            assert!(sender.is_closed());
        }
    }
}
