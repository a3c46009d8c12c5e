//! Fields that the framework takes away or adds, whoever made the response.

use waterspout::prelude::*;
use waterspout::testing::TestClient;

#[test]
fn statuses_without_content_have_none() {
    for status in [204, 205, 304] {
        let app = Application::new().get_with("/", status, async |status, cx: &mut Context| {
            cx.set_status(status);
            cx.set_header("content-language", "en")?;
            cx.set_header("etag", "\"1\"")?;
            cx.write("content")
        });
        let response = TestClient::new(app).get("/").send();
        assert_eq!((response.status(), response.text()), (status, ""));
        assert_eq!(
            (
                response.header("content-type"),
                response.header("content-language")
            ),
            (None, None)
        );
        assert_eq!(response.header("etag"), Some("\"1\""));
    }
    let app = Application::new().wrap(async |_request, _next| Response::text("x").with_status(103));
    assert_eq!(
        TestClient::new(app).get("/").send().status(),
        500,
        "a 1xx is no final response"
    );
}

#[test]
fn an_own_content_length_is_left_to_the_carrier_to_judge() {
    let app = Application::new().get("/", async |cx| {
        cx.set_header("content-length", 5)?;
        cx.write("hello")
    });
    let response = TestClient::new(app).get("/").send();
    assert_eq!(
        (response.header("content-length"), response.text()),
        (Some("5"), "hello")
    );
}

#[test]
fn every_response_gets_the_fields_of_the_settings() {
    let name = |text: &'static str| HeaderName::from_static(text);
    let settings = Settings {
        default_headers: vec![
            (name("server"), HeaderValue::from_static("waterspout")),
            (name("link"), HeaderValue::from_static("<a>")),
            (name("link"), HeaderValue::from_static("<b>")),
        ],
        ..Settings::default()
    };
    let app = Application::new().settings(settings).get("/", async |cx| {
        cx.set_header("server", "mine")?;
        cx.set_header("x-content-type-options", "own")
    });
    let client = TestClient::new(app.clone());
    let own = client.get("/").header("x-request-id", "abc").send();
    assert_eq!(
        (own.header("server"), own.header("x-request-id")),
        (Some("mine"), Some("abc"))
    );
    assert_eq!(own.header("x-content-type-options"), Some("own"));
    assert_eq!(
        own.headers().get_all("link").iter().collect::<Vec<_>>(),
        ["<a>", "<b>"]
    );
    let missing = client.get("/nowhere").send();
    assert_eq!(missing.header("server"), Some("waterspout"));
    assert_eq!(missing.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(missing.header("x-request-id").map(str::len), Some(16));
    let off = Settings {
        nosniff: false,
        request_id: false,
        ..Settings::default()
    };
    let bare = TestClient::new(app.settings(off)).get("/nowhere").send();
    assert!(bare.header("x-content-type-options").is_none() && bare.header("x-request-id").is_none());
}
