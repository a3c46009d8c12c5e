//! Handlers that fetch: both ways, and what becomes of them when the client goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestEngine};
use waterspout::{BoxFuture, ClientError, Engine, FetchResponse, Incoming, Outgoing};

use crate::support::{pause, poll, request};

fn world() -> TestEngine {
    let example = Application::new()
        .get("/", async |cx| cx.write("an example"))
        .get("/slow", async |cx| {
            cx.sleep(Duration::from_secs(3)).await?;
            cx.write("late")
        })
        .get("/stream", async |cx| {
            for piece in ["a", "b", "c"] {
                cx.write(piece)?;
                cx.flush().await?;
            }
            Ok(())
        })
        .get("/missing", async |_| Err(Error::new(404)));
    TestEngine::new().host("example.com", example)
}

fn app() -> Application {
    Application::new()
        .get("/await", async |cx| {
            let response = cx.client().fetch("http://example.com/").await?;
            cx.write(response.body())
        })
        .get("/callback", async |cx| {
            let finisher = cx.detach();
            cx.client()
                .fetch_with("http://example.com/", |result| match result {
                    Ok(response) => finisher.finish(response.into_body()),
                    Err(error) => finisher.fail(error),
                });
            Ok(())
        })
        .get("/nested", async |cx| {
            let (finisher, client) = (cx.detach(), cx.client());
            cx.client().fetch_with("http://example.com/", move |first| {
                let first = first.map(FetchResponse::into_body).unwrap_or_default();
                client.fetch_with("http://example.com/stream", move |second| match second {
                    Ok(second) => finisher.finish([&first[..], b" ", &second.into_body()[..]].concat()),
                    Err(error) => finisher.fail(error),
                });
            });
            Ok(())
        })
        .get("/beside", async |cx| {
            let (sender, mut receiver) = Body::channel(None);
            cx.client().fetch_with("http://example.com/slow", move |result| {
                let mut sender = sender;
                sender.send(result.map(FetchResponse::into_body).unwrap_or_default());
                sender.finish(None);
            });
            // The handler waits for what runs beside it.
            let piece = receiver.next_chunk().await.transpose()?.unwrap_or_default();
            cx.write(piece)
        })
        .get("/missing", async |cx| {
            cx.client().fetch("http://example.com/missing").await?;
            Ok(())
        })
        .get("/nowhere", async |cx| {
            cx.client().fetch("http://nowhere.test/?token=secret").await?;
            Ok(())
        })
        .get("/proxy", async |cx| {
            let stream = cx.client().stream("http://example.com/stream").await?;
            cx.send(stream.into_body())
        })
        .client(world())
}

#[test]
fn both_ways_of_fetching() {
    let client = TestClient::new(app());
    assert_eq!(client.get("/await").send().text(), "an example");
    assert_eq!(client.get("/callback").send().text(), "an example");
    assert_eq!(client.get("/nested").send().text(), "an example abc");
    assert_eq!(client.get("/proxy").send().text(), "abc");
}

#[test]
fn a_fetch_runs_beside_its_handler() {
    let clock = TestClient::new(app());
    let app = app().client(world().clock(clock.clock()));
    let response = clock.clock().block_on(app.respond(request("GET", "/beside", ())));
    let body = clock.clock().block_on(async move {
        let mut response = response;
        response.take_body().collect(100).await
    });
    assert_eq!(body.expect("a body"), "late");
}

#[test]
fn a_failure_is_a_502_and_tells_the_client_nothing() {
    let client = TestClient::new(app());
    for path in ["/missing", "/nowhere"] {
        let response = client.get(path).send();
        assert_eq!(response.status(), 502);
        assert!(!response.text().contains("example.com") && !response.text().contains("secret"));
    }
}

#[test]
fn without_an_engine_it_is_a_500_that_says_what_is_missing() {
    let settings = Settings {
        debug: true,
        ..Settings::default()
    };
    let app = Application::new().settings(settings).get("/", async |cx| {
        cx.client().fetch("http://example.com/").await?;
        Ok(())
    });
    let response = TestClient::new(app).get("/").send();
    assert_eq!(response.status(), 500);
    assert!(
        response.text().contains("feature `client`"),
        "{}",
        response.text()
    );
}

/// An engine that never answers and knows when it is dropped.
struct Silent(Arc<AtomicBool>);

struct Flag(Arc<AtomicBool>);

impl Drop for Flag {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Engine for Silent {
    fn send(&self, _: Outgoing) -> BoxFuture<'static, std::result::Result<Incoming, ClientError>> {
        let flag = Flag(self.0.clone());
        Box::pin(async move {
            let _flag = flag;
            std::future::pending().await
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[test]
fn a_request_that_is_dropped_ends_its_fetches() {
    for path in ["/await", "/callback", "/nested"] {
        let dropped = Arc::new(AtomicBool::new(false));
        let app = app().client(Silent(dropped.clone()));
        let mut future = Box::pin(app.respond(request("GET", path, ())));
        assert!(poll(future.as_mut()).is_pending());
        assert!(!dropped.load(Ordering::Relaxed));
        drop(future);
        assert!(dropped.load(Ordering::Relaxed), "{path}");
    }
}

#[test]
fn a_fetch_ends_with_the_request_it_was_for() {
    let dropped = Arc::new(AtomicBool::new(false));
    let app = Application::new()
        .get("/", async |cx| {
            // Not detached: nobody waits for it.
            cx.client()
                .fetch_with("http://example.com/", |_| unreachable!("nobody answers"));
            pause().await;
            cx.write("done")
        })
        .client(Silent(dropped.clone()));
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    assert!(!dropped.load(Ordering::Relaxed), "it runs beside the handler");
    let Poll::Ready(response) = poll(future.as_mut()) else {
        panic!("it waits");
    };
    assert_eq!(response.status(), 200);
    assert!(dropped.load(Ordering::Relaxed));
}
