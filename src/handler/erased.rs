//! Handlers of any type behind one pointer.

use std::sync::Arc;

use super::exchange::Run;
use super::{Context, RequestHandler, execute};

/// The private twin of [`RequestHandler`] that can be a trait object: one boxed future a request.
pub(crate) trait ErasedHandler: Send + Sync {
    /// Begins the life of a request.
    fn start(self: Arc<Self>, cx: Context) -> Run;
}

impl<H: RequestHandler> ErasedHandler for H {
    fn start(self: Arc<Self>, cx: Context) -> Run {
        let exchange = cx.exchange().clone();
        Run::new(Box::pin(execute::execute(self, cx)), exchange)
    }
}
