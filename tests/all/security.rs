//! Security fields.

use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{Hsts, Peer, Security};

const FIELDS: [&str; 5] = [
    "strict-transport-security",
    "content-security-policy",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
];

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<script nonce="{{ csp_nonce() }}"></script><i>{{ csp_nonce() }}</i>"#
)]
struct Scripted;

fn app(settings: Settings) -> Application {
    Application::new()
        .settings(settings)
        .get("/", async |cx| cx.write("<p>"))
        .get("/typed", async |cx| {
            let kind = cx.get_query_argument("type")?;
            cx.set_header("content-type", kind)?;
            cx.write("x")
        })
        .get("/own", async |cx| {
            for name in FIELDS {
                cx.set_header(name, "own")?;
            }
            cx.csp_nonce()?;
            cx.render(Scripted)
        })
        .get("/scripted", async |cx| cx.render(Scripted))
        .get("/later", async |cx| cx.render_later(Scripted))
        .get("/both", async |cx| {
            let own = cx.csp_nonce()?;
            let fragment = cx.render_string(Scripted)?;
            cx.write(format!("{own} {fragment}"))
        })
        .get("/flushed", async |cx| {
            if cx.has_argument("before") {
                cx.csp_nonce()?;
            }
            cx.write("<p>")?;
            cx.flush().await?;
            cx.render(Scripted)
        })
        .get("/fails", async |cx| {
            cx.csp_nonce()?;
            Err(Error::new(409))
        })
        .get("/empty", async |_cx| Ok(()))
}

fn client(security: Security) -> TestClient {
    TestClient::new(app(Settings {
        security,
        ..Settings::default()
    }))
}

fn over_https(client: TestClient) -> TestClient {
    client.peer(Peer {
        scheme: waterspout::Scheme::Https,
        ..Peer::default()
    })
}

fn fields(response: &TestResponse) -> [Option<&str>; 5] {
    FIELDS.map(|name| response.header(name))
}

const DEFAULTS: [Option<&str>; 5] = [
    None,
    Some("frame-ancestors 'self'; object-src 'none'; base-uri 'self'"),
    Some("strict-origin-when-cross-origin"),
    Some("same-origin-allow-popups"),
    None,
];

/// The nonce in a page, which is the same in all its places and in the policy.
fn nonce_of(response: &TestResponse) -> String {
    let text = response.text();
    let (_, rest) = text.split_once("nonce=\"").expect("a nonce");
    let (nonce, rest) = rest.split_once('"').expect("a quote");
    assert!(rest.contains(&format!("<i>{nonce}</i>")), "{text}");
    let policies: Vec<_> = response
        .headers()
        .get_all("content-security-policy")
        .iter()
        .collect();
    assert_eq!(policies.len(), 1, "{policies:?}");
    let policy = policies[0].to_str().expect("text");
    assert_eq!(policy.matches(&format!("'nonce-{nonce}'")).count(), 1, "{policy}");
    assert_eq!(nonce.len(), 24, "128 bits in base64");
    nonce.to_owned()
}

#[test]
fn documents_have_the_defaults_and_other_content_has_none() {
    let client = client(Security::default());
    assert_eq!(fields(&client.get("/").send()), DEFAULTS);
    assert_eq!(
        fields(&client.get("/nowhere").send()),
        DEFAULTS,
        "error pages too"
    );
    for (kind, document) in [
        ("text/html", true),
        ("TEXT/HTML;charset=UTF-8", true),
        ("application/xhtml%2Bxml", true),
        ("image/svg%2Bxml%20;a=b", true),
        ("text/plain", false),
        ("text/htmlx", false),
        ("application/json", false),
        ("image/png", false),
    ] {
        let response = client.get(&format!("/typed?type={kind}")).send();
        assert_eq!(
            fields(&response),
            if document { DEFAULTS } else { [None; 5] },
            "{kind}"
        );
    }
    assert_eq!(fields(&client.get("/empty").send()), [None; 5]);
    let tag = client.get("/").send().header("etag").expect("a tag").to_owned();
    let unchanged = client.get("/").header("if-none-match", &tag).send();
    assert_eq!(
        (unchanged.status(), fields(&unchanged)),
        (304, [None; 5]),
        "what is cached has them"
    );
}

#[test]
fn a_field_of_the_applications_own_wins() {
    let own = client(Security::default()).get("/own").send();
    assert_eq!(fields(&own), [Some("own"); 5]);
    assert_eq!(own.headers().get_all("content-security-policy").iter().count(), 1);
    let settings = Settings {
        default_headers: vec![(
            HeaderName::from_static("referrer-policy"),
            HeaderValue::from_static("same-origin"),
        )],
        ..Settings::default()
    };
    let response = TestClient::new(app(settings)).get("/").send();
    assert_eq!(response.header("referrer-policy"), Some("same-origin"));
}

#[test]
fn hsts_is_for_https_and_not_for_debugging() {
    let of = |security: Security, target: &str| {
        let response = over_https(client(security)).get(target).send();
        response.header("strict-transport-security").map(str::to_owned)
    };
    for target in ["/", "/typed?type=text/plain", "/nowhere", "/empty"] {
        assert_eq!(
            of(Security::default(), target).as_deref(),
            Some("max-age=31536000"),
            "{target}"
        );
    }
    let all = Hsts::new(Duration::from_secs(63_072_000))
        .include_subdomains()
        .preload();
    assert_eq!(
        of(Security::default().hsts(all), "/").as_deref(),
        Some("max-age=63072000; includeSubDomains; preload")
    );
    assert_eq!(of(Security::default().hsts(None), "/"), None);
    let debug = Settings {
        debug: true,
        ..Settings::default()
    };
    let response = over_https(TestClient::new(app(debug))).get("/").send();
    assert_eq!(response.header("strict-transport-security"), None);
}

#[test]
fn each_can_be_changed_or_turned_off() {
    let none = client(Security::none());
    assert_eq!(fields(&over_https(none).get("/").send()), [None; 5]);
    let off = Security::new()
        .content_security_policy(None)
        .referrer_policy(None)
        .cross_origin_opener_policy(None);
    assert_eq!(fields(&client(off).get("/").send()), [None; 5]);
    let changed = Security::new()
        .content_security_policy("default-src 'self'")
        .referrer_policy("no-referrer")
        .cross_origin_opener_policy("same-origin")
        .permissions_policy("camera=()");
    assert_eq!(
        fields(&client(changed).get("/").send()),
        [
            None,
            Some("default-src 'self'"),
            Some("no-referrer"),
            Some("same-origin"),
            Some("camera=()")
        ]
    );
}

#[test]
fn a_template_has_a_nonce_and_each_response_another() {
    let client = client(Security::default());
    let mut seen = std::collections::BTreeSet::new();
    for target in ["/scripted", "/scripted", "/later", "/both"] {
        let response = client.get(target).send();
        assert!(seen.insert(nonce_of(&response)), "{target}");
        let policy = response.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("frame-ancestors 'self'; "), "{policy}");
        assert!(policy.contains("; script-src 'self' 'nonce-"), "{policy}");
    }
    let both = client.get("/both").send();
    assert!(
        both.text().starts_with(&nonce_of(&both)),
        "the handler's is the template's"
    );
    let own = "script-src 'nonce-{nonce}' 'strict-dynamic'; object-src 'none'";
    let own = self::client(Security::new().content_security_policy(own));
    nonce_of(&own.get("/scripted").send());
    let plain = own.get("/").send();
    assert_eq!(
        plain.header("content-security-policy"),
        Some("script-src 'strict-dynamic'; object-src 'none'"),
        "who asks for no nonce has none"
    );
}

#[test]
fn behind_the_head_there_is_no_new_nonce() {
    let client = client(Security::default());
    let late = client.get("/flushed").send();
    assert!(late.error().is_some());
    nonce_of(&client.get("/flushed?before").send());
    let failed = client.get("/fails").send();
    assert_eq!(
        (failed.status(), fields(&failed)),
        (409, DEFAULTS),
        "the page of an error is another one"
    );
}

#[test]
fn what_cannot_be_is_told() {
    for security in [
        Security::new().content_security_policy("a\nb"),
        Security::new().content_security_policy("script-src {nonce}"),
        Security::new().referrer_policy("a\r\nb"),
        Security::new().hsts(Hsts::new(Duration::from_secs(60)).include_subdomains().preload()),
        Security::new().hsts(Hsts::default().preload()),
    ] {
        let settings = Settings {
            security,
            ..Settings::default()
        };
        assert!(Application::new().settings(settings).check().is_err());
    }
    let without = client(Security::new().content_security_policy("default-src 'self'"));
    assert_eq!(
        without.get("/scripted").send().status(),
        500,
        "the policy has no place for a nonce"
    );
    assert_eq!(client(Security::none()).get("/scripted").send().status(), 500);
}
