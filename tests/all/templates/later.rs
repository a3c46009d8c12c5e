//! Pages that are rendered on the way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use waterspout::prelude::*;
use waterspout::template::Templates;
use waterspout::testing::{Lint, TestClient};

use super::{Bold, Half, Panics};
use crate::support::{Bomb, Log};

#[derive(Template)]
#[template(ext = "html", source = "<p>{{ text }} {{ named(\"visitor\") }}</p>")]
struct Page {
    text: &'static str,
}

fn page(text: &'static str) -> Page {
    Page { text }
}

/// Tells the page who looks at it.
async fn introduce(request: Request, next: Next<'_>) -> Response {
    let mut response = next.run(request).await;
    if let Some(page) = response.template_mut() {
        let visitor = page.request().headers().get("x-visitor").cloned();
        let name = visitor
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .unwrap_or("nobody");
        page.set_value("visitor", name.to_owned());
    }
    response
}

#[test]
fn middleware_adds_to_what_the_page_sees() {
    let app = Application::new()
        .wrap(introduce)
        .get("/", async |cx| cx.render_later(page("for")));
    let client = TestClient::new(app);
    let response = client.get("/").header("x-visitor", "<me>").send();
    assert_eq!(response.text(), "<p>for &#60;me&#62;</p>");
    assert_eq!(response.header("content-type"), Some("text/html; charset=UTF-8"));
    assert_eq!(client.get("/").send().text(), "<p>for nobody</p>");
}

#[test]
fn the_last_one_to_set_a_value_is_the_outermost() {
    let app = Application::new()
        .wrap(async |request: Request, next: Next<'_>| {
            let mut response = next.run(request).await;
            response
                .template_mut()
                .expect("a page")
                .set_value("visitor", "outer");
            response
        })
        .wrap(introduce)
        .get("/", async |cx| {
            cx.set_value("visitor", "handler");
            cx.render_later(page("for"))
        });
    assert_eq!(TestClient::new(app).get("/").send().text(), "<p>for outer</p>");
}

#[test]
fn middleware_puts_another_page_in_its_place() {
    let app = Application::new()
        .wrap(async |request: Request, next: Next<'_>| {
            let mut response = next.run(request).await;
            if let Some(page) = response
                .template_mut()
                .filter(|page| page.request().path() == "/other")
            {
                page.replace(Bold { text: "another" });
            }
            response
        })
        .any("/{*path}", async |cx| {
            cx.set_status(201);
            cx.render_later(Bold { text: "first" })
        });
    let client = TestClient::new(app);
    let other = client.get("/other").send();
    assert_eq!((other.status(), other.text()), (201, "<b>another</b>"));
    assert_eq!(client.get("/").send().text(), "<b>first</b>");
}

#[test]
fn outside_of_the_layer_there_are_bytes() {
    let log = Log::default();
    let look = |place: &'static str, log: &Log| {
        let log = log.clone();
        Look(place, log)
    };
    let app = Application::new()
        .middleware(look("outside", &log))
        .middleware(Templates)
        .middleware(look("inside", &log))
        .get("/", async |cx| cx.render_later(Bold { text: "x" }))
        .get("/now", async |cx| cx.render(Bold { text: "x" }));
    let client = TestClient::new(app);
    assert_eq!(client.get("/").send().text(), "<b>x</b>");
    assert_eq!(log.take(), ["inside: template", "outside: Some(8) bytes"]);
    client.get("/now").send();
    assert_eq!(log.take(), ["inside: Some(8) bytes", "outside: Some(8) bytes"]);
}

struct Look(&'static str, Log);

impl Middleware for Look {
    async fn handle(&self, request: Request, next: Next<'_>) -> Response {
        let mut response = next.run(request).await;
        let seen = if response.template_mut().is_some() {
            "template".into()
        } else {
            format!("{:?} bytes", response.body().len())
        };
        self.1.add(format!("{}: {seen}", self.0));
        response
    }
}

#[test]
fn a_middleware_that_wants_the_body_gets_the_page() {
    async fn upper(request: Request, next: Next<'_>) -> Response {
        let mut response = next.run(request).await;
        let body = response.take_body();
        if let Some(text) = body.as_bytes() {
            response.set_body(text.to_ascii_uppercase());
        }
        response
    }
    let app = Application::new()
        .wrap(upper)
        .get("/", async |cx| cx.render_later(Bold { text: "x" }));
    assert_eq!(TestClient::new(app).get("/").send().text(), "<B>X</B>");
    // And one that has a body of its own needs none.
    let app = Application::new()
        .wrap(async |request: Request, next: Next<'_>| {
            let mut response = next.run(request).await;
            response.set_body("closed");
            response
        })
        .get("/", async |cx| cx.render_later(Half { fail: true }));
    let response = TestClient::new(app).get("/").send();
    assert_eq!((response.status(), response.text()), (200, "closed"));
}

#[test]
fn a_page_that_fails_late_is_an_error_page() {
    fn app() -> Application {
        Application::new()
            .get("/fails", async |cx| {
                cx.set_header("x-handler", "1")?;
                cx.render_later(Half { fail: true })
            })
            .get("/panics", async |cx| cx.render_later(Panics))
    }
    let layered = app().middleware(Templates);
    let wrapped = app().wrap(introduce);
    for app in [app(), layered, wrapped] {
        let client = TestClient::new(app);
        for path in ["/fails", "/panics"] {
            let response = client.get(path).send();
            assert_eq!(
                (response.status(), response.header("x-handler")),
                (500, None),
                "{path}"
            );
            assert!(response.text().contains("500: Internal Server Error"), "{path}");
            assert!(!response.text().contains("half"), "{path}");
            let json = client.get(path).header("accept", "application/json").send();
            assert_eq!(json.json::<serde_json::Value>()["error"]["status"], 500, "{path}");
        }
    }
}

#[test]
fn head_has_the_length_and_204_and_304_have_no_page() {
    let rendered = Arc::new(AtomicUsize::new(0));
    let count = rendered.clone();
    #[derive(Template)]
    #[template(ext = "html", source = "{{ named(\"count\") }}counted")]
    struct Counted;
    let app = Application::new()
        .template_function("count", move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(String::new())
        })
        .get("/{status}", async |cx| {
            let status = cx.path()?;
            cx.set_status(status);
            cx.render_later(Counted)
        });
    let client = TestClient::new(app);
    let head = client.head("/200").send();
    assert_eq!((head.header("content-length"), head.text()), (Some("7"), ""));
    assert_eq!(head.header("content-type"), Some("text/html; charset=UTF-8"));
    assert_eq!(rendered.load(Ordering::Relaxed), 1);
    for status in ["204", "205", "304"] {
        let response = client.get(&format!("/{status}")).send();
        assert_eq!(
            (response.status().to_string().as_str(), response.text()),
            (status, "")
        );
        assert_eq!(response.header("content-type"), None);
    }
    assert_eq!(rendered.load(Ordering::Relaxed), 1, "nobody would have seen it");
    assert_eq!(client.get("/404").send().text(), "counted");
}

#[test]
fn a_length_of_the_handlers_own_must_be_the_pages() {
    let app = Application::new().get("/{length}", async |cx| {
        let length = cx.path_arg("length")?.to_owned();
        cx.set_header("content-length", length.as_str())?;
        cx.render_later(Bold { text: "x" })
    });
    let client = TestClient::new(app);
    assert_eq!(client.get("/8").send().text(), "<b>x</b>");
    assert_eq!(client.get("/9").send().status(), 500);
}

#[test]
fn it_is_all_of_the_page() {
    let app = Application::new()
        .get("/write", async |cx| {
            cx.write("a")?;
            cx.render_later(Bold { text: "x" })
        })
        .get("/written", async |cx| {
            cx.render_later(Bold { text: "x" })?;
            cx.write("a")
        })
        .get("/flush", async |cx| {
            cx.flush().await?;
            cx.render_later(Bold { text: "x" })
        })
        .get("/error", async |cx| {
            cx.render_later(Bold { text: "x" })?;
            Err(Error::new(418))
        })
        .get("/finish", async |cx| {
            cx.render_later(Bold { text: "x" })?;
            Err(Error::finish())
        });
    let client = TestClient::new(app);
    assert_eq!(client.get("/write").send().status(), 500);
    assert_eq!(client.get("/written").send().status(), 500);
    assert!(client.get("/flush").send().error().is_some());
    let error = client.get("/error").send();
    assert_eq!(error.status(), 418);
    assert!(!error.text().contains("<b>x</b>"));
    assert_eq!(client.get("/finish").send().text(), "<b>x</b>");
}

#[test]
fn the_hooks_still_see_the_request() {
    struct Hooked(Log);
    impl RequestHandler for Hooked {
        async fn get(&self, cx: &mut Context) -> Result {
            cx.render_later(Bold { text: "x" })
        }

        fn on_finish(&self, cx: &mut Context) {
            self.0.add(format!("{} {}", cx.status(), cx.request().path()));
        }
    }
    let log = Log::default();
    let client = TestClient::new(Application::new().route("/here", Hooked(log.clone())));
    assert_eq!(client.get("/here").send().text(), "<b>x</b>");
    assert_eq!(log.take(), ["200 OK /here"]);
}

#[test]
fn the_lint_sees_the_page() {
    #[derive(Template)]
    #[template(ext = "html", source = "{{ named(\"tag\").arg(self.0) }}")]
    struct Tagged(&'static str);
    let (lint, report) = Lint::new();
    let app = Application::new()
        .middleware(lint)
        .template_function("tag", |scope, args| {
            scope.add_header("etag", *args.first().status(500)?)?;
            Ok("page".into())
        })
        .get("/good", async |cx| cx.render_later(Tagged("\"a\"")))
        .get("/bad", async |cx| cx.render_later(Tagged("a")));
    let client = TestClient::new(app);
    assert_eq!(client.get("/good").send().text(), "page");
    assert_eq!(client.head("/good").send().header("etag"), Some("\"a\""));
    report.assert_clean();
    client.get("/bad").send();
    assert_eq!(report.violations()[0].code, "etag-malformed");
}

#[test]
fn destructors_of_a_page_stay_inside() {
    #[derive(Template)]
    #[template(ext = "html", source = "page")]
    struct Armed {
        _bomb: Bomb,
    }
    let app = Application::new().get("/{status}", async |cx| {
        let status = cx.path()?;
        cx.set_status(status);
        cx.render_later(Armed { _bomb: Bomb })
    });
    let client = TestClient::new(app);
    assert_eq!(client.get("/200").send().text(), "page");
    assert_eq!(client.get("/204").send().status(), 204);
}
