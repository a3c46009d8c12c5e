//! What [`Server::run`](crate::Server::run) serves on under async-std and smol on Linux: their executor, with sockets on an
//! edge-triggered epoll of each thread's own.
//!
//! async-io asks epoll for one event at a time and asks anew after each: two calls more for every request, and two for its
//! timer and its notifier. Here a socket is registered once. Everything else is still async-io's (timers, and whatever a
//! handler does through async-std or smol), driven by its own thread, which wakes our tasks like any other waker.

mod reactor;
mod source;

use std::future::pending;
use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::Instant;

use async_executor::Executor;

use self::source::Source;
use super::async_io_net::{self, Sleep};
use super::{Backend, Io, Spawn};
use crate::task::Task;

pub(crate) struct Edge;

pub(crate) struct Listener {
    socket: TcpListener,
    source: Source,
}

/// A stream is registered with the thread that first waits for it: so connections spread over the threads.
pub(crate) struct Stream {
    socket: TcpStream,
    source: Option<Source>,
}

impl Backend for Edge {
    type Listener = Listener;
    type Io = Stream;
    type Sleep = Sleep;

    fn listener(socket: TcpListener) -> io::Result<Listener> {
        socket.set_nonblocking(true)?;
        // The waiting happens in `accept`; an accept loop that has not begun misses nothing, since a source starts ready.
        let source = Source::new(&socket)?;
        Ok(Listener { socket, source })
    }

    async fn accept(listener: &Listener) -> io::Result<(Stream, SocketAddr)> {
        std::future::poll_fn(|cx| {
            loop {
                ready!(listener.source.poll_readable(cx));
                listener.source.clear_readable();
                match listener.socket.accept() {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => {
                        listener.source.set_readable();
                        return Poll::Ready(Err(error));
                    }
                    Ok((socket, address)) => {
                        // There may be more behind it, and no edge would tell.
                        listener.source.set_readable();
                        socket.set_nonblocking(true)?;
                        socket.set_nodelay(true)?;
                        return Poll::Ready(Ok((Stream { socket, source: None }, address)));
                    }
                }
            }
        })
        .await
    }

    fn sleep_until(deadline: Instant) -> Sleep {
        Sleep::until(deadline)
    }

    fn spawn(task: Task) {
        // The accept loop runs on a thread of `run`, so there is one; elsewhere there would be nobody to run the task.
        if let Ok(reactor) = reactor::Reactor::current() {
            reactor.executor.spawn(task).detach();
        }
    }

    fn run<T, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<T>
    where
        F: Future<Output = T>,
    {
        // Its timers are wanted when the system has no descriptors left, and then it could not be started: it panics.
        async_io_net::start();
        // A thread without tasks takes those of another.
        let executor = Arc::new(Executor::new());
        for number in 1..threads {
            let reactor = reactor::Reactor::new(executor.clone())?;
            // They live as long as the process, as async-std's own do: `run` is the last line of `main`.
            thread::Builder::new()
                .name(format!("waterspout-{number}"))
                .spawn(move || reactor.clone().block_on(reactor.executor.run(pending::<()>())))?;
        }
        let reactor = reactor::Reactor::new(executor.clone())?;
        Ok(reactor.block_on(executor.run(main(Self::spawn))))
    }
}

impl Stream {
    fn source(&mut self) -> io::Result<&Source> {
        match &mut self.source {
            Some(source) => Ok(source),
            slot => Ok(slot.insert(Source::new(&self.socket)?)),
        }
    }
}

impl Io for Stream {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let Self { socket, source } = self;
        let source = match source {
            Some(source) => source,
            slot => slot.insert(Source::new(&*socket)?),
        };
        loop {
            ready!(source.poll_readable(cx));
            // Cleared first: bytes that come after this set it again, bytes that came before are read now.
            source.clear_readable();
            match socket.read(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => source.set_readable(),
                result => {
                    // A short read has emptied the socket; a full one may not have.
                    if result.as_ref().map_or(true, |len| *len == buf.len()) {
                        source.set_readable();
                    }
                    return Poll::Ready(result);
                }
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut cleared = false;
        loop {
            let result = match bufs {
                [one] => self.socket.write(one),
                many => self.socket.write_vectored(many),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let source = self.source()?;
                    if cleared {
                        ready!(source.poll_writable(cx));
                        cleared = false;
                    } else {
                        // Tried once more after it: room that was made in between would give no edge.
                        source.clear_writable();
                        cleared = true;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn take_error(&self) -> Option<io::Error> {
        self.socket.take_error().ok().flatten()
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}
