//! Middleware around handlers that stream, or that never end.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{BodyError, Frame, HttpBody};

use crate::support::{Log, frame, pause, request, respond};

async fn page(cx: &mut Context) -> Result {
    cx.write("page")
}

/// Makes a body upper case, piece by piece.
struct Upper(Body);

impl HttpBody for Upper {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.0).poll_frame(cx);
        polled.map(|end| end.map(|frame| frame.map(|f| f.map_data(|data| data.to_ascii_uppercase().into()))))
    }
}

async fn upper(request: Request, next: Next<'_>) -> Response {
    let mut response = next.run(request).await;
    let body = Upper(response.take_body());
    response.set_body(Body::new(body));
    response
}

#[test]
fn a_streaming_body_is_wrapped_without_being_read() {
    let log = Log::default();
    struct Slow(Log);
    impl RequestHandler for Slow {
        async fn get(&self, cx: &mut Context) -> Result {
            cx.write("one")?;
            cx.flush().await?;
            pause().await;
            self.0.add("resumed");
            cx.write("two")
        }
        fn on_connection_close(&self, _: &mut Context) {
            self.0.add("on_connection_close");
        }
        fn on_finish(&self, _: &mut Context) {
            self.0.add("on_finish");
        }
    }
    let app = Application::new().wrap(upper).route("/", Slow(log.clone()));
    let mut response = respond(&app, request("GET", "/", ()));
    let body = response.body_mut();
    assert_eq!([frame(body), frame(body)], ["ONE", "pending"]);
    assert!(log.take().is_empty());
    assert_eq!([frame(body), frame(body)], ["TWO", "end"]);
    assert_eq!(log.take(), ["resumed", "on_finish"]);
    drop(respond(&app, request("GET", "/", ())));
    assert_eq!(log.take(), ["on_connection_close", "on_finish"]);
    // HEAD: the body that is not wanted is inside another one.
    assert_eq!(respond(&app, request("HEAD", "/", ())).status(), 200);
    assert_eq!(log.take(), ["on_finish"], "no client was lost");
}

#[test]
fn a_timeout_drops_the_handler() {
    let log = Log::default();
    struct Endless(Log);
    impl RequestHandler for Endless {
        async fn get(&self, _: &mut Context) -> Result {
            let _running = self.0.guard("dropped");
            std::future::pending().await
        }
        fn on_finish(&self, _: &mut Context) {
            self.0.add("on_finish");
        }
    }
    let app = Application::new()
        .wrap(async |request: Request, next: Next<'_>| {
            let Some(carrier) = request.carrier().cloned() else {
                return Response::default();
            };
            let timeout = async {
                carrier.sleep(Duration::from_secs(5)).await;
                Response::text("too slow").with_status(503)
            };
            futures_lite::future::or(next.run(request), timeout).await
        })
        .route("/", Endless(log.clone()))
        .get("/quick", page);
    let client = TestClient::new(app);
    assert_eq!(client.get("/quick").send().text(), "page");
    assert_eq!(client.get("/").send().status(), 503);
    assert_eq!(log.take(), ["dropped", "on_finish"]);
}
