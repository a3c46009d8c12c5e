//! XSRF tokens: Tornado's `XSRFTest`, and what templates make of them.

use waterspout::cookies::SetCookie;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{Peer, Scheme};

use crate::support::Log;

fn settings() -> Settings {
    Settings {
        xsrf_cookies: true,
        ..Settings::default()
    }
}

async fn token(cx: &mut Context) -> Result {
    let token = cx.xsrf_token()?;
    cx.write(token)
}

fn app() -> Application {
    Application::new()
        .settings(settings())
        .get("/", token)
        .post("/", async |cx| cx.write("ok"))
        .get("/without", async |cx| cx.write("no form"))
}

/// A client without a jar: every request says itself which cookie it has.
fn get(client: &TestClient, target: &str, cookie: &str) -> TestResponse {
    client
        .get(target)
        .header("cookie", &format!("_xsrf={cookie}"))
        .send()
}

fn new_token(client: &TestClient) -> String {
    get(client, "/", "").text().to_owned()
}

fn post(client: &TestClient, cookie: &str, form: &[(&str, &str)], fields: &[(&str, &str)]) -> TestResponse {
    let mut request = client
        .post("/")
        .header("cookie", &format!("_xsrf={cookie}"))
        .form(form);
    for (name, value) in fields {
        request = request.header(name, value);
    }
    request.send()
}

#[test]
fn the_token_comes_by_form_query_or_field() {
    let client = TestClient::new(app());
    let token = &*new_token(&client);
    let ok = |response: TestResponse| assert_eq!((response.status(), response.text()), (200, "ok"));
    ok(post(&client, token, &[("_xsrf", token)], &[]));
    ok(post(&client, token, &[], &[("x-xsrftoken", token)]));
    ok(post(&client, token, &[], &[("x-csrftoken", token)]));
    ok(post(
        &client,
        token,
        &[("_xsrf", "")],
        &[("x-xsrftoken", ""), ("x-csrftoken", token)],
    ));
    let query = format!("/?_xsrf={}", token.replace('|', "%7C"));
    ok(client
        .post(&query)
        .header("cookie", &format!("_xsrf={token}"))
        .send());
}

#[test]
fn without_the_token_of_the_cookie_it_is_403() {
    let client = TestClient::new(app());
    let token = &*new_token(&client);
    let missing = "'_xsrf' argument missing";
    let format = "'_xsrf' argument has invalid format";
    let other = "XSRF cookie does not match";
    for (cookie, form, fields, why) in [
        ("", "", ("", ""), missing),
        (token, "", ("", ""), missing),
        (token, "", ("x-requested-with", "XMLHttpRequest"), missing),
        ("", token, ("", ""), other),
        (token, "3|", ("", ""), format),
        ("3|", token, ("", ""), other),
        // Tornado's version 1 takes any text that the cookie has too.
        ("deadbeef", "deadbeef", ("", ""), format),
        ("xoxo", "xoxo", ("", ""), format),
        (token, "xoxo", ("x-xsrftoken", token), format),
        (token, "", ("x-xsrftoken", "\u{e9}"), missing),
    ] {
        let fields: &[_] = if fields.0.is_empty() { &[] } else { &[fields] };
        let form: &[_] = if form.is_empty() { &[] } else { &[("_xsrf", form)] };
        let response = post(&client, cookie, form, fields);
        assert_eq!(response.status(), 403, "{cookie} {form:?} {fields:?}");
        let text = response.text().replace("&#x27;", "'");
        assert!(text.contains(why), "{cookie} {form:?} {fields:?}: {text}");
    }
    // 4.4.2: what stands in a cookie's value is no cookie.
    let request = client.post("/").header("cookie", "a=b]_xsrf=injected");
    assert_eq!(request.form(&[("_xsrf", "injected")]).send().status(), 403);
    let request = client.post("/").header("cookie", &format!("a=b]_xsrf={token}"));
    assert_eq!(request.form(&[("_xsrf", token)]).send().status(), 403);
    // An argument that is no text is refused as anywhere.
    let request = client
        .post("/?_xsrf=%ff")
        .header("cookie", &format!("_xsrf={token}"));
    assert_eq!(request.send().status(), 400);
}

#[test]
fn tokens_are_masked_anew_and_stay_good() {
    let client = TestClient::new(app());
    let first = new_token(&client);
    let mut seen = vec![first.clone()];
    let mut cookie = first.clone();
    for _ in 0..5 {
        let page = get(&client, "/", &cookie);
        assert!(page.header("set-cookie").is_none());
        assert!(!seen.iter().any(|token| token == page.text()), "{}", page.text());
        // The hidden bytes of the token stand nowhere: no two texts share their middle.
        let hidden = |text: &str| text.split('|').nth(2).map(str::to_owned);
        assert!(!seen.iter().any(|token| hidden(token) == hidden(page.text())));
        page.text().clone_into(&mut cookie);
        seen.push(cookie.clone());
        // An older tab's form still fits the newer cookie, and the other way round.
        assert_eq!(post(&client, &cookie, &[("_xsrf", &first)], &[]).status(), 200);
        assert_eq!(post(&client, &first, &[("_xsrf", &cookie)], &[]).status(), 200);
    }
    let other = new_token(&client);
    assert_eq!(post(&client, &other, &[("_xsrf", &other)], &[]).status(), 200);
    assert_eq!(post(&client, &other, &[("_xsrf", &first)], &[]).status(), 403);
    assert_eq!(post(&client, &first, &[("_xsrf", &other)], &[]).status(), 403);
}

#[test]
fn the_cookie_is_set_when_the_token_is_read() {
    let client = TestClient::new(app());
    assert!(get(&client, "/without", "").header("set-cookie").is_none());
    for bad in ["", "3|", "2|ed0e15d1|6d66|1", "deadbeef"] {
        let page = get(&client, "/", bad);
        let expected = format!("_xsrf={}; Path=/; SameSite=Lax", page.text());
        assert_eq!(page.header("set-cookie"), Some(&*expected));
    }
    let tls = Peer {
        scheme: Scheme::Https,
        ..Peer::default()
    };
    let page = TestClient::new(app()).peer(tls).get("/").send();
    assert!(
        page.header("set-cookie")
            .is_some_and(|cookie| cookie.ends_with("; Secure"))
    );
}

#[test]
fn the_cookie_can_have_another_name() {
    let settings = Settings {
        xsrf_cookie_name: "__Host-xsrf".into(),
        ..settings()
    };
    let client = TestClient::new(app().settings(settings));
    let page = client.get("/").send();
    let token = page.text();
    let expected = format!("__Host-xsrf={token}; Path=/; SameSite=Lax; Secure");
    assert_eq!(page.header("set-cookie"), Some(&*expected));
    assert_eq!(client.post("/").form(&[("_xsrf", token)]).send().status(), 200);
    assert_eq!(post(&client, token, &[("_xsrf", token)], &[]).status(), 403);
    for (name, secure) in [("__secure-xsrf", true), ("__xsrf", false)] {
        let settings = Settings {
            xsrf_cookie_name: name.into(),
            ..self::settings()
        };
        let page = TestClient::new(app().settings(settings)).get("/").send();
        let cookie = page.header("set-cookie").expect("a cookie");
        assert_eq!(cookie.ends_with("; Secure"), secure, "{cookie}");
    }
    let settings = Settings {
        xsrf_cookie_name: "a b".into(),
        ..self::settings()
    };
    let problem = app().settings(settings).check().expect_err("no name").to_string();
    assert!(problem.contains("xsrf_cookie_name"), "{problem}");
}

/// Tells what of it runs.
struct Told(Log);

impl RequestHandler for Told {
    async fn prepare(&self, _: &mut Context) -> Result {
        self.0.add("prepare");
        Ok(())
    }

    async fn other(&self, cx: &mut Context) -> Result {
        self.0.add("other");
        cx.write("ok")
    }
}

struct Api;

impl RequestHandler for Api {
    fn check_xsrf_cookie(&self, _: &Context) -> Result {
        Ok(())
    }

    async fn post(&self, cx: &mut Context) -> Result {
        cx.write("ok")
    }
}

#[test]
fn it_is_checked_before_the_handler_and_on_unsafe_methods_only() {
    let log = Log::default();
    let app = app()
        .route("/told", Told(log.clone()))
        .route("/api", Api)
        .post("/hook", async |cx| cx.write("ok"))
        .any_origin();
    let client = TestClient::new(app);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        assert_eq!(client.request(method, "/told").send().status(), 403, "{method}");
    }
    assert!(log.take().is_empty());
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(client.request(method, "/told").send().status(), 200, "{method}");
        assert_eq!(log.take(), ["prepare", "other"]);
    }
    assert_eq!(client.post("/api").send().status(), 200);
    assert_eq!(client.post("/hook").send().status(), 200);
    assert_eq!(client.post("/nowhere").send().status(), 404);
    assert_eq!(client.post("/without").send().status(), 405);
    // The two protections stand side by side.
    let token = &*new_token(&client);
    let cross = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    assert_eq!(post(&client, token, &[("_xsrf", token)], &cross).status(), 403);
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(post(&client, token, &[("_xsrf", token)], &own).status(), 200);
    assert_eq!(post(&client, token, &[], &own).status(), 403);
}

#[test]
fn without_the_setting_nothing_is_asked() {
    let client = TestClient::new(app().settings(Settings::default()));
    assert_eq!(client.post("/").send().status(), 200);
    // The token is there all the same.
    let token = &*new_token(&client);
    assert!(token.starts_with("2|"));
}

#[test]
fn a_handler_that_streams_has_the_field_and_the_query() {
    let app = app().streaming("/up", async |cx| {
        let mut read = 0;
        while let Some(chunk) = cx.read_chunk().await? {
            read += chunk.len();
        }
        cx.write(read.to_string())
    });
    let client = TestClient::new(app);
    let token = &*new_token(&client);
    let up = || client.post("/up").header("cookie", &format!("_xsrf={token}"));
    assert_eq!(up().form(&[("_xsrf", token)]).send().status(), 403);
    assert_eq!(up().header("x-xsrftoken", token).body("123").send().text(), "3");
}

#[derive(Template)]
#[template(ext = "html", source = "{{ xsrf_form_html() }} {{ xsrf_token() }}")]
struct Form;

#[derive(Template)]
#[template(ext = "html", source = "{{ xsrf_form_html() }}{{ named(\"nothing\") }}")]
struct Broken;

/// The form's token is the other one, and the cookie is that token; the cookie is set once.
fn check_form(response: &TestResponse) {
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let cookie = cookies[0]
        .to_str()
        .expect("text")
        .split(';')
        .next()
        .expect("a cookie");
    let token = cookie.strip_prefix("_xsrf=").expect("the name");
    let form = format!(r#"<input type="hidden" name="_xsrf" value="{token}"/> {token}"#);
    assert!(response.text().contains(&form), "{}", response.text());
}

#[test]
fn templates_have_the_form() {
    let app = app()
        .get("/form", async |cx| cx.render(Form))
        .get("/later", async |cx| cx.render_later(Form))
        .get("/twice", async |cx| {
            let first = cx.render_string(Form)?;
            let field = cx.xsrf_form_html()?;
            assert!(first.starts_with(&field) && first.ends_with(&cx.xsrf_token()?));
            cx.render(Form)
        })
        .get("/flushed", async |cx| {
            let form = cx.render_string(Form)?;
            cx.write(form)?;
            cx.flush().await?;
            let again = cx.render_string(Form)?;
            cx.write(again)?;
            let field = cx.xsrf_form_html()?;
            cx.write(field)
        })
        .get("/late", async |cx| {
            cx.write("head")?;
            cx.flush().await?;
            let late = cx.xsrf_token().is_err() && cx.render_string(Form).is_err();
            cx.write(if late { " told" } else { " untold" })
        })
        .get("/broken", async |cx| cx.render(Broken))
        .error_template(|_| Form);
    let client = TestClient::new(app);
    for target in ["/form", "/later", "/twice", "/flushed", "/broken", "/nowhere"] {
        check_form(&client.get(target).header("cookie", "").send());
    }
    assert_eq!(
        client.get("/late").header("cookie", "").send().text(),
        "head told"
    );
    // What the application says a name means goes first.
    let app = self::app().template_function("xsrf_form_html", |scope, _| {
        scope.set_cookie(&SetCookie::new("own", "1"))?;
        Ok("own".into())
    });
    let client = TestClient::new(app.get("/form", async |cx| cx.render(Form)));
    let page = client.get("/form").send();
    assert!(page.text().starts_with("own 2|"), "{}", page.text());
    assert_eq!(page.headers().get_all("set-cookie").iter().count(), 2);
}
