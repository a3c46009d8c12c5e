//! What a handler can answer with.

use serde_json::json;
use waterspout::BodyError;
use waterspout::cookies::SetCookie;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

use crate::support::{frame, request, respond};

/// What a handler answers to GET.
fn answer<F>(handler: F) -> TestResponse
where
    F: AsyncFn(&mut Context) -> Result + for<'a> waterspout::HandlerFn<'a>,
{
    TestClient::new(Application::new().get("/", handler))
        .get("/")
        .send()
}

#[test]
fn statuses() {
    let response = answer(async |cx| {
        cx.set_status(404);
        assert_eq!(cx.status(), 404);
        cx.write("not an error page")
    });
    assert_eq!((response.status(), response.text()), (404, "not an error page"));
    for odd in [0, 99, 100, 101, 103, 1000] {
        let app = Application::new().get_with("/", odd, async |odd, cx: &mut Context| {
            cx.set_status(odd);
            Ok(())
        });
        assert_eq!(TestClient::new(app).get("/").send().status(), 500, "{odd}");
    }
    let response = answer(async |cx| {
        cx.set_status_reason(299, "So So");
        Ok(())
    });
    assert_eq!((response.status(), response.reason()), (299, Some("So So")));
    let response = answer(async |cx| {
        cx.set_status_reason(299, "So So");
        cx.set_status(200);
        Ok(())
    });
    assert_eq!(
        response.reason(),
        None,
        "the phrase belonged to the status before"
    );
}

#[test]
fn empty_pieces_of_a_stream_are_passed_over() {
    let app = Application::new().get("/", async |cx| {
        let pieces = ["", "a", "", "", "b", ""].map(|piece| Ok::<_, BodyError>(Bytes::from(piece)));
        cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
    });
    // An empty piece, sent as a chunk, would be the end of the body.
    let mut response = respond(&app, request("GET", "/", ()));
    let body = response.body_mut();
    assert_eq!([frame(body), frame(body), frame(body)], ["a", "b", "end"]);
}

#[test]
fn fields_are_set_added_and_cleared() {
    let response = answer(async |cx| {
        cx.set_header("X-One", "a")?;
        cx.set_header("x-one", "b")?;
        cx.add_header("x-two", "a")?;
        cx.add_header("X-Two", "b")?;
        cx.set_header("x-three", 3)?;
        cx.clear_header("X-THREE");
        cx.set_header("x-bytes", &b"caf\xe9"[..])?;
        assert_eq!(cx.headers().len(), 4);
        Ok(())
    });
    assert_eq!(response.header("x-one"), Some("b"));
    assert_eq!(
        response.headers().get_all("x-two").iter().collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert!(response.header("x-three").is_none());
    assert_eq!(response.headers()["x-bytes"].as_bytes(), b"caf\xe9");
}

#[test]
fn content_is_html_unless_it_is_said_or_there_is_none() {
    let html = answer(async |cx| cx.write("x"));
    assert_eq!(html.header("content-type"), Some("text/html; charset=UTF-8"));
    let own = answer(async |cx| {
        cx.set_header("content-type", "text/plain")?;
        cx.write("x")
    });
    assert_eq!(own.header("content-type"), Some("text/plain"));
    let none = answer(async |_cx| Ok(()));
    assert_eq!((none.status(), none.header("content-type")), (200, None));
    let raw = answer(async |cx| {
        cx.write([0, 255])?;
        cx.write("\u{20ac}")
    });
    assert_eq!(raw.bytes(), [0, 255, 0xe2, 0x82, 0xac]);
}

#[test]
fn json_can_stand_in_a_script_element() {
    let response = answer(async |cx| cx.write_json(&json!({"a": "</script><!--", "b": [1, null]})));
    assert_eq!(
        response.header("content-type"),
        Some("application/json; charset=UTF-8")
    );
    assert_eq!(response.text(), r#"{"a":"<\/script><!--","b":[1,null]}"#);
    assert_eq!(response.json::<serde_json::Value>()["a"], "</script><!--");
    let own = answer(async |cx| {
        cx.set_header("content-type", "application/problem+json")?;
        cx.write("[")?;
        cx.write_json("</")?;
        cx.write("]")
    });
    assert_eq!(own.header("content-type"), Some("application/problem+json"));
    assert_eq!(own.text(), r#"["<\/"]"#);
    let map = std::collections::HashMap::from([((1, 2), 3)]);
    let app = Application::new().get_with("/", map, async |map, cx: &mut Context| cx.write_json(&map));
    assert_eq!(
        TestClient::new(app).get("/").send().status(),
        500,
        "a tuple is no JSON key"
    );
}

#[test]
fn cookies_go_out_and_come_back() {
    let app = Application::new()
        .get("/set", async |cx| {
            cx.set_cookie(&SetCookie::new("a", "1").http_only(true))?;
            cx.set_cookie(&SetCookie::new("b", "2"))
        })
        .get("/get", async |cx| {
            let text = format!("{:?} {:?}", cx.get_cookie("a"), cx.get_cookie("b"));
            cx.write(text)
        })
        .get("/clear", async |cx| cx.clear_cookie("a"))
        .get("/bad", async |cx| {
            cx.set_cookie(&SetCookie::new("a", "1").domain("x; HttpOnly"))
        })
        .get("/name", async |cx| cx.clear_cookie("a\r\nx"));
    let client = TestClient::new(app);
    let set = client.get("/set").send();
    let fields: Vec<_> = set.headers().get_all("set-cookie").iter().collect();
    assert_eq!(fields, ["a=1; HttpOnly; Path=/", "b=2; Path=/"]);
    assert_eq!(client.get("/get").send().text(), r#"Some("1") Some("2")"#);
    client.get("/clear").send();
    assert_eq!(client.get("/get").send().text(), r#"None Some("2")"#);
    for path in ["/bad", "/name"] {
        let bad = client.get(path).send();
        assert_eq!((bad.status(), bad.header("set-cookie")), (500, None));
    }
    let twice = client
        .get("/get")
        .header("cookie", "a=x; b=y; a=z")
        .header("cookie", "b=w")
        .send();
    assert_eq!(twice.text(), r#"Some("z") Some("w")"#);
}

#[test]
fn redirects() {
    let response = answer(async |cx| cx.redirect("/next?a=b"));
    assert_eq!(
        (response.status(), response.header("location")),
        (302, Some("/next?a=b"))
    );
    let permanent = answer(async |cx| cx.redirect_with(308, "https://example.com/"));
    assert_eq!(permanent.status(), 308);
    for status in [200, 299, 400] {
        let app = Application::new().get_with("/", status, async |status, cx: &mut Context| {
            cx.redirect_with(status, "/")
        });
        let response = TestClient::new(app).get("/").send();
        assert_eq!((response.status(), response.header("location")), (500, None));
    }
}

#[test]
fn a_stream_or_a_file_is_sent_whole() {
    let stream = answer(async |cx| {
        let pieces = ["a", "b", "c"].map(|piece| Ok::<_, BodyError>(Bytes::from(piece)));
        cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
    });
    assert_eq!(stream.text(), "abc");
    let broken = answer(async |cx| {
        let pieces = [Ok(Bytes::from("a")), Err(std::io::Error::other("disk"))];
        cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
    });
    assert_eq!((broken.status(), broken.text()), (200, "a"));
    assert!(broken.error().is_some());
    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let file = answer(async |cx| cx.send_file(PATH).await);
    assert_eq!(file.bytes(), std::fs::read(PATH).expect("readable"));
    for none in ["/nowhere/at/all", env!("CARGO_MANIFEST_DIR"), "/dev/null", "a\0b"] {
        let app = Application::new().get_with("/", none, async |none: &'static str, cx: &mut Context| {
            cx.send_file(none).await
        });
        assert_eq!(TestClient::new(app).get("/").send().status(), 404, "{none:?}");
    }
    let late = answer(async |cx| {
        cx.write("x")?;
        cx.send("y")
    });
    assert_eq!(late.status(), 500);
}

#[test]
fn a_whole_response_is_sent_as_it_is() {
    let response = answer(async |cx| {
        cx.set_header("x-own", "kept")?;
        cx.set_header("x-both", "replaced")?;
        let mut whole = Response::new(StatusCode::ACCEPTED, "<p>");
        for value in ["1", "2"] {
            whole
                .headers_mut()
                .append("x-both", HeaderValue::from_static(value));
        }
        cx.send_response(whole)
    });
    assert_eq!((response.status(), response.text()), (202, "<p>"));
    assert_eq!(response.header("x-own"), Some("kept"));
    assert!(response.headers().get_all("x-both").iter().eq(["1", "2"]));
    assert_eq!(response.header("content-type"), None);
}

#[test]
fn after_something_was_written_a_whole_response_is_refused_and_a_failure_replaces_one() {
    let late = answer(async |cx| {
        cx.write("x")?;
        cx.send_response(Response::text("y"))
    });
    assert_eq!(late.status(), 500);
    let failed = answer(async |cx| {
        cx.send_response(Response::new(StatusCode::OK, "never sent"))?;
        Err(Error::new(409))
    });
    assert_eq!(failed.status(), 409);
    assert_eq!(failed.header("content-type"), Some("text/html; charset=UTF-8"));
}
