//! What a connection reads from and writes to.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_io::{AsyncRead, AsyncWrite};
use futures_rustls::client::TlsStream;

use super::Tcp;

#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Tcp),
    /// In a box, as a TLS session is a kilobyte.
    Tls(Box<TlsStream<Tcp>>),
}

impl Stream {
    fn tcp(&mut self) -> &mut Tcp {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_mut().0,
        }
    }

    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            Self::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bufs),
        }
    }

    /// Writes what TLS has made of the bytes it was given.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) => Poll::Ready(Ok(())),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    /// Closes the sending side.
    pub(crate) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(tcp) => Pin::new(tcp).poll_close(cx),
            Self::Tls(tls) => Pin::new(tls).poll_close(cx),
        }
    }

    /// Whether nothing is left to be written by [`poll_flush`](Self::poll_flush).
    pub(crate) fn is_flushed(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Tls(tls) => !tls.get_ref().1.wants_write(),
        }
    }

    /// Whether the connection is open and nothing has come that could be read: an end, a byte or a failure say that
    /// it cannot be used. What belongs to TLS itself (tickets for a later session) is read away.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.tcp().set_probing(true);
        let read = self.poll_read(&mut cx, &mut [0]);
        self.tcp().set_probing(false);
        read.is_pending()
    }

    /// Tells the peer, as far as that takes no waiting, and closes.
    pub(crate) fn close(mut self) {
        self.tcp().set_probing(true);
        if let Self::Tls(mut tls) = self {
            // Nobody is left to hear of a failure.
            let _ = Pin::new(&mut tls).poll_close(&mut Context::from_waker(Waker::noop()));
        }
    }
}
