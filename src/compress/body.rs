//! A body that is compressed while it is pulled.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};

use super::encoder::Encoder;
use crate::body::{Body, BodyError};

/// As much is compressed before somebody else gets a turn.
const PIECE: usize = 64 << 10;
const TURN: usize = 4 * PIECE;

/// As much goes out at once while more is coming.
const ENOUGH: usize = 16 << 10;

/// What has been written is put out as soon as the body waits: each flush of a handler reaches the client.
pub(super) struct EncodedBody {
    /// `None` once the content has come to its end.
    work: Option<(Body, Encoder)>,
    /// Came as one piece and is not compressed yet.
    piece: Bytes,
    unflushed: bool,
    /// What is left of the length that the handler has promised.
    promised: Option<u64>,
    trailers: Option<HeaderMap>,
}

impl EncodedBody {
    pub(super) fn new(body: Body, encoder: Encoder, promised: Option<u64>) -> Self {
        Self {
            work: Some((body, encoder)),
            piece: Bytes::new(),
            unflushed: false,
            promised,
            trailers: None,
        }
    }

    fn fail<T>(&mut self, error: BodyError) -> Poll<Option<Result<T, BodyError>>> {
        self.work = None;
        Poll::Ready(Some(Err(error)))
    }

    /// The last bytes, then the trailers.
    fn finish(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.promised.is_some_and(|left| left > 0) {
            return self.fail(BodyError::other("the body is shorter than its Content-Length"));
        }
        match self.work.take().map(|(_, encoder)| encoder.finish()) {
            Some(Ok(last)) => Poll::Ready(Some(Ok(Frame::data(last.into())))),
            Some(Err(error)) => self.fail(BodyError::other(error)),
            None => Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers)))),
        }
    }

    fn keep(&mut self, data: Bytes) -> Result<(), BodyError> {
        if let Some(left) = self.promised.as_mut() {
            let longer = || BodyError::other("the body is longer than its Content-Length");
            *left = left.checked_sub(data.len() as u64).ok_or_else(longer)?;
        }
        self.piece = data;
        Ok(())
    }
}

impl HttpBody for EncodedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let mut turn = 0;
        loop {
            let Some((body, encoder)) = this.work.as_mut() else {
                return this.finish();
            };
            if !this.piece.is_empty() {
                let piece = this.piece.split_to(this.piece.len().min(PIECE));
                turn += piece.len();
                let written = encoder.write(&piece);
                this.unflushed = true;
                let written = if turn >= TURN && encoder.ready() == 0 {
                    this.unflushed = false;
                    written.and_then(|()| encoder.flush())
                } else {
                    written
                };
                if let Err(error) = written {
                    return this.fail(BodyError::other(error));
                }
                if encoder.ready() >= ENOUGH || turn >= TURN {
                    return Poll::Ready(Some(Ok(Frame::data(encoder.take().into()))));
                }
                continue;
            }
            match Pin::new(body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => {
                        if let Err(error) = this.keep(data) {
                            return this.fail(error);
                        }
                    }
                    Err(frame) => this.trailers = frame.into_trailers().ok(),
                },
                Poll::Ready(Some(Err(error))) => return this.fail(error),
                Poll::Ready(None) => return this.finish(),
                Poll::Pending if this.unflushed => {
                    this.unflushed = false;
                    if let Err(error) = encoder.flush() {
                        return this.fail(BodyError::other(error));
                    }
                    let ready = encoder.take();
                    if !ready.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(ready.into()))));
                    }
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.work.is_none() && self.trailers.is_none()
    }
}
