//! The life of a connection after the 101.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use super::rounds::Rounds;
use super::shared::Incoming;
use super::{Close, CloseCode, Closed, WebSocket, WebSocketHandler};
use crate::error::{Error, Result};
use crate::panics::contain;
use crate::request_id::RequestId;

/// A handler and its connection. However it ends, `on_close` is called once.
pub(super) struct Life<H: WebSocketHandler> {
    pub(super) handler: H,
    pub(super) ws: WebSocket,
    pub(super) id: RequestId,
    /// `open` may have been called, `on_close` was not yet.
    pub(super) open: bool,
}

impl<H: WebSocketHandler> Life<H> {
    /// Everything happens in the one task that polls this: the pump moves bytes, the callbacks run between two of its
    /// rounds, and neither waits for the other.
    pub(super) async fn run(&mut self, pump: &mut impl Rounds) {
        self.open = true;
        {
            let shared = self.ws.shared.clone();
            let id = self.id.clone();
            let mut talk = pin!(self.talk());
            let mut talking = true;
            let mut over = false;
            let mut deadline = None;
            poll_fn(|cx| {
                let mut callbacks = |cx: &mut TaskContext<'_>| {
                    if talking && let Poll::Ready(result) = contained(talk.as_mut(), cx) {
                        talking = false;
                        if let Err(error) = result {
                            report(&id, &error);
                            shared.close(Close::new(CloseCode::INTERNAL_ERROR, ""), false);
                        }
                    }
                };
                if !over {
                    std::task::ready!(pump.poll(cx, &mut callbacks));
                    over = true;
                }
                // What was read before the end is still heard.
                callbacks(cx);
                if !talking {
                    return Poll::Ready(());
                }
                let close_timeout = pump.close_timeout();
                let timer = pump.timer();
                let deadline = *deadline.get_or_insert_with(|| timer.now() + close_timeout);
                timer.poll(cx, deadline).map(drop)
            })
            .await;
        }
        self.open = false;
        let close_timeout = pump.close_timeout();
        let timer = pump.timer();
        let deadline = timer.now() + close_timeout;
        let Self { handler, ws, id, .. } = self;
        let mut on_close = pin!(async {
            handler.on_close(ws).await;
            Ok(())
        });
        poll_fn(|cx| {
            if let Poll::Ready(result) = contained(on_close.as_mut(), cx) {
                if let Err(error) = result {
                    report(id, &error);
                }
                return Poll::Ready(());
            }
            timer.poll(cx, deadline).map(drop)
        })
        .await;
    }

    /// The callbacks, one after the other. One that writes after the end has not failed, and what came before the end is
    /// heard all the same.
    async fn talk(&mut self) -> Result {
        let Self { handler, ws, .. } = self;
        let shared = Arc::clone(&ws.shared);
        let unless_closed = |result: Result| match result {
            Err(error) if shared.is_closed() && is_closed(&error) => Ok(()),
            other => other,
        };
        unless_closed(handler.open(ws).await)?;
        while let Some(incoming) = poll_fn(|_| shared.poll_incoming()).await {
            unless_closed(match incoming {
                Incoming::Message(message) => handler.on_message(ws, message).await,
                Incoming::Ping(data) => handler.on_ping(ws, data).await,
                Incoming::Pong(data) => handler.on_pong(ws, data).await,
            })?;
        }
        Ok(())
    }
}

impl<H: WebSocketHandler> Drop for Life<H> {
    /// The whole connection is dropped while it is open: nobody will poll what `on_close` waits for.
    fn drop(&mut self) {
        if self.open {
            self.ws.shared.end(CloseCode::ABNORMAL.into());
            let Self { handler, ws, .. } = self;
            contain(format_args!("in on_close"), || {
                let mut cx = TaskContext::from_waker(Waker::noop());
                let _ = pin!(handler.on_close(ws)).poll(&mut cx);
            });
        }
    }
}

/// Turns a panic into an error, which closes the connection.
fn contained(future: Pin<&mut impl Future<Output = Result>>, cx: &mut TaskContext<'_>) -> Poll<Result> {
    catch_unwind(AssertUnwindSafe(|| future.poll(cx)))
        .unwrap_or_else(|panic| Poll::Ready(Err(Error::panicked(panic))))
}

fn is_closed(error: &Error) -> bool {
    matches!(error.cause(), Some(cause) if cause.is::<Closed>())
}

fn report(id: &RequestId, error: &Error) {
    let id = id.as_str();
    if error.is_panic() {
        tracing::error!(target: "waterspout", id, %error, "a WebSocket handler panicked");
    } else {
        tracing::error!(target: "waterspout", id, %error, "a WebSocket handler failed");
    }
}
