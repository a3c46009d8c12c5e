//! The client goes: the future or the body is dropped. What was running is dropped first, then the hooks run, once.

use waterspout::prelude::*;

use crate::support::{Log, frame, poll, request, respond};

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

#[test]
fn what_the_hooks_write_goes_nowhere() {
    struct Late(Log);
    impl RequestHandler for Late {
        async fn get(&self, cx: &mut Context) -> Result {
            cx.write("sent")?;
            if cx.has_argument("wait") {
                std::future::pending::<()>().await;
            }
            Ok(())
        }
        fn on_finish(&self, cx: &mut Context) {
            let finisher = cx.detach();
            self.0
                .add(format!("{}", cx.write("late").is_ok() && cx.finish().is_ok()));
            drop(finisher);
        }
        fn on_connection_close(&self, cx: &mut Context) {
            self.on_finish(cx);
        }
    }
    let log = Log::default();
    let app = Application::new().route("/", Late(log.clone()));
    let mut response = respond(&app, request("GET", "/", ()));
    assert_eq!(
        [frame(response.body_mut()), frame(response.body_mut())],
        ["sent", "end"]
    );
    assert_eq!(log.take(), ["true"]);
    let mut future = Box::pin(app.respond(request("GET", "/?wait", ())));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(log.take(), ["true", "false"], "finished by the first hook");
}
