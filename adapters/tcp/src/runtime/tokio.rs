//! tokio.

use std::io::{self, IoSlice};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::net::{self, TcpStream};
use ::tokio::runtime;
use ::tokio::time::{Sleep, sleep_until};

use super::{Backend, Io, Spawn};
use crate::task::Task;

pub(crate) struct Tokio;

impl Backend for Tokio {
    type Listener = net::TcpListener;
    type Io = TcpStream;
    type Sleep = Sleep;

    fn listener(listener: TcpListener) -> io::Result<Self::Listener> {
        listener.set_nonblocking(true)?;
        net::TcpListener::from_std(listener)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, address) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, address))
    }

    fn sleep_until(deadline: Instant) -> Sleep {
        sleep_until(deadline.into())
    }

    fn spawn(task: Task) {
        ::tokio::spawn(task);
    }

    fn run<T, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<T>
    where
        F: Future<Output = T>,
    {
        let mut builder = match threads {
            1 => runtime::Builder::new_current_thread(),
            _ => runtime::Builder::new_multi_thread(),
        };
        if threads > 1 {
            builder.worker_threads(threads).thread_name("waterspout");
        }
        Ok(builder.enable_all().build()?.block_on(main(Self::spawn)))
    }
}

impl Io for TcpStream {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(buf);
        ready!(AsyncRead::poll_read(Pin::new(self), cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match bufs {
            [one] => AsyncWrite::poll_write(Pin::new(self), cx, one),
            many => AsyncWrite::poll_write_vectored(Pin::new(self), cx, many),
        }
    }

    fn shutdown_write(&self) -> io::Result<()> {
        #[cfg(unix)]
        return rustix::net::shutdown(self, rustix::net::Shutdown::Write).map_err(Into::into);
        #[cfg(not(unix))]
        Ok(())
    }

    fn take_error(&self) -> Option<io::Error> {
        TcpStream::take_error(self).ok().flatten()
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        TcpStream::local_addr(self)
    }
}
