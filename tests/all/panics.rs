//! Panics where nobody expects them: in destructors and in bodies. None reaches the carrier.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{BodyError, Frame, HttpBody};

use crate::support::{Bomb, frame, poll, request, respond};

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
