//! Tags, compression, redirects, security fields, sharing with other origins.

use std::io::Read;

use flate2::read::GzDecoder;

use super::Case;
use crate::app::responses::TEXT;
use crate::message::{RawRequest, RawResponse};

/// SHA-1 of `Hello, world`, as Tornado has it.
const HELLO: &str = "\"e02aa1b106d5c7c6a98def2b13005d5b84fd8dc8\"";

fn gunzip(response: &RawResponse) -> String {
    let mut content = String::new();
    GzDecoder::new(&*response.body)
        .read_to_string(&mut content)
        .expect("gzip");
    content
}

fn words(accept: &str) -> RawRequest {
    RawRequest::get("/words").field("Accept-Encoding", accept)
}

pub(crate) const CASES: &[Case] = &[
    Case::new("a body in memory has a strong tag", |w| {
        w.get("/").is(200).has("etag", HELLO);
        w.ask("HEAD", "/")
            .is(200)
            .has("etag", HELLO)
            .has("content-length", "12");
        w.get("/events").is(200).lacks("etag");
        w.get("/nowhere").is(404).lacks("etag");
    }),
    Case::new("If-None-Match is a list compared weakly", |w| {
        for (tag, named, status) in [
            ("%22xyzzy%22", "*", 304),
            ("%22xyzzy%22", "\"xyzzy\"", 304),
            ("%22xyzzy1%22", "\"xyzzy1\", \"xyzzy2\"", 304),
            ("%22xyzzy%22", "\"xyzzy1\"", 200),
            ("%22xyzzy%22", "\"xyzzy1\", \"xyzzy2\"", 200),
            ("%22xyzzy1%22", "W/\"xyzzy1\"", 304),
            ("%22xyzzy2%22", "W/\"xyzzy1\", W/\"xyzzy2\"", 304),
            ("%22xyzzy2%22", "W/\"xyzzy1\"", 200),
            ("%22xyzzy3%22", "W/\"xyzzy1\", W/\"xyzzy2\"", 200),
        ] {
            let target = format!("/tag?tag={tag}");
            for method in ["GET", "HEAD"] {
                let request = RawRequest::new(method, &target).field("If-None-Match", named);
                let response = w.send(request).is(status).has("etag", &tag.replace("%22", "\""));
                if status == 304 {
                    response.says("").lacks("content-type").lacks("content-length");
                }
            }
            let post = RawRequest::post(&target, "").field("If-None-Match", named);
            w.send(post).is(200).says("tagged");
        }
    }),
    Case::new("gzip is for those who want it", |w| {
        for accept in [
            "gzip",
            "x-gzip",
            "deflate, gzip;q=0.1",
            "br;q=0, zstd;q=0, *",
            "identity;q=0, gzip",
        ] {
            let response = w.send(words(accept)).is(200);
            assert_eq!(gunzip(&response), TEXT.repeat(100), "{accept}");
            response
                .has("content-encoding", "gzip")
                .has("vary", "Accept-Encoding, Origin");
        }
        for accept in [
            "gzip;q=0",
            "identity",
            "deflate",
            "",
            "gzip;q=0.1, identity;q=0.2",
            "*;q=0",
        ] {
            let response = w.send(words(accept)).is(200).says(TEXT.repeat(100));
            response
                .lacks("content-encoding")
                .has("vary", "Accept-Encoding, Origin");
        }
        let small = RawRequest::get("/").field("Accept-Encoding", "gzip");
        w.send(small)
            .is(200)
            .says("Hello, world")
            .lacks("content-encoding");
    }),
    Case::new("what is compressed has another tag, which is understood", |w| {
        let plain = w.get("/words").is(200).header("etag").expect("a tag");
        let packed = w.send(words("gzip")).is(200).header("etag").expect("a tag");
        assert_ne!(plain, packed);
        for named in [&plain, &packed] {
            let again = w.send(words("gzip").field("If-None-Match", named)).is(304);
            again.has("etag", named).lacks("content-encoding");
        }
        let other = RawRequest::get("/words").field("If-None-Match", &packed);
        w.send(other).is(200).says(TEXT.repeat(100));
    }),
    Case::new("HEAD says of compressed content what GET says", |w| {
        let head = RawRequest::new("HEAD", "/words").field("Accept-Encoding", "gzip");
        let (head, get) = (w.send(head).is(200).says(""), w.send(words("gzip")).is(200));
        for name in ["content-encoding", "vary", "etag", "content-type"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
        if let Some(length) = head.header("content-length") {
            assert_eq!(length, get.body.len().to_string());
        }
    }),
    Case::new("a part of content is never compressed", |w| {
        let request = RawRequest::get("/range")
            .field("Accept-Encoding", "gzip")
            .field("Range", "bytes=0-3999");
        let response = w.send(request).is(206).says(TEXT.repeat(100));
        response
            .lacks("content-encoding")
            .has("content-range", "bytes 0-3999/9999");
    }),
    Case::new("a stream is compressed as one", |w| {
        let request = RawRequest::get("/events").field("Accept-Encoding", "gzip");
        let response = w.send(request).is(200);
        assert_eq!(gunzip(&response), "data: a\n\ndata: b\n\n");
        response.has("content-encoding", "gzip").lacks("content-length");
    }),
    Case::new("documents have security fields", |w| {
        let page = w.get("/").is(200);
        let policy = "frame-ancestors 'self'; object-src 'none'; base-uri 'self'";
        page.has("content-security-policy", policy)
            .has("referrer-policy", "strict-origin-when-cross-origin")
            .has("cross-origin-opener-policy", "same-origin-allow-popups")
            .lacks("strict-transport-security");
        w.get("/fields-out")
            .is(200)
            .has("content-security-policy", policy);
        w.get("/facts")
            .is(200)
            .lacks("content-security-policy")
            .lacks("referrer-policy");
    }),
    Case::new(
        "a nonce of a page is that of its policy, and another each time",
        |w| {
            let nonce = || {
                let page = w.get("/scripted").is(200);
                let text = page.text();
                let nonce = text.split('"').nth(1).expect("a nonce").to_owned();
                let policy = page.header("content-security-policy").expect("a policy");
                assert!(policy.contains(&format!("'nonce-{nonce}'")), "{policy}");
                nonce
            };
            assert_ne!(nonce(), nonce());
        },
    ),
    Case::new("a redirect's arguments cannot lead elsewhere", |w| {
        for target in [
            "/a/%5Cexample.com/b",
            "/a/%09/example.com/b",
            "/a///example.com/b",
            "/moved@evil.com/x",
            "/moved:8080/x",
            "/any/javascript:alert(1)",
            "/hostless/evil.com",
        ] {
            w.get(target).is(400).lacks("location");
        }
        w.get("/a/c/b?d=e").is(301).has("location", "/c/b?d=e");
        w.get("/moved/x%20y")
            .is(301)
            .has("location", "https://www.example.com/x%20y");
    }),
    Case::new("slashes come and go, and never lead elsewhere", |w| {
        let mount = w.carry.mount();
        w.get("/add/x?a=b")
            .is(301)
            .has("location", &format!("{mount}/add/x/?a=b"));
        w.ask("HEAD", "/add/x")
            .is(301)
            .has("location", &format!("{mount}/add/x/"));
        w.get("/add/x/").is(200).says("with a slash");
        w.send(RawRequest::post("/add/x", "")).is(404);
        w.get("/rem/x/")
            .is(301)
            .has("location", &format!("{mount}/rem/x"));
        w.get("/rem/x").is(200).says("without a slash");
        w.get("//add.example.com").is(403).lacks("location");
        w.get("///rem.example.com/x/").is(403).lacks("location");
    }),
    Case::new("other origins read what they may", |w| {
        let ask = |method: &str, origin: &str| RawRequest::new(method, "/shared").field("Origin", origin);
        let allowed = w.send(ask("GET", "https://app.example")).is(200).says("shared");
        allowed.has("access-control-allow-origin", "https://app.example");
        let other = w.send(ask("GET", "https://evil.example")).is(200);
        other
            .lacks("access-control-allow-origin")
            .has("vary", "Accept-Encoding, Origin");
        let preflight = |origin| ask("OPTIONS", origin).field("Access-Control-Request-Method", "PUT");
        let yes = w.send(preflight("https://app.example")).is(204);
        yes.has("access-control-allow-methods", "GET, PUT")
            .has("access-control-allow-origin", "https://app.example");
        w.send(preflight("https://evil.example"))
            .is(403)
            .lacks("access-control-allow-origin");
    }),
];
