//! How many requests somebody may send.

use std::net::SocketAddr;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Peer, RateLimit};

const MINUTE: Duration = Duration::from_secs(60);

fn app(limit: RateLimit) -> Application {
    Application::new()
        .middleware(limit)
        .any("/", async |cx| cx.write("ok"))
}

fn from(app: &Application, address: &str) -> TestClient {
    let remote: SocketAddr = address.parse().expect("an address");
    TestClient::new(app.clone()).peer(Peer {
        remote: remote.into(),
        ..Peer::default()
    })
}

#[test]
fn one_too_many_is_429_until_the_clock_goes_on() {
    let client = TestClient::new(app(RateLimit::new(60, MINUTE).burst(3)));
    for _ in 0..3 {
        assert_eq!(client.get("/").send().status(), 200);
    }
    let refused = client.get("/").header("accept", "application/json").send();
    assert_eq!(
        (refused.status(), refused.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!(
        refused.json::<serde_json::Value>()["error"]["message"],
        "too many requests"
    );
    assert!(refused.header("x-request-id").is_some());
    client.advance(Duration::from_millis(999));
    assert_eq!(client.get("/").send().status(), 429);
    client.advance(Duration::from_millis(1));
    assert_eq!(client.get("/").send().status(), 200);
    assert_eq!(client.get("/").send().status(), 429);
    client.advance(MINUTE);
    for _ in 0..3 {
        assert_eq!(client.get("/").send().status(), 200);
    }
    assert_eq!(
        client.get("/").send().status(),
        429,
        "no more than a burst is saved"
    );
}

#[test]
fn retry_after_is_when_it_is_worth_it() {
    let client = TestClient::new(app(RateLimit::new(1, Duration::from_millis(90_500))));
    client.get("/").send();
    assert_eq!(
        client.get("/").send().header("retry-after"),
        Some("91"),
        "rounded up"
    );
    client.advance(Duration::from_secs(91));
    assert_eq!(client.get("/").send().status(), 200);
}

/// The clocks of the clients all stand still at the same moment.
#[test]
fn each_address_and_each_network_of_ipv6_is_a_client() {
    let app = app(RateLimit::new(1, MINUTE));
    for (address, status) in [
        ("192.0.2.1:1000", 200),
        ("192.0.2.1:2000", 429),
        ("[::ffff:192.0.2.1]:1000", 429),
        ("192.0.2.2:1000", 200),
        ("[2001:db8:0:1::1]:1000", 200),
        ("[2001:db8:0:1:ffff::2]:1000", 429),
        ("[2001:db8:0:2::1]:1000", 200),
        ("[::c000:201]:1000", 200),
        ("0.0.0.0:1", 200),
    ] {
        assert_eq!(from(&app, address).get("/").send().status(), status, "{address}");
    }
    let unknown = [(); 2].map(|()| TestClient::new(app.clone()).get("/").send().status());
    assert_eq!(unknown, [200, 429], "peers without an address are one client");
}

#[test]
fn a_client_can_be_something_else() {
    let limit = RateLimit::new(1, MINUTE).key(|request| {
        let user = request.headers().get("x-user")?;
        user.to_str().ok().map(str::to_owned)
    });
    let client = TestClient::new(app(limit));
    for (user, status) in [("a", 200), ("b", 200), ("a", 429), ("b", 429)] {
        assert_eq!(client.get("/").header("x-user", user).send().status(), status);
    }
    for _ in 0..5 {
        assert_eq!(
            client.get("/").send().status(),
            200,
            "without a key there is no limit"
        );
    }
}

#[test]
fn one_route_alone_and_clones_together() {
    let limit = RateLimit::new(2, MINUTE);
    let app = Application::new()
        .get_with("/a", limit.clone(), async |limit: RateLimit, cx: &mut Context| {
            limit.admit(cx.request())?;
            cx.write("ok")
        })
        .get_with("/b", limit, async |limit: RateLimit, cx: &mut Context| {
            limit.admit(cx.request())?;
            cx.write("ok")
        })
        .get("/free", async |cx| cx.write("ok"));
    let client = TestClient::new(app);
    let statuses = ["/a", "/b", "/a", "/b", "/free"].map(|target| client.get(target).send().status());
    assert_eq!(statuses, [200, 200, 429, 429, 200]);
}

#[test]
fn a_limit_of_nothing_is_told_at_the_start() {
    for limit in [
        RateLimit::new(0, MINUTE),
        RateLimit::new(1, Duration::ZERO),
        RateLimit::new(1, MINUTE).burst(0),
    ] {
        let error = app(limit).check().expect_err("no limit");
        assert!(error.to_string().contains("no request through"), "{error}");
    }
}
