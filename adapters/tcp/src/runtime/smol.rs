//! smol.

use super::async_io_net::{OnAsyncIo, Tasks};
use crate::task::Task;

pub(crate) type Smol = OnAsyncIo<OnSmol>;

/// Tasks on smol's own executor, for [`Server::serve`](crate::Server::serve).
pub(crate) struct OnSmol;

impl Tasks for OnSmol {
    fn spawn(task: Task) {
        ::smol::spawn(task).detach();
    }
}
