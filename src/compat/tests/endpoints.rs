//! Endpoints of http-types in an application of ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_lite::future::{block_on, poll_once};
use futures_lite::io::{AsyncReadExt, AsyncWriteExt};
use http_types::{Error as TheirError, Request as Theirs, Response as TheirResponse, Result as TheirResult};

use crate::application::Application;
use crate::body::{Body, BodyError};
use crate::carrier::{Mount, RawTarget};
use crate::compat::Endpoint;
use crate::testing::TestClient;

async fn show(request: Theirs) -> TheirResult<TheirResponse> {
    let mount = request.ext().get::<Mount>().map_or("", |mount| &mount.0);
    let raw = request.ext().get::<RawTarget>().map(|raw| raw.0.to_vec());
    let raw = String::from_utf8(raw.unwrap_or_default())?;
    Ok(format!("{} {} {mount} {raw}", request.method(), request.url()).into())
}

#[test]
fn the_endpoint_sees_the_whole_path_or_what_is_below_its_prefix() {
    let app = Application::new()
        .route("/whole/{*rest}", Endpoint::new(show))
        .route("/nested/{*rest}", Endpoint::new(show).nest("/nested/"))
        .route("/nested", Endpoint::new(show).nest("/nested"))
        .route("/other", Endpoint::new(show).nest("/nested"));
    let client = TestClient::new(app).mount("/app");
    for (target, seen) in [
        ("/whole/a?b", "GET http://localhost/whole/a?b /app /whole/a?b"),
        (
            "/nested/a%2Fb/?c=d",
            "GET http://localhost/a%2Fb/?c=d /app/nested /nested/a%2Fb/?c=d",
        ),
        ("/nested/", "GET http://localhost/ /app/nested /nested/"),
        ("/nested?q", "GET http://localhost/?q /app/nested /nested?q"),
    ] {
        assert_eq!(client.get(target).send().text(), seen);
    }
    assert_eq!(client.get("/other").send().status(), 404);
}

#[test]
fn every_method_goes_there_and_what_cannot_is_refused() {
    let client = TestClient::new(Application::new().route("/{*rest}", Endpoint::new(show)));
    for method in ["DELETE", "OPTIONS", "PROPFIND"] {
        let response = client.request(method, "/x").send();
        assert!(response.text().starts_with(method), "{}", response.text());
    }
    assert_eq!(client.head("/x").send().header("content-length"), Some("27"));
    assert_eq!(client.request("BREW", "/x").send().status(), 501);
    let response = client.get("/x").header("x-name", "caf\u{e9}").send();
    assert_eq!(response.status(), 400);
    assert!(
        response.text().contains("has a value that is not ASCII"),
        "{}",
        response.text()
    );
}

#[test]
fn nothing_is_added_to_a_response() {
    let client = TestClient::new(Application::new().route(
        "/",
        Endpoint::new(async |_| {
            let mut response = TheirResponse::new(203);
            response.set_body("<p>");
            response.remove_header("content-type");
            response.append_header("set-cookie", "a=1");
            response.append_header("set-cookie", "b=2");
            Ok(response)
        }),
    ));
    let response = client.get("/").send();
    assert_eq!((response.status(), response.text()), (203, "<p>"));
    assert_eq!(response.header("content-type"), None);
    assert!(response.headers().get_all("set-cookie").iter().eq(["a=1", "b=2"]));
}

#[test]
fn errors_keep_their_status_and_their_text_stays_inside() {
    let app = Application::new()
        .route(
            "/gone",
            Endpoint::new(async |_| Err(TheirError::from_str(410, "a secret"))),
        )
        .route(
            "/fails",
            Endpoint::new(async |_| Err(std::io::Error::other("a secret").into())),
        )
        .route(
            "/splits",
            Endpoint::new(async |_| {
                let mut response = TheirResponse::new(200);
                response.insert_header("x", "a\r\nset-cookie: b");
                Ok(response)
            }),
        )
        .route("/panics", Endpoint::new(async |_| panic!("on purpose")));
    let client = TestClient::new(app);
    for (path, status) in [
        ("/gone", 410),
        ("/fails", 500),
        ("/splits", 500),
        ("/panics", 500),
    ] {
        let response = client.get(path).send();
        assert_eq!(response.status(), status, "{path}");
        assert!(!response.text().contains("secret"), "{}", response.text());
        assert_eq!(response.header("set-cookie"), None);
    }
}

async fn count(mut request: Theirs) -> TheirResult<TheirResponse> {
    let mut body = Vec::new();
    request.take_body().read_to_end(&mut body).await?;
    Ok(body.len().to_string().into())
}

#[test]
fn a_body_is_held_to_the_limit_and_its_failure_is_the_clients() {
    let app = Application::new()
        .route("/some", Endpoint::new(count).max_body_size(3))
        .route("/default", Endpoint::new(count));
    let client = TestClient::new(app);
    assert_eq!(client.post("/some").body("abc").send().text(), "3");
    assert_eq!(client.post("/some").body("abcd").send().status(), 413);
    let stream = |n| futures_lite::stream::iter((0..n).map(|_| Ok::<_, BodyError>(bytes::Bytes::from("ab"))));
    assert_eq!(
        client
            .post("/default")
            .body(Body::from_stream(stream(2)))
            .send()
            .text(),
        "4"
    );
    assert_eq!(
        client
            .post("/some")
            .body(Body::from_stream(stream(2)))
            .send()
            .status(),
        413
    );
    let (sender, cut_off) = Body::channel(None);
    drop(sender);
    assert_eq!(client.post("/some").body(cut_off).send().status(), 400);
}

#[test]
fn an_echo_streams_after_the_endpoint_has_answered() {
    let app = Application::new().route(
        "/",
        Endpoint::new(async |mut request: Theirs| Ok(TheirResponse::from(request.take_body()))),
    );
    let (mut sender, body) = Body::channel(None);
    let client = TestClient::new(app);
    let mut response = client.post("/").body(body).start();
    for piece in ["one", "two"] {
        sender.send(piece.into());
        assert_eq!(response.next_chunk().as_deref(), Some(piece.as_bytes()));
    }
    sender.finish(None);
    assert!(response.next_chunk().is_none());
}

struct Flag(Arc<AtomicBool>);

impl Drop for Flag {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_client_that_goes_away_drops_the_endpoints_future() {
    let dropped = Arc::new(AtomicBool::new(false));
    let held = dropped.clone();
    let app = Application::new().route(
        "/",
        Endpoint::new(move |_| {
            let flag = Flag(held.clone());
            async move {
                std::future::pending::<()>().await;
                drop(flag);
                Ok(TheirResponse::new(204))
            }
        }),
    );
    let request = super::hosts::ours("/");
    let mut respond = Box::pin(app.respond(request));
    assert!(block_on(poll_once(respond.as_mut())).is_none());
    assert!(!dropped.load(Ordering::SeqCst));
    drop(respond);
    assert!(dropped.load(Ordering::SeqCst));
}

#[cfg(unix)]
#[test]
fn an_upgrade_hands_the_connection_over_until_the_endpoint_lets_go_of_it() {
    let app = Application::new().route(
        "/",
        Endpoint::new(async |_| {
            let mut response = TheirResponse::new(101);
            response.insert_header("upgrade", "echo");
            response.insert_header("connection", "upgrade");
            let receiver = response.recv_upgrade().await;
            std::thread::spawn(move || {
                block_on(async move {
                    let mut connection = receiver.await.expect("a connection");
                    let mut five = [0; 5];
                    connection.read_exact(&mut five).await.expect("five bytes");
                    connection.write_all(&five).await.expect("written");
                });
            });
            Ok(response)
        }),
    );
    let mut request = super::hosts::ours("/");
    request
        .headers_mut()
        .insert("upgrade", "echo".parse().expect("a value"));
    let mut response = block_on(app.respond(request));
    assert_eq!(response.status(), 101);
    let upgrade = response.take_upgrade().expect("an upgrade");
    let (mut near, far) = super::hosts::pipe();
    let run = std::thread::spawn(move || block_on(upgrade.run(Box::new(far))));
    block_on(async {
        near.write_all(b"hello").await.expect("written");
        let mut five = [0; 5];
        near.read_exact(&mut five).await.expect("five bytes");
        assert_eq!(&five, b"hello");
    });
    run.join()
        .expect("the upgrade ends when the connection is dropped");
    assert_eq!(block_on(near.read(&mut [0; 1])).expect("the end"), 0);
}
