//! A request as async-h1 is to see it.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_io::{AsyncRead, AsyncWrite};
use http::HeaderMap;
use http_body::Body as _;
use waterspout::{Body, BodyError};

/// The most that the framing of a chunk takes: a size in hexadecimal, and CRLF twice.
const FRAMING: usize = 20;

/// What ends a chunked body. async-h1 hangs if it does not come in one piece.
const LAST: &[u8] = b"0\r\n\r\n";

/// A head that says how long the body is, and the body framed as it says. Clones read the same.
#[derive(Clone)]
pub(super) struct Reframed(Arc<Mutex<Source>>);

pub(super) struct Source {
    head: Bytes,
    body: Body,
    /// What of the declared length has not come; a body without is sent in chunks.
    left: Option<u64>,
    /// Come from the body and not passed on.
    piece: Bytes,
    ended: bool,
    trailers: Option<HeaderMap>,
    error: Option<BodyError>,
}

impl Reframed {
    pub(super) fn new(body: Body) -> Self {
        // http-types wants a method and an address; what they are does not matter to a body.
        let head = match body.len() {
            Some(len) => format!("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len}\r\n\r\n"),
            None => "POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n".into(),
        };
        Self(Arc::new(Mutex::new(Source {
            head: head.into(),
            left: body.len(),
            body,
            piece: Bytes::new(),
            ended: false,
            trailers: None,
            error: None,
        })))
    }

    /// No code that can panic runs under this lock but the body's, which is contained.
    pub(super) fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// Ready when a piece is there, or the end.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        while self.piece.is_empty() && !self.ended {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.take(data)?,
                    Err(other) => self.trailers = other.into_trailers().ok(),
                },
                Some(Err(error)) => return Poll::Ready(Err(error)),
                None => self.ended = true,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, data: Bytes) -> Result<(), BodyError> {
        if let Some(left) = &mut self.left {
            let rest = left.checked_sub(data.len() as u64);
            *left = rest.ok_or_else(|| BodyError::malformed("longer than declared"))?;
        }
        self.piece = data;
        Ok(())
    }

    /// What async-h1 does not pass on: the end behind a length, which it does not look for, then the trailers, of which
    /// it keeps the last of each name.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<HeaderMap>, BodyError>> {
        ready!(self.poll_piece(cx))?;
        if self.piece.is_empty() {
            Poll::Ready(Ok(self.trailers.take()))
        } else {
            Poll::Ready(Err(BodyError::malformed(
                "async-h1 ended the body before its end",
            )))
        }
    }

    /// Why the body failed, as it was before it went through async-h1.
    pub(super) fn take_error(&mut self) -> Option<BodyError> {
        self.error.take()
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.head.is_empty() {
            // The head alone: nobody has asked for the body yet, so the client is not to be told to go on.
            return Poll::Ready(Ok(take(&mut self.head, buf)));
        }
        let had_ended = self.ended;
        if let Err(error) = ready!(self.poll_piece(cx)) {
            self.error = Some(error);
            (self.body, self.left, self.ended) = (Body::empty(), Some(0), true);
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        if self.left.is_some() {
            return Poll::Ready(Ok(take(&mut self.piece, buf)));
        }
        let Some(room) = buf.len().checked_sub(FRAMING).filter(|room| *room > 0) else {
            // It reads through buffers of 8 KiB.
            return Poll::Ready(Err(io::ErrorKind::InvalidInput.into()));
        };
        let mut rest = buf;
        let before = rest.len();
        if !self.piece.is_empty() {
            let chunk = self.piece.split_to(room.min(self.piece.len()));
            write!(rest, "{:x}\r\n", chunk.len())?;
            rest.write_all(&chunk)?;
            rest.write_all(b"\r\n")?;
        } else if !had_ended {
            rest.write_all(LAST)?;
        }
        Poll::Ready(Ok(before - rest.len()))
    }
}

/// Moves as much as there is room for.
fn take(from: &mut Bytes, to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    if let Some(to) = to.get_mut(..count) {
        from.copy_to_slice(to);
    }
    count
}

impl AsyncRead for Reframed {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.source().poll_read(cx, buf)
    }
}

/// Only `100 Continue` would be written here, and the head does not ask for it.
impl AsyncWrite for Reframed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
