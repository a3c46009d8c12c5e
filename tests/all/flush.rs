//! Flushes that are cancelled, or polled by a set of futures.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll, Wake, Waker};

use futures_lite::future::or;
use waterspout::prelude::*;

use crate::support::{frame, pause, request, respond};

#[test]
fn a_flush_that_a_select_cancels_loses_nothing() {
    async fn racing(cx: &mut Context) -> Result {
        for piece in ["a", "b"] {
            cx.write(piece)?;
            // The other side is ready at once: the flush is dropped at its first wait.
            or(cx.flush(), async { Ok(()) }).await?;
        }
        if cx.has_argument("fail") {
            return Err(Error::new(500));
        }
        cx.write("c")
    }
    let app = Application::new().get("/", racing);
    let mut response = respond(&app, request("GET", "/", ()));
    let mut text = String::new();
    loop {
        match frame(response.body_mut()).as_str() {
            "end" => break,
            piece => text.push_str(piece),
        }
    }
    assert_eq!(text, "abc");
    let mut failed = respond(&app, request("GET", "/?fail", ()));
    assert_eq!(
        (frame(failed.body_mut()), frame(failed.body_mut())),
        ("a".into(), "error".into())
    );
}

#[test]
fn a_cancelled_first_flush_sends_the_head_when_the_handler_waits_next() {
    let app = Application::new().get("/", async |cx| {
        cx.write("a")?;
        or(cx.flush(), async { Ok(()) }).await?;
        cx.write("b")?;
        pause().await;
        cx.flush().await?;
        cx.write("c")
    });
    let mut response = respond(&app, request("GET", "/", ()));
    let body = response.body_mut();
    assert_eq!(
        [frame(body), frame(body), frame(body), frame(body)],
        ["a", "b", "c", "end"]
    );
}

/// Polls what it holds only when its own waker was woken, as sets of futures do.
struct Choosy<F> {
    future: Pin<Box<F>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool, Waker);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
        self.1.wake_by_ref();
    }
}

impl<F: Future> Future for Choosy<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<F::Output> {
        if !self.woken.0.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let waker = Waker::from(self.woken.clone());
        self.future.as_mut().poll(&mut TaskContext::from_waker(&waker))
    }
}

#[test]
fn a_flush_with_a_waker_of_its_own_is_woken() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        for piece in ["a", "b"] {
            cx.write(piece)?;
            let flush = Choosy {
                future: Box::pin(cx.flush()),
                woken: Arc::new(Woken(AtomicBool::new(true), Waker::noop().clone())),
            };
            flush.await?;
        }
        Ok(())
    });
    let mut response = respond(&app, request("GET", "/", ()));
    let body = response.body_mut();
    assert_eq!([frame(body), frame(body), frame(body)], ["a", "b", "end"]);
}
