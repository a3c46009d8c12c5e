//! Error pages, and what of an error the client may see.

use std::fmt;

use serde_json::Value;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

const SECRET: &str = "password=hunter2";

#[derive(Debug)]
struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SECRET)
    }
}

impl std::error::Error for Foreign {}

fn foreign() -> Result<(), Foreign> {
    Err(Foreign)
}

async fn fails(cx: &mut Context) -> Result {
    match cx.path_arg("how")? {
        "question-mark" => foreign()?,
        "status" => foreign().status(404)?,
        "none" => None.status(410)?,
        "message" => return Err(Error::new(500).message(SECRET)),
        "source" => return Err(Error::new(502).message("backend").source(Foreign)),
        "panic" => panic!("{SECRET}"),
        "markup" => return Err(Error::new(400).message("<script>alert('1')</script> & \"x\"")),
        "header" => {
            return Err(Error::new(401).header("www-authenticate".parse()?, "Basic realm=\"x\"".parse()?));
        }
        "reason" => {
            let reason = cx.get_argument("reason")?;
            return Err(Error::new(400).reason(reason));
        }
        "set" => {
            let reason = cx.get_argument("reason")?;
            cx.set_status_reason(200, &reason);
        }
        "value" => {
            let value = cx.get_argument("value")?;
            cx.set_header("x-value", value.as_str())?;
        }
        "name" => {
            let name = cx.get_argument("value")?;
            cx.add_header(name.as_str(), "1")?;
        }
        "redirect" => {
            let url = cx.get_argument("value")?;
            cx.redirect(&url)?;
        }
        "trailer" => {
            let value = cx.get_argument("value")?;
            cx.add_trailer("x-value", value.as_str())?;
        }
        _ => return Err(Error::new(404)),
    }
    Ok(())
}

fn client(debug: bool) -> TestClient {
    let settings = Settings {
        debug,
        ..Settings::default()
    };
    TestClient::new(Application::new().settings(settings).get("/{how}", fails))
}

fn json(client: &TestClient, path: &str) -> (TestResponse, Value) {
    let response = client.get(path).header("accept", "application/json").send();
    let value: Value = response.json();
    (response, value["error"].clone())
}

#[test]
fn a_foreign_error_is_500_and_keeps_its_text_unless_debugging() {
    for how in ["question-mark", "message", "source", "panic"] {
        let path = format!("/{how}");
        let hidden = client(false).get(&path).send();
        assert!(
            hidden.status() >= 500 && !hidden.text().contains("hunter2"),
            "{how}"
        );
        let (response, page) = json(&client(false), &path);
        assert_eq!(page["message"], "");
        assert!(!response.text().contains("hunter2"));
        assert!(client(true).get(&path).send().text().contains("hunter2"), "{how}");
        assert!(
            json(&client(true), &path).1["message"]
                .to_string()
                .contains("hunter2")
        );
    }
    // A status chosen on the way does not publish the text either: it was not written for the client.
    let response = client(false).get("/status").send();
    assert_eq!(response.status(), 404);
    assert!(!response.text().contains("hunter2"));
    assert_eq!(client(false).get("/none").send().status(), 410);
}

#[test]
fn the_page_is_html_unless_json_is_asked_for() {
    let client = client(false);
    let page = client.get("/nothing").send();
    assert_eq!(page.header("content-type"), Some("text/html; charset=UTF-8"));
    assert!(page.text().contains("<title>404: Not Found</title>"));
    let (response, error) = json(&client, "/nothing");
    assert_eq!(
        response.header("content-type"),
        Some("application/json; charset=UTF-8")
    );
    assert_eq!(
        (&error["status"], &error["reason"]),
        (&404.into(), &"Not Found".into())
    );
    assert_eq!(error["request_id"].as_str(), response.header("x-request-id"));
    let browser = client
        .get("/nothing")
        .header("accept", "text/html,application/json;q=0.9")
        .send();
    assert!(browser.text().starts_with("<!doctype html>"));
}

#[test]
fn the_text_of_a_4xx_is_shown_escaped() {
    let client = client(false);
    let page = client.get("/markup").send();
    assert!(!page.text().contains("<script>"));
    assert!(
        page.text()
            .contains("&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp; &quot;x&quot;")
    );
    let (response, error) = json(&client, "/markup");
    assert!(
        !response.text().contains("</"),
        "it could stand in a script element"
    );
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("<script>"))
    );
}

#[test]
fn headers_of_an_error_are_sent() {
    let response = client(false).get("/header").send();
    assert_eq!(response.status(), 401);
    assert_eq!(response.header("www-authenticate"), Some("Basic realm=\"x\""));
}

#[test]
fn a_reason_phrase_that_is_not_allowed_is_unknown() {
    let client = client(false);
    // CVE-2025-67724
    for bad in [
        "OK%0D%0AX-Injection:injected",
        "%3Cscript%3E",
        "a%00b",
        "%E2%82%AC",
        "a%7Fb",
    ] {
        for how in ["set", "reason"] {
            let response = client.get(&format!("/{how}?reason={bad}")).send();
            if bad == "a%00b" {
                // get_argument has made a space of it.
                assert_eq!(response.reason(), Some("a b"));
                continue;
            }
            assert_eq!(response.reason(), Some("Unknown"), "{bad}");
            assert!(!response.text().contains("Injection") && !response.text().contains("<script>"));
            assert!(!response.headers().contains_key("x-injection"));
        }
    }
    let fine = client.get("/reason?reason=I+said+%22no%22").send();
    assert_eq!(fine.reason(), Some("I said \"no\""));
    assert!(fine.text().contains("400: I said &quot;no&quot;"));
    let (_, error) = json(&client, "/reason?reason=No+way");
    assert_eq!(error["reason"], "No way");
}

#[test]
fn line_breaks_do_not_get_into_the_head() {
    let client = client(false);
    for value in ["a%0D%0AX-Injection:%20injected", "a%0Ab", "a%0Db", "a%7Fb"] {
        for how in ["value", "name", "redirect", "trailer"] {
            let response = client.get(&format!("/{how}?value={value}")).send();
            assert_eq!(response.status(), 500, "{how} {value}");
            let fields = response.headers();
            assert!(!fields.contains_key("x-injection") && !fields.contains_key("location"));
            assert!(!fields.contains_key("x-value") && !response.text().contains("Injection"));
        }
    }
    assert_eq!(client.get("/name?value=a+b").send().status(), 500);
    assert_eq!(
        client.get("/value?value=fine").send().header("x-value"),
        Some("fine")
    );
}

#[test]
fn numbers_that_are_no_error_status_become_500() {
    for status in [0, 99, 100, 200, 302, 399, 1000, u16::MAX] {
        assert_eq!(Error::new(status).status_code(), 500, "{status}");
    }
    assert_eq!(Error::new(599).status_code(), 599);
    assert_eq!(Error::new(999).status_code(), 999);
}

#[test]
fn a_status_without_a_name_has_a_page_too() {
    let app = Application::new().get("/", async |_cx| Err(Error::new(499)));
    let response = TestClient::new(app).get("/").send();
    assert_eq!(response.status(), 499);
    assert!(response.text().contains("499: Unknown"));
}
