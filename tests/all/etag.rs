//! The automatic `ETag` and the 304s that come of it.

use waterspout::BodyError;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

/// SHA-1 of `Hello, world`.
const HELLO: &str = "\"e02aa1b106d5c7c6a98def2b13005d5b84fd8dc8\"";

fn client() -> TestClient {
    TestClient::new(routes(Application::new()))
}

fn routes(app: Application) -> Application {
    app.any("/", async |cx| cx.write("Hello, world"))
        .get("/tag", async |cx| {
            let tag = cx.get_query_argument("tag")?;
            cx.set_header("etag", tag)?;
            if cx.check_etag_header() {
                return Ok(());
            }
            cx.write("made")
        })
        .get("/fields", async |cx| {
            for (name, value) in [
                ("cache-control", "max-age=60"),
                ("expires", "Thu, 01 Jan 2026 00:01:00 GMT"),
                ("vary", "Cookie"),
                ("content-location", "/fields.en"),
                ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
                ("content-language", "en"),
                ("content-type", "text/plain"),
                ("content-length", "12"),
                ("x-own", "kept"),
            ] {
                cx.set_header(name, value)?;
            }
            cx.write("Hello, world")
        })
        .get("/flushed", async |cx| {
            cx.write("a")?;
            cx.flush().await?;
            cx.write("b")
        })
        .get("/stream", async |cx| {
            cx.set_header("etag", "\"s\"")?;
            let pieces = ["a", "b"].map(|piece| Ok::<_, BodyError>(Bytes::from(piece)));
            cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
        })
        .get("/whole", async |cx| cx.send_response(Response::text("whole")))
        .get("/created", async |cx| {
            cx.set_status(201);
            cx.write("new")
        })
        .get("/later", async |cx| cx.render_later(Page))
        .get("/empty", async |_cx| Ok(()))
        .head("/head", async |_cx| Ok(()))
}

#[derive(Template)]
#[template(ext = "html", source = "a page")]
struct Page;

fn ask(method: &str, target: &str, named: &str) -> TestResponse {
    let client = client();
    client
        .request(method, target)
        .header("if-none-match", named)
        .send()
}

#[test]
fn a_body_in_memory_has_tornados_tag() {
    let client = client();
    let get = client.get("/").send();
    assert_eq!((get.status(), get.header("etag")), (200, Some(HELLO)));
    let head = client.head("/").send();
    assert_eq!(head.header("etag"), Some(HELLO));
    assert_eq!((head.header("content-length"), head.text()), (Some("12"), ""));
    assert_eq!(client.get("/whole").send().header("etag").map(str::len), Some(42));
    assert_eq!(client.get("/later").send().header("etag").map(str::len), Some(42));
    let empty = client.get("/empty").send();
    assert_eq!(
        empty.header("etag"),
        Some("\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"")
    );
}

#[test]
fn what_has_no_tag() {
    let client = client();
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let response = client.request(method, "/").send();
        assert_eq!(
            (response.status(), response.header("etag")),
            (200, None),
            "{method}"
        );
    }
    for target in ["/flushed", "/created", "/nowhere"] {
        assert_eq!(client.get(target).send().header("etag"), None, "{target}");
    }
    assert_eq!(client.head("/head").send().header("etag"), None);
    let settings = Settings {
        etag: false,
        ..Settings::default()
    };
    let off = TestClient::new(routes(Application::new().settings(settings)));
    for target in ["/", "/later"] {
        let response = off.get(target).header("if-none-match", "*").send();
        assert_eq!(
            (response.status(), response.header("etag")),
            (200, None),
            "{target}"
        );
    }
}

/// Tornado's CacheTest, row by row, then rows of our own.
#[test]
fn if_none_match_is_a_weak_comparison_with_a_list() {
    for (own, named, status) in [
        (r#""xyzzy""#, "*", 304),
        (r#""xyzzy""#, r#""xyzzy""#, 304),
        (r#""xyzzy1""#, r#""xyzzy1", "xyzzy2""#, 304),
        (r#""xyzzy""#, r#""xyzzy1""#, 200),
        (r#""xyzzy""#, r#""xyzzy1", "xyzzy2""#, 200),
        (r#""xyzzy1""#, r#"W/"xyzzy1""#, 304),
        (r#""xyzzy2""#, r#"W/"xyzzy1", W/"xyzzy2""#, 304),
        (r#""xyzzy2""#, r#"W/"xyzzy1""#, 200),
        (r#""xyzzy3""#, r#"W/"xyzzy1", W/"xyzzy2""#, 200),
        (r#"W/"xyzzy""#, r#""xyzzy""#, 304),
        (r#""a,b""#, r#""x", "a,b""#, 304),
        (r#""xyzzy""#, "xyzzy", 200),
        (r#""xyzzy""#, "", 200),
        (r#""xyzzy""#, r#""XYZZY""#, 200),
        (r#""xyzzy""#, r#"junk, "xyzzy""#, 200),
        ("no tag", "*", 200),
    ] {
        let target = format!("/tag?tag={}", own.replace('"', "%22").replace(' ', "%20"));
        for method in ["GET", "HEAD"] {
            let response = ask(method, &target, named);
            assert_eq!(response.status(), status, "{method} {own} {named}");
            assert_eq!(response.header("etag"), Some(own));
        }
    }
    let client = client();
    let lines = client
        .get("/")
        .header("if-none-match", "\"a\"")
        .header("if-none-match", HELLO);
    assert_eq!(lines.send().status(), 304, "a field may be several lines");
}

#[test]
fn a_304_keeps_what_caches_need_and_drops_what_describes_content() {
    for method in ["GET", "HEAD"] {
        let response = ask(method, "/fields", HELLO);
        assert_eq!((response.status(), response.text()), (304, ""), "{method}");
        for (name, value) in [
            ("etag", HELLO),
            ("cache-control", "max-age=60"),
            ("expires", "Thu, 01 Jan 2026 00:01:00 GMT"),
            ("vary", "Cookie"),
            ("content-location", "/fields.en"),
            ("x-own", "kept"),
        ] {
            assert_eq!(response.header(name), Some(value), "{method} {name}");
        }
        for name in [
            "content-type",
            "content-length",
            "content-language",
            "content-encoding",
            "last-modified",
        ] {
            assert_eq!(response.header(name), None, "{method} {name}");
        }
    }
    let page = client().get("/later").send();
    let tag = page.header("etag").expect("a tag").to_owned();
    assert_eq!(ask("GET", "/later", &tag).status(), 304);
}

#[test]
fn a_tag_of_the_handlers_is_compared_too_where_the_body_streams() {
    let response = ask("GET", "/stream", "W/\"s\"");
    assert_eq!((response.status(), response.text()), (304, ""));
    assert_eq!(ask("GET", "/stream", "\"t\"").text(), "ab");
}

#[test]
fn only_a_200_to_get_or_head_becomes_a_304() {
    assert_eq!(ask("POST", "/", "*").status(), 200);
    assert_eq!(ask("GET", "/created", "*").status(), 201);
    assert_eq!(ask("GET", "/nowhere", "*").status(), 404);
    assert_eq!(ask("GET", "/flushed", "*").text(), "ab");
}
