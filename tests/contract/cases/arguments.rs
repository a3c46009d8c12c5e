//! Arguments of queries and forms: Tornado's rules.

use serde_json::{Value, json};

use super::{Case, World};
use crate::message::RawRequest;

#[track_caller]
fn arguments(w: &World, request: RawRequest, expected: Value) {
    let response = w
        .send(request)
        .is(200)
        .has("content-type", "application/json; charset=UTF-8");
    let value: Value = serde_json::from_slice(&response.body).expect("JSON");
    assert_eq!(value, expected);
}

/// `n` fields, joined.
fn many(n: usize) -> String {
    vec!["a=1"; n].join("&")
}

pub(crate) const CASES: &[Case] = &[
    Case::new("the last argument of a query counts", |w| {
        let expected = json!({"last": "2", "all": ["1", "", "2"], "query": "2", "body": null, "has": true});
        arguments(w, RawRequest::get("/arguments?a=1&b=x&a&a=2"), expected);
    }),
    Case::new("a form goes before the query, its values after", |w| {
        let expected = json!({"last": "f", "all": ["q", "e", "f"], "query": "q", "body": "f", "has": true});
        arguments(w, RawRequest::form("/arguments?a=q", "a=e&a=f"), expected);
    }),
    Case::new("arguments are decoded, cleaned and trimmed", |w| {
        let expected = json!({"last": "x + \u{e9} ;y", "all": ["x + \u{e9} ;y"], "query": "x + \u{e9} ;y", "body": null, "has": true});
        arguments(
            w,
            RawRequest::get("/arguments?a=%20x+%2B%01%C3%A9%00;y%0a"),
            expected,
        );
    }),
    Case::new("a body that is no form has no arguments", |w| {
        let expected = json!({"last": "-", "all": [], "query": null, "body": null, "has": false});
        let request = RawRequest::post("/arguments", "a=1").field("Content-Type", "text/plain");
        arguments(w, request, expected.clone());
        arguments(w, RawRequest::get("/arguments"), expected);
    }),
    Case::new("an argument that is missing or no UTF-8 is 400", |w| {
        w.get("/number").is(400);
        w.get("/arguments?a=%ff").is(400);
        w.get("/number?n=x").is(400);
        w.get("/number?n=7").is(200).says("7");
    }),
    Case::new("1000 fields of a query are taken, 1001 are 400", |w| {
        w.get(&format!("/count?{}", many(1000))).is(200).says("1000");
        w.get(&format!("/count?{}", many(1001))).is(400);
    }),
    Case::new("1000 fields of a form are taken, 1001 are 400", |w| {
        w.send(RawRequest::form("/count", &many(1000)))
            .is(200)
            .says("1000");
        w.send(RawRequest::form("/count", &many(1001))).is(400);
    }),
    Case::new("JSON comes in and goes out", |w| {
        for kind in [
            "application/json",
            "application/problem+json; charset=utf-8",
            "APPLICATION/JSON",
        ] {
            let request = RawRequest::post("/json", r#"{"x":1,"y":-2}"#).field("Content-Type", kind);
            let response = w.send(request).is(200).says(r#"{"x":1,"y":-2}"#);
            response.has("content-type", "application/json; charset=UTF-8");
        }
    }),
    Case::new(
        "JSON that is none is 400, of another kind 415, of another shape 422",
        |w| {
            let send =
                |kind: &str, body: &str| w.send(RawRequest::post("/json", body).field("Content-Type", kind));
            send("application/json", "{").is(400);
            send("application/json", "").is(400);
            send("text/plain", r#"{"x":1,"y":2}"#).is(415);
            send("application/json", r#"{"x":"one","y":2}"#).is(422);
            send("application/json", r#"{"x":1}"#).is(422);
        },
    ),
];
