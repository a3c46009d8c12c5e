//! The life of a request: which of a handler's functions are called, in which order, how often.

use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::support::Log;

/// Notes every call; `?at=STAGE&do=WHAT` makes one stage fail, panic, finish or stop.
struct Traced(Log);

impl Traced {
    fn stage(&self, cx: &mut Context, stage: &str) -> Result {
        self.0.add(stage);
        if cx.get_argument_or("at", "")? != stage {
            return Ok(());
        }
        match cx.get_argument("do")?.as_str() {
            "fail" => Err(Error::new(409).message("on purpose")),
            "panic" => panic!("on purpose"),
            "finish" => cx.finish(),
            "stop" => {
                cx.write("stopped")?;
                Err(Error::finish())
            }
            other => Err(Error::new(400).message(other.to_owned())),
        }
    }
}

impl RequestHandler for Traced {
    async fn prepare(&self, cx: &mut Context) -> Result {
        if !cx.body().is_empty() {
            self.0.add(format!("body of {}", cx.body().len()));
        }
        self.stage(cx, "prepare")
    }

    async fn get(&self, cx: &mut Context) -> Result {
        self.stage(cx, "get")?;
        cx.write("got")
    }

    async fn post(&self, cx: &mut Context) -> Result {
        self.stage(cx, "post")?;
        cx.write("posted")
    }

    async fn write_error(&self, cx: &mut Context, error: &Error) -> Result {
        self.0
            .add(format!("write_error {}", error.status_code().as_u16()));
        match cx.get_argument_or("page", "")?.as_str() {
            "fail" => Err(Error::new(418)),
            "panic" => panic!("in the error page"),
            "flush" => {
                cx.write("oh ")?;
                cx.flush().await?;
                cx.write("dear")
            }
            _ => cx.write(format!("page of {}", cx.status().as_u16())),
        }
    }

    fn on_finish(&self, cx: &mut Context) {
        self.0.add(format!("on_finish {}", cx.status().as_u16()));
        if cx.get_argument_or("at", "").is_ok_and(|at| at == "on_finish") {
            panic!("in on_finish");
        }
    }

    fn on_connection_close(&self, _: &mut Context) {
        self.0.add("on_connection_close");
    }
}

fn client() -> (TestClient, Log) {
    let log = Log::default();
    let app = Application::new().route("/", Traced(log.clone()));
    (TestClient::new(app), log)
}

#[test]
fn body_then_prepare_then_verb_then_on_finish() {
    let (client, log) = client();
    assert_eq!(client.get("/").send().text(), "got");
    assert_eq!(log.take(), ["prepare", "get", "on_finish 200"]);
    assert_eq!(client.post("/").body("12345").send().text(), "posted");
    assert_eq!(log.take(), ["body of 5", "prepare", "post", "on_finish 200"]);
}

#[test]
fn prepare_that_finishes_fails_or_panics_keeps_the_verb_from_running() {
    let (client, log) = client();
    let cases: [(&str, u16, &str, &[&str]); 4] = [
        ("finish", 200, "", &["prepare", "on_finish 200"]),
        ("stop", 200, "stopped", &["prepare", "on_finish 200"]),
        (
            "fail",
            409,
            "page of 409",
            &["prepare", "write_error 409", "on_finish 409"],
        ),
        (
            "panic",
            500,
            "page of 500",
            &["prepare", "write_error 500", "on_finish 500"],
        ),
    ];
    for (what, status, text, events) in cases {
        let response = client.get(&format!("/?at=prepare&do={what}")).send();
        assert_eq!((response.status(), response.text()), (status, text), "{what}");
        assert_eq!(log.take(), events, "{what}");
    }
}

#[test]
fn each_hook_runs_once_also_after_errors_and_panics_of_the_verb() {
    let (client, log) = client();
    for (what, status) in [("fail", 409), ("panic", 500)] {
        let response = client.get(&format!("/?at=get&do={what}")).send();
        assert_eq!(response.status(), status);
        let (page, end) = (format!("write_error {status}"), format!("on_finish {status}"));
        assert_eq!(log.take(), ["prepare", "get", &page, &end], "{what}");
    }
    assert_eq!(client.get("/?at=get&do=stop").send().text(), "stopped");
    assert_eq!(log.take(), ["prepare", "get", "on_finish 200"]);
}

#[test]
fn an_error_page_that_fails_is_replaced_by_the_frameworks() {
    let (client, log) = client();
    for page in ["fail", "panic"] {
        let response = client.get(&format!("/?at=get&do=fail&page={page}")).send();
        assert_eq!(response.status(), 409, "{page}");
        assert!(response.text().contains("409: Conflict"), "{}", response.text());
        assert!(response.text().contains("on purpose"));
        assert_eq!(log.take(), ["prepare", "get", "write_error 409", "on_finish 409"]);
    }
    let streamed = client.get("/?at=get&do=panic&page=flush").send();
    assert_eq!((streamed.status(), streamed.text()), (500, "oh dear"));
    assert!(streamed.error().is_none());
}

#[test]
fn a_panic_in_on_finish_harms_nobody() {
    let (client, log) = client();
    let response = client.get("/?at=on_finish").send();
    assert_eq!((response.status(), response.text()), (200, "got"));
    assert_eq!(log.take(), ["prepare", "get", "on_finish 200"]);
}

#[test]
fn a_body_that_is_refused_never_meets_prepare() {
    let log = Log::default();
    let settings = Settings {
        limits: waterspout::Limits {
            body: 4,
            ..waterspout::Limits::default()
        },
        ..Settings::default()
    };
    let app = Application::new()
        .settings(settings)
        .route("/", Traced(log.clone()));
    let client = TestClient::new(app);
    assert_eq!(client.post("/").body("12345").send().status(), 413);
    assert_eq!(log.take(), ["write_error 413"]);
    assert_eq!(client.post("/").body("1234").send().status(), 200);
}

#[test]
fn what_was_written_before_an_error_is_gone() {
    let client = TestClient::new(Application::new().get("/", async |cx: &mut Context| {
        cx.set_header("x-secret", "1")?;
        cx.set_header("content-type", "image/png")?;
        cx.set_status_reason(201, "Made");
        cx.add_trailer("x-sum", "1")?;
        cx.write("half a page")?;
        Err(Error::new(404))
    }));
    let response = client.get("/").send();
    assert_eq!((response.status(), response.reason()), (404, None));
    assert!(!response.text().contains("half") && response.header("x-secret").is_none());
    assert_eq!(response.header("content-type"), Some("text/html; charset=UTF-8"));
}

#[test]
fn after_finish_nothing_can_be_written_and_finish_does_not_repeat() {
    let client = TestClient::new(Application::new().get("/", async |cx: &mut Context| {
        cx.write("whole")?;
        cx.finish()?;
        let late = [
            cx.write("late"),
            cx.write_json(&1),
            cx.finish(),
            cx.flush().await,
            cx.redirect("/elsewhere"),
            cx.send("late"),
        ];
        assert!(late.iter().all(|result| {
            result
                .as_ref()
                .is_err_and(|error| error.status_code() == StatusCode::INTERNAL_SERVER_ERROR)
        }));
        Ok(())
    }));
    let response = client.get("/").send();
    assert_eq!((response.status(), response.text()), (200, "whole"));
    assert_eq!(
        response.header("location"),
        None,
        "a redirect that failed left its Location"
    );
}
