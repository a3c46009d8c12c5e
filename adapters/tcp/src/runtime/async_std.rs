//! async-std. Its own types run on async-io's reactor, so any of its calls works in a handler.

use super::async_io_net::{OnAsyncIo, Tasks};
use crate::task::Task;

pub(crate) type AsyncStd = OnAsyncIo<OnAsyncStd>;

/// Tasks on async-std's own executor, for [`Server::serve`](crate::Server::serve).
pub(crate) struct OnAsyncStd;

impl Tasks for OnAsyncStd {
    fn spawn(task: Task) {
        ::async_std::task::spawn(task);
    }
}
