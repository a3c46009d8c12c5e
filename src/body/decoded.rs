//! A request body with its coding taken off (RFC 9110 section 8.4.1).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context as TaskContext, Poll, ready};

use async_compression::futures::bufread::{GzipDecoder, ZlibDecoder};
use bytes::Bytes;
use futures_io::{AsyncBufRead, AsyncRead};
use http_body::{Body as HttpBody, Frame};

use super::reader::Reader;
use super::{Body, BodyError};

/// How much is decoded at a time: what a bomb can make us hold beyond its limit.
const STEP: usize = 16 << 10;

/// A coding that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    /// In its frame (RFC 1950), as the standard says, not bare.
    Deflate,
}

impl Coding {
    /// What `Accept-Encoding` says of them.
    pub(crate) const ALL: &str = "gzip, deflate";

    pub(crate) fn parse(name: &[u8]) -> Option<Self> {
        match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" => Some(Self::Deflate),
            _ => None,
        }
    }
}

pub(crate) struct Decoded {
    decoder: Decoder,
    buffer: Box<[u8]>,
    ended: bool,
}

enum Decoder {
    /// Several members, one behind the other, are one content (RFC 1952 section 2.2).
    Gzip(GzipDecoder<Reader>),
    Deflate(ZlibDecoder<Reader>),
}

impl Decoder {
    fn reader(&mut self) -> &mut Reader {
        match self {
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Deflate(decoder) => decoder.get_mut(),
        }
    }
}

impl Decoded {
    /// At most `limit` coded bytes are read. How many come out is for the reader to count.
    pub(crate) fn new(body: Body, coding: Coding, limit: Arc<AtomicU64>) -> Self {
        let reader = Reader::new(body).with_limit(limit);
        let decoder = match coding {
            Coding::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                Decoder::Gzip(decoder)
            }
            Coding::Deflate => Decoder::Deflate(ZlibDecoder::new(reader)),
        };
        Self {
            decoder,
            buffer: vec![0; STEP].into_boxed_slice(),
            ended: false,
        }
    }

    fn poll_decode(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let Self { decoder, buffer, .. } = self;
        let read = ready!(match decoder {
            Decoder::Gzip(decoder) => Pin::new(decoder).poll_read(cx, buffer),
            Decoder::Deflate(decoder) => Pin::new(decoder).poll_read(cx, buffer),
        });
        if let Some(error) = decoder.reader().take_failure() {
            return Poll::Ready(Some(Err(error)));
        }
        match read {
            Ok(0) => self.poll_end(cx),
            // At most the buffer's length, as `poll_read` promises; a decoder that lied would get an empty piece.
            Ok(len) => Poll::Ready(Some(Ok(Bytes::copy_from_slice(
                buffer.get(..len).unwrap_or_default(),
            )))),
            Err(_) if decoder.reader().is_void() => Poll::Ready(None),
            Err(error) => {
                let detail = "its Content-Encoding cannot be decoded";
                Poll::Ready(Some(Err(BodyError::malformed(detail).with_source(error))))
            }
        }
    }

    /// Nothing may stand behind the content.
    fn poll_end(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let reader = self.decoder.reader();
        let rest = ready!(Pin::new(&mut *reader).poll_fill_buf(cx)).map_or(0, <[u8]>::len);
        Poll::Ready(match (reader.take_failure(), rest) {
            (Some(error), _) => Some(Err(error)),
            (None, 0) => None,
            (None, _) => Some(Err(BodyError::malformed("bytes behind its coded content"))),
        })
    }
}

impl HttpBody for Decoded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let data = ready!(self.poll_decode(cx));
        self.ended = !matches!(data, Some(Ok(_)));
        Poll::Ready(data.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}
