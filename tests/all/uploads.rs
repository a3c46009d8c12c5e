//! Request bodies that the handler reads piece by piece.

use std::task::Poll;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{BodyError, BodySender, Carrier};

use crate::support::{Log, frame, poll, request};

/// Notes each piece; `?most=N` lowers the limit, `?early` answers without reading.
struct Upload(Log);

impl RequestHandler for Upload {
    async fn prepare(&self, cx: &mut Context) -> Result {
        self.0.add("prepare");
        if cx.has_argument("most") {
            let most = cx.argument("most")?;
            cx.set_max_body_size(most);
        }
        if cx.has_argument("early") {
            cx.set_status(401);
            return cx.finish();
        }
        Ok(())
    }

    async fn post(&self, cx: &mut Context) -> Result {
        assert!(cx.body().is_empty());
        while let Some(piece) = cx.read_chunk().await? {
            self.0.add(String::from_utf8_lossy(&piece));
        }
        cx.write("done")
    }

    fn stream_request_body(&self) -> bool {
        true
    }

    fn on_connection_close(&self, _: &mut Context) {
        self.0.add("on_connection_close");
    }

    fn on_finish(&self, _: &mut Context) {
        self.0.add("on_finish");
    }
}

fn app() -> (Application, Log) {
    let log = Log::default();
    (Application::new().route("/", Upload(log.clone())), log)
}

fn wanted(sender: &mut BodySender) -> bool {
    poll(Box::pin(std::future::poll_fn(|cx| sender.poll_wanted(cx))).as_mut()).is_ready()
}

#[test]
fn prepare_runs_at_the_head_and_a_piece_is_read_only_when_it_is_asked_for() {
    let (app, log) = app();
    let (mut sender, body) = Body::channel(Some(2));
    let mut future = Box::pin(app.respond(request("POST", "/", body)));
    assert!(!sender.asked() && !wanted(&mut sender));
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(log.take(), ["prepare"]);
    assert!(sender.asked() && wanted(&mut sender));
    sender.send("1".into());
    assert!(!wanted(&mut sender), "the first piece has not been taken yet");
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(log.take(), ["1"]);
    assert!(wanted(&mut sender));
    sender.send("2".into());
    sender.finish(None);
    assert!(poll(future.as_mut()).is_ready());
    assert_eq!(log.take(), ["2", "on_finish"]);
}

#[test]
fn an_early_answer_never_asks_for_the_body() {
    let (app, log) = app();
    let (sender, body) = Body::channel(None);
    let mut future = Box::pin(app.respond(request("POST", "/?early", body)));
    let Poll::Ready(response) = poll(future.as_mut()) else {
        panic!("no answer");
    };
    assert_eq!(response.status(), 401);
    assert!(!sender.asked() && sender.is_closed());
    assert_eq!(log.take(), ["prepare", "on_finish"]);
}

#[test]
fn the_limit_is_per_request_and_known_lengths_are_refused_before_reading() {
    let (app, log) = app();
    let client = TestClient::new(app);
    assert_eq!(client.post("/?most=3").body("1234").send().status(), 413);
    assert_eq!(log.take(), ["prepare", "on_finish"]);
    let stream = || {
        Body::from_stream(futures_lite::stream::iter(
            ["ab", "cd"].map(|piece| Ok::<_, BodyError>(Bytes::from(piece))),
        ))
    };
    assert_eq!(client.post("/?most=3").body(stream()).send().status(), 413);
    assert_eq!(log.take(), ["prepare", "ab", "on_finish"]);
    assert_eq!(client.post("/?most=4").body(stream()).send().text(), "done");
    assert_eq!(
        client.post("/").body(stream()).send().text(),
        "done",
        "the limit before is forgotten"
    );
}

#[test]
fn what_goes_wrong_with_the_body_has_its_status() {
    let (app, _) = app();
    for (error, status) in [
        (Some(BodyError::too_slow()), 408),
        (Some(BodyError::malformed("chunk")), 400),
        (Some(BodyError::too_large()), 413),
        (Some(BodyError::other("disk")), 500),
        (None, 400),
    ] {
        let (sender, body) = Body::channel(None);
        match error {
            Some(error) => sender.abort(error),
            None => drop(sender),
        }
        let response = TestClient::new(app.clone()).post("/").body(body).send();
        assert_eq!(response.status(), status);
    }
}

#[test]
fn a_client_that_goes_closes_the_sender_and_the_handler() {
    let (app, log) = app();
    let (mut sender, body) = Body::channel(None);
    let mut future = Box::pin(app.respond(request("POST", "/", body)));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert!(sender.is_closed());
    sender.send("late".into());
    sender.finish(None);
    assert_eq!(log.take(), ["prepare", "on_connection_close", "on_finish"]);
}

#[test]
fn pieces_and_response_may_alternate() {
    let app = Application::new().streaming("/", async |cx| {
        while let Some(piece) = cx.read_chunk().await? {
            cx.write(piece.to_ascii_uppercase())?;
            cx.flush().await?;
        }
        Ok(())
    });
    let (mut sender, body) = Body::channel(None);
    let mut future = Box::pin(app.respond(request("POST", "/", body)));
    assert!(poll(future.as_mut()).is_pending());
    sender.send("ping".into());
    let Poll::Ready(mut response) = poll(future.as_mut()) else {
        panic!("no head");
    };
    let body = response.body_mut();
    assert_eq!(frame(body), "PING");
    assert!(!wanted(&mut sender), "nothing is read before the piece is gone");
    assert_eq!(frame(body), "pending");
    assert!(wanted(&mut sender));
    sender.send("pong".into());
    assert_eq!(frame(body), "PONG");
    sender.finish(None);
    assert_eq!(frame(body), "end");
}

#[test]
fn a_buffered_body_in_pieces_is_whole_before_prepare() {
    let app = Application::new().post("/", async |cx| {
        let body = cx.body().clone();
        assert!(cx.read_chunk().await?.is_none(), "it has been read already");
        cx.write(body)
    });
    let (mut sender, body) = Body::channel(None);
    let mut future = Box::pin(app.respond(request("POST", "/", body)));
    for piece in ["one ", "two ", "three"] {
        assert!(poll(future.as_mut()).is_pending());
        sender.send(piece.into());
    }
    sender.finish(None);
    let Poll::Ready(mut response) = poll(future.as_mut()) else {
        panic!("no answer");
    };
    assert_eq!(frame(response.body_mut()), "one two three");
}

#[test]
fn a_body_that_is_handed_on_streams_and_is_held_to_the_limit() {
    let app = Application::new().streaming("/", async |cx| {
        if cx.has_argument("most") {
            let most = cx.argument("most")?;
            cx.set_max_body_size(most);
        }
        let body = cx.take_body()?;
        assert!(cx.read_chunk().await?.is_none());
        cx.send(body)
    });
    let (mut sender, body) = Body::channel(None);
    let mut response = crate::support::respond(&app, request("POST", "/?most=4", body));
    sender.send("abc".into());
    assert_eq!(frame(response.body_mut()), "abc");
    assert_eq!(frame(response.body_mut()), "pending");
    sender.send("de".into());
    assert_eq!(frame(response.body_mut()), "error");
    assert_eq!(frame(response.body_mut()), "end");
    assert!(sender.is_closed());

    let client = TestClient::new(app);
    assert_eq!(client.post("/?most=4").body("abcd").send().text(), "abcd");
    assert_eq!(client.post("/?most=4").body("abcde").send().status(), 413);
}

#[test]
fn a_body_that_was_read_whole_can_be_handed_on() {
    let app = Application::new().post("/", async |cx| {
        let body = cx.take_body()?;
        cx.send(body)
    });
    assert_eq!(TestClient::new(app).post("/").body("abc").send().text(), "abc");
}

/// `read_chunk` and `take_body` alike, and again where it is set anew.
#[test]
fn the_time_for_the_rest_of_a_body_is_the_handlers_to_say() {
    let app = Application::new()
        .streaming("/read", async |cx| {
            cx.set_body_timeout(Duration::from_secs(1))?;
            cx.set_body_timeout(Duration::from_secs(60))?;
            while cx.read_chunk().await?.is_some() {}
            cx.write("read")
        })
        .streaming("/take", async |cx| {
            cx.set_body_timeout(Duration::from_secs(60))?;
            let mut body = cx.take_body()?;
            while let Some(chunk) = body.next_chunk().await {
                chunk?;
            }
            cx.write("read")
        })
        .streaming("/again", async |cx| {
            cx.set_body_timeout(Duration::from_secs(60))?;
            let late = cx.read_chunk().await.expect_err("too slow");
            assert_eq!(late.status_code(), 408);
            let more = cx.read_chunk().await.expect_err("after an error an error");
            assert_eq!(more.status_code(), 400);
            cx.write("read")
        });
    let client = TestClient::new(app);
    for (target, status) in [("/read", 408), ("/take", 408), ("/again", 200)] {
        let (sender, body) = Body::channel(None);
        let before = client.clock().monotonic();
        assert_eq!(client.post(target).body(body).send().status(), status, "{target}");
        assert_eq!(client.clock().monotonic() - before, Duration::from_secs(60));
        assert!(sender.is_closed() || target == "/again");
    }
    for target in ["/read", "/take"] {
        assert_eq!(client.post(target).body("in time").send().text(), "read");
    }
    assert_eq!(
        client.post("/read").body("x").send().status(),
        200,
        "the time before is forgotten"
    );
}
