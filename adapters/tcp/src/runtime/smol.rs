//! smol.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Instant;

use async_io::Async;
use waterspout::BoxFuture;

use super::async_io_net::{self, AsyncIo, Sleep};
use super::{Backend, Spawn};

pub(crate) struct Smol;

impl Backend for Smol {
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

    fn spawn(task: BoxFuture<'static, ()>) {
        ::smol::spawn(task).detach();
    }

    fn run<T, F>(threads: usize, main: impl FnOnce(Spawn) -> F) -> io::Result<T>
    where
        F: Future<Output = T>,
    {
        async_io_net::run(threads, main)
    }
}
