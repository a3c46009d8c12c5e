//! A body of ours as the reader of one of http-types.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{Buf, Bytes};
use futures_io::{AsyncBufRead, AsyncRead};
use http::HeaderMap;
use http_body::Body as _;
use http_types::trailers;

use crate::body::{Body, BodyError};
use crate::compat::fields;

type Sending = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

pub(super) struct Outgoing {
    /// Never locked: http-types wants its readers to be `Sync`, which a running handler is not.
    body: Mutex<Body>,
    piece: Bytes,
    /// What the body still owes of its declared length.
    left: Option<u64>,
    trailers: Option<trailers::Sender>,
    sending: Option<Sending>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Ended,
    Failed,
}

impl Outgoing {
    pub(super) fn new(body: Body, left: Option<u64>, trailers: Option<trailers::Sender>) -> Self {
        Self {
            body: Mutex::new(body),
            piece: Bytes::new(),
            left,
            trailers,
            sending: None,
            state: State::Running,
        }
    }

    /// The last piece is held back until the end has been seen: nobody reads on behind a declared length, so this is
    /// the moment for the trailers, and for an end that does not come.
    fn holds_back(&self) -> bool {
        self.piece.is_empty() || self.left == Some(0)
    }

    fn poll_piece(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), BodyError>> {
        while self.state == State::Running && self.holds_back() {
            if let Some(sending) = self.sending.as_mut() {
                ready!(sending.as_mut().poll(cx));
                self.sending = None;
            }
            let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
            let Some(frame) = ready!(Pin::new(body).poll_frame(cx)) else {
                self.trailers = None;
                if self.left.is_some_and(|left| left > 0) {
                    return Poll::Ready(Err(BodyError::cut_off()));
                }
                self.state = State::Ended;
                break;
            };
            match frame?.into_data() {
                Ok(data) => self.take(data)?,
                Err(other) => self.send_trailers(other.into_trailers().unwrap_or_default())?,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, data: Bytes) -> Result<(), BodyError> {
        if let Some(left) = self.left {
            let left = left.checked_sub(data.len() as u64);
            self.left = Some(left.ok_or_else(|| BodyError::malformed("longer than declared"))?);
        }
        // While a last piece is held back only empty ones can follow it.
        if !data.is_empty() {
            self.piece = data;
        }
        Ok(())
    }

    fn send_trailers(&mut self, map: HeaderMap) -> Result<(), BodyError> {
        if let Some(sender) = self.trailers.take() {
            let mut trailers = trailers::Trailers::new();
            fields::fill(&mut trailers, &map).map_err(BodyError::other)?;
            self.sending = Some(Box::pin(sender.send(trailers)));
        }
        Ok(())
    }
}

impl AsyncBufRead for Outgoing {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.state == State::Failed {
            // Whoever has passed over the error must not take the rest for a clean end.
            return Poll::Ready(Err(to_io(BodyError::cut_off())));
        }
        match ready!(this.poll_piece(cx)) {
            Ok(()) => Poll::Ready(Ok(&this.piece)),
            Err(error) => {
                this.state = State::Failed;
                this.trailers = None;
                this.piece = Bytes::new();
                *this.body.get_mut().unwrap_or_else(PoisonError::into_inner) = Body::empty();
                Poll::Ready(Err(to_io(error)))
            }
        }
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.piece.advance(amount.min(this.piece.len()));
    }
}

impl AsyncRead for Outgoing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let piece = ready!(self.as_mut().poll_fill_buf(cx))?;
        let count = piece.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), piece.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Poll::Ready(Ok(count))
    }
}

fn to_io(error: BodyError) -> io::Error {
    let kind = match error.status() {
        400 if error.is_cut_off() => io::ErrorKind::UnexpectedEof,
        400 => io::ErrorKind::InvalidData,
        408 => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
