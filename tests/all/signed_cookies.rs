//! Signed and encrypted cookies, as handlers set and read them.

use std::time::Duration;

use waterspout::cookies::{CookieSecret, SetCookie};
use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Peer, Scheme};

const DAY: Duration = Duration::from_secs(86_400);

/// `/KIND/set?v=`, `/KIND/short` that lasts a day, and `/KIND` that reads; `signed` and `encrypted`.
fn app(secret: Option<CookieSecret>) -> Application {
    let settings = Settings {
        cookie_secret: secret,
        ..Settings::default()
    };
    Application::new()
        .settings(settings)
        .get("/signed/set", async |cx| {
            cx.set_signed_cookie("a", cx.get_argument("v")?)
        })
        .get("/signed/with", async |cx| {
            cx.set_signed_cookie_with(SetCookie::new("a", "with").path("/signed").max_age(60))
        })
        .get("/signed", async |cx| {
            let value = cx.get_signed_cookie("a")?.status(403)?;
            cx.write(value)
        })
        .get("/signed/short", async |cx| {
            let value = cx.get_signed_cookie_within("a", DAY)?.status(403)?;
            cx.write(value)
        })
        .get("/signed/key", async |cx| {
            cx.write(format!("{:?}", cx.get_signed_cookie_key_version("a")))
        })
        .get("/encrypted/set", async |cx| {
            cx.set_encrypted_cookie("a", cx.get_argument("v")?)
        })
        .get("/encrypted/with", async |cx| {
            cx.set_encrypted_cookie_with(SetCookie::new("a", "with").path("/encrypted").max_age(60))
        })
        .get("/encrypted", async |cx| {
            let value = cx.get_encrypted_cookie("a")?.status(403)?;
            cx.write(value)
        })
        .get("/encrypted/short", async |cx| {
            let value = cx.get_encrypted_cookie_within("a", DAY)?.status(403)?;
            cx.write(value)
        })
}

fn client() -> TestClient {
    TestClient::new(app(Some(CookieSecret::new("secret"))))
}

#[test]
fn what_is_set_is_read_until_it_is_too_old() {
    for kind in ["/signed", "/encrypted"] {
        let client = client();
        assert_eq!(client.get(kind).send().status(), 403);
        let set = client.get(&format!("{kind}/set?v=a+%C3%A9;%22")).send();
        assert_eq!(set.status(), 200);
        let short = format!("{kind}/short");
        assert_eq!(client.get(kind).send().text(), "a \u{e9};\"");
        client.advance(DAY);
        assert_eq!(client.get(&short).send().status(), 200);
        client.advance(Duration::from_secs(1));
        assert_eq!(client.get(&short).send().status(), 403);
        client.advance(30 * DAY - Duration::from_secs(1));
        assert_eq!(client.get(kind).send().status(), 200);
        client.advance(Duration::from_secs(1));
        assert_eq!(client.get(kind).send().status(), 403);
    }
}

#[test]
fn they_are_for_this_site_and_no_script() {
    let attributes = |client: &TestClient, target: &str| {
        let set = client.get(target).send();
        let field = set.header("set-cookie").expect("a cookie");
        field.split_once("; ").expect("attributes").1.to_owned()
    };
    let (plain, tls) = (
        client(),
        client().peer(Peer {
            scheme: Scheme::Https,
            ..Peer::default()
        }),
    );
    for kind in ["/signed", "/encrypted"] {
        let set = format!("{kind}/set?v=x");
        let expected = "HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax";
        assert_eq!(attributes(&plain, &set), expected);
        assert_eq!(attributes(&tls, &set), format!("{expected}; Secure"));
        let own = attributes(&tls, &format!("{kind}/with"));
        assert_eq!(own, format!("Max-Age=60; Path={kind}"));
        assert_eq!(tls.get(kind).send().text(), "with");
    }
}

#[test]
fn the_value_of_an_encrypted_cookie_does_not_show() {
    let client = client();
    client.get("/encrypted/set?v=plain-text").send();
    let first = client.cookie("a").expect("a cookie");
    client.get("/encrypted/set?v=plain-text").send();
    assert_ne!(client.cookie("a"), Some(first.clone()));
    client.get("/signed/set?v=plain-text").send();
    let signed = client.cookie("a").expect("a cookie");
    assert!(
        signed.contains("cGxhaW4tdGV4dA==") && !first.contains("cGxhaW4"),
        "{signed} {first}"
    );
    // One kind is not the other.
    assert_eq!(client.get("/encrypted").send().status(), 403);
    assert_eq!(
        client
            .get("/signed")
            .header("cookie", &format!("a={first}"))
            .send()
            .status(),
        403
    );
}

#[test]
fn what_was_tampered_with_is_not_there() {
    for kind in ["/signed", "/encrypted"] {
        let client = client();
        client.get(&format!("{kind}/set?v=value")).send();
        let good = client.cookie("a").expect("a cookie");
        let good = good.trim_matches('"');
        let read = |cookie: &str| client.get(kind).header("cookie", cookie).send().status();
        assert_eq!(read(&format!("a={good}")), 200);
        assert_eq!(read(&format!("a=\"{good}\"")), 200);
        for bad in [
            format!("b={good}"),
            format!("a={}", &good[1..]),
            format!("a={}", &good[..good.len() - 1]),
            format!("a={good}0"),
            format!("a={good}; a=x"),
            format!("a={}", good.replace(['=', '1'], "x")),
            "a=2|".to_owned(),
            "a=1.0.".to_owned(),
            "a=".to_owned(),
        ] {
            assert_eq!(read(&bad), 403, "{bad}");
        }
        // 3.2.1: the value is that of its name.
        assert_eq!(read(&format!("a{}=x; a={}", &good[..4], &good[4..])), 403);
    }
}

#[test]
fn secrets_are_changed_without_a_loss() {
    let old = TestClient::new(app(Some(CookieSecret::keys([(1, "old")], 1))));
    let both = TestClient::new(app(Some(CookieSecret::keys([(1, "old"), (2, "new")], 2))));
    let new = TestClient::new(app(Some(CookieSecret::keys([(2, "new")], 2))));
    for kind in ["/signed", "/encrypted"] {
        old.get(&format!("{kind}/set?v=by-old")).send();
        let field = format!("a={}", old.cookie("a").expect("a cookie"));
        assert_eq!(both.get(kind).header("cookie", &field).send().text(), "by-old");
        assert_eq!(new.get(kind).header("cookie", &field).send().status(), 403);
        both.get(&format!("{kind}/set?v=by-both")).send();
        let field = format!("a={}", both.cookie("a").expect("a cookie"));
        assert_eq!(new.get(kind).header("cookie", &field).send().text(), "by-both");
        assert_eq!(old.get(kind).header("cookie", &field).send().status(), 403);
    }
    both.get("/signed/set?v=x").send();
    assert_eq!(both.get("/signed/key").send().text(), "Some(2)");
    assert_eq!(new.get("/signed/key").send().text(), "None");
}

#[test]
fn without_a_secret_it_is_told() {
    let client = TestClient::new(app(None));
    for target in ["/signed/set?v=1", "/signed", "/encrypted/set?v=1", "/encrypted"] {
        assert_eq!(client.get(target).send().status(), 500, "{target}");
    }
    for secret in [CookieSecret::new(""), CookieSecret::keys([(1, "x")], 2)] {
        let problem = app(Some(secret)).check().expect_err("no secret").to_string();
        assert!(problem.contains("cookie_secret"), "{problem}");
    }
}

#[test]
fn a_cookie_that_no_browser_keeps_is_refused() {
    let client = client();
    for kind in ["/signed", "/encrypted"] {
        let long = "x".repeat(4096);
        assert_eq!(client.get(&format!("{kind}/set?v={long}")).send().status(), 500);
    }
}
