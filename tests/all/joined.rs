//! Futures that run along with a detached request, without a task of their own.

use std::task::Poll;

use waterspout::prelude::*;

use crate::support::{frame, pause, poll, request};

#[test]
fn joined_futures_run_along_until_the_finisher_is_used() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let finisher = cx.detach();
        cx.join(async move {
            pause().await;
            pause().await;
            finisher.finish("joined");
        });
        cx.join(std::future::pending());
        Ok(())
    });
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    assert!(poll(future.as_mut()).is_pending());
    let Poll::Ready(mut response) = poll(future.as_mut()) else {
        panic!("not finished");
    };
    assert_eq!(frame(response.body_mut()), "joined");
}

#[test]
fn a_joined_future_that_panics_is_a_500() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let finisher = cx.detach();
        cx.join(async move {
            pause().await;
            assert!(finisher.is_closed(), "on purpose");
        });
        Ok(())
    });
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    let Poll::Ready(response) = poll(future.as_mut()) else {
        panic!("not finished");
    };
    assert_eq!(response.status(), 500);
}

#[test]
fn a_completion_can_detach_again() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let first = cx.detach();
        cx.join(async move {
            pause().await;
            first.complete(|cx| {
                cx.write("one ")?;
                let second = cx.detach();
                cx.join(async move {
                    pause().await;
                    second.finish("two");
                });
                Ok(())
            });
        });
        Ok(())
    });
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    let mut polls = 0;
    let mut response = loop {
        polls += 1;
        assert!(polls < 10, "never finished");
        if let Poll::Ready(response) = poll(future.as_mut()) {
            break response;
        }
    };
    assert_eq!(frame(response.body_mut()), "one two");
}
