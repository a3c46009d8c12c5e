//! The application's own error page.

use waterspout::prelude::*;
use waterspout::template::ErrorPage;
use waterspout::testing::TestClient;

use super::{Bold, Half, Panics};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% let request = ("request"|value::<Request>)? -%}
{{ named("site") }} {{ error.status }} {{ error.reason }} at {{ request.path() }}, back to {{ reverse_url("home") }}: {# -#}
{{ error.message }}|{{ error.details }}"#
)]
struct Oops {
    error: ErrorPage,
}

fn client(debug: bool) -> TestClient {
    struct Own;
    impl RequestHandler for Own {
        async fn get(&self, _: &mut Context) -> Result {
            Err(Error::new(409))
        }

        async fn write_error(&self, cx: &mut Context, error: &Error) -> Result {
            let text = error.status_code().to_string();
            if cx.has_argument("later") {
                return cx.render_later(Half { fail: false });
            }
            if cx.has_argument("fail") {
                return cx.render(Half { fail: true });
            }
            cx.render(Bold { text: &text })
        }
    }
    let settings = Settings {
        debug,
        ..Settings::default()
    };
    let app = Application::new()
        .settings(settings)
        .template_value("site", "My & site")
        .error_template(|error| Oops { error })
        .get("/", async |cx| cx.write("home"))
        .name("home")
        .get("/bad", async |_cx| {
            Err(Error::new(400).reason("Oh no").message("<you>"))
        })
        .get("/inside", async |_cx| Err(Error::new(500).message("hunter2")))
        .get("/panic", async |_cx| -> Result { panic!("hunter2") })
        .get("/late", async |cx| cx.render_later(Half { fail: true }))
        .route("/own", Own);
    TestClient::new(app)
}

#[test]
fn every_error_has_the_page() {
    let client = client(false);
    let page = |path: &str| {
        let response = client.get(path).send();
        assert_eq!(response.header("content-type"), Some("text/html; charset=UTF-8"));
        (response.status(), response.text().to_owned())
    };
    let of = |status: u16, text: &str| (status, format!("My &#38; site {text}"));
    assert_eq!(
        page("/nowhere"),
        of(404, "404 Not Found at /nowhere, back to /: |")
    );
    assert_eq!(
        page("/bad"),
        of(400, "400 Oh no at /bad, back to /: &#60;you&#62;|")
    );
    for path in ["/inside", "/panic", "/late"] {
        let text = format!("500 Internal Server Error at {path}, back to /: |");
        assert_eq!(page(path), of(500, &text));
    }
    let denied = client.delete("/bad").send();
    assert_eq!(
        (denied.status(), denied.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert!(denied.text().starts_with("My &#38; site 405 Method Not Allowed"));
    let head = client.head("/nowhere").send();
    assert_eq!((head.status(), head.text()), (404, ""));
}

#[test]
fn debug_shows_what_is_inside() {
    let text = client(true).get("/inside").send().text().to_owned();
    assert!(
        text.ends_with(": hunter2|500 Internal Server Error: hunter2"),
        "{text}"
    );
    let late = client(true).get("/late").send();
    assert!(
        late.text().contains("asks for the value `nobody`"),
        "{}",
        late.text()
    );
}

#[test]
fn json_stays_json() {
    let response = client(false)
        .get("/bad")
        .header("accept", "application/json")
        .send();
    let error = &response.json::<serde_json::Value>()["error"];
    assert_eq!(
        (&error["reason"], &error["message"]),
        (&"Oh no".into(), &"<you>".into())
    );
}

#[test]
fn a_handler_writes_its_own_page_all_the_same() {
    let client = client(false);
    let own = client.get("/own").send();
    assert_eq!((own.status(), own.text()), (409, "<b>409 Conflict</b>"));
    let later = client.get("/own?later").send();
    assert_eq!((later.status(), later.text()), (409, "half a page"));
    // Where that fails, the application's page stands in.
    let failed = client.get("/own?fail").send();
    assert_eq!(failed.status(), 409);
    assert!(
        failed.text().starts_with("My &#38; site 409 Conflict"),
        "{}",
        failed.text()
    );
}

#[test]
fn a_page_that_fails_gives_way_to_the_plain_one() {
    let app = Application::new().error_template(|_| Half { fail: true });
    let failing = TestClient::new(app).get("/").send();
    assert_eq!(failing.status(), 404);
    assert!(failing.text().contains("<h1>404: Not Found</h1>"));
    let app = Application::new().error_template(|_| Panics);
    let panicking = TestClient::new(app).get("/").send();
    assert_eq!(panicking.status(), 404);
    assert!(panicking.text().contains("<h1>404: Not Found</h1>"));
    #[expect(unreachable_code, reason = "the type of a closure that never gives a page")]
    fn never(_: ErrorPage) -> Bold<'static> {
        panic!("on purpose");
        Bold { text: "" }
    }
    let app = Application::new().error_template(never);
    assert!(
        TestClient::new(app)
            .get("/")
            .send()
            .text()
            .contains("<h1>404: Not Found</h1>")
    );
}
