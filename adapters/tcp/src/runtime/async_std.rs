//! async-std. Its own types run on async-io's reactor, so any of its calls works in a handler.

use waterspout::BoxFuture;

use super::async_io_net::{OnAsyncIo, Tasks};

pub(crate) type AsyncStd = OnAsyncIo<OnAsyncStd>;

/// Tasks on async-std's own executor, for [`Server::serve`](crate::Server::serve).
pub(crate) struct OnAsyncStd;

impl Tasks for OnAsyncStd {
    fn spawn(task: BoxFuture<'static, ()>) {
        ::async_std::task::spawn(task);
    }
}
