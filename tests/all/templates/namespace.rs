//! What templates see beside their own fields.

use waterspout::cookies::SetCookie;
use waterspout::prelude::*;
use waterspout::template::filters;
use waterspout::testing::TestClient;

#[derive(Clone)]
struct User {
    name: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% let request = ("request"|value::<Request>)? -%}
{{ request.path() }} {{ reverse_url("entry").arg(id).arg("a b") }} {{ reverse_url(home) }} {{ locale() }} {# -#}
{% if let Ok(user) = "current_user"|value::<User> %}{{ user.name }}{% else %}nobody{% endif %}"#
)]
struct Page {
    id: u32,
    home: String,
}

fn page() -> Page {
    Page {
        id: 7,
        home: "home".into(),
    }
}

fn routes(app: Application) -> Application {
    app.get("/page", async |cx| cx.render(page()))
        .get("/later", async |cx| cx.render_later(page()))
        .get("/user", async |cx| {
            cx.set_value("current_user", User { name: "A & B".into() });
            cx.render(page())
        })
        .get("/entry/{id}/{slug}", async |cx| cx.write("entry"))
        .name("entry")
        .get("/home", async |cx| cx.write("home"))
        .name("home")
}

#[test]
fn the_names_of_tornado_have_a_meaning_without_further_ado() {
    let client = TestClient::new(routes(Application::new())).mount("/app");
    assert_eq!(
        client.get("/page").send().text(),
        "/page /app/entry/7/a%20b /app/home en_US nobody"
    );
    assert_eq!(
        client.get("/later").send().text(),
        "/later /app/entry/7/a%20b /app/home en_US nobody"
    );
    assert_eq!(
        client.get("/user").send().text(),
        "/user /app/entry/7/a%20b /app/home en_US A &#38; B"
    );
}

#[test]
fn middleware_sets_values_on_the_way_in() {
    let app = Application::new().wrap(async |mut request: Request, next: Next<'_>| {
        let name = request
            .headers()
            .get("x-user")
            .and_then(|value| value.to_str().ok());
        if let Some(name) = name.map(str::to_owned) {
            request.set_value("current_user", User { name });
        }
        next.run(request).await
    });
    let app = app.get("/handler", async |cx| {
        let name = cx.value::<User>("current_user").map(|user| user.name.clone());
        cx.write(name.unwrap_or_else(|| "nobody".into()))
    });
    let client = TestClient::new(routes(app));
    for path in ["/page", "/later", "/handler"] {
        assert!(
            client
                .get(path)
                .header("x-user", "me")
                .send()
                .text()
                .ends_with("me"),
            "{path}"
        );
        assert!(client.get(path).send().text().ends_with("nobody"), "{path}");
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{{ named("site") }} {{ ("site"|value::<&str>)? }} {{ ("build"|value::<u32>)? }} {{ named("owned") }}"#
)]
struct Footer;

#[test]
fn values_of_a_request_go_before_those_of_the_application() {
    let app = Application::new()
        .template_value("site", "old")
        .template_value("site", "<site>")
        .template_value("build", 7_u32)
        .template_value("owned", String::from("text"))
        .get("/", async |cx| {
            assert_eq!(cx.value::<u32>("build"), Some(&7));
            cx.render(Footer)
        })
        .get("/own", async |cx| {
            cx.set_value("build", 1_u32);
            cx.set_value("build", 8_u32);
            cx.set_value("site", "mine");
            assert_eq!(cx.value::<u32>("build"), Some(&8));
            assert_eq!(cx.value::<u8>("build"), None);
            cx.render(Footer)
        });
    let client = TestClient::new(app);
    assert_eq!(
        client.get("/").send().text(),
        "&#60;site&#62; &#60;site&#62; 7 text"
    );
    assert_eq!(client.get("/own").send().text(), "mine mine 8 text");
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{{ static_url("a&b.css") }} {{ xsrf_form_html() }} {{ locale() }} {{ named("avatar").arg(7) }} {{ named("avatar").arg(8)|safe }}"#
)]
struct Form;

/// Fills what later versions of the framework fill, as anybody can.
fn filled() -> Application {
    Application::new()
        .state(String::from("v2"))
        .template_function("static_url", |scope, args| {
            let version = scope.state::<String>().status(500)?;
            Ok(format!(
                "{}/static/{}?v={version}",
                scope.request().mount(),
                args.join("/")
            ))
        })
        .template_function("xsrf_form_html", |scope, _| {
            scope.set_cookie(&SetCookie::new("_xsrf", "token").http_only(true))?;
            Ok(r#"<input type="hidden" name="_xsrf" value="token">"#.into())
        })
        .template_function("locale", |scope, _| {
            let user = scope.value::<User>("current_user");
            Ok(user.map_or("en_US", |_| "de_DE").into())
        })
        .template_function("avatar", |scope, args| {
            Ok(format!("<img src={}>", scope.reverse_url("avatar", args)?))
        })
        .get("/avatar/{id}", async |cx| cx.write("avatar"))
        .name("avatar")
}

#[test]
fn functions_of_the_application_fill_names() {
    let app = filled()
        .get("/", async |cx| cx.render(Form))
        .get("/later", async |cx| {
            cx.set_value("current_user", User { name: "me".into() });
            cx.render_later(Form)
        })
        .get("/string", async |cx| {
            let text = cx.render_string(Form)?;
            cx.write(text)
        });
    let client = TestClient::new(app).mount("/m");
    let form = |locale: &str| {
        format!(
            "/m/static/a&#38;b.css?v=v2 <input type=\"hidden\" name=\"_xsrf\" value=\"token\"> {locale} \
             &#60;img src=/m/avatar/7&#62; <img src=/m/avatar/8>"
        )
    };
    for (path, locale) in [("/", "en_US"), ("/later", "de_DE"), ("/string", "en_US")] {
        let response = client.get(path).send();
        assert_eq!(response.text(), form(locale), "{path}");
        assert_eq!(
            response.header("set-cookie"),
            Some("_xsrf=token; HttpOnly; Path=/"),
            "{path}"
        );
    }
}

#[test]
fn fields_that_a_template_adds_stand_beside_others_and_go_with_it() {
    #[derive(Template)]
    #[template(ext = "html", source = "{{ xsrf_form_html() }}{{ named(more) }}")]
    struct Page {
        more: &'static str,
    }
    let app = filled()
        .template_function("links", |scope, _| {
            scope.add_header("link", "</a>")?;
            scope.add_header("link", "</b>")?;
            assert!(scope.add_header("bad name", "1").is_err());
            Ok(String::new())
        })
        .get("/links", async |cx| {
            cx.set_cookie(&SetCookie::new("own", "1"))?;
            cx.render(Page { more: "links" })
        })
        .get("/fails", async |cx| cx.render(Page { more: "nothing" }))
        .get("/late", async |cx| cx.render_later(Page { more: "nothing" }))
        .get("/flushed", async |cx| {
            cx.write("a")?;
            cx.flush().await?;
            cx.render(Page { more: "links" })
        });
    let client = TestClient::new(app);
    let response = client.get("/links").send();
    let all = |name: &str| {
        let values = response.headers().get_all(name).iter();
        values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        all("set-cookie"),
        ["own=1; Path=/", "_xsrf=token; HttpOnly; Path=/"]
    );
    assert_eq!(all("link"), ["</a>", "</b>"]);
    for path in ["/fails", "/late"] {
        let failed = client.get(path).send();
        assert_eq!(
            (failed.status(), failed.header("set-cookie")),
            (500, None),
            "{path}"
        );
    }
    // A cookie that cannot be sent any more is no cookie that may be forgotten.
    assert!(client.get("/flushed").send().error().is_some());
}

#[test]
fn a_name_that_nobody_has_filled_is_told_by_name() {
    macro_rules! page {
        ($name:ident, $source:literal) => {
            #[derive(Template)]
            #[template(ext = "html", source = $source)]
            struct $name;
        };
    }
    page!(Static, "{{ static_url(\"a\") }}");
    page!(Named, "{{ named(\"site\") }}");
    page!(Reverse, "{{ reverse_url(\"nowhere\") }}");
    page!(Missing, "{{ (\"site\"|value::<String>)? }}");
    page!(Type, "{{ (\"kind\"|value::<String>)? }}");
    page!(NotText, "{{ named(\"kind\") }}");
    page!(Formatted, "{{ \"{}\"|format(locale()) }}");
    fn app(debug: bool) -> Application {
        let settings = Settings {
            debug,
            ..Settings::default()
        };
        Application::new()
            .settings(settings)
            .template_value("kind", 7_u8)
            .get("/static", async |cx| cx.render(Static))
            .get("/named", async |cx| cx.render_later(Named))
            .get("/reverse", async |cx| cx.render_later(Reverse))
            .get("/missing", async |cx| cx.render_later(Missing))
            .get("/type", async |cx| cx.render(Type))
            .get("/not-text", async |cx| cx.render(NotText))
            .get("/formatted", async |cx| cx.render(Formatted))
    }
    let (debug, quiet) = (TestClient::new(app(true)), TestClient::new(app(false)));
    for (path, why) in [
        (
            "/static",
            "`static_url` in a template: the application has no static files",
        ),
        (
            "/named",
            "`site` in a template: the application has no function and no text of this name",
        ),
        ("/reverse", "`reverse_url` in a template: "),
        ("/missing", "asks for the value `site`, which nobody has set"),
        (
            "/type",
            "asks for the value `kind` as a type that it does not have",
        ),
        ("/not-text", "`kind` in a template: "),
        // It is looked up when it is written, and `format` writes it where nothing can be looked up.
        ("/formatted", "500: Internal Server Error"),
    ] {
        let told = debug.get(path).send();
        assert_eq!(told.status(), 500, "{path}");
        assert!(told.text().contains(why), "{path}: {}", told.text());
        assert!(!quiet.get(path).send().text().contains('`'), "{path}");
    }
}

#[test]
fn names_are_filters_where_text_is_wanted_at_once() {
    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{{ "a b"|static_url|urlencode }} {{ "avatar"|reverse_url|upper }} {{ "site"|named|upper }}"#
    )]
    struct Page;
    let app = Application::new()
        .template_value("site", "s&t")
        .template_function("static_url", |_, args| Ok(args.concat()))
        .get("/avatar", async |cx| cx.render(Page))
        .name("avatar");
    assert_eq!(
        TestClient::new(app).get("/avatar").send().text(),
        "a%20b /AVATAR S&#38;T"
    );
}

#[test]
fn outside_of_a_request_names_have_no_meaning() {
    let error = page().render().expect_err("there is no request");
    assert!(matches!(error, askama::Error::ValueMissing));
    #[derive(Template)]
    #[template(ext = "html", source = "{{ locale() }}")]
    struct Alone;
    let error = Alone.render().expect_err("there is no request");
    assert_eq!(
        error.to_string(),
        "`locale` in a template: the template is not rendered for a request"
    );
    // A template that uses none of them can be rendered by itself.
    assert_eq!(super::Bold { text: "x" }.render().expect("text"), "<b>x</b>");
}

#[test]
fn any_template_is_a_module_of_another() {
    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"<li>{{ title }} {{ static_url("entry.png") }}</li>"#
    )]
    struct Entry {
        title: &'static str,
    }
    #[derive(Template)]
    #[template(
        ext = "html",
        source = "{% for entry in entries %}{{ entry|safe }}{% endfor %}{{ self.entry(\"<c>\")|safe }}{{ entries[0] }}"
    )]
    struct Page {
        entries: [Entry; 2],
    }
    impl Page {
        fn entry(&self, title: &'static str) -> Entry {
            Entry { title }
        }
    }
    let app = filled().get("/", async |cx| {
        cx.render(Page {
            entries: [Entry { title: "a" }, Entry { title: "b" }],
        })
    });
    assert_eq!(
        TestClient::new(app).get("/").send().text(),
        "<li>a /static/entry.png?v=v2</li><li>b /static/entry.png?v=v2</li><li>&#60;c&#62; /static/entry.png?v=v2</li>\
         &#60;li&#62;a /static/entry.png?v=v2&#60;/li&#62;"
    );
}

#[test]
fn a_method_of_the_template_goes_before_the_namespace() {
    #[derive(Template)]
    #[template(ext = "html", source = "{{ locale() }}")]
    struct Own;
    impl Own {
        fn locale(&self) -> &'static str {
            "my own"
        }
    }
    let app = Application::new().get("/", async |cx| cx.render(Own));
    assert_eq!(TestClient::new(app).get("/").send().text(), "my own");
}
