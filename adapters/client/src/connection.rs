//! One connection that speaks HTTP/1.1: a stream and the protocol above it.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use waterspout::h1;

use crate::net::Stream;
use crate::pool::Pooled;

/// How much is read at once. One buffer serves all connections of a thread, so none owns one.
const READ: usize = 64 << 10;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    pub(crate) h1: h1::Client,
    /// Who is at the other end: the server, or the proxy.
    pub(crate) remote: SocketAddr,
}

impl Connection {
    /// Reads what has come; also ready at the peer's end. TLS that ends without `close_notify` is an error of the kind
    /// `UnexpectedEof`, since an attacker may have made that end.
    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        BUFFER.with_borrow_mut(|buffer| {
            let len = ready!(self.stream.poll_read(cx, buffer))?;
            // A stream that says it read more than there was room for read all of it.
            match buffer.get(..len).unwrap_or(buffer) {
                [] => self.h1.receive_eof(),
                bytes => self.h1.receive(bytes),
            }
            Poll::Ready(Ok(()))
        })
    }

    /// Writes what there is to be written.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let output = self.h1.output();
        while !output.is_empty() {
            let mut slices = [IoSlice::new(&[]); 16];
            let count = output.chunks_vectored(&mut slices);
            let slices = slices.get(..count).unwrap_or_default();
            match ready!(self.stream.poll_write(cx, slices))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                len => output.advance(len),
            }
        }
        self.stream.poll_flush(cx)
    }

    /// Whether another request may be sent: both messages have ended and have been sent and read to their last byte.
    pub(crate) fn is_reusable(&mut self) -> bool {
        self.h1.is_reusable()
            && self.h1.buffered() == 0
            && self.h1.output().is_empty()
            && self.stream.is_flushed()
    }
}

impl Pooled for Box<Connection> {
    fn is_quiet(&mut self) -> bool {
        self.stream.is_quiet()
    }

    fn close(self) {
        self.stream.close();
    }
}
