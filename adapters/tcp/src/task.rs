//! What is spawned for a connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use waterspout::BoxFuture;

use crate::connection::Upgraded;

/// A connection: first in HTTP, then perhaps in what it has become. The memory of HTTP goes back when it is left.
///
/// What it panics with (the application's panics are contained in the core) must not end the thread that runs it, and all
/// the other connections with it.
pub(crate) struct Task(Stage);

enum Stage {
    Http(BoxFuture<'static, Option<Upgraded>>),
    Upgraded(Upgraded),
}

impl Task {
    pub(crate) fn new(http: impl Future<Output = Option<Upgraded>> + Send + 'static) -> Self {
        Self(Stage::Http(Box::pin(http)))
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        catch_unwind(AssertUnwindSafe(|| self.0.poll(cx))).unwrap_or_else(|_| {
            tracing::error!(target: "waterspout", "a connection's task panicked");
            Poll::Ready(())
        })
    }
}

impl Stage {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self {
                Self::Http(http) => match ready!(http.as_mut().poll(cx)) {
                    Some(upgraded) => *self = Self::Upgraded(upgraded),
                    None => return Poll::Ready(()),
                },
                Self::Upgraded(upgraded) => return upgraded.poll(cx),
            }
        }
    }
}
