//! Applications of ours behind a server of http-types.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_lite::future::{block_on, poll_once};
use futures_lite::io::{AssertAsync, AsyncReadExt, AsyncWriteExt};
use http::header::{HOST, HeaderValue};
use http::{HeaderMap, Method, Version};
use http_types::{Method as TheirMethod, Request as Theirs, Response as TheirResponse};

use crate::application::Application;
use crate::body::{Body, BodyError};
use crate::carrier::{Abilities, Link};
use crate::compat::Host;
use crate::request::Request;
use crate::response::Response;
use crate::testing::ManualClock;
use crate::upgrade::Upgrade;

/// A GET of ours over a carrier that can do everything.
pub(super) fn ours(target: &str) -> Request {
    let mut link = Link::new(Arc::new(ManualClock::new()));
    link.abilities = Abilities {
        upgrade: true,
        stream_in: true,
        stream_out: true,
        ..Abilities::default()
    };
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    let uri = target.parse().expect("a target");
    Request::new(
        Method::GET,
        uri,
        Version::HTTP_11,
        headers,
        Body::empty(),
        None,
        Arc::new(link),
    )
}

/// Two ends of a connection, each for a thread of its own: their calls block.
#[cfg(unix)]
pub(super) fn pipe() -> (
    AssertAsync<std::os::unix::net::UnixStream>,
    AssertAsync<std::os::unix::net::UnixStream>,
) {
    let (near, far) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
    (AssertAsync::new(near), AssertAsync::new(far))
}

fn host(app: Application) -> Host {
    app.check().expect("an application without problems");
    Host::new(app, Arc::new(ManualClock::new()))
}

fn answer(host: &Host, request: Theirs) -> (u16, String) {
    let mut response = block_on(host.respond(request));
    let text = block_on(response.body_string()).expect("text");
    (response.status().into(), text)
}

fn info() -> Application {
    Application::new().any("/{*rest}", async |cx| {
        let request = cx.request();
        let abilities = request.abilities();
        let text = format!(
            "{} {} {:?} {} {:?} {}{}{}",
            request.method(),
            request.uri(),
            request.headers().get(HOST),
            request.mount(),
            request.peer().map(|peer| peer.remote.to_string()),
            u8::from(abilities.upgrade),
            u8::from(abilities.stream_in),
            u8::from(abilities.stream_out),
        );
        cx.write(text)
    })
}

#[test]
fn the_application_sees_the_request_and_what_is_true() {
    let host = host(info()).mount("/app");
    let mut request = Theirs::new(TheirMethod::PropFind, "https://example.com:8443/a?b");
    request.set_peer_addr(Some("192.0.2.1:7"));
    request.insert_header("host", "example.com:8443");
    assert_eq!(
        answer(&host, request),
        (
            200,
            r#"PROPFIND /a?b Some("example.com:8443") /app Some("192.0.2.1:7") 011"#.into()
        )
    );
    // Made without a wire: there is no Host yet.
    let bare = Theirs::get("http://example.com/a");
    assert_eq!(
        answer(&host, bare),
        (
            200,
            r#"GET http://example.com/a Some("example.com") /app Some("-") 011"#.into()
        )
    );
    let upgrades = host.upgrades(drop);
    let (_, text) = answer(&upgrades, Theirs::get("http://h/"));
    assert!(text.ends_with("111"), "{text}");
    let mut old = Theirs::get("http://h/");
    old.set_version(Some(http_types::Version::Http1_0));
    assert!(answer(&upgrades, old).1.ends_with("011"));
}

#[test]
fn a_request_that_cannot_be_carried_is_answered() {
    let host = host(info());
    let mut split = Theirs::get("http://h/");
    split.insert_header("x", "a\r\nb");
    let mut two = Theirs::get("http://h/");
    two.append_header("host", "h");
    two.append_header("host", "i");
    let mut long = Theirs::post("http://h/");
    long.set_body("abc");
    long.insert_header("content-length", "4");
    let mut unclear = Theirs::post("http://h/");
    unclear.insert_header("content-length", "+0");
    for request in [
        split,
        two,
        long,
        unclear,
        Theirs::get("ftp://h/"),
        Theirs::get("http://h/#f"),
    ] {
        let (status, text) = answer(&host, request);
        assert_eq!(status, 400, "{text}");
    }
    let mut old = Theirs::get("http://h/");
    old.set_version(Some(http_types::Version::Http0_9));
    assert_eq!(answer(&host, old).0, 505);
}

#[test]
fn a_response_that_cannot_be_carried_is_a_500() {
    let app = Application::new()
        .get("/status", async |cx| {
            cx.set_status(299);
            cx.write("x")
        })
        .get("/value", async |cx| {
            let value = HeaderValue::from_bytes(b"caf\xe9")?;
            cx.set_header("x-name", value)?;
            cx.write("x")
        });
    let host = host(app);
    for path in ["status", "value"] {
        let (status, text) = answer(&host, Theirs::get(&*format!("http://h/{path}")));
        assert_eq!((status, &*text), (500, "500: Internal Server Error\n"));
    }
}

#[test]
fn an_answer_to_head_declares_the_length() {
    let host = host(Application::new().get("/", async |cx| cx.write("12345")));
    let response = block_on(host.respond(Theirs::head("http://h/")));
    assert_eq!((u16::from(response.status()), response.len()), (200, Some(5)));
}

#[test]
fn a_streaming_handler_is_the_body_and_is_cancelled_with_it() {
    static DROPPED: AtomicBool = AtomicBool::new(false);
    struct Flag;
    impl Drop for Flag {
        fn drop(&mut self) {
            DROPPED.store(true, Ordering::SeqCst);
        }
    }
    let app = Application::new().streaming("/", async |cx| {
        let _flag = Flag;
        while let Some(piece) = cx.read_chunk().await? {
            cx.write(&piece)?;
            cx.flush().await?;
        }
        Ok(())
    });
    let (mut sender, body) = Body::channel(None);
    let mut request = Theirs::post("http://h/");
    request.set_body(http_types::Body::try_from(body).expect("carried"));
    let host = host(app);
    let mut respond = Box::pin(host.respond(request));
    assert!(block_on(poll_once(respond.as_mut())).is_none());
    sender.send("one".into());
    let mut response = block_on(respond);
    let mut buffer = [0; 9];
    assert_eq!(block_on(response.read(&mut buffer)).expect("a piece"), 3);
    sender.send("two!".into());
    assert_eq!(block_on(response.read(&mut buffer)).expect("a piece"), 4);
    assert!(!DROPPED.load(Ordering::SeqCst));
    drop(response);
    assert!(DROPPED.load(Ordering::SeqCst));
    assert!(sender.is_closed());
}

#[test]
fn a_failure_after_the_head_is_an_error_of_the_body() {
    let app = Application::new().get("/", async |cx| {
        cx.write("abc")?;
        cx.flush().await?;
        Err(BodyError::other("on purpose"))?
    });
    let mut response = block_on(host(app).respond(Theirs::get("http://h/")));
    let mut content = Vec::new();
    assert!(block_on(response.read_to_end(&mut content)).is_err());
    assert_eq!(content, b"abc");
}

fn echo() -> Application {
    Application::new().get("/", async |cx| {
        let upgrade = Upgrade::new(async |io| {
            let (mut reader, mut writer) = futures_lite::io::split(io);
            let _ = futures_lite::io::copy(&mut reader, &mut writer).await;
        });
        cx.upgrade(HeaderValue::from_static("echo"), upgrade)
    })
}

fn asking() -> Theirs {
    let mut request = Theirs::get("http://h/");
    request.insert_header("upgrade", "echo");
    request.insert_header("connection", "keep-alive, Upgrade");
    request
}

#[cfg(unix)]
#[test]
fn an_upgrade_runs_in_a_task_of_the_servers() {
    let host = host(echo()).upgrades(|task| {
        std::thread::spawn(move || block_on(task));
    });
    let mut response = block_on(host.respond(asking()));
    assert_eq!(u16::from(response.status()), 101);
    assert!(response.has_upgrade());
    assert_eq!(response.header("upgrade").expect("a field").as_str(), "echo");
    let (mut near, far) = pipe();
    let sender = response.send_upgrade();
    block_on(async {
        sender.send(http_types::upgrade::Connection::new(far)).await;
        near.write_all(b"hello").await.expect("written");
        let mut five = [0; 5];
        near.read_exact(&mut five).await.expect("five bytes");
        assert_eq!(&five, b"hello");
    });
}

#[test]
fn an_upgrade_that_nobody_asks_for_or_could_run_is_refused() {
    assert_eq!(answer(&host(echo()), asking()).0, 501);
    let host = host(echo()).upgrades(drop);
    assert_eq!(answer(&host, Theirs::get("http://h/")).0, 400);
}

#[test]
fn an_endpoint_before_a_host_is_the_same_application() {
    let inner = host(info());
    let outer = Application::new().route(
        "/inner/{*rest}",
        crate::compat::Endpoint::new(move |request| {
            let response = inner.respond(request);
            async move { Ok::<TheirResponse, http_types::Error>(response.await) }
        })
        .nest("/inner"),
    );
    let mut response: Response = block_on(outer.respond(ours("/inner/a?b")));
    let text = block_on(response.take_body().collect(1000)).expect("a body");
    assert_eq!(text, r#"GET /a?b Some("localhost") /inner Some("-") 011"#);
}
