//! Streamed responses, polled by hand: no executor, no waker, one poll at a time.

use std::task::Poll;

use waterspout::HttpBody;
use waterspout::prelude::*;

use crate::support::{Log, frame, pause, poll, request, respond};

/// Three pieces, each noted before and after its flush.
struct Pieces(Log);

impl RequestHandler for Pieces {
    async fn get(&self, cx: &mut Context) -> Result {
        for piece in ["a", "b", "c"] {
            self.0.add(piece);
            cx.write(piece)?;
            cx.flush().await?;
            self.0.add(format!("{piece} gone"));
        }
        cx.write("tail")
    }

    fn on_finish(&self, _: &mut Context) {
        self.0.add("on_finish");
    }
}

#[test]
fn each_flush_is_one_frame_and_nothing_runs_ahead() {
    let log = Log::default();
    let app = Application::new().route("/", Pieces(log.clone()));
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(log.take(), ["a"]);
    let body = response.body_mut();
    assert_eq!((body.len(), body.is_end_stream()), (None, false));
    // The piece is taken; the handler runs on when the next one is asked for.
    assert_eq!(frame(body), "a");
    assert!(log.take().is_empty());
    assert_eq!(frame(body), "b");
    assert_eq!(log.take(), ["a gone", "b"]);
    assert_eq!(frame(body), "c");
    assert_eq!(log.take(), ["b gone", "c"]);
    assert_eq!(frame(body), "tail");
    assert_eq!(log.take(), ["c gone", "on_finish"]);
    assert!(body.is_end_stream());
    assert_eq!((frame(body), frame(body)), ("end".into(), "end".into()));
}

#[test]
fn an_empty_flush_sends_the_head_alone() {
    let app = Application::new().get("/", async |cx| {
        cx.set_status(202);
        cx.flush().await?;
        pause().await;
        cx.flush().await?;
        cx.write("late")
    });
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(response.status(), 202);
    assert_eq!(frame(response.body_mut()), "pending");
    assert_eq!(frame(response.body_mut()), "late");
    assert_eq!(frame(response.body_mut()), "end");
}

#[test]
fn after_the_head_no_field_can_be_set() {
    let app = Application::new().get("/", async |cx| {
        cx.flush().await?;
        let late = [
            cx.set_header("x-late", "1"),
            cx.add_header("x-late", "1"),
            cx.redirect("/"),
            cx.send("x"),
            cx.send_file("Cargo.toml").await,
        ];
        assert!(late.iter().all(Result::is_err));
        cx.write("ok")
    });
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(frame(response.body_mut()), "ok");
    assert!(!response.headers().contains_key("x-late"));
}

#[test]
fn a_failure_after_the_head_ends_the_body_in_an_error() {
    let log = Log::default();
    struct Fails(Log);
    impl RequestHandler for Fails {
        async fn get(&self, cx: &mut Context) -> Result {
            cx.write("head")?;
            cx.flush().await?;
            cx.write("never sent")?;
            if cx.has_argument("panic") {
                panic!("after the head");
            }
            Err(Error::new(404))
        }
        async fn write_error(&self, _: &mut Context, _: &Error) -> Result {
            self.0.add("write_error");
            Ok(())
        }
        fn on_finish(&self, _: &mut Context) {
            self.0.add("on_finish");
        }
        fn on_connection_close(&self, _: &mut Context) {
            self.0.add("on_connection_close");
        }
    }
    let app = Application::new().route("/", Fails(log.clone()));
    for target in ["/", "/?panic"] {
        let mut response = respond(&app, request("GET", target, ()));
        let body = response.body_mut();
        assert_eq!([frame(body), frame(body), frame(body)], ["head", "error", "end"]);
        assert!(body.is_end_stream());
        drop(response);
        assert_eq!(log.take(), ["on_finish"], "{target}");
    }
}

#[test]
fn trailers_follow_the_last_piece() {
    async fn sum(cx: &mut Context) -> Result {
        if cx.has_argument("flush") {
            cx.write("one")?;
            cx.flush().await?;
        }
        if cx.has_argument("tail") {
            cx.write("two")?;
        }
        cx.add_trailer("x-sum", "3")
    }
    let app = Application::new().get("/", sum);
    for (target, frames) in [
        ("/?flush&tail", &["one", "two", "trailers", "end"][..]),
        ("/?flush", &["one", "trailers", "end"]),
        ("/?tail", &["two", "trailers", "end"]),
    ] {
        let mut response = respond(&app, request("GET", target, ()));
        let got: Vec<_> = frames.iter().map(|_| frame(response.body_mut())).collect();
        assert_eq!(got, frames, "{target}");
    }
}

#[test]
fn the_handler_may_wait_between_flushes() {
    let app = Application::new().get("/", async |cx| {
        pause().await;
        cx.write("x")?;
        cx.flush().await?;
        pause().await;
        Ok(())
    });
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    let Poll::Ready(mut response) = poll(future.as_mut()) else {
        panic!("no head");
    };
    assert!(
        poll(future.as_mut()).is_pending(),
        "polled once too often, it stays quiet"
    );
    let body = response.body_mut();
    assert_eq!([frame(body), frame(body), frame(body)], ["x", "pending", "end"]);
}
