//! Requests that are finished from elsewhere.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use waterspout::Finisher;
use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::support::{Log, frame, poll, request, respond};

/// Where handlers leave their Finisher for the test.
type Shelf = Arc<Mutex<Vec<Finisher>>>;

/// Detaches in GET, and in POST after it has flushed.
struct Detaches(Shelf, Log);

impl RequestHandler for Detaches {
    async fn get(&self, cx: &mut Context) -> Result {
        shelve(&self.0, cx);
        cx.write("begun ")
    }

    async fn post(&self, cx: &mut Context) -> Result {
        shelve(&self.0, cx);
        cx.write("begun ")?;
        cx.flush().await
    }

    fn on_connection_close(&self, _: &mut Context) {
        self.1.add("on_connection_close");
    }

    fn on_finish(&self, _: &mut Context) {
        self.1.add("on_finish");
    }
}

fn app() -> (Application, Shelf, Log) {
    let (shelf, log) = (Shelf::default(), Log::default());
    let app = Application::new().route("/", Detaches(shelf.clone(), log.clone()));
    (app, shelf, log)
}

fn shelve(shelf: &Shelf, cx: &mut Context) {
    shelf.lock().expect("shelf").push(cx.detach());
}

fn taken(shelf: &Shelf) -> Finisher {
    shelf.lock().expect("shelf").pop().expect("a Finisher")
}

/// Runs GET to its detachment, lets `f` finish it, gives status and text.
fn finished(f: impl FnOnce(Finisher)) -> (u16, String) {
    let (app, shelf, log) = app();
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    assert!(log.take().is_empty(), "not finished yet");
    f(taken(&shelf));
    let Poll::Ready(mut response) = poll(future.as_mut()) else {
        panic!("not finished");
    };
    assert_eq!(log.take(), ["on_finish"]);
    (response.status().as_u16(), frame(response.body_mut()))
}

#[test]
fn the_finisher_ends_the_request() {
    assert_eq!(finished(|f| f.finish("and done")), (200, "begun and done".into()));
    let made = finished(|f| {
        f.complete(|cx| {
            cx.set_status(201);
            cx.write("made")
        });
    });
    assert_eq!(made, (201, "begun made".into()));
    assert_eq!(
        finished(|f| f.complete(|_| Err(Error::finish()))),
        (200, "begun ".into())
    );
}

#[test]
fn failures_of_the_finisher_are_error_pages() {
    for (f, status) in [
        (
            Box::new(|f: Finisher| f.fail(Error::new(503))) as Box<dyn FnOnce(Finisher)>,
            503,
        ),
        (Box::new(|f: Finisher| f.complete(|_| Err(Error::new(409)))), 409),
        (
            Box::new(|f: Finisher| f.complete(|_| panic!("in a callback"))),
            500,
        ),
        (Box::new(|f: Finisher| drop(f)), 500),
    ] {
        let (got, page) = finished(f);
        assert_eq!(got, status);
        assert!(
            page.contains(&status.to_string()) && !page.contains("begun"),
            "{page}"
        );
    }
}

#[test]
fn a_thread_can_finish_and_wakes_the_request() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let finisher = cx.detach();
        std::thread::spawn(move || finisher.finish("from a thread"));
        Ok(())
    });
    let client = TestClient::new(app);
    for _ in 0..50 {
        assert_eq!(client.get("/").send().text(), "from a thread");
    }
}

#[test]
fn the_client_may_leave_before_the_finisher_is_used() {
    let (app, shelf, log) = app();
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    let finisher = taken(&shelf);
    assert!(!finisher.is_closed());
    drop(future);
    assert!(finisher.is_closed());
    assert_eq!(log.take(), ["on_connection_close", "on_finish"]);
    let unused = log.guard("completion dropped");
    finisher.complete(move |cx| {
        let _unused = unused;
        cx.write("nobody reads this")
    });
    assert_eq!(log.take(), ["completion dropped"]);
}

#[test]
fn a_detached_request_can_have_flushed() {
    let (app, shelf, log) = app();
    let mut response = respond(&app, request("POST", "/", ()));
    let body = response.body_mut();
    assert_eq!(frame(body), "begun ");
    assert_eq!(frame(body), "pending");
    taken(&shelf).finish("done");
    assert_eq!([frame(body), frame(body)], ["done", "end"]);

    let mut response = respond(&app, request("POST", "/", ()));
    assert_eq!(frame(response.body_mut()), "begun ");
    assert_eq!(frame(response.body_mut()), "pending");
    drop(taken(&shelf));
    assert_eq!(frame(response.body_mut()), "error", "500 comes too late");
    assert_eq!(log.take(), ["on_finish", "on_finish"]);
}

#[test]
fn detaching_twice_leaves_the_second_finisher_in_charge() {
    let (app, shelf, _) = app();
    let app = app.get("/twice", async |cx: &mut Context| {
        let (first, second) = (cx.detach(), cx.detach());
        assert!(first.is_closed() && !second.is_closed());
        first.finish("first");
        second.finish("second");
        Ok(())
    });
    let mut response = respond(&app, request("GET", "/twice", ()));
    assert_eq!(frame(response.body_mut()), "second");
    assert!(shelf.lock().expect("shelf").is_empty());
}

#[test]
fn an_error_after_detaching_is_answered_at_once() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let finisher = cx.detach();
        cx.join(async move { finisher.finish("never") });
        Err(Error::new(403))
    });
    assert_eq!(respond(&app, request("GET", "/", ())).status(), 403);
}
