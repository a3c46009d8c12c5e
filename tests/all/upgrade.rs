//! Leaving HTTP.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use waterspout::http::{HeaderMap, Version};
use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Abilities, BoxDuplex, Upgrade};

use crate::support::{Log, request, respond};

async fn echo(mut io: BoxDuplex) {
    let mut buffer = [0; 64];
    while let Ok(len @ 1..) = io.read(&mut buffer).await {
        let heard = buffer[..len].to_ascii_uppercase();
        if io.write_all(&heard).await.is_err() {
            return;
        }
    }
}

struct Echo(Log);

impl RequestHandler for Echo {
    async fn prepare(&self, cx: &mut Context) -> Result {
        if cx.has_argument("refuse") {
            return Err(Error::new(403));
        }
        Ok(())
    }

    async fn get(&self, cx: &mut Context) -> Result {
        cx.set_header("x-kept", "yes")?;
        cx.upgrade(HeaderValue::from_static("echo"), Upgrade::new(echo))?;
        if cx.has_argument("fail") {
            return Err(Error::new(400));
        }
        if cx.has_argument("change-of-mind") {
            cx.set_status(200);
        }
        Ok(())
    }

    fn on_finish(&self, cx: &mut Context) {
        self.0.add(format!("on_finish {}", cx.status().as_u16()));
    }
}

fn client() -> (TestClient, Log) {
    let log = Log::default();
    (
        TestClient::new(Application::new().route("/", Echo(log.clone()))),
        log,
    )
}

#[test]
fn the_connection_echoes_after_a_101() {
    let (client, log) = client();
    let mut connection = client.get("/").upgrade();
    assert_eq!(log.take(), ["on_finish 101"]);
    connection.send(b"hello");
    assert_eq!(connection.receive(), b"HELLO");
    connection.send(b"again");
    assert_eq!(connection.receive(), b"AGAIN");
    connection.close();
}

#[test]
fn the_head_says_what_it_is() {
    let (client, _) = client();
    let response = client.get("/").start();
    assert_eq!(response.status(), 101);
    assert_eq!(response.header("upgrade"), Some("echo"));
    assert_eq!(response.header("connection"), Some("upgrade"));
    assert_eq!(response.header("x-kept"), Some("yes"));
    assert_eq!(
        (response.header("content-type"), response.header("content-length")),
        (None, None)
    );
}

#[test]
fn a_handler_can_refuse_before_and_after() {
    let (client, _) = client();
    assert_eq!(client.get("/?refuse").send().status(), 403);
    let late = client.get("/?fail").send();
    assert_eq!(
        (late.status(), late.header("upgrade"), late.header("connection")),
        (400, None, None)
    );
}

#[test]
fn an_upgrade_is_a_101_or_none() {
    let app = Application::new().route("/", Echo(Log::default()));
    let mut link = waterspout::Link::new(std::sync::Arc::new(waterspout::testing::ManualClock::new()));
    link.abilities.upgrade = true;
    let request = Request::new(
        Method::GET,
        "/?change-of-mind".parse().expect("target"),
        Version::HTTP_11,
        HeaderMap::new(),
        Body::empty(),
        None,
        std::sync::Arc::new(link),
    );
    let response = respond(&app, request);
    assert_eq!(response.status() == 101, response.has_upgrade());
}

#[test]
fn without_the_ability_it_is_501() {
    let log = Log::default();
    let app = Application::new().route("/", Echo(log.clone()));
    let by_handler = respond(&app, request("GET", "/", ()));
    assert_eq!(by_handler.status(), 501);
    assert!(!by_handler.has_upgrade() && !by_handler.headers().contains_key("upgrade"));
    assert_eq!(log.take(), ["on_finish 501"]);
    let by_middleware = Application::new().wrap(async |_request, _next| {
        Response::upgrade(HeaderValue::from_static("echo"), Upgrade::new(echo))
    });
    let client = TestClient::new(by_middleware).abilities(Abilities::default());
    let response = client.get("/").send();
    assert_eq!((response.status(), response.header("upgrade")), (501, None));
    assert!(response.text().contains("cannot switch protocols"));
}

#[test]
fn a_connection_that_panics_ends() {
    let app = Application::new().get("/", async |cx| {
        let upgrade = Upgrade::new(async |mut io: BoxDuplex| {
            let _ = io.write_all(b"last words").await;
            panic!("after the 101");
        });
        cx.upgrade(HeaderValue::from_static("x"), upgrade)
    });
    let client = TestClient::new(app);
    let mut connection = client.get("/").upgrade();
    assert_eq!(connection.receive(), b"last words");
    assert_eq!(connection.receive(), b"");
    client.get("/").upgrade().close();
}

#[test]
fn a_whole_response_may_carry_one() {
    let app = Application::new().get("/", async |cx| {
        let upgrade = Upgrade::new(async |mut io: BoxDuplex| {
            let _ = io.write_all(b"hello").await;
        });
        cx.send_response(Response::upgrade(HeaderValue::from_static("x"), upgrade))
    });
    assert_eq!(respond(&app, request("GET", "/", ())).status(), 501);
    let mut connection = TestClient::new(app).get("/").upgrade();
    assert_eq!(connection.receive(), b"hello");
}
