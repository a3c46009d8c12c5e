//! Failures and what the client is told of them.

use super::Case;
use crate::message::RawRequest;

pub(crate) const CASES: &[Case] = &[
    Case::new("a panic is 500, and the next request is answered", |w| {
        let response = w.get("/fail/panic").is(500);
        assert!(!response.text().contains("secret"), "{}", response.text());
        w.get("/").is(200);
    }),
    Case::new("the text of a 5xx stays inside", |w| {
        for how in ["500", "foreign"] {
            let html = w.get(&format!("/fail/{how}")).is(500);
            let request = RawRequest::get(&format!("/fail/{how}")).field("Accept", "application/json");
            let json = w.send(request).is(500);
            for text in [html.text(), json.text()] {
                assert!(text.contains("Internal Server Error"), "{text}");
                assert!(!text.contains("secret") && !text.contains("digit"), "{text}");
            }
        }
    }),
    Case::new("the text of a 4xx is shown, escaped", |w| {
        let response = w
            .get("/fail/409")
            .is(409)
            .has("content-type", "text/html; charset=UTF-8");
        assert!(
            response.text().contains("a &lt;conflict&gt;"),
            "{}",
            response.text()
        );
    }),
    Case::new("errors are JSON for those who ask for it", |w| {
        let request = RawRequest::get("/fail/409").field("Accept", "application/json");
        let response = w
            .send(request)
            .is(409)
            .has("content-type", "application/json; charset=UTF-8");
        let page: serde_json::Value = serde_json::from_slice(&response.body).expect("JSON");
        assert_eq!(page["error"]["status"], 409);
        assert_eq!(page["error"]["message"], "a <conflict>");
        assert_eq!(
            page["error"]["request_id"].as_str().map(str::to_owned),
            response.header("x-request-id")
        );
        let both = RawRequest::get("/fail/409").field("Accept", "text/html, application/json;q=0.9");
        w.send(both)
            .is(409)
            .has("content-type", "text/html; charset=UTF-8");
    }),
    Case::new("an error carries its fields", |w| {
        w.get("/fail/401")
            .is(401)
            .has("www-authenticate", "Basic realm=\"x\"");
    }),
    Case::new("an error page replaces what was written before", |w| {
        let response = w.get("/fail/half").is(503).lacks("x-left");
        assert!(!response.text().contains("half a page"));
    }),
    Case::new("HEAD of an error has no body", |w| {
        let response = w.ask("HEAD", "/fail/409").is(409).says("");
        assert_ne!(response.header("content-length").as_deref(), Some("0"));
    }),
    Case::new("a failure after the head is a body cut off", |w| {
        for how in ["panic-after-head", "error-after-head"] {
            let response = w.get(&format!("/fail/{how}"));
            assert_eq!(
                (response.status, response.text().as_str(), response.cut),
                (200, "one", true),
                "{how}"
            );
        }
        w.get("/").is(200);
    }),
];
