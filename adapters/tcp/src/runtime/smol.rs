//! smol.

use waterspout::BoxFuture;

use super::async_io_net::{OnAsyncIo, Tasks};

pub(crate) type Smol = OnAsyncIo<OnSmol>;

/// Tasks on smol's own executor, for [`Server::serve`](crate::Server::serve).
pub(crate) struct OnSmol;

impl Tasks for OnSmol {
    fn spawn(task: BoxFuture<'static, ()>) {
        ::smol::spawn(task).detach();
    }
}
