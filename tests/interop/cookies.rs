//! Signed values and XSRF tokens, written here and read by Tornado, and the other way round.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use serde_json::json;
use waterspout::cookies::CookieSecret;
use waterspout::cookies::signed::{MAX_AGE, create_signed_value, decode_signed_value, key_version};
use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::process::{Answer, Program};

const SECRET: &str = "It's a secret to everybody";
const NAMES: &[&str] = &["key", "__Host-sid", "a:b|c", "\u{17f}\u{2602}"];
const VALUES: &[&str] = &[
    "",
    "v",
    "value",
    "a;b=\"c\"|2",
    "Gr\u{fc}\u{df}e \u{2602} \u{1f32a}",
];

/// Tornado's settings, and ours that are the same.
fn secrets() -> Vec<(serde_json::Value, CookieSecret)> {
    let keys = json!({"1": "old secret", "2": "new secret", "7": SECRET});
    let ours = |writer| CookieSecret::keys([(1, "old secret"), (2, "new secret"), (7, SECRET)], writer);
    vec![
        (json!({"secret": SECRET}), CookieSecret::new(SECRET)),
        (json!({"keys": keys, "version": 1}), ours(1)),
        (json!({"keys": keys, "version": 7}), ours(7)),
    ]
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(crate) fn with_tornado(python: &Path, script: &Path) {
    for (settings, secret) in secrets() {
        let mut command = Command::new(python);
        let tornado = Program::spawn("cookies_tornado", command.arg(script).arg(settings.to_string()));
        values(&tornado, &secret);
        tokens(&tornado);
    }
}

fn values(tornado: &Program, secret: &CookieSecret) {
    let get = |target: String| tornado.exchange("GET", &target, "", b"");
    let now = SystemTime::now();
    for name in NAMES {
        for value in VALUES {
            let theirs = get(format!("/sign?name={}&value={}", encode(name), encode(value)))
                .text()
                .into_owned();
            let read = decode_signed_value(secret, name, &theirs, MAX_AGE, now);
            // Tornado writes the length of such a name in characters, and cannot read it itself.
            let expected = name.is_ascii().then_some(value.as_bytes());
            assert_eq!(read.as_deref(), expected, "{theirs}");
            let ours = create_signed_value(secret, name, value.as_bytes(), now).expect("a key");
            let answer = get(format!("/read?name={}&text={}", encode(name), encode(&ours)));
            assert_eq!(
                (answer.status.as_str(), &*answer.text()),
                ("200 OK", *value),
                "{ours}"
            );
            let version = get(format!("/key?text={}", encode(&ours))).text().into_owned();
            assert_eq!(key_version(&ours), version.parse().ok(), "{ours}");
            // Neither takes it for another name, or with another end.
            let changed = format!("{}0", &ours[..ours.len() - 1]);
            let refused = get(format!("/read?name=other&text={}", encode(&ours)));
            assert_eq!(refused.status, "403 Forbidden");
            if changed != ours {
                let refused = get(format!("/read?name={}&text={}", encode(name), encode(&changed)));
                assert_eq!(refused.status, "403 Forbidden");
                assert_eq!(decode_signed_value(secret, name, &changed, MAX_AGE, now), None);
            }
            assert_eq!(decode_signed_value(secret, "other", &theirs, MAX_AGE, now), None);
            let stranger = CookieSecret::new("another secret");
            assert_eq!(decode_signed_value(&stranger, name, &theirs, MAX_AGE, now), None);
        }
    }
}

fn tokens(tornado: &Program) {
    let settings = Settings {
        xsrf_cookies: true,
        ..Settings::default()
    };
    let app = Application::new()
        .settings(settings)
        .get("/xsrf", async |cx| {
            let token = cx.xsrf_token()?;
            cx.write(token)
        })
        .post("/xsrf", async |cx| cx.write("ok"));
    let client = TestClient::new(app);
    let at_theirs = |method: &str, cookie: &str, token: &str| -> Answer {
        let fields = format!("Cookie: _xsrf={cookie}\r\nX-Xsrftoken: {token}\r\n");
        tornado.exchange(method, "/xsrf", &fields, b"")
    };
    let at_ours = |method: &str, cookie: &str, token: &str| {
        let request = client.request(method, "/xsrf");
        request
            .header("cookie", &format!("_xsrf={cookie}"))
            .header("x-xsrftoken", token)
            .send()
    };
    for _ in 0..20 {
        let first_theirs = at_theirs("GET", "", "").text().into_owned();
        let first_ours = at_ours("GET", "", "").text().to_owned();
        for (cookie, other) in [(&first_theirs, &first_ours), (&first_ours, &first_theirs)] {
            // Each masks the token of the cookie anew, whoever made it, and takes what the other has masked.
            let by_theirs = at_theirs("GET", cookie, "").text().into_owned();
            let by_ours = at_ours("GET", cookie, "").text().to_owned();
            assert!(by_theirs != by_ours && by_theirs != *cookie && by_ours != *cookie);
            for token in [&by_theirs, &by_ours, cookie] {
                assert_eq!(
                    at_theirs("POST", cookie, token).status,
                    "200 OK",
                    "{cookie} {token}"
                );
                assert_eq!(at_ours("POST", cookie, token).status(), 200, "{cookie} {token}");
                assert_eq!(at_theirs("POST", other, token).status, "403 Forbidden");
                assert_eq!(at_ours("POST", other, token).status(), 403);
            }
        }
    }
}
