//! The body of a fetched response: gzip taken off, bounded, and not waited for without end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use async_compression::futures::bufread::GzipDecoder;
use bytes::Bytes;
use futures_io::AsyncRead;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body::{Body as HttpBody, Frame, SizeHint};
use url::Url;

use super::engine::Engine;
use super::error::{ClientError, ClientErrorKind};
use super::response::CONSUMED;
use crate::body::{Body, BodyError, Reader};
use crate::carrier::BoxFuture;

/// How much is decoded at a time: what a bomb can make us hold beyond its limit.
const STEP: usize = 16 << 10;

pub(super) struct FetchedBody {
    source: Source,
    /// How many bytes of content may still come.
    left: u64,
    stall: Option<Stall>,
    url: Url,
    ended: bool,
}

enum Source {
    Plain(Body),
    Gzip(Box<Gzip>),
}

struct Gzip {
    decoder: GzipDecoder<Reader>,
    buffer: Box<[u8]>,
}

/// The deadline of a stream: it moves with each piece.
struct Stall {
    engine: Arc<dyn Engine>,
    limit: Duration,
    timer: Option<BoxFuture<'static, ()>>,
}

impl FetchedBody {
    /// Takes note of the encoding and changes `headers` to what is left of it.
    pub(super) fn new(body: Body, headers: &mut HeaderMap, decompress: bool, limit: u64, url: Url) -> Self {
        let gzip = decompress && !body.is_empty() && is_gzip(headers);
        let source = if gzip {
            if let Some(encoding) = headers.remove(CONTENT_ENCODING) {
                headers.insert(CONSUMED, encoding);
            }
            headers.remove(CONTENT_LENGTH);
            let mut decoder = GzipDecoder::new(Reader::new(body));
            decoder.multiple_members(true);
            Source::Gzip(Box::new(Gzip {
                decoder,
                buffer: vec![0; STEP].into_boxed_slice(),
            }))
        } else {
            Source::Plain(body)
        };
        Self {
            source,
            left: limit,
            stall: None,
            url,
            ended: false,
        }
    }

    /// Ends in an error when no piece comes for so long.
    pub(super) fn with_stall(mut self, engine: Arc<dyn Engine>, limit: Duration) -> Self {
        self.stall = Some(Stall {
            engine,
            limit,
            timer: None,
        });
        self
    }

    fn error(&self, kind: ClientErrorKind) -> ClientError {
        ClientError::new(kind).with_url(&self.url)
    }

    fn poll_source(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, ClientError>>> {
        let gzip = match &mut self.source {
            Source::Plain(body) => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                return Poll::Ready(frame.map(|frame| frame.map_err(ClientError::of_body)));
            }
            Source::Gzip(gzip) => gzip,
        };
        let Gzip { decoder, buffer } = &mut **gzip;
        let read = ready!(Pin::new(&mut *decoder).poll_read(cx, buffer));
        let reader = decoder.get_mut();
        Poll::Ready(match (read, reader.take_failure()) {
            (_, Some(error)) => Some(Err(ClientError::of_body(error))),
            (Ok(0), None) => None,
            (Ok(len), None) => {
                // At most the buffer's length, as `poll_read` promises; a decoder that lied would get an empty piece.
                let data = buffer.get(..len).unwrap_or_default();
                Some(Ok(Frame::data(Bytes::copy_from_slice(data))))
            }
            (Err(_), None) if reader.is_void() => None,
            (Err(error), None) => Some(Err(ClientError::new(ClientErrorKind::Decode).with_source(error))),
        })
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, ClientError> {
        let len = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(len) {
            Some(left) => {
                self.left = left;
                Ok(frame)
            }
            None => Err(self.error(ClientErrorKind::BodyTooLarge)),
        }
    }
}

/// The only coding, and one we offered (RFC 9110 section 8.4.1.3: `x-gzip` is the same).
fn is_gzip(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let first = codings.next().map(|value| value.as_bytes().trim_ascii());
    let gzip = |value: &[u8]| value.eq_ignore_ascii_case(b"gzip") || value.eq_ignore_ascii_case(b"x-gzip");
    first.is_some_and(gzip) && codings.next().is_none()
}

impl HttpBody for FetchedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        let polled = match this.poll_source(cx) {
            Poll::Ready(polled) => {
                if let Some(stall) = &mut this.stall {
                    stall.timer = None;
                }
                polled
            }
            Poll::Pending => {
                let Some(Stall { engine, limit, timer }) = &mut this.stall else {
                    return Poll::Pending;
                };
                ready!(
                    timer
                        .get_or_insert_with(|| engine.sleep(*limit))
                        .as_mut()
                        .poll(cx)
                );
                Some(Err(this.error(ClientErrorKind::Timeout)))
            }
        };
        let frame = polled.map(|frame| frame.and_then(|frame| this.count(frame)));
        this.ended = !matches!(frame, Some(Ok(_)));
        if this.ended {
            // The connection goes back, or is closed, now and not when the reader drops what it has read.
            this.source = Source::Plain(Body::empty());
        }
        let with_url = |error: ClientError| BodyError::from(error.with_url(&this.url));
        Poll::Ready(frame.map(|frame| frame.map_err(with_url)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || matches!(&self.source, Source::Plain(body) if body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Plain(body) => body.size_hint(),
            Source::Gzip(_) => SizeHint::default(),
        }
    }
}
