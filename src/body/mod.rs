//! Message bodies: nothing, bytes, a file, or a stream with back-pressure.

mod channel;
mod decoded;
mod error;
mod file;
mod foreign;
mod limited;
mod reader;
mod stream;
mod timed;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;
pub use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::carrier::BoxFuture;
use crate::handler::HandlerBody;

pub use channel::BodySender;
pub(crate) use decoded::{Coding, Decoded};
pub use error::BodyError;
pub use file::FileBody;
pub(crate) use reader::Reader;

/// How much room is made at once for a body that says how long it is: a mere announcement takes no more.
const AT_ONCE: u64 = 1 << 20;

/// The body of a [`Request`](crate::Request) or a [`Response`](crate::Response).
///
/// It is pulled: nothing is produced before it is asked for, and a stream holds at most one piece. It implements
/// [`http_body::Body`], so hyper, tower and axum take it as it is.
///
/// ```
/// use waterspout::Body;
///
/// let body = Body::from("Hello, world");
/// assert_eq!(body.len(), Some(12));
/// assert!(Body::empty().is_empty());
/// ```
#[derive(Default)]
pub struct Body(Repr);

#[derive(Default)]
enum Repr {
    #[default]
    Empty,
    Bytes(Bytes),
    File(FileBody),
    Channel(channel::Receiver),
    Handler(Box<HandlerBody>),
    Stream(foreign::ForeignBody),
}

impl Body {
    /// A body without content.
    pub const fn empty() -> Self {
        Self(Repr::Empty)
    }

    /// A body that streams another [`http_body::Body`].
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error = BodyError> + Send + 'static,
    {
        Self(Repr::Stream(foreign::ForeignBody::new(body)))
    }

    /// A body from a stream of pieces; an error ends the body as cut off.
    ///
    /// ```
    /// # use waterspout::Body;
    /// # fn some_stream() -> impl futures_core::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static {
    /// #     futures_lite::stream::iter([Ok(bytes::Bytes::from("piece"))])
    /// # }
    /// let body = Body::from_stream(some_stream());
    /// assert_eq!(body.len(), None); // not known beforehand: sent chunked
    /// ```
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        Self::new(stream::StreamBody::new(stream))
    }

    /// A body that is a piece of an open file, read through the carrier or handed to it whole.
    pub fn from_file(file: FileBody) -> Self {
        Self(Repr::File(file))
    }

    /// A body fed from elsewhere: what an adapter gives a request. `len` is the length, where it is known.
    pub fn channel(len: Option<u64>) -> (BodySender, Self) {
        let (sender, receiver) = channel::channel(len);
        (sender, Self(Repr::Channel(receiver)))
    }

    /// True when it is known that there is no content.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The length in bytes that is still to come, where it is known.
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Repr::Empty => Some(0),
            Repr::Bytes(bytes) => Some(bytes.len() as u64),
            Repr::File(file) => Some(file.len()),
            Repr::Channel(receiver) => receiver.len(),
            Repr::Handler(_) => None,
            Repr::Stream(body) => body.size_hint().exact(),
        }
    }

    /// The whole content, where it is in memory already.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Repr::Empty => Some(b""),
            Repr::Bytes(bytes) => Some(bytes),
            Repr::File(_) | Repr::Channel(_) | Repr::Handler(_) | Repr::Stream(_) => None,
        }
    }

    /// A copy, cheap, of content that is in memory.
    pub(crate) fn clone_bytes(&self) -> Option<Bytes> {
        match &self.0 {
            Repr::Empty => Some(Bytes::new()),
            Repr::Bytes(bytes) => Some(bytes.clone()),
            Repr::File(_) | Repr::Channel(_) | Repr::Handler(_) | Repr::Stream(_) => None,
        }
    }

    /// The whole content where it is in memory already, else the body back.
    ///
    /// # Errors
    /// The body itself, when it is a file or a stream.
    pub fn into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Repr::Empty => Ok(Bytes::new()),
            Repr::Bytes(bytes) => Ok(bytes),
            other @ (Repr::File(_) | Repr::Channel(_) | Repr::Handler(_) | Repr::Stream(_)) => {
                Err(Self(other))
            }
        }
    }

    /// The file, where the body is one: an adapter may hand it to `sendfile`.
    pub fn as_file(&self) -> Option<&FileBody> {
        match &self.0 {
            Repr::File(file) => Some(file),
            _ => None,
        }
    }

    /// Drops a body whose content is not to be sent (HEAD, 204), which is no lost client.
    pub(crate) fn drop_unwanted(self) {
        if let Repr::Handler(run) = self.0 {
            run.drop_unwanted();
        }
    }

    /// The same body, which ends in [`BodyError::too_large`] behind this many bytes.
    pub(crate) fn limited(self, limit: u64) -> Self {
        Self::new(limited::Limited::new(self, limit))
    }

    /// The same body, which ends in [`BodyError::too_slow`] when it has not come by the end of `timer`.
    pub(crate) fn timed(self, timer: BoxFuture<'static, ()>) -> Self {
        Self::new(timed::Timed::new(self, timer))
    }

    pub(crate) fn from_handler(body: HandlerBody) -> Self {
        Self(Repr::Handler(Box::new(body)))
    }

    /// The next piece of content, `None` at the end. Trailers are passed over; [`Body::poll_frame`] gives them.
    ///
    /// # Errors
    /// [`BodyError`] when the body was cut off, is malformed, too large or too slow.
    pub async fn next_chunk(&mut self) -> Option<Result<Bytes, BodyError>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let frame = std::task::ready!(Pin::new(&mut *self).poll_frame(cx));
            match frame.map(|result| result.map(Frame::into_data)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(Ok(data))) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads the whole body into memory, at most `limit` bytes.
    ///
    /// # Errors
    /// [`BodyError::too_large`] (413) as soon as the limit is passed, without reading where the length is known; else
    /// what [`Body::next_chunk`] reports.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, BodyError> {
        if self.len().is_some_and(|len| len > limit) {
            return Err(BodyError::too_large());
        }
        let bytes = match self.into_bytes() {
            Ok(bytes) => return Ok(bytes),
            Err(body) => {
                self = body;
                let Some(first) = self.next_chunk().await else {
                    return Ok(Bytes::new());
                };
                first?
            }
        };
        check_limit(bytes.len(), 0, limit)?;
        let left = self.len().unwrap_or(0).min(AT_ONCE);
        let Some(second) = self.next_chunk().await else {
            return Ok(bytes);
        };
        // `left` is at most `AT_ONCE`.
        let mut whole = BytesMut::with_capacity(bytes.len() + left as usize);
        whole.extend_from_slice(&bytes);
        drop(bytes);
        let mut next = Some(second);
        while let Some(piece) = next {
            let piece = piece?;
            check_limit(whole.len(), piece.len(), limit)?;
            whole.extend_from_slice(&piece);
            next = self.next_chunk().await;
        }
        Ok(whole.freeze())
    }
}

fn check_limit(have: usize, more: usize, limit: u64) -> Result<(), BodyError> {
    if have as u64 + more as u64 > limit {
        Err(BodyError::too_large())
    } else {
        Ok(())
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        match &mut this.0 {
            Repr::Empty => Poll::Ready(None),
            Repr::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                this.0 = Repr::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Repr::File(file) => file
                .poll_read(cx)
                .map(|piece| piece.map(|data| data.map(Frame::data))),
            Repr::Channel(receiver) => receiver.poll_frame(cx),
            Repr::Handler(body) => body.poll_frame(cx),
            Repr::Stream(body) => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Repr::Stream(body) => body.is_end_stream(),
            Repr::Channel(receiver) => receiver.is_end(),
            Repr::Handler(body) => body.is_end(),
            Repr::Empty | Repr::Bytes(_) | Repr::File(_) => self.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Repr::Stream(body) => body.size_hint(),
            _ => self.len().map_or_else(SizeHint::default, SizeHint::with_exact),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Repr::Empty => "empty",
            Repr::Bytes(_) => "bytes",
            Repr::File(_) => "file",
            Repr::Channel(_) | Repr::Handler(_) | Repr::Stream(_) => "stream",
        };
        f.debug_struct("Body")
            .field("kind", &kind)
            .field("len", &self.len())
            .finish()
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::empty()
        } else {
            Self(Repr::Bytes(bytes))
        }
    }
}

macro_rules! from_bytes {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Body {
            fn from(value: $kind) -> Self {
                Bytes::from(value).into()
            }
        }
    )*};
}
from_bytes!(&'static str, &'static [u8], String, Vec<u8>);

/// Trailer fields of a body, by the name that RFC 9110 section 6.5 gives them.
pub type Trailers = HeaderMap;

#[cfg(test)]
mod tests;
