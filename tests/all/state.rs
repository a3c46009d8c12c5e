//! Values of the application and of the request.

use std::sync::atomic::{AtomicU32, Ordering};

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Endpoint, Peer, Scheme};

struct Counter(AtomicU32);

#[test]
fn state_is_found_by_its_type_and_shared() {
    let app = Application::new()
        .state(Counter(AtomicU32::new(0)))
        .state("text")
        .get("/", async |cx| {
            let count = cx.state::<Counter>()?.0.fetch_add(1, Ordering::SeqCst);
            let text = *cx.state::<&'static str>()?;
            cx.write(format!("{text} {count}"))
        })
        .get("/none", async |cx| {
            let none = *cx.state::<u64>()?;
            cx.write(none.to_string())
        });
    let client = TestClient::new(app.clone());
    assert_eq!(client.get("/").send().text(), "text 0");
    assert_eq!(TestClient::new(app.state(7_u8)).get("/").send().text(), "text 1");
    let none = client.get("/none").send();
    assert_eq!(none.status(), 500);
    assert!(!none.text().contains("u64"));
}

#[test]
fn extensions_travel_from_prepare_to_on_finish() {
    #[derive(Debug, PartialEq)]
    struct User(String);
    struct Page;
    impl RequestHandler for Page {
        async fn prepare(&self, cx: &mut Context) -> Result {
            cx.extensions_mut().insert(User("ada".into()));
            Ok(())
        }
        async fn get(&self, cx: &mut Context) -> Result {
            let name = cx.extensions().get::<User>().status(401)?.0.clone();
            cx.write(name)
        }
        fn on_finish(&self, cx: &mut Context) {
            assert!(cx.extensions_mut().remove::<User>().is_some());
        }
    }
    let client = TestClient::new(Application::new().route("/", Page));
    assert_eq!(client.get("/").send().text(), "ada");
}

#[test]
fn the_carriers_facts_are_in_the_request() {
    let app = Application::new().get("/{*any}", async |cx: &mut Context| {
        let request = cx.request();
        let text = format!(
            "{} {} {} {:?} {}",
            request.peer().status(500)?.remote,
            request.scheme(),
            request.mount(),
            request.host(),
            String::from_utf8_lossy(&request.raw_target()),
        );
        cx.write(text)
    });
    let peer = Peer {
        remote: Endpoint::Socket(([192, 0, 2, 1], 5).into()),
        scheme: Scheme::Https,
        ..Peer::default()
    };
    let client = TestClient::new(app).peer(peer).mount("/app");
    assert_eq!(
        client.get("/a%7Eb?c").send().text(),
        "192.0.2.1:5 https /app Some(\"localhost\") /a%7Eb?c"
    );
}
