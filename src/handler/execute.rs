//! The whole life of a request, in one place.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::header::ALLOW;
use http::{HeaderValue, Method};

use super::exchange::Done;
use super::function::is_missing;
use super::{Context, RequestHandler, allow, page};
use crate::error::{Error, Result};
use crate::panics::contain;

/// Origin → body → XSRF token → user → `prepare` → verb → (detached: its [`Finisher`](super::Finisher)) → session → error page → response → `on_finish`.
///
/// A block and not an `async fn`: that would hold its arguments twice, and this is the one future a request allocates.
pub(super) fn execute<H: RequestHandler>(handler: Arc<H>, cx: Context) -> impl Future<Output = Done> + Send {
    let mut life = Life {
        handler,
        cx,
        prepared: false,
        running: false,
    };
    async move {
        life.running = true;
        let outcome = {
            let exchange = life.cx.exchange().clone();
            let mut stages = pin!(life.stages());
            poll_fn(move |task| {
                loop {
                    let polled = contained(stages.as_mut(), task);
                    if polled.is_ready() || exchange.joined.poll(task).is_pending() {
                        return polled;
                    }
                }
            })
            .await
        };
        if let Err(error) = outcome {
            // Boxed: errors are rare, and their future is not small.
            Box::pin(life.fail(error)).await;
        }
        life.end()
    }
}

struct Life<H: RequestHandler> {
    handler: Arc<H>,
    cx: Context,
    prepared: bool,
    /// Has begun and not ended. A request that is dropped before it was ever polled has no hooks.
    running: bool,
}

impl<H: RequestHandler> Life<H> {
    async fn stages(&mut self) -> Result {
        let (handler, cx) = (&*self.handler, &mut self.cx);
        cx.check_target()?;
        cx.check_cross_origin(handler)?;
        cx.decode_body()?;
        if !handler.stream_request_body() && !cx.incoming.is_empty() {
            Box::pin(cx.buffer_body()).await?;
        }
        cx.check_xsrf(handler)?;
        if cx.for_users || handler.authenticated() {
            Box::pin(cx.check_user()).await?;
        }
        if !cx.is_finished() {
            self.prepared = true;
            handler.prepare(cx).await?;
        }
        if !cx.is_finished() {
            verb(handler, cx).await?;
        }
        cx.detached().await?;
        if cx.has_session() {
            // Boxed: most requests have none.
            Box::pin(cx.save_session()).await?;
        }
        Ok(())
    }

    async fn fail(&mut self, mut error: Error) {
        if error.is_finish() {
            match self.save_session().await {
                Ok(()) => return,
                Err(failed) => error = failed,
            }
        }
        let (handler, cx) = (&*self.handler, &mut self.cx);
        if error.is_not_allowed() && !error.headers().contains_key(ALLOW) {
            // A verb may be a function that runs code of the user's before it gives its future.
            let methods = catch_unwind(AssertUnwindSafe(|| allow::join(&allow::methods(handler, cx))));
            error = match methods.map(HeaderValue::try_from) {
                Ok(Ok(value)) => error.header(ALLOW, value),
                Ok(Err(_)) => error,
                Err(panic) => Error::panicked(panic),
            };
        }
        cx.log_failure(&error);
        if !cx.begin_error(&error) {
            self.save_session_of_failed().await;
            return;
        }
        let written = {
            let mut page = pin!(async { handler.write_error(cx, &error).await });
            poll_fn(move |task| contained(page.as_mut(), task)).await
        };
        if let Err(second) = written
            && !second.is_finish()
        {
            cx.log_failure(&second);
            if cx.begin_error(&error) {
                // Fails only on a status or header it cannot set, and it sets none of its own.
                let _ = page::write(cx, &error);
            }
        }
        self.save_session_of_failed().await;
    }

    /// Saves the session after an error: of a 5xx only its end.
    async fn save_session_of_failed(&mut self) {
        if let Err(error) = self.save_session().await {
            self.cx.log_failure(&error);
            if !self.cx.is_failing() && self.cx.begin_error(&error) {
                let _ = page::write(&mut self.cx, &error);
            }
        }
    }

    async fn save_session(&mut self) -> Result {
        let mut saved = pin!(self.cx.save_session());
        poll_fn(move |task| contained(saved.as_mut(), task)).await
    }

    fn end(&mut self) -> Done {
        self.running = false;
        self.cx.exchange().joined.close();
        let mut done = self.cx.end();
        self.finished();
        if let Done::Response(response) = &mut done {
            self.cx.hand_over(response);
        }
        done
    }

    /// `on_finish`, then the access log.
    fn finished(&mut self) {
        let Self {
            handler,
            cx,
            prepared,
            ..
        } = self;
        if *prepared {
            contain(format_args!("in on_finish"), || handler.on_finish(cx));
        }
        cx.log_access();
    }
}

impl<H: RequestHandler> Drop for Life<H> {
    /// The client has gone: the verb's future was dropped before this runs, since it borrows what stands here.
    fn drop(&mut self) {
        if self.running {
            self.cx.exchange().joined.close();
            if !self.cx.is_unwanted() {
                let Self { handler, cx, .. } = self;
                contain(format_args!("in on_connection_close"), || {
                    handler.on_connection_close(cx);
                });
            }
            self.finished();
        }
    }
}

/// Calls the function of the method; `other` for what has none; then the framework's own answers.
async fn verb<H: RequestHandler>(handler: &H, cx: &mut Context) -> Result {
    macro_rules! first_written {
        ($($verb:ident),+) => {{
            $(
                let future = handler.$verb(cx);
                if !is_missing(&future) {
                    return future.await;
                }
                drop(future);
            )+
        }};
    }
    let method = cx.request().method().clone();
    match method {
        Method::GET => first_written!(get, other),
        Method::HEAD => first_written!(head, get, other),
        Method::POST => first_written!(post, other),
        Method::PUT => first_written!(put, other),
        Method::PATCH => first_written!(patch, other),
        Method::DELETE => first_written!(delete, other),
        Method::OPTIONS => first_written!(options, other),
        _ => first_written!(other),
    }
    if method == Method::OPTIONS {
        let methods = allow::join(&allow::methods(handler, cx));
        cx.set_status(204);
        return cx.set_header(ALLOW, methods);
    }
    Err(if allow::is_known(&method) {
        Error::method_not_allowed()
    } else {
        Error::new(501)
    })
}

/// Turns a panic into an error, so that the handler's own error page answers it.
fn contained(future: Pin<&mut impl Future<Output = Result>>, cx: &mut TaskContext<'_>) -> Poll<Result> {
    catch_unwind(AssertUnwindSafe(|| future.poll(cx)))
        .unwrap_or_else(|panic| Poll::Ready(Err(Error::panicked(panic))))
}
