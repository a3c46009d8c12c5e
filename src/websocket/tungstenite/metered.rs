//! The byte duplex as tungstenite sees it.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use futures_io::{AsyncRead, AsyncWrite};

use super::boundary::Boundary;
use crate::upgrade::BoxDuplex;

/// A duplex of which no more is read at once than is allowed, and that remembers what moved: tungstenite reads for as long
/// as something comes, and tells nothing of a frame before it is whole.
pub(super) struct Metered {
    io: BoxDuplex,
    /// How much may still be read.
    allowed: usize,
    /// More would have been read than was allowed.
    refused: bool,
    /// Something has come from the peer.
    heard: bool,
    /// The peer has taken something.
    wrote: bool,
    boundary: Boundary,
}

impl Metered {
    pub(super) fn new(io: BoxDuplex) -> Self {
        Self {
            io,
            allowed: 0,
            refused: false,
            heard: false,
            wrote: false,
            boundary: Boundary::default(),
        }
    }

    /// Allows so many bytes to be read, and no more.
    pub(super) fn allow(&mut self, len: usize) {
        self.allowed = len;
        self.refused = false;
    }

    /// Whether more would have been read than was allowed, so that more may be there.
    pub(super) fn is_refused(&self) -> bool {
        self.refused
    }

    /// Whether something has come since it was asked last.
    pub(super) fn take_heard(&mut self) -> bool {
        std::mem::take(&mut self.heard)
    }

    /// Whether something has left since it was asked last.
    pub(super) fn take_wrote(&mut self) -> bool {
        std::mem::take(&mut self.wrote)
    }

    /// Whether what has been read ends with a message, so that nobody holds a part of one.
    pub(super) fn is_at_boundary(&self) -> bool {
        self.boundary.is_reached()
    }

    /// The duplex itself, to end the connection.
    pub(super) fn io(&mut self) -> &mut BoxDuplex {
        &mut self.io
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        let most = self.allowed.min(buf.len());
        if most == 0 {
            // Whoever allows nothing, or no more, asks again by itself: nobody needs to be woken.
            self.refused = true;
            return Poll::Pending;
        }
        let buf = buf.get_mut(..most).unwrap_or_default();
        // A stream that says it read more than there was room for read all of it.
        let len = ready!(Pin::new(&mut self.io).poll_read(cx, buf))?.min(most);
        self.boundary.pass(buf.get(..len).unwrap_or_default());
        self.allowed -= len;
        self.heard |= len > 0;
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let len = ready!(Pin::new(&mut self.io).poll_write(cx, buf))?.min(buf.len());
        self.wrote |= len > 0;
        Poll::Ready(Ok(len))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_close(cx)
    }
}
