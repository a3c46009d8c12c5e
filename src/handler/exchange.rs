//! The running handler as the response, and from its first flush on as the response's body.
//!
//! No task is spawned: whoever polls the response, later the body, drives the handler. So it also works under CGI, and
//! dropping the body cancels the handler.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;

use super::tasks::Joined;
use crate::body::{Body, BodyError};
use crate::error::Error;
use crate::panics::drop_contained;
use crate::response::Response;

/// How the life of a request ended.
pub(crate) enum Done {
    /// Nothing was flushed: the whole response.
    Response(Response),
    /// The head went out before: what is left of the body, or why it ends here.
    Tail(Result<(Bytes, Option<HeaderMap>), BodyError>),
}

type Running = Pin<Box<dyn Future<Output = Done> + Send>>;

/// What a flush hands from the handler to whoever polls it.
#[derive(Default)]
pub(crate) struct Exchange {
    slot: Mutex<Slot>,
    pub(super) joined: Joined,
}

#[derive(Default)]
struct Slot {
    /// Boxed, so that a response that is never flushed pays nothing for the place.
    head: Option<Box<Response>>,
    piece: Option<Bytes>,
    /// Waits for the piece to be taken.
    flusher: Option<Waker>,
    /// The body is not wanted (HEAD, 204): dropping the handler is no lost client.
    unwanted: bool,
}

impl Exchange {
    /// No code that can panic runs under this lock, so a poisoned one is still sound.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when the place for a piece is free; else the waker is kept.
    pub(super) fn poll_free(&self, cx: &TaskContext<'_>) -> Poll<()> {
        let mut slot = self.slot();
        if slot.piece.is_none() {
            return Poll::Ready(());
        }
        slot.flusher = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn put(&self, head: Option<Box<Response>>, piece: Bytes) {
        let mut slot = self.slot();
        if head.is_some() {
            slot.head = head;
        }
        slot.piece = Some(piece);
    }

    fn take_head(&self) -> Option<Response> {
        self.slot().head.take().map(|head| *head)
    }

    fn take_piece(&self, cx: &TaskContext<'_>) -> Option<Bytes> {
        let mut slot = self.slot();
        let piece = slot.piece.take()?;
        let flusher = slot.flusher.take();
        drop(slot);
        // The flush usually waits in this very task, which polls it again by itself.
        if let Some(flusher) = flusher.filter(|flusher| !flusher.will_wake(cx.waker())) {
            flusher.wake();
        }
        Some(piece)
    }

    pub(super) fn is_unwanted(&self) -> bool {
        self.slot().unwanted
    }
}

/// A handler at work on one request: a future of the response.
pub(crate) struct Run {
    future: Option<Running>,
    exchange: Arc<Exchange>,
}

impl Run {
    pub(super) fn new(future: Running, exchange: Arc<Exchange>) -> Self {
        Self {
            future: Some(future),
            exchange,
        }
    }

    /// A panic that gets here came from the framework's own code around the handler; the handler's are met in `execute`.
    fn poll_contained(future: &mut Running, cx: &mut TaskContext<'_>) -> Poll<Done> {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))).unwrap_or_else(|panic| {
            let error = Error::panicked(panic);
            tracing::error!(target: "waterspout", %error, "panic outside a handler");
            Poll::Ready(Done::Tail(Err(BodyError::other("panic"))))
        })
    }
}

impl Run {
    /// The response, or its head, has been given: nothing of the handler is left here.
    pub(crate) fn has_ended(&self) -> bool {
        self.future.is_none()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(future) = self.future.take() {
            drop_contained("a handler", future);
        }
    }
}

impl Future for Run {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Response> {
        let this = &mut *self;
        let Some(future) = this.future.as_mut() else {
            return Poll::Pending;
        };
        // A panic that gets through here came from the framework's own code around the handler (the handler's are met in
        // `execute`), and whoever polls a response for a carrier contains it.
        match future.as_mut().poll(cx) {
            Poll::Ready(Done::Response(response)) => {
                this.future = None;
                Poll::Ready(response)
            }
            Poll::Ready(Done::Tail(tail)) => {
                this.future = None;
                Poll::Ready(match this.exchange.take_head() {
                    // A flush that was cancelled after it had put the head down: what it held goes before the tail.
                    Some(mut head) => {
                        let body = HandlerBody {
                            future: None,
                            tail: Some(tail),
                            exchange: this.exchange.clone(),
                        };
                        head.set_body(Body::from_handler(body));
                        head
                    }
                    None => Response::text("500: Internal Server Error\n").with_status(500),
                })
            }
            Poll::Pending => {
                let Some(mut head) = this.exchange.take_head() else {
                    return Poll::Pending;
                };
                let body = HandlerBody {
                    future: this.future.take(),
                    tail: None,
                    exchange: this.exchange.clone(),
                };
                head.set_body(Body::from_handler(body));
                Poll::Ready(head)
            }
        }
    }
}

/// The body of a response whose handler is still running.
pub(crate) struct HandlerBody {
    future: Option<Running>,
    tail: Option<Result<(Bytes, Option<HeaderMap>), BodyError>>,
    exchange: Arc<Exchange>,
}

impl Drop for HandlerBody {
    fn drop(&mut self) {
        drop_contained("a handler", self.future.take());
    }
}

impl HandlerBody {
    /// What is left of a handler that never flushed: its content and its trailers.
    pub(super) fn done(data: Bytes, trailers: HeaderMap) -> Self {
        Self {
            future: None,
            tail: Some(Ok((data, Some(trailers)))),
            exchange: Arc::default(),
        }
    }

    pub(crate) fn poll_frame(
        &mut self,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self;
        loop {
            match this.exchange.take_piece(cx) {
                Some(piece) if !piece.is_empty() => return Poll::Ready(Some(Ok(Frame::data(piece)))),
                // An empty flush sent the head; the handler goes on.
                Some(_) => {}
                None if this.future.is_none() => break,
                None => {}
            }
            if let Some(future) = this.future.as_mut() {
                match Run::poll_contained(future, cx) {
                    Poll::Ready(done) => {
                        this.future = None;
                        this.tail = match done {
                            Done::Tail(tail) => Some(tail),
                            Done::Response(_) => None,
                        };
                    }
                    Poll::Pending => match this.exchange.take_piece(cx) {
                        Some(piece) if !piece.is_empty() => return Poll::Ready(Some(Ok(Frame::data(piece)))),
                        Some(_) => {}
                        None => return Poll::Pending,
                    },
                }
            }
        }
        Poll::Ready(match this.tail.take() {
            None => None,
            Some(Err(error)) => Some(Err(error)),
            Some(Ok((data, trailers))) if data.is_empty() => {
                trailers.map(|trailers| Ok(Frame::trailers(trailers)))
            }
            Some(Ok((data, trailers))) => {
                if trailers.is_some() {
                    this.tail = Some(Ok((Bytes::new(), trailers)));
                }
                Some(Ok(Frame::data(data)))
            }
        })
    }

    pub(crate) fn is_end(&self) -> bool {
        self.future.is_none() && self.tail.is_none() && self.exchange.slot().piece.is_none()
    }

    /// Drops the handler of a response without content after its head: it has nothing more to say.
    pub(crate) fn drop_unwanted(self) {
        self.exchange.slot().unwanted = true;
    }
}
