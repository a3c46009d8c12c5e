//! The client goes: the future or the body is dropped. What was running is dropped first, then the hooks run, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{BodyError, Frame, HttpBody};

use crate::support::{Bomb, Log, frame, poll, request, respond};

/// Waits for ever at the stage that the query names.
struct Stuck(Log);

impl Stuck {
    async fn wait(&self, cx: &mut Context, at: &str) -> Result {
        if cx.get_argument_or("at", "")? == at {
            let _running = self.0.guard("dropped");
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

impl RequestHandler for Stuck {
    async fn prepare(&self, cx: &mut Context) -> Result {
        self.wait(cx, "prepare").await
    }

    async fn get(&self, cx: &mut Context) -> Result {
        self.wait(cx, "verb").await?;
        let _running = self.0.guard("dropped");
        cx.set_status(cx.get_argument_or("status", "200")?.parse()?);
        cx.write("first")?;
        cx.flush().await?;
        std::future::pending::<()>().await;
        Ok(())
    }

    async fn post(&self, _: &mut Context) -> Result {
        Err(Error::new(400))
    }

    async fn write_error(&self, cx: &mut Context, _: &Error) -> Result {
        self.wait(cx, "page").await
    }

    fn on_connection_close(&self, cx: &mut Context) {
        self.0.add("on_connection_close");
        if cx.has_argument("panic") {
            panic!("in a hook");
        }
    }

    fn on_finish(&self, cx: &mut Context) {
        self.0.add("on_finish");
        if cx.has_argument("panic") {
            panic!("in a hook");
        }
    }
}

fn app() -> (Application, Log) {
    let log = Log::default();
    (Application::new().route("/", Stuck(log.clone())), log)
}

const ALL: [&str; 3] = ["dropped", "on_connection_close", "on_finish"];

#[test]
fn a_future_dropped_while_the_handler_waits_closes_once_in_order() {
    let (app, log) = app();
    for (method, target) in [
        ("GET", "/?at=prepare"),
        ("GET", "/?at=verb"),
        ("POST", "/?at=page"),
        ("GET", "/?at=verb&panic"),
    ] {
        let mut future = Box::pin(app.respond(request(method, target, ())));
        assert!(poll(future.as_mut()).is_pending());
        assert!(log.take().is_empty());
        drop(future);
        assert_eq!(log.take(), ALL, "{target}");
    }
}

#[test]
fn a_body_dropped_before_its_end_closes_once_in_order() {
    let (app, log) = app();
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(frame(response.body_mut()), "first");
    assert_eq!(frame(response.body_mut()), "pending");
    assert!(log.take().is_empty());
    drop(response);
    assert_eq!(log.take(), ALL);
    // A body that nobody ever read.
    drop(respond(&app, request("GET", "/", ())));
    assert_eq!(log.take(), ALL);
}

#[test]
fn a_request_that_was_never_polled_has_no_hooks() {
    let (app, log) = app();
    drop(app.respond(request("GET", "/", ())));
    assert!(log.take().is_empty());
}

#[test]
fn a_client_that_goes_while_its_body_is_read_has_not_been_prepared() {
    let (app, log) = app();
    let (sender, body) = Body::channel(Some(10));
    let mut future = Box::pin(app.respond(request("GET", "/", body)));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(log.take(), ["on_connection_close"]);
    assert!(sender.is_closed());
}

#[test]
fn head_of_a_streaming_handler_needs_no_body_and_is_no_lost_client() {
    let (app, log) = app();
    let response = respond(&app, request("HEAD", "/", ()));
    assert_eq!(response.status(), 200);
    assert!(response.body().is_empty());
    assert!(!response.headers().contains_key("content-length"));
    assert_eq!(log.take(), ["dropped", "on_finish"]);
}

#[test]
fn a_status_without_content_drops_the_handler_and_is_no_lost_client() {
    let (app, log) = app();
    for status in [204, 205, 304] {
        let response = respond(&app, request("GET", &format!("/?status={status}"), ()));
        assert_eq!(response.status(), status);
        assert!(response.body().is_empty());
        assert_eq!(log.take(), ["dropped", "on_finish"], "{status}");
    }
}

async fn explosive(cx: &mut Context) -> Result {
    let _bomb = Bomb;
    cx.write("x")?;
    if !cx.has_argument("wait") {
        cx.flush().await?;
    }
    if !cx.has_argument("return") {
        std::future::pending::<()>().await;
    }
    Ok(())
}

#[test]
fn a_destructor_that_panics_does_not_reach_the_carrier() {
    let app = Application::new().get("/", explosive);
    let wrapped = app.clone().wrap(async |request, next| next.run(request).await);
    for app in [app, wrapped] {
        let head = respond(&app, request("HEAD", "/", ()));
        assert_eq!(head.status(), 200);

        let response = respond(&app, request("GET", "/", ()));
        assert!(
            catch_unwind(AssertUnwindSafe(|| drop(response))).is_ok(),
            "dropped the body"
        );

        let mut future = Box::pin(app.respond(request("GET", "/?wait", ())));
        assert!(poll(future.as_mut()).is_pending());
        assert!(
            catch_unwind(AssertUnwindSafe(|| drop(future))).is_ok(),
            "dropped the future"
        );

        let response = respond(&app, request("GET", "/?wait&return", ()));
        assert_eq!(response.status(), 500, "a panic like any other");

        let mut response = respond(&app, request("GET", "/?return", ()));
        assert_eq!(frame(response.body_mut()), "x");
        assert_eq!(frame(response.body_mut()), "error");
    }
}

#[test]
fn a_middleware_whose_locals_panic_does_not_reach_the_carrier() {
    let app = Application::new()
        .get("/", explosive)
        .wrap(async |request, next| {
            let _bomb = Bomb;
            next.run(request).await
        });
    let mut future = Box::pin(app.respond(request("GET", "/?wait", ())));
    assert!(poll(future.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(future))).is_ok());
}

/// A body of the user's that panics when it is read, or when it is dropped.
struct BadBody {
    _bomb: Option<Bomb>,
}

impl HttpBody for BadBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        panic!("in poll_frame");
    }
}

#[test]
fn a_body_that_panics_ends_in_an_error() {
    let app = Application::new().get("/", async |cx| {
        let bomb = cx.has_argument("bomb").then(|| Bomb);
        cx.send(Body::new(BadBody { _bomb: bomb }))
    });
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(
        [frame(response.body_mut()), frame(response.body_mut())],
        ["error", "end"]
    );
    for method in ["GET", "HEAD"] {
        let response = respond(&app, request(method, "/?bomb", ()));
        assert_eq!(response.status(), 200);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(response))).is_ok());
    }
    let echo = Application::new().post("/", async |cx| cx.write("read"));
    let response = TestClient::new(echo)
        .post("/")
        .body(Body::new(BadBody { _bomb: None }))
        .send();
    assert_eq!(response.status(), 500, "a request body too");
}
