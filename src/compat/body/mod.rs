//! Bodies, both ways: streams with back-pressure, whose declared length is held.

mod incoming;
mod outgoing;

use http_types::trailers;

use super::{Part, Refused};
use crate::body::Body;

use incoming::Incoming;
use outgoing::Outgoing;

/// How much of a body of http-types becomes one piece at most.
const PIECE: usize = 64 << 10;

/// A body of http-types as one of ours, behind which the trailers come that `trailers` receives.
///
/// Without trailers it is `Body::from(body)`. A body that ends before its declared length ends in
/// [`BodyError::cut_off`](crate::BodyError::cut_off), which http-types itself takes for the end; what goes beyond that
/// length is not read. A declared length is what is left of it, where some has been read before.
///
/// ```
/// use waterspout::Body;
/// use waterspout::compat::http_types;
///
/// let body = Body::from(http_types::Body::from_string("Hello".into()));
/// assert_eq!(body.len(), Some(5));
/// # let bytes = futures_lite::future::block_on(body.collect(5)).expect("a body");
/// # assert_eq!(bytes, "Hello");
/// ```
pub fn body_with_trailers(body: http_types::Body, trailers: trailers::Receiver) -> Body {
    Body::new(Incoming::new(body, Some(trailers)))
}

impl From<http_types::Body> for Body {
    fn from(body: http_types::Body) -> Self {
        if body.is_empty() == Some(true) {
            return Self::empty();
        }
        Self::new(Incoming::new(body, None))
    }
}

/// Trailers are passed over, as [`Body::next_chunk`] does; those of a whole message are carried. An error of the body
/// is an [`std::io::Error`] with the [`BodyError`](crate::BodyError) in it.
impl TryFrom<Body> for http_types::Body {
    type Error = Refused;

    fn try_from(body: Body) -> Result<Self, Refused> {
        let len = body.len();
        outgoing(body, len, None)
    }
}

/// `len` is the length that is held, whether the body knows it or not.
pub(super) fn outgoing(
    body: Body,
    len: Option<u64>,
    trailers: Option<trailers::Sender>,
) -> Result<http_types::Body, Refused> {
    let length = length(len)?;
    let body = match body.into_bytes() {
        Ok(bytes) if len == Some(bytes.len() as u64) => {
            return Ok(http_types::Body::from_bytes(bytes.into()));
        }
        Ok(bytes) => bytes.into(),
        Err(body) => body,
    };
    let reader = Outgoing::new(body, len, trailers);
    Ok(http_types::Body::from_reader(reader, length))
}

/// Only a stream has trailers; and what is declared empty nobody reads, so nothing could come behind it.
pub(super) fn may_have_trailers(body: &Body, len: Option<u64>) -> bool {
    len != Some(0) && body.as_bytes().is_none() && body.as_file().is_none()
}

/// A length as http-types has it.
pub(super) fn length(len: Option<u64>) -> Result<Option<usize>, Refused> {
    let length = len.map(usize::try_from).transpose();
    length.map_err(|_| Refused::new(Part::Length, "more bytes than this machine can count"))
}
