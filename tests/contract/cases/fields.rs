//! Header fields, cookies, the fields that the framework adds.

use super::Case;
use crate::message::RawRequest;

pub(crate) const CASES: &[Case] = &[
    Case::new("repeated request fields keep their order", |w| {
        let request = RawRequest::get("/fields")
            .field("X-B", "1")
            .field("X-A", "2")
            .field("x-b", "3, 4")
            .field("X-B", "");
        w.send(request).is(200).says("x-b=1\nx-b=3, 4\nx-b=\nx-a=2\n");
    }),
    Case::new("bytes beyond ASCII are kept in request fields", |w| {
        let request = RawRequest::get("/fields").field("X-Obs", b"caf\xe9 \xc3\xa9");
        w.send(request).is(200).says(b"x-obs=caf\xe9 \xc3\xa9\n");
    }),
    Case::new("blanks inside a value are kept", |w| {
        let request = RawRequest::get("/fields").field("X-A", "a  b\tc");
        w.send(request).is(200).says("x-a=a  b\tc\n");
    }),
    Case::new("response fields keep repeats in order, and emptiness", |w| {
        let response = w.get("/fields-out").is(200);
        assert_eq!(response.all("x-b"), ["1", "3"]);
        assert_eq!(response.all("x-empty"), [""]);
    }),
    Case::new("response fields keep the order of their names", |w| {
        let response = w.get("/fields-out").is(200);
        let names: Vec<_> = response
            .fields
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        let at = |wanted: &str| names.iter().position(|name| name == wanted).expect("the field");
        assert!(at("x-b") < at("x-a") && at("x-a") < at("x-empty"), "{names:?}");
    }),
    Case::new("bytes beyond ASCII are kept in response fields", |w| {
        w.get("/obs-out").is(200).has("x-obs", "caf\u{e9}");
    }),
    Case::new("a line break cannot get into a field", |w| {
        let response = w.get("/injection").is(500).lacks("x-evil").lacks("x-a");
        assert!(!response.text().contains("evil"));
    }),
    Case::new("cookies come in from all fields", |w| {
        let request = RawRequest::get("/cookies")
            .field("Cookie", "a=1; b=\"two\\073\"; a=3")
            .field("Cookie", "c=d=e; bad");
        let text = w.send(request).is(200).text();
        for line in ["b=two;", "c=d=e"] {
            assert!(text.lines().any(|other| other == line), "{text:?}");
        }
        assert_eq!(w.get("/cookies").is(200).text(), "");
    }),
    Case::new("cookies go out one a field", |w| {
        let cookies = w.get("/set-cookies").is(200).all("set-cookie");
        assert_eq!(cookies.len(), 3, "{cookies:?}");
        assert_eq!(cookies[0], "plain=v; Path=/");
        assert_eq!(cookies[1], "odd=\"a\\073b\\303\\251\"; Path=/");
        assert!(
            cookies[2].starts_with("old=\"\"; ") && cookies[2].contains("Max-Age=0"),
            "{cookies:?}"
        );
    }),
    Case::new("every response has nosniff", |w| {
        for target in ["/", "/nowhere", "/fail/panic", "/empty/204", "/a/../b"] {
            w.get(target).has("x-content-type-options", "nosniff");
        }
    }),
    Case::new("a request has an id, the client's where it is harmless", |w| {
        let own = w.get("/id").is(200);
        assert_eq!(own.header("x-request-id"), Some(own.text()));
        assert_ne!(own.text(), w.get("/id").is(200).text());
        let id = "Az09-_.".repeat(9);
        let given = w.send(RawRequest::get("/id").field("X-Request-Id", &id)).is(200);
        given.says(&id).has("x-request-id", &id);
        for bad in ["a b", "", "<script>", &"x".repeat(65)] {
            let response = w.send(RawRequest::get("/id").field("X-Request-Id", bad)).is(200);
            assert_ne!(response.text(), bad);
        }
    }),
];
