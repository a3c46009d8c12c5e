//! Methods, paths, hosts, names.

use serde_json::Value;

use super::Case;
use crate::message::{RawRequest, RawResponse};

fn json(response: &RawResponse) -> Value {
    serde_json::from_slice(&response.body).expect("JSON")
}

pub(crate) const CASES: &[Case] = &[
    Case::new("a page", |w| {
        w.get("/")
            .is(200)
            .says("Hello, world")
            .has("content-type", "text/html; charset=UTF-8");
    }),
    Case::new("methods arrive as they are", |w| {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get",
        ] {
            w.ask(method, "/method").is(200).says(method);
        }
    }),
    Case::new("HEAD is derived from GET", |w| {
        let response = w.ask("HEAD", "/").is(200).says("").has("content-length", "12");
        response.has("content-type", "text/html; charset=UTF-8");
        w.ask("HEAD", "/class")
            .is(200)
            .says("")
            .has("content-length", "12");
    }),
    Case::new("OPTIONS is answered by the framework", |w| {
        w.ask("OPTIONS", "/class")
            .is(204)
            .says("")
            .has("allow", "GET, HEAD, POST, OPTIONS");
        w.ask("OPTIONS", "/functions")
            .is(204)
            .says("")
            .has("allow", "GET, HEAD, POST, OPTIONS");
    }),
    Case::new("OPTIONS * is about the server", |w| {
        let response = w.ask("OPTIONS", "*").is(204).says("");
        assert!(response.header("allow").expect("Allow").contains("PATCH"));
    }),
    Case::new("a class without the method is 405 with Allow", |w| {
        for method in ["PUT", "DELETE", "TRACE"] {
            w.ask(method, "/class")
                .is(405)
                .has("allow", "GET, HEAD, POST, OPTIONS");
        }
    }),
    Case::new("functions without the method are 405 with Allow", |w| {
        w.ask("PATCH", "/functions")
            .is(405)
            .has("allow", "GET, HEAD, POST, OPTIONS");
    }),
    Case::new("an unknown method is 501", |w| {
        w.ask("BREW", "/class").is(501);
        w.ask("BREW", "/functions").is(501);
        w.ask("BREW", "/nowhere").is(501);
    }),
    Case::new("CONNECT is 501: this is no proxy", |w| {
        w.send(RawRequest::new("CONNECT", "localhost:80")).is(501);
    }),
    Case::new("functions of one pattern join", |w| {
        w.get("/functions").is(200).says("got");
        w.ask("POST", "/functions").is(200).says("posted");
    }),
    Case::new("what has no route goes to the application's own handler", |w| {
        w.get("/nowhere?x=y").is(404).says("nothing at /nowhere");
    }),
    Case::new("dot segments are 400", |w| {
        for path in [
            "/a/../class",
            "/./class",
            "/path/%2e%2E/b",
            "/path/.%2e/b",
            "/class/..",
        ] {
            w.get(path).is(400);
        }
        w.get("/path/..a/b.").is(200).says("..a|b.");
    }),
    Case::new("raw paths have their dots", |w| {
        let target = "/raw/a/../b/%2e?q=/../";
        let received = format!("{}{target}", w.carry.mount());
        w.get(target).is(200).says(received);
    }),
    Case::new("path arguments are decoded one by one", |w| {
        w.get("/path/a%2Fb/c+d%20e").is(200).says("a/b|c+d e");
        w.get("/path/%C3%A9/%25").is(200).says("\u{e9}|%");
        w.get("/path/%ff/x").is(400);
    }),
    Case::new("typed path arguments", |w| {
        w.get("/typed/65535/x").is(200).says("65535 x");
        w.get("/typed/65536/x").is(404);
    }),
    Case::new("empty segments and a final slash are other paths", |w| {
        for path in ["//", "/class/", "//class"] {
            w.get(path).is(404);
        }
    }),
    Case::new("rules for a host come first", |w| {
        let at = |host: &str| w.send(RawRequest::get("/who").field("Host", host)).is(200).text();
        assert_eq!(at("admin.test"), "admin");
        assert_eq!(at("ADMIN.test:8080"), "admin");
        assert_eq!(at("a.users.test"), "user");
        assert_eq!(at("users.test"), "anybody");
    }),
    Case::new("the authority of an absolute target is the host", |w| {
        w.get("http://admin.test/who").is(200).says("admin");
    }),
    Case::new("names give addresses, with the mount", |w| {
        let facts = json(&w.get("/facts").is(200));
        let item = facts["item"].as_str().expect("an address");
        assert_eq!(item, format!("{}/item/a%20b%2Fc", w.carry.mount()));
        assert_eq!(facts["mount"], w.carry.mount());
        let below = item.strip_prefix(w.carry.mount()).expect("the mount");
        w.get(below).is(200).says("a b/c");
    }),
    Case::new("the carrier's facts are there", |w| {
        let facts = json(&w.get("/facts?a=%20b").is(200));
        assert_eq!(facts["remote"], w.carry.remote());
        assert_eq!(facts["scheme"], "http");
        assert_eq!(facts["host"], "localhost");
        assert_eq!(facts["version"], "HTTP/1.1");
        assert_eq!(facts["target"], format!("{}/facts?a=%20b", w.carry.mount()));
    }),
    Case::new("middleware is passed from the outermost in, and back", |w| {
        let response = w.get("/order").is(200).says("outer inner");
        assert_eq!(response.all("x-order"), ["inner", "outer"]);
    }),
];
