//! Arguments of the query and of forms (Tornado's rules), JSON bodies, limits.

use serde::Deserialize;
use waterspout::Limits;
use waterspout::prelude::*;
use waterspout::testing::TestClient;

fn client() -> TestClient {
    let one = async |cx: &mut Context| {
        let value = cx.get_argument("a")?;
        cx.write(value)
    };
    let all = async |cx: &mut Context| {
        let values = cx.get_arguments("a")?;
        cx.write(values.join("|"))
    };
    TestClient::new(
        Application::new()
            .get("/one", one)
            .post("/one", one)
            .get("/all", all)
            .post("/all", all)
            .get("/typed", async |cx| {
                let page: u32 = cx.argument("page")?;
                cx.write((page + 1).to_string())
            })
            .get("/or", async |cx| {
                let value = cx.get_argument_or("a", "default")?;
                let has = cx.has_argument("a");
                cx.write(format!("{value} {has}"))
            })
            .post("/sources", async |cx| {
                let text = format!("{}/{}", cx.get_query_argument("a")?, cx.get_body_argument("a")?);
                cx.write(text)
            })
            .get("/pairs", async |cx| {
                let pairs: Vec<_> = cx
                    .query_arguments()
                    .iter()
                    .map(|(k, v)| format!("{k}={v}"))
                    .collect();
                cx.write(pairs.join("\n"))
            }),
    )
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn the_last_value_wins_and_the_body_comes_after_the_query() {
    let client = client();
    assert_eq!(client.get("/one?a=1&a=2").send().text(), "2");
    let both = |path: &str, body: &'static str| {
        let response = client.post(path).header(FORM.0, FORM.1).body(body).send();
        response.text().to_owned()
    };
    assert_eq!(both("/one?a=query", "a=x&a=body"), "body");
    assert_eq!(both("/one?a=query", "b=1"), "query");
    assert_eq!(both("/all?a=1&b=2&a=3", "a=4"), "1|3|4");
    assert_eq!(both("/sources?a=q", "a=b"), "q/b");
}

#[test]
fn a_missing_argument_is_400_with_its_name() {
    let client = client();
    let response = client.get("/one?b=1").send();
    assert_eq!(response.status(), 400);
    assert!(response.text().contains("missing argument a"));
    assert_eq!(client.post("/sources?a=1").send().status(), 400);
    assert_eq!(client.get("/all").send().text(), "");
    assert_eq!(client.get("/or").send().text(), "default false");
    assert_eq!(
        client.get("/or?a").send().text(),
        " true",
        "a blank value is a value"
    );
}

#[test]
fn values_are_decoded_cleaned_and_stripped() {
    let client = client();
    for (query, value) in [
        ("a=1+2%2B3", "1 2+3"),
        ("a=%E2%82%AC", "\u{20ac}"),
        ("a=%zz%4", "%zz%4"),
        ("a=x;y", "x;y"),
        ("a=b=c", "b=c"),
        ("a=%20%09x%20", "x"),
        ("a=%00x%08y%0Ez%1F", "x y z"),
        ("a=x%0Ay%09z", "x\ny\tz"),
        ("%61=encoded", "encoded"),
        ("&&a=1&&", "1"),
    ] {
        assert_eq!(
            client.get(&format!("/one?{query}")).send().text(),
            value,
            "{query}"
        );
    }
    assert_eq!(
        client.get("/pairs?b=2&a=1&b=3&c").send().text(),
        "b=2\na=1\nb=3\nc="
    );
}

#[test]
fn bytes_that_are_no_text_are_400_where_they_are_asked_for() {
    let client = client();
    assert_eq!(client.get("/one?a=%FF").send().status(), 400);
    assert_eq!(client.get("/all?a=1&a=%C3").send().status(), 400);
    assert_eq!(
        client.get("/one?a=1&b=%FF").send().text(),
        "1",
        "b was not asked for"
    );
    let body = client
        .post("/one?a=good")
        .header(FORM.0, FORM.1)
        .body("a=%FF")
        .send();
    assert_eq!(
        body.status(),
        400,
        "the body's bad value is not passed over for the query's"
    );
}

#[test]
fn typed_arguments_are_400_when_they_do_not_parse() {
    let client = client();
    assert_eq!(client.get("/typed?page=41").send().text(), "42");
    for query in ["page=x", "page=", "page=-1", "page=4294967296", ""] {
        assert_eq!(
            client.get(&format!("/typed?{query}")).send().status(),
            400,
            "{query}"
        );
    }
    let text = client.get("/typed?page=%3Cb%3E").send();
    assert!(!text.text().contains("<b>"));
}

#[test]
fn a_body_that_is_no_form_has_no_arguments() {
    let client = client();
    let with = |kind: &str| {
        client
            .post("/one")
            .header("content-type", kind)
            .body("a=1")
            .send()
            .status()
    };
    assert_eq!(with("Application/X-WWW-Form-Urlencoded; charset=utf-8"), 200);
    assert_eq!(with("text/plain"), 400);
    assert_eq!(client.post("/one").body("a=1").send().status(), 400);
}

#[test]
fn a_thousand_fields_pass_and_one_more_is_400() {
    let client = client();
    let fields = |n: usize| vec!["a=1"; n].join("&");
    for (count, status) in [(1000, 200), (1001, 400)] {
        assert_eq!(
            client.get(&format!("/one?{}", fields(count))).send().status(),
            status
        );
        let form = client
            .post("/one")
            .header(FORM.0, FORM.1)
            .body(fields(count))
            .send();
        assert_eq!(form.status(), status);
    }
    // Counted before any handler sees it, also for fields without content.
    assert_eq!(
        client.get(&format!("/or?{}", "&".repeat(1000))).send().status(),
        400
    );
    let few = Settings {
        limits: Limits {
            form_fields: 2,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let client = TestClient::new(
        Application::new()
            .settings(few)
            .get("/", async |cx| cx.write("ok")),
    );
    assert_eq!(client.get("/?a&b").send().status(), 200);
    assert_eq!(client.get("/?a&b&c").send().status(), 400);
}

#[derive(Deserialize)]
struct Order {
    item: String,
    count: u8,
}

#[test]
fn json_is_400_malformed_422_misfit_415_when_it_is_declared_as_something_else() {
    let app = Application::new().post("/", async |cx: &mut Context| {
        let order: Order = cx.json()?;
        cx.write(format!("{} {}", order.count, order.item))
    });
    let client = TestClient::new(app);
    let send = |kind: &str, body: &'static str| {
        let response = client.post("/").header("content-type", kind).body(body).send();
        (response.status(), response.text().to_owned())
    };
    let good = r#"{"item":"tea","count":2}"#;
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/Vnd.X+JSON",
    ] {
        assert_eq!(send(kind, good), (200, "2 tea".into()), "{kind}");
    }
    assert_eq!(
        client.post("/").body(good).send().status(),
        200,
        "nothing declared"
    );
    assert_eq!(send("text/plain", good).0, 415);
    for (body, status) in [
        ("{", 400),
        ("", 400),
        ("{\"item\":\"tea\",\"count\":2}x", 400),
        (r#"{"item":"tea"}"#, 422),
        (r#"{"item":"tea","count":256}"#, 422),
    ] {
        let (got, text) = send("application/json", body);
        assert_eq!(got, status, "{body}");
        assert!(
            text.contains("JSON:") && text.contains("at line 1 column"),
            "{text}"
        );
    }
}
