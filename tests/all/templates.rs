//! Pages rendered by handlers.

mod error_pages;
mod later;
mod namespace;

use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::support::Bomb;

/// Inherits, includes, imports a macro, and has a fragment that can be rendered alone.
#[derive(Template)]
#[template(path = "list.html", blocks = ["rows"])]
struct List {
    title: &'static str,
    rows: Vec<String>,
}

fn list() -> List {
    List {
        title: "A & B",
        rows: vec!["one".into(), "<script>alert('x')</script>".into()],
    }
}

#[derive(Template)]
#[template(ext = "html", source = "<b>{{ text }}</b>")]
struct Bold<'a> {
    text: &'a str,
}

/// Fails behind its first bytes where it is told to.
#[derive(Template)]
#[template(
    ext = "html",
    source = "half a page{% if self.fail %}{{ (\"nobody\"|value::<u8>)? }}{% endif %}"
)]
struct Half {
    fail: bool,
}

/// Panics behind its first bytes.
#[derive(Template)]
#[template(ext = "html", source = "half a page{% let _bomb = self.bomb() %}")]
struct Panics;

impl Panics {
    fn bomb(&self) -> Bomb {
        Bomb
    }
}

fn client(debug: bool) -> TestClient {
    let settings = Settings {
        debug,
        ..Settings::default()
    };
    let app = Application::new()
        .settings(settings)
        .get("/", async |cx| cx.render(list()))
        .name("home")
        .get("/half", async |cx| {
            cx.set_status(201);
            cx.set_header("x-half", "1")?;
            cx.write("before ")?;
            let fail = cx.has_argument("fail");
            cx.render(Half { fail })
        })
        .get("/panics", async |cx| cx.render(Panics))
        .get("/flushed", async |cx| {
            cx.write("before ")?;
            cx.flush().await?;
            let fail = cx.has_argument("fail");
            cx.render(Half { fail })
        });
    TestClient::new(app)
}

#[test]
fn a_page_inherits_includes_and_escapes() {
    let response = client(false).get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("text/html; charset=UTF-8"));
    assert_eq!(
        response.text(),
        "<title>A &#38; B - Site</title>\n<nav>/</nav>\n\n<ul>\n  <li>1: one</li>\n  \
         <li>2: &#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;</li>\n</ul>\n\
         <input name=\"q\" value=\"A &#38; B\">\n<footer>base and more</footer>"
    );
}

#[test]
fn a_fragment_of_a_page_stands_alone() {
    let app = Application::new().get("/rows", async |cx| cx.render(list().as_rows()));
    let response = TestClient::new(app).get("/rows").send();
    assert!(
        response.text().starts_with("\n  <li>1: one</li>"),
        "{}",
        response.text()
    );
    assert!(!response.text().contains("<title>"));
}

#[test]
fn a_template_is_taken_by_value_or_by_reference() {
    let app = Application::new()
        .get("/value", async |cx| {
            let text = cx.get_argument("text")?;
            cx.render(Bold { text: &text })
        })
        .get("/reference", async |cx| {
            let page = Bold { text: "b" };
            cx.render(&page)
        });
    let client = TestClient::new(app);
    assert_eq!(client.get("/value?text=a%3Cb").send().text(), "<b>a&#60;b</b>");
    assert_eq!(client.get("/reference").send().text(), "<b>b</b>");
}

#[test]
fn the_content_type_is_html_unless_somebody_says_otherwise() {
    #[derive(Template)]
    #[template(ext = "xml", source = "<a>{{ text }}</a>")]
    struct Feed {
        text: &'static str,
    }
    #[derive(Template)]
    #[template(ext = "txt", source = "{{ text }}")]
    struct Mail {
        text: &'static str,
    }
    let app = Application::new()
        .get("/feed", async |cx| cx.render_as("feed.xml", Feed { text: "&" }))
        .get("/mail", async |cx| cx.render_as("txt", Mail { text: "a < b" }))
        .get("/own", async |cx| {
            cx.set_header("content-type", "application/rss+xml")?;
            cx.render(Feed { text: "" })
        })
        .get("/both", async |cx| {
            cx.set_header("content-type", "application/rss+xml")?;
            cx.render_as("xml", Feed { text: "" })
        })
        .get("/unknown", async |cx| {
            cx.render_as("mail.docx", Mail { text: "" })
        });
    let client = TestClient::new(app);
    let feed = client.get("/feed").send();
    assert_eq!(
        (feed.header("content-type"), feed.text()),
        (Some("application/xml"), "<a>&#38;</a>")
    );
    let mail = client.get("/mail").send();
    assert_eq!(
        (mail.header("content-type"), mail.text()),
        (Some("text/plain; charset=UTF-8"), "a < b")
    );
    for path in ["/own", "/both"] {
        assert_eq!(
            client.get(path).send().header("content-type"),
            Some("application/rss+xml")
        );
    }
    assert_eq!(client.get("/unknown").send().status(), 500);
}

#[test]
fn of_a_page_that_fails_nothing_leaves() {
    let fine = client(false).get("/half").send();
    assert_eq!((fine.status(), fine.text()), (201, "before half a page"));
    for path in ["/half?fail", "/panics"] {
        let response = client(false).get(path).send();
        assert_eq!(
            (response.status(), response.header("x-half")),
            (500, None),
            "{path}"
        );
        assert!(response.text().contains("500: Internal Server Error"));
        for inside in ["half a page", "before", "nobody", "destructor"] {
            assert!(!response.text().contains(inside), "{path}: {}", response.text());
        }
    }
    // Which name it was is told to the developer.
    let debug = client(true).get("/half?fail").send();
    assert!(
        debug.text().contains("asks for the value `nobody`"),
        "{}",
        debug.text()
    );
}

#[test]
fn behind_a_flush_a_page_that_fails_cuts_the_body_off() {
    let fine = client(false).get("/flushed").send();
    assert_eq!(
        (fine.text(), fine.error().is_none()),
        ("before half a page", true)
    );
    let failed = client(false).get("/flushed?fail").send();
    assert_eq!((failed.status(), failed.text()), (200, "before "));
    assert!(failed.error().is_some());
}

#[test]
fn head_has_the_length_of_the_page() {
    let client = client(false);
    let length = client.get("/").send().bytes().len().to_string();
    let head = client.head("/").send();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    assert!(head.bytes().is_empty());
}

#[test]
fn a_render_finishes_the_response() {
    struct Guarded;
    impl RequestHandler for Guarded {
        async fn prepare(&self, cx: &mut Context) -> Result {
            if cx.has_argument("in") {
                return Ok(());
            }
            cx.set_status(401);
            cx.render(Bold { text: "who are you?" })
        }

        async fn get(&self, cx: &mut Context) -> Result {
            cx.render(Bold { text: "welcome" })?;
            match cx.get_argument("in")?.as_str() {
                "write" => cx.write("more"),
                "render" => cx.render(Bold { text: "more" }),
                "later" => cx.render_later(Bold { text: "more" }),
                _ => Ok(()),
            }
        }
    }
    let client = TestClient::new(Application::new().route("/", Guarded));
    let refused = client.get("/").send();
    assert_eq!((refused.status(), refused.text()), (401, "<b>who are you?</b>"));
    assert_eq!(client.get("/?in=1").send().text(), "<b>welcome</b>");
    for more in ["write", "render", "later"] {
        assert_eq!(client.get(&format!("/?in={more}")).send().status(), 500, "{more}");
    }
}

fn half(number: u32) -> Result<u32, String> {
    if number.is_multiple_of(2) {
        Ok(number / 2)
    } else {
        Err(format!("{number} is odd"))
    }
}

/// The rows of docs/FROM_TORNADO.md that no other test shows.
#[test]
fn the_syntax_is_what_the_docs_say() {
    #[derive(Template)]
    #[template(
        ext = "html",
        whitespace = "minimize",
        source = "{% if self.0 > 9 %}many{% else if self.0 > 5 %}some{% else %}few{% endif %}\n\n   \
                  {% match self::half(*self.0) %}{% when Ok(half) %}{{ half }}{% when Err(why) %}{{ why }}{% endmatch %}   \
                  {% filter upper|safe %}loud {{ self.1 }}{% endfilter %} {%- let shown = self.1 %} {{ shown|safe }} {{- shown|escape }} \
                  {% for x in 1..9 %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %} \
                  {% raw %}{{ not looked at }}{% endraw %}{# nor this #}"
    )]
    struct Syntax(u32, &'static str);
    #[derive(Template)]
    #[template(ext = "html", escape = "none", source = "{{ text }}")]
    struct Unescaped {
        text: &'static str,
    }
    let app = Application::new()
        .get("/7", async |cx| cx.render(Syntax(7, "<b>")))
        .get("/12", async |cx| cx.render(Syntax(12, "-")))
        .get("/raw", async |cx| cx.render(Unescaped { text: "<b>" }));
    let client = TestClient::new(app);
    assert_eq!(
        client.get("/7").send().text(),
        "some\n7 is odd LOUD &#60;B&#62; <b>&#60;b&#62; 13 {{ not looked at }}"
    );
    assert_eq!(
        client.get("/12").send().text(),
        "many\n6 LOUD - -- 13 {{ not looked at }}"
    );
    assert_eq!(client.get("/raw").send().text(), "<b>");
}

#[test]
fn a_fragment_as_text_goes_into_json() {
    let app = Application::new().get("/", async |cx| {
        let html = cx.render_string(Bold { text: "<new>" })?;
        cx.write_json(&serde_json::json!({ "html": html }))
    });
    let response = TestClient::new(app).get("/").send();
    assert_eq!(
        response.header("content-type"),
        Some("application/json; charset=UTF-8")
    );
    assert_eq!(
        response.json::<serde_json::Value>()["html"],
        "<b>&#60;new&#62;</b>"
    );
}

#[test]
fn a_fragment_that_fails_is_an_error_like_any() {
    let app = Application::new().get("/", async |cx| {
        cx.write("kept: ")?;
        match cx.render_string(Half { fail: true }) {
            Ok(text) => cx.write(text),
            Err(error) => cx.write(error.status_code().as_str()),
        }
    });
    assert_eq!(TestClient::new(app).get("/").send().text(), "kept: 500");
}
