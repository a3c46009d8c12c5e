//! Static files: conditions, ranges, packed siblings, and paths that lead out.

use super::Case;
use crate::message::{RawRequest, RawResponse};

const ROBOTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/static/robots.txt"));
const STYLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/static/css/site.css"
));

fn robots() -> RawRequest {
    RawRequest::get("/static/robots.txt")
}

fn etag(response: &RawResponse) -> String {
    response.header("etag").expect("a tag")
}

pub(crate) const CASES: &[Case] = &[
    Case::new("a static file has type, length and validators", |w| {
        let response = w.get("/static/robots.txt").is(200).says(ROBOTS);
        let tag = etag(&response);
        assert!(tag.starts_with('"') && tag.len() > 2, "{tag}");
        response
            .has("content-type", "text/plain; charset=UTF-8")
            .has("accept-ranges", "bytes")
            .has("vary", "accept-encoding, Origin")
            .lacks("content-encoding");
        let head = w.ask("HEAD", "/static/robots.txt").is(200).says("");
        head.has("content-length", "26").has("etag", &tag);
        w.get("/robots.txt").is(200).says(ROBOTS).has("etag", &tag);
        w.ask("POST", "/static/robots.txt")
            .is(405)
            .has("allow", "GET, HEAD, OPTIONS");
    }),
    Case::new("a static file that the client has is 304", |w| {
        let first = w.get("/static/robots.txt").is(200);
        let (tag, modified) = (etag(&first), first.header("last-modified").expect("a date"));
        for (name, value) in [
            ("If-None-Match", tag.as_str()),
            ("If-None-Match", "*"),
            ("If-None-Match", &format!("\"x\", W/{tag}")),
            ("If-Modified-Since", &modified),
        ] {
            let response = w.send(robots().field(name, value)).is(304).says("");
            response
                .has("etag", &tag)
                .lacks("content-type")
                .lacks("content-encoding");
        }
        for (name, value) in [
            ("If-None-Match", "\"x\""),
            ("If-Modified-Since", "junk"),
            ("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"),
        ] {
            w.send(robots().field(name, value)).is(200).says(ROBOTS);
        }
        let newer = robots()
            .field("If-None-Match", "\"x\"")
            .field("If-Modified-Since", &modified);
        w.send(newer).is(200).says(ROBOTS);
        w.send(robots().field("If-Match", "\"x\"")).is(412);
        w.send(robots().field("If-Match", &tag)).is(200).says(ROBOTS);
    }),
    Case::new("one range of a static file", |w| {
        for (range, status, place, text) in [
            ("bytes=0-9", 206, Some("bytes 0-9/26"), &ROBOTS[..10]),
            ("bytes=-4", 206, Some("bytes 22-25/26"), &ROBOTS[22..]),
            ("bytes=20-99", 206, Some("bytes 20-25/26"), &ROBOTS[20..]),
            ("bytes=0-", 200, None, ROBOTS),
            ("bytes=-27", 200, None, ROBOTS),
            ("junk", 200, None, ROBOTS),
            ("bytes=26", 200, None, ROBOTS),
            ("bytes=26-", 416, Some("bytes */26"), ""),
            ("bytes=-0", 416, Some("bytes */26"), ""),
            ("bytes=10-3", 416, Some("bytes */26"), ""),
        ] {
            let response = w.send(robots().field("Range", range)).is(status).says(text);
            assert_eq!(response.header("content-range").as_deref(), place, "{range}");
            let head = RawRequest::new("HEAD", "/static/robots.txt").field("Range", range);
            let head = w
                .send(head)
                .is(status)
                .says("")
                .has("content-length", &text.len().to_string());
            assert_eq!(head.header("content-range").as_deref(), place, "{range}");
        }
        let stale = robots().field("Range", "bytes=0-9").field("If-Range", "\"x\"");
        w.send(stale).is(200).says(ROBOTS);
        let tag = etag(&w.get("/static/robots.txt"));
        let fresh = robots().field("Range", "bytes=0-9").field("If-Range", &tag);
        w.send(fresh).is(206).says(&ROBOTS[..10]);
    }),
    Case::new("several ranges of a static file are parts", |w| {
        let response = w
            .send(robots().field("Range", "bytes=0-3,-2"))
            .is(206)
            .lacks("content-range");
        let kind = response.header("content-type").expect("a type");
        let boundary = kind.split_once("boundary=").expect("parts").1.trim_matches('"');
        let text = response.text();
        let parts: Vec<_> = text.split(&format!("--{boundary}")).collect();
        assert!(
            kind.starts_with("multipart/byteranges") && parts.len() == 4,
            "{text}"
        );
        for (part, range, content) in [
            (parts[1], "bytes 0-3/26", "User"),
            (parts[2], "bytes 24-25/26", "/\n"),
        ] {
            assert!(part.contains(&format!("Content-Range: {range}\r\n")), "{part}");
            assert!(part.ends_with(&format!("\r\n\r\n{content}\r\n")), "{part}");
        }
        assert_eq!(parts[3], "--\r\n");
        w.send(robots().field("Range", "bytes=0-3,4-7"))
            .is(206)
            .says("User-age");
    }),
    Case::new("a packed sibling of a static file is sent to who takes it", |w| {
        let style = || RawRequest::get("/static/css/site.css");
        let plain = w.send(style()).is(200).says(STYLE).lacks("content-encoding");
        let mut tags = vec![etag(&plain)];
        for (accept, coding) in [("gzip, br;q=0.5", "gzip"), ("br, gzip", "br"), ("zstd", "zstd")] {
            let response = w.send(style().field("Accept-Encoding", accept)).is(200);
            assert!(response.body.len() < STYLE.len());
            let response = response
                .has("content-encoding", coding)
                .has("vary", "accept-encoding, Origin");
            assert!(!tags.contains(&etag(&response)), "{coding}");
            tags.push(etag(&response.has("content-type", "text/css; charset=UTF-8")));
        }
        let refused = style().field("Accept-Encoding", "gzip;q=0, br;q=0");
        w.send(refused).is(200).says(STYLE).lacks("content-encoding");
        let part = style()
            .field("Accept-Encoding", "gzip")
            .field("Range", "bytes=0-1");
        w.send(part)
            .is(206)
            .says(b"\x1f\x8b")
            .has("content-encoding", "gzip");
    }),
    Case::new("no path to a static file leads out", |w| {
        for (target, status) in [
            ("/static//etc/passwd", 403),
            ("/static/%5c%5cevil.com", 403),
            ("/static/robots.txt%00", 404),
            ("/static/nul", 404),
            ("/static/none", 404),
            ("/static/robots.txt/", 404),
        ] {
            w.get(target).is(status).lacks("location");
        }
        let location = format!("{}/static/css/", w.carry.mount());
        w.get("/static/css").is(301).has("location", &location);
        w.get("/static/")
            .is(200)
            .has("content-type", "text/html; charset=UTF-8");
        w.get("/static/css/").is(404);
    }),
    Case::new("dots in the path of a static file are 403", |w| {
        for target in [
            "/static/../static/robots.txt",
            "/static/%2e%2e/robots.txt",
            "/static/..%2frobots.txt",
            "/static//evil.com/../css",
            "/static/%5Cevil.com/../css",
        ] {
            w.get(target).is(403).lacks("location");
        }
        for target in [
            "/../static_foo.txt",
            "//evil.com/../css",
            "/\\evil.com/../css",
            "/%5Cevil.com/../css",
        ] {
            let response = w.send(RawRequest::get(target).field("Host", "files.test"));
            response.is(403).lacks("location");
        }
    }),
    // CVE-2023-28370 and what followed: files at `/`, where a path may be taken for another host.
    Case::new("no redirect of static files leaves the origin", |w| {
        let at_root = |target: &str| w.send(RawRequest::get(target).field("Host", "files.test"));
        for target in [
            "//css",
            "///css",
            "//evil.com/css",
            "/%5Ccss",
            "/%5Cevil.com%5Ccss",
            "/%2Fcss",
        ] {
            at_root(target).is(403).lacks("location");
        }
        let location = format!("{}/css/", w.carry.mount());
        at_root("/css").is(301).has("location", &location);
        at_root("/robots.txt").is(200).says(ROBOTS);
    }),
    Case::new("a versioned URL may be kept for ever", |w| {
        let url = w.get("/static-url").is(200).text();
        let target = url.strip_prefix(w.carry.mount()).expect("the mount");
        assert!(target.starts_with("/static/css/site.css?v="), "{url}");
        w.get(target)
            .is(200)
            .says(STYLE)
            .has("cache-control", "public, max-age=31536000, immutable");
        w.get("/static/css/site.css?v=x").is(200).lacks("cache-control");
    }),
];
