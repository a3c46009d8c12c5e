//! Forms as typed values, and as the bytes that were sent.

use serde::Deserialize;
use waterspout::prelude::*;
use waterspout::testing::TestClient;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Order {
    dish: String,
    count: u8,
    size: Size,
    note: Option<String>,
    table: Option<u16>,
    #[serde(default)]
    extra: Vec<i8>,
    #[serde(default)]
    take_away: bool,
    price: f32,
}

fn orders() -> TestClient {
    TestClient::new(Application::new().post("/", async |cx| {
        let order: Order = cx.form()?;
        cx.write(format!("{order:?}"))
    }))
}

#[test]
fn a_form_becomes_a_type() {
    let fields = [
        ("dish", " soup\0 "),
        ("count", "1"),
        ("count", " 2 "),
        ("size", "large"),
        ("note", "caf\u{e9}"),
        ("table", ""),
        ("extra", "-1"),
        ("extra", "7"),
        ("take_away", "true"),
        ("price", "1.5"),
        ("unknown", "x"),
    ];
    let order = Order {
        dish: "soup".into(),
        count: 2,
        size: Size::Large,
        note: Some("caf\u{e9}".into()),
        table: None,
        extra: vec![-1, 7],
        take_away: true,
        price: 1.5,
    };
    assert_eq!(
        orders().post("/").form(&fields).send().text(),
        format!("{order:?}")
    );
}

#[test]
fn a_form_that_does_not_fit_is_422_and_says_where() {
    let good = [("dish", "a"), ("count", "1"), ("size", "small"), ("price", "1")];
    let client = orders();
    assert_eq!(client.post("/").form(&good).send().status(), 200);
    for (name, value, text) in [
        ("count", "x", r#"form: field "count": "x" is no u8"#),
        ("count", "256", r#"form: field "count": "256" is no u8"#),
        (
            "size",
            "huge",
            r#"form: field "size": unknown variant `huge`, expected `small` or `large`"#,
        ),
        ("table", "-1", r#"form: field "table": "-1" is no u16"#),
        ("extra", "", r#"form: field "extra": "" is no i8"#),
        ("take_away", "on", r#"form: field "take_away": "on" is no bool"#),
    ] {
        let mut fields = good.to_vec();
        fields.retain(|(other, _)| *other != name);
        fields.push((name, value));
        let response = client
            .post("/")
            .header("accept", "application/json")
            .form(&fields)
            .send();
        let page: serde_json::Value = response.json();
        assert_eq!(response.status(), 422);
        assert!(
            page.to_string().contains(&serde_json::json!(text).to_string()),
            "{page}"
        );
    }
    let response = client.post("/").form(&good[1..]).send();
    assert_eq!(response.status(), 422);
    assert!(response.text().contains("missing field `dish`"));
}

#[test]
fn a_form_that_is_none_is_415_and_bad_text_400() {
    let client = orders();
    assert_eq!(client.post("/").body("dish=a").send().status(), 415);
    assert_eq!(client.post("/").json(&1).send().status(), 415);
    assert_eq!(
        client
            .post("/")
            .header(FORM.0, FORM.1)
            .body("dish=%ff")
            .send()
            .status(),
        400
    );
}

#[test]
fn raw_values_are_bytes() {
    let app = Application::new().post("/", async |cx| {
        let values: Vec<_> = cx.body_arguments().raw("a").map(<[u8]>::to_vec).collect();
        cx.write(format!("{values:?}"))
    });
    let request = TestClient::new(app);
    let request = request.post("/").header(FORM.0, FORM.1).body("a=%ff%00&b=1&a=+x");
    assert_eq!(request.send().text(), "[[255, 0], [32, 120]]");
}
