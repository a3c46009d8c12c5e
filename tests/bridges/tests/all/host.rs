//! An application of ours behind async-h1, and as an endpoint of a tide application.

use std::future::poll_fn;
use std::io::{Read, Write};
use std::pin::Pin;
use std::time::Duration;

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use waterspout::compat::http_types;
use waterspout::prelude::*;
use waterspout::{HttpBody, Upgrade};

use crate::support::{ask, async_h1, body, connect, fields, host, read_until};

fn app() -> Application {
    Application::new()
        .get("/hello/{name}", async |cx| {
            let text = format!("Hello, {}{}", cx.request().mount(), cx.path_arg("name")?);
            cx.add_header("x-many", "1")?;
            cx.add_header("x-many", "2")?;
            cx.write(text)
        })
        .get("/slow", async |cx| {
            for piece in ["one ", "two ", "three"] {
                cx.write(piece)?;
                cx.flush().await?;
                cx.sleep(Duration::from_millis(5)).await?;
            }
            Ok(())
        })
        .get("/fails", async |cx| {
            cx.write("begun")?;
            cx.flush().await?;
            Err(Error::new(500))
        })
        .streaming("/trailers", async |cx| {
            let mut body = cx.take_body()?;
            let (mut read, mut trailers) = (0, None);
            while let Some(frame) = poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {
                match frame?.into_data() {
                    Ok(data) => read += data.len(),
                    Err(other) => trailers = other.into_trailers().ok(),
                }
            }
            let sum = trailers.as_ref().and_then(|map| map.get("x-sum"));
            cx.write(format!("{read} bytes, {sum:?}"))
        })
        .streaming("/unread", async |cx| cx.write("not read"))
        .get("/odd", async |cx| {
            cx.set_status(299);
            cx.write("never sent")
        })
        .get("/echo", async |cx| {
            let upgrade = Upgrade::new(async |mut io| {
                let mut bytes = [0; 64];
                while let Ok(count @ 1..) = io.read(&mut bytes).await {
                    if io.write_all(&bytes[..count]).await.is_err() {
                        break;
                    }
                }
            });
            cx.upgrade(HeaderValue::from_static("echo"), upgrade)
        })
}

fn get(address: std::net::SocketAddr, path: &str) -> String {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
    )
}

#[test]
fn async_h1_serves_the_application() {
    let address = async_h1(app());
    let hello = get(address, "/hello/world");
    assert!(hello.starts_with("HTTP/1.1 200 OK\r\n"), "{hello}");
    assert_eq!(body(&hello), "Hello, world");
    let found = fields(&hello);
    for field in [
        "content-length: 12",
        "x-many: 1",
        "x-many: 2",
        "content-type: text/html; charset=utf-8",
    ] {
        assert!(found.iter().any(|other| other == field), "{field} in {found:?}");
    }
    assert!(get(address, "/nothing").starts_with("HTTP/1.1 404 "));
    let odd = get(address, "/odd");
    assert!(
        odd.starts_with("HTTP/1.1 500 ") && !odd.contains("never sent"),
        "{odd}"
    );
}

#[test]
fn the_answer_to_head_has_the_length_and_no_body() {
    let address = async_h1(app());
    let answer = ask(
        address,
        "HEAD /hello/world HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    );
    assert!(
        fields(&answer).contains(&"content-length: 12".to_owned()),
        "{answer}"
    );
    assert_eq!(body(&answer), "");
}

#[test]
fn requests_follow_one_another_on_a_connection() {
    let address = async_h1(app());
    let mut stream = connect(address);
    for _ in 0..3 {
        stream
            .write_all(b"POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
            .expect("sent");
        assert!(read_until(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 200 "));
        assert_eq!(read_until(&mut stream, "not read"), "not read");
    }
}

#[test]
fn a_handler_streams_and_its_failure_is_seen() {
    let address = async_h1(app());
    let slow = get(address, "/slow");
    assert!(
        fields(&slow).contains(&"transfer-encoding: chunked".to_owned()),
        "{slow}"
    );
    assert_eq!(body(&slow), "4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n");
    let fails = get(address, "/fails");
    assert!(
        fails.contains("begun") && !fails.ends_with("0\r\n\r\n"),
        "{fails}"
    );
}

#[test]
fn trailers_of_a_request_reach_the_application() {
    let address = async_h1(app());
    // Sent apart: async-h1 waits for ever for trailers that come in two pieces.
    let mut stream = connect(address);
    let request = "POST /trailers HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read");
    assert_eq!(body(&answer), r#"3 bytes, Some("7")"#);
}

#[test]
fn an_upgrade_runs_on_the_connection() {
    let address = async_h1(app());
    let refused = get(address, "/echo");
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let mut stream = connect(address);
    stream
        .write_all(b"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
        .expect("sent");
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream.write_all(b"there and back").expect("sent");
    assert_eq!(read_until(&mut stream, "back"), "there and back");
}

#[test]
fn what_a_host_pastes_into_the_url_is_no_path() {
    let address = async_h1(app());
    // async-h1 pastes Host into a URL: what it makes of this is no request of ours.
    for host in ["h/hello/x?", "u@h", "h#f"] {
        let answer = ask(
            address,
            &format!("GET /nothing HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        );
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
            "{host}: {answer}"
        );
    }
}

#[test]
fn it_is_an_endpoint_of_a_tide_application() {
    let ours = host(app()).mount("/ours");
    let mut tide = tide::new();
    tide.at("/").get(|_| async { Ok("tide's") });
    let mut inner = tide::new();
    inner.at("/*rest").all(move |request: tide::Request<()>| {
        let response = ours.respond(request.into());
        async move { Ok(tide::Response::from(response.await)) }
    });
    tide.at("/ours").nest(inner);
    let ask = |method, url: &str| -> (u16, String) {
        let request = http_types::Request::new(method, url);
        async_std::task::block_on(async {
            let mut response: http_types::Response = tide.respond(request).await.expect("answered");
            let text = response.body_string().await.expect("text");
            (response.status().into(), text)
        })
    };
    assert_eq!(ask(http_types::Method::Get, "http://h/"), (200, "tide's".into()));
    let (status, text) = ask(http_types::Method::Get, "http://h/ours/hello/world?x");
    assert_eq!((status, &*text), (200, "Hello, /oursworld"));
    assert_eq!(
        ask(http_types::Method::Get, "http://h/ours/slow"),
        (200, "one two three".into())
    );
    assert_eq!(ask(http_types::Method::Delete, "http://h/ours/slow").0, 405);
}
