//! A tide application, and endpoints of http-types alone, mounted in an application of ours.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_std::io::{ReadExt, WriteExt};
use tide::prelude::*;
use waterspout::Application;
use waterspout::compat::{Endpoint, http_types};
use waterspout::testing::TestClient;

use crate::support::{Tcp, ask, body, connect, read_until};

fn tide_app() -> tide::Server<()> {
    let mut inner = tide::new();
    inner
        .at("/deep/:what")
        .get(|request: tide::Request<()>| async move {
            Ok(format!("{} of {}", request.param("what")?, request.url()))
        });
    let mut app = tide::new();
    app.with(tide::utils::After(|mut response: tide::Response| async {
        response.insert_header("x-tide", "1");
        Ok(response)
    }));
    app.at("/nested").nest(inner);
    app.at("/hello/:name")
        .get(|request: tide::Request<()>| async move {
            let mut response = tide::Response::new(200);
            response.append_header("set-cookie", "a=1");
            response.append_header("set-cookie", "b=2");
            response.set_body(format!("Hello, {}", request.param("name")?));
            Ok(response)
        });
    app.at("/sum").post(|mut request: tide::Request<()>| async move {
        let numbers: Vec<i64> = request.body_json().await?;
        tide::Body::from_json(&json!({ "sum": numbers.iter().sum::<i64>() }))
    });
    app.at("/echo")
        .post(|mut request: tide::Request<()>| async move { Ok(request.take_body()) });
    app.at("/teapot")
        .get(|_| async { Err::<&str, _>(tide::Error::from_str(418, "secret")) });
    app.at("/moved").get(tide::Redirect::new("/legacy/hello/there"));
    app
}

fn mounted() -> Application {
    let tide = tide_app();
    let endpoint = Endpoint::new(move |request| {
        let tide = tide.clone();
        async move { tide.respond(request).await }
    });
    Application::new()
        .get("/", async |cx| cx.write("ours"))
        .route("/legacy/{*rest}", endpoint.nest("/legacy"))
}

#[test]
fn a_tide_application_answers_below_its_prefix() {
    let client = TestClient::new(mounted());
    assert_eq!(client.get("/").send().text(), "ours");
    let hello = client.get("/legacy/hello/world").send();
    assert_eq!((hello.status(), hello.text()), (200, "Hello, world"));
    assert_eq!(hello.header("x-tide"), Some("1"));
    assert_eq!(hello.header("content-type"), Some("text/plain;charset=utf-8"));
    assert!(hello.headers().get_all("set-cookie").iter().eq(["a=1", "b=2"]));
    assert_eq!(hello.header("x-content-type-options"), Some("nosniff"));
    let sum = client.post("/legacy/sum").json(&[1, 2, 39]).send();
    assert_eq!(
        (sum.text(), sum.header("content-type")),
        (r#"{"sum":42}"#, Some("application/json"))
    );
    let deep = client.get("/legacy/nested/deep/thought?a=b").send();
    assert_eq!(deep.text(), "thought of http://localhost/deep/thought?a=b");
}

#[test]
fn what_tide_refuses_stays_refused() {
    let client = TestClient::new(mounted());
    let teapot = client.get("/legacy/teapot").send();
    assert_eq!(teapot.status(), 418);
    assert!(!teapot.text().contains("secret"));
    assert_eq!(client.get("/legacy/nothing").send().status(), 404);
    assert_eq!(client.post("/legacy/hello/x").send().status(), 405);
    assert_eq!(client.get("/legacy/hello/../sum").send().status(), 400);
    let moved = client.get("/legacy/moved").send();
    assert_eq!(
        (moved.status(), moved.header("location")),
        (302, Some("/legacy/hello/there"))
    );
    let head = client.head("/legacy/hello/world").send();
    assert_eq!(
        (head.status(), head.header("content-length"), head.text()),
        (200, Some("12"), "")
    );
}

#[test]
fn over_tcp_bodies_stream_through_tide() {
    let server = Tcp::start(mounted());
    let answer = ask(
        server.address,
        "POST /legacy/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-length: 5\r\n"), "{answer}");
    assert_eq!(body(&answer), "hello");

    let mut stream = connect(server.address);
    let head = "POST /legacy/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(b"3\r\none\r\n").expect("sent");
    assert!(read_until(&mut stream, "\r\n\r\n").contains("transfer-encoding: chunked"));
    // Each piece comes back before the next is sent.
    assert_eq!(read_until(&mut stream, "one\r\n"), "3\r\none\r\n");
    stream.write_all(b"4\r\ntwo!\r\n").expect("sent");
    assert_eq!(read_until(&mut stream, "two!\r\n"), "4\r\ntwo!\r\n");
    stream.write_all(b"0\r\n\r\n").expect("sent");
    assert_eq!(read_until(&mut stream, "0\r\n\r\n"), "0\r\n\r\n");
}

#[test]
fn over_tcp_an_upload_that_is_cut_off_is_no_complete_one() {
    let server = Tcp::start(mounted());
    let request = "POST /legacy/sum HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n[1,2]";
    let answer = ask(server.address, request);
    // The status is tide's: it makes one of each error of its endpoints.
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
}

#[test]
fn over_tcp_an_endpoint_takes_the_connection_over() {
    let app = Application::new().route(
        "/echo",
        Endpoint::new(async |_| {
            let mut response = http_types::Response::new(101);
            response.insert_header("connection", "upgrade");
            response.insert_header("upgrade", "echo");
            let receiver = response.recv_upgrade().await;
            async_std::task::spawn(async move {
                let Some(mut connection) = receiver.await else {
                    return;
                };
                let mut bytes = [0; 64];
                while let Ok(count @ 1..) = connection.read(&mut bytes).await {
                    if connection.write_all(&bytes[..count]).await.is_err() || bytes[..count].contains(&b'.')
                    {
                        return;
                    }
                }
            });
            Ok(response)
        }),
    );
    let server = Tcp::start(app);
    let mut stream = connect(server.address);
    // The first bytes of the new protocol come with the head.
    stream
        .write_all(b"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ")
        .expect("sent");
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(read_until(&mut stream, "early "), "early ");
    stream.write_all(b"and late.").expect("sent");
    let mut rest = String::new();
    stream
        .read_to_string(&mut rest)
        .expect("the end, since the endpoint has let go");
    assert_eq!(rest, "and late.");
}

#[test]
fn over_tcp_a_client_that_leaves_drops_the_endpoint() {
    struct Flag(Arc<AtomicBool>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let seen = dropped.clone();
    let app = Application::new().route(
        "/",
        Endpoint::new(move |mut request: http_types::Request| {
            let flag = Flag(seen.clone());
            async move {
                let body = request.body_bytes().await?;
                drop(flag);
                Ok(http_types::Response::from(body))
            }
        }),
    );
    let server = Tcp::start(app);
    let mut stream = connect(server.address);
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        .expect("sent");
    // The endpoint has begun to read.
    assert_eq!(
        read_until(&mut stream, "\r\n\r\n"),
        "HTTP/1.1 100 Continue\r\n\r\n"
    );
    assert!(!dropped.load(Ordering::SeqCst));
    drop(stream);
    for _ in 0..3000 {
        if dropped.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the endpoint still waits for a client that has left");
}
