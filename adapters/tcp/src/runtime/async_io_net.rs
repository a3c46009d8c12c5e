//! Sockets, timers and threads on async-io: what async-std and smol have in common.

use std::future::{pending, poll_fn};
use std::io::{self, IoSlice, Read, Write};
use std::marker::PhantomData;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::thread;
use std::time::{Duration, Instant};

use async_executor::Executor;
use async_io::{Async, Timer};

use super::{Backend, Io, Spawn, later};
use crate::task::Task;

/// How async-std and smol differ: each starts tasks on an executor of its own.
pub(crate) trait Tasks: Send + Sync + 'static {
    fn spawn(task: Task);
}

/// A runtime whose sockets and timers are async-io's.
pub(crate) struct OnAsyncIo<T>(PhantomData<T>);

impl<T: Tasks> Backend for OnAsyncIo<T> {
    type Listener = Async<TcpListener>;
    type Io = AsyncIo;
    type Sleep = Sleep;

    fn listener(listener: TcpListener) -> io::Result<Self::Listener> {
        Async::new(listener)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<(AsyncIo, SocketAddr)> {
        AsyncIo::accept(listener).await
    }

    fn sleep_until(deadline: Instant) -> Sleep {
        Sleep::until(deadline)
    }

    fn spawn(task: Task) {
        T::spawn(task);
    }

    fn run<R, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<R>
    where
        F: Future<Output = R>,
    {
        run(threads, main)
    }
}

pub(crate) struct AsyncIo {
    io: Async<TcpStream>,
    /// The last read filled its buffer: there may be more, so it is worth trying before waiting.
    maybe_readable: bool,
    /// Something to read has been waited for: who is polled again may have been woken by it. async-io says so only if
    /// the event came in a later turn of its reactor than the wait, and a thread that is slow to wake can miss that again
    /// and again; so the read is tried whatever it says.
    waited: bool,
}

impl AsyncIo {
    async fn accept(listener: &Async<TcpListener>) -> io::Result<(Self, SocketAddr)> {
        let (io, address) = listener.accept().await?;
        io.get_ref().set_nodelay(true)?;
        // The request is usually there already, or on its way: the first read is tried at once.
        Ok((
            Self {
                io,
                maybe_readable: true,
                waited: false,
            },
            address,
        ))
    }
}

impl Io for AsyncIo {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut told = true;
            if !self.maybe_readable {
                told = self.io.poll_readable(cx)?.is_ready();
                if !std::mem::replace(&mut self.waited, !told) && !told {
                    return Poll::Pending;
                }
            }
            match self.io.get_ref().read(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.maybe_readable = false;
                    if !told {
                        return Poll::Pending;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    self.waited = false;
                    self.maybe_readable = result.as_ref().is_ok_and(|len| *len == buf.len());
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            let result = match bufs {
                [one] => self.io.get_ref().write(one),
                many => self.io.get_ref().write_vectored(many),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(self.io.poll_writable(cx))?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.io.get_ref().shutdown(Shutdown::Write)
    }

    fn take_error(&self) -> Option<io::Error> {
        self.io.get_ref().take_error().ok().flatten()
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }
}

/// A timer whose output is nothing.
pub(crate) struct Sleep(Timer);

impl Sleep {
    pub(super) fn until(deadline: Instant) -> Self {
        Self(Timer::at(deadline))
    }
}

/// Starts async-io's reactor, which is otherwise started by the first timer that waits.
pub(super) fn start() {
    let mut timer = Timer::after(Duration::from_secs(1));
    let _ = Pin::new(&mut timer).poll(&mut Context::from_waker(Waker::noop()));
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}

/// The executor of [`run`]: a thread that polls its tasks polls the reactor as well, so that a socket's event wakes no
/// other thread.
static EXECUTOR: Executor<'static> = Executor::new();

fn spawn(task: Task) {
    EXECUTOR.spawn(task).detach();
}

fn run<T, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<T>
where
    F: Future<Output = T>,
{
    for number in 1..threads {
        // They live as long as the process, as async-std's own do: `run` is the last line of `main`.
        thread::Builder::new()
            .name(format!("waterspout-{number}"))
            .spawn(|| block_on(EXECUTOR.run(pending::<()>())))?;
    }
    Ok(block_on(EXECUTOR.run(main(spawn))))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    async_io::block_on(poll_fn(|cx| later::poll(future.as_mut(), cx)))
}
