//! Cross-origin protection: Tornado's rules (`CrossOriginProtectionTest` and its kin), as tables.

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::websocket::same_origin;

use crate::support::Log;

type Fields<'a> = &'a [(&'a str, &'a str)];

const CROSS: Fields<'static> = &[
    ("sec-fetch-site", "cross-site"),
    ("origin", "https://evil.example"),
];

fn trusting(origins: &[&str]) -> Settings {
    Settings {
        trusted_origins: origins.iter().map(ToString::to_string).collect(),
        ..Settings::default()
    }
}

fn app() -> Application {
    Application::new()
        .settings(trusting(&["https://trusted.example.com"]))
        .any("/", async |cx| cx.write("ok"))
}

fn status(client: &TestClient, method: &str, target: &str, fields: Fields<'_>) -> u16 {
    let mut request = client.request(method, target).header("host", "localhost:8888");
    for (name, value) in fields {
        request = request.header(name, value);
    }
    request.body("x=1").send().status()
}

/// Fields of a POST to `localhost:8888`, and whether it is let in.
const CASES: &[(Fields<'static>, bool)] = &[
    (&[], true),
    (&[("sec-fetch-site", "same-origin")], true),
    (&[("sec-fetch-site", "none")], true),
    (&[("sec-fetch-site", "cross-site")], false),
    (&[("sec-fetch-site", "same-site")], false),
    (&[("sec-fetch-site", "")], false),
    (&[("sec-fetch-site", "SAME-ORIGIN")], false),
    (&[("sec-fetch-site", "same-origin, cross-site")], false),
    (
        &[
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "same-origin"),
        ],
        false,
    ),
    (
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://other.example.com"),
        ],
        false,
    ),
    // What the browser says goes before what Origin would say.
    (
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://localhost:8888"),
        ],
        false,
    ),
    (
        &[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://proxied.example"),
        ],
        true,
    ),
    (&[("sec-fetch-site", "none"), ("origin", "null")], true),
    (
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://trusted.example.com"),
        ],
        true,
    ),
    (
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://trusted.example.com"),
        ],
        true,
    ),
    // Without it, Origin is compared.
    (&[("origin", "http://localhost:8888")], true),
    (&[("origin", "https://localhost:8888")], true),
    (&[("origin", "http://LOCALHOST:8888")], true),
    (&[("origin", "http://localhost:8888/foo")], true),
    (&[("origin", "http://localhost")], false),
    (&[("origin", "http://localhost:88")], false),
    (&[("origin", "localhost:8888")], false),
    (&[("origin", "http://localhost:8888.evil.example")], false),
    (&[("origin", "http://localhost:8888@evil.example")], false),
    (&[("origin", "https://evil.example")], false),
    (&[("origin", "https://evil.example/localhost:8888")], false),
    (&[("origin", "null")], false),
    (&[("origin", "")], false),
    (
        &[
            ("origin", "http://localhost:8888"),
            ("origin", "https://evil.example"),
        ],
        false,
    ),
    (
        &[
            ("origin", "https://evil.example"),
            ("referer", "http://localhost:8888/"),
        ],
        false,
    ),
    (&[("referer", "https://evil.example/")], true),
    // Trusted origins are compared as they are written.
    (&[("origin", "https://trusted.example.com")], true),
    (&[("origin", "https://trusted.example.com/")], false),
    (&[("origin", "http://trusted.example.com")], false),
    (&[("origin", "https://trusted.example.com:443")], false),
    (&[("origin", "https://TRUSTED.example.com")], false),
    (&[("origin", "https://a.trusted.example.com")], false),
];

#[test]
fn the_browser_says_where_a_request_comes_from() {
    let client = TestClient::new(app());
    for (fields, allowed) in CASES {
        let expected = if *allowed { 200 } else { 403 };
        assert_eq!(status(&client, "POST", "/", fields), expected, "{fields:?}");
    }
}

#[test]
fn safe_methods_are_not_checked_all_others_are() {
    let client = TestClient::new(app());
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(status(&client, method, "/", CROSS), 200, "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE"] {
        assert_eq!(status(&client, method, "/", CROSS), 403, "{method}");
    }
    // As with any GET: an upgrade that the handler does not look at changes nothing.
    let upgrade = [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        CROSS[0],
        CROSS[1],
    ];
    assert_eq!(status(&client, "GET", "/", &upgrade), 200);
}

#[test]
fn it_can_be_switched_off() {
    let settings = Settings {
        cross_origin_protection: false,
        ..Settings::default()
    };
    let app = app()
        .settings(settings)
        .post("/exempt", async |cx| cx.write("ok"))
        .any_origin();
    assert_eq!(status(&TestClient::new(app), "POST", "/", CROSS), 200);
    let app = self::app()
        .post("/exempt", async |cx| cx.write("ok"))
        .any_origin();
    let client = TestClient::new(app);
    assert_eq!(status(&client, "POST", "/exempt", CROSS), 200);
    assert_eq!(status(&client, "POST", "/", CROSS), 403);
}

#[test]
fn answers_of_the_framework_stay_as_they_are() {
    let client = TestClient::new(app().get("/got", async |cx| cx.write("ok")));
    assert_eq!(status(&client, "POST", "/nowhere", CROSS), 404);
    assert_eq!(status(&client, "POST", "/got", CROSS), 405);
    assert_eq!(status(&client, "POST", "/%2e%2e/x", CROSS), 400);
    assert_eq!(status(&client, "BREW", "/nowhere", CROSS), 501);
}

/// Tells what of it runs.
struct Told(Log);

impl RequestHandler for Told {
    fn check_trusted_origin(&self, origin: &str, _: &Context) -> bool {
        self.0.add(format!("asked {origin}"));
        origin.ends_with(".example.com")
    }

    async fn prepare(&self, _: &mut Context) -> Result {
        self.0.add("prepare");
        Ok(())
    }

    async fn post(&self, cx: &mut Context) -> Result {
        self.0.add(format!("post {}", cx.body().len()));
        cx.write("ok")
    }

    fn on_finish(&self, _: &mut Context) {
        self.0.add("finish");
    }
}

#[test]
fn a_handler_is_asked_before_anything_of_it_runs() {
    let log = Log::default();
    let client = TestClient::new(Application::new().route("/", Told(log.clone())));
    assert_eq!(status(&client, "POST", "/", CROSS), 403);
    assert_eq!(log.take(), ["asked https://evil.example"]);
    assert_eq!(
        status(&client, "POST", "/", &[("sec-fetch-site", "cross-site")]),
        403
    );
    assert_eq!(log.take(), ["asked "]);
    let ran = ["prepare", "post 3", "finish"];
    assert_eq!(
        status(&client, "POST", "/", &[("origin", "https://app.example.com")]),
        200
    );
    assert_eq!(log.take()[1..], ran);
    // Nobody is asked about pages of our own.
    assert_eq!(
        status(&client, "POST", "/", &[("sec-fetch-site", "same-origin")]),
        200
    );
    assert_eq!(log.take(), ran);
    assert_eq!(
        status(&client, "POST", "/", &[("origin", "http://localhost:8888")]),
        200
    );
    assert_eq!(log.take(), ran);
}

#[test]
fn the_body_of_a_refused_request_is_not_read() {
    struct Untouched;
    impl waterspout::HttpBody for Untouched {
        type Data = Bytes;
        type Error = waterspout::BodyError;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<waterspout::Frame<Bytes>, waterspout::BodyError>>> {
            panic!("the body is read")
        }
    }
    let client = TestClient::new(app());
    let mut request = client.post("/").body(Body::new(Untouched));
    for (name, value) in CROSS {
        request = request.header(name, value);
    }
    assert_eq!(request.send().status(), 403);
}

#[test]
fn trusted_origins_must_be_origins() {
    for text in [
        "null",
        "",
        "*",
        "trusted.example.com",
        "https://trusted.example.com/",
        "https://*.example.com",
    ] {
        let app = Application::new().settings(trusting(&[text]));
        let problem = app.check().expect_err("no origin").to_string();
        assert!(problem.contains("trusted_origins"), "{problem}");
    }
    Application::new()
        .settings(trusting(&["http://a.example:81", "https://[::1]"]))
        .check()
        .expect("origins");
}

struct Silent;

impl WebSocketHandler for Silent {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

/// Asks for what is its own, whatever the request says.
struct Asking;

impl WebSocketHandler for Asking {
    fn check_origin(&self, origin: &str, cx: &Context) -> bool {
        !same_origin("https://evil.example", cx) && same_origin(origin, cx)
    }

    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

#[test]
fn websockets_follow_the_same_rules() {
    let app = app().websocket("/ws", || Silent).websocket("/asking", || Asking);
    let client = TestClient::new(app);
    let status = |target: &str, fields: Fields| {
        let mut handshake = client.websocket(target).header("host", "localhost:8888");
        for (name, value) in fields {
            handshake = handshake.header(name, value);
        }
        handshake.send().status()
    };
    for (fields, allowed) in CASES {
        let expected = if *allowed { 101 } else { 403 };
        assert_eq!(status("/ws", fields), expected, "{fields:?}");
    }
    assert_eq!(status("/asking", &[("origin", "http://localhost:8888")]), 101);
    assert_eq!(
        status("/asking", &[("sec-fetch-site", "cross-site"), CROSS[1]]),
        403
    );
}
