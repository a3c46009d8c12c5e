//! The hosts that requests may name.

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Peer, Scheme};

use crate::support::Log;

fn settings(hosts: &[&str]) -> Settings {
    Settings {
        allowed_hosts: hosts.iter().map(ToString::to_string).collect(),
        ..Settings::default()
    }
}

fn app(hosts: &[&str]) -> Application {
    let app = Application::new().settings(settings(hosts));
    app.get("/", async |cx| cx.write("ours"))
}

fn status(client: &TestClient, host: &str) -> u16 {
    client.get("/").header("host", host).send().status()
}

#[test]
fn any_host_may_be_named_by_default() {
    let client = TestClient::new(app(&[]));
    for host in ["localhost", "evil.example", "[::1]:81"] {
        assert_eq!(status(&client, host), 200, "{host}");
    }
}

#[test]
fn only_those_that_are_listed_may_be_named() {
    let client = TestClient::new(app(&["example.com", "*.example.org", "[::1]", "127.0.0.1:8080"]));
    for (host, expected) in [
        ("example.com", 200),
        ("EXAMPLE.com", 200),
        ("example.com.", 200),
        ("example.com:8443", 200),
        ("example.com:", 200),
        ("a.example.org", 200),
        ("b.a.example.org:81", 200),
        ("[::1]:81", 200),
        ("127.0.0.1:8080", 200),
        ("www.example.com", 421),
        ("example.org", 421),
        ("example.com.evil.example", 421),
        ("evilexample.org", 421),
        ("127.0.0.1", 421),
        ("127.0.0.1:80", 421),
        ("localhost", 421),
        ("", 400),
        (":80", 400),
        ("example.com:port", 400),
        ("example.com:99999", 400),
        ("example.com/x", 400),
        ("user@example.com", 400),
        ("example.com, evil.example", 400),
        ("[::1", 400),
    ] {
        assert_eq!(status(&client, host), expected, "{host:?}");
    }
    // The target's host counts where it names one (RFC 9112 section 3.2.2).
    let absolute = |target: &str, host: &str| client.get(target).header("host", host).send().status();
    assert_eq!(absolute("http://example.com/", "evil.example"), 200);
    assert_eq!(absolute("http://evil.example/", "example.com"), 421);
}

#[test]
fn a_port_may_be_the_schemes() {
    let hosts = &["a.example:80", "b.example:443"];
    let (plain, peer) = (
        TestClient::new(app(hosts)),
        Peer {
            scheme: Scheme::Https,
            ..Peer::default()
        },
    );
    let tls = TestClient::new(app(hosts)).peer(peer);
    assert_eq!(
        (status(&plain, "a.example"), status(&plain, "a.example:80")),
        (200, 200)
    );
    assert_eq!(
        (status(&plain, "b.example"), status(&plain, "b.example:443")),
        (421, 200)
    );
    assert_eq!((status(&tls, "a.example"), status(&tls, "b.example")), (421, 200));
}

#[test]
fn a_refused_host_meets_nothing_of_the_application() {
    let log = Log::default();
    let seen = log.clone();
    struct Seen(Log);
    impl Middleware for Seen {
        async fn handle(&self, request: Request, next: Next<'_>) -> Response {
            self.0.add("middleware");
            next.run(request).await
        }
    }
    let client = TestClient::new(app(&["example.com"]).middleware(Seen(seen)));
    let response = client.get("/").header("host", "evil.example").send();
    assert_eq!((response.status(), log.take()), (421, vec![]));
    assert!(!response.text().contains("evil.example"));
    assert_eq!(status(&client, "example.com"), 200);
    assert_eq!(log.take(), ["middleware"]);
}

#[test]
fn patterns_that_are_none_are_told_and_allow_nobody() {
    for pattern in ["", "*.", "a/b", "*.*.example", "exämple.com", ":80"] {
        let app = app(&[pattern]);
        let problem = app.check().expect_err("no pattern").to_string();
        assert!(problem.contains("allowed_hosts"), "{problem}");
    }
    app(&["*"]).check().expect("any host");
}
