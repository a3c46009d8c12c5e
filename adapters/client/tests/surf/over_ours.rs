//! A surf client over our engine.

use std::net::TcpListener;
use std::time::Duration;

use futures_lite::future::block_on;
use futures_lite::io::{AsyncReadExt, AsyncWriteExt};
use http_client::{Config, HttpClient};
use surf::http::{Method, headers::HeaderValue};
use surf::{Body, Client, StatusCode};
use waterspout::compat::{Part, Refused};
use waterspout::{AsyncHttpClient, ClientError, ClientErrorKind, ClientLimits};
use waterspout_client::HttpEngine;
use waterspout_client::surf::Backend;

use crate::server::{Running, pattern, scripted};

fn client() -> Client {
    Client::with_http_client(Backend::new(HttpEngine::new()))
}

fn kind(error: &surf::Error) -> ClientErrorKind {
    error
        .downcast_ref::<ClientError>()
        .expect("an error of ours")
        .kind()
}

#[test]
fn a_request_arrives_as_it_was_sent() {
    let server = Running::start();
    let body = [&b"\0\xff\xc3\x28\r\n\r\n"[..], pattern(0, 70_000)].concat();
    let mut request = client()
        .put(server.url("/echo?a=b&a=%27"))
        .header("x-one", "1")
        .body(Body::from_bytes(body.clone()))
        .build();
    for value in ["b", "a", "b"] {
        request.append_header("x-two", value);
    }
    let came = block_on(client().recv_bytes(request)).expect("an answer");
    let head = came.strip_suffix(&body[..]).expect("the same body");
    let head = std::str::from_utf8(head).expect("text");
    assert_eq!(head.lines().next(), Some("PUT /echo?a=b&a=%27"));
    // The order between names is http-types' own.
    assert!(head.contains("\nx-one: 1\n"), "{head}");
    assert!(head.contains("\nx-two: b\nx-two: a\nx-two: b\n"), "{head}");
}

#[test]
fn a_response_is_given_as_it_came() {
    let server = Running::start();
    let mut response = block_on(client().get(server.url("/many"))).expect("an answer");
    assert_eq!(response.status(), StatusCode::Ok);
    assert_eq!(response.version(), Some(surf::http::Version::Http1_1));
    let cookies = response.header("set-cookie").expect("cookies");
    assert!(cookies.iter().map(HeaderValue::as_str).eq(["a=1", "b=2", "a=3"]));
    assert_eq!(response.len(), Some(1000));
    let body = block_on(response.body_bytes()).expect("a body");
    assert_eq!(body, pattern(128, 1000));
}

#[test]
fn a_status_is_no_error_and_a_redirect_is_not_followed() {
    let server = Running::start();
    for (path, status) in [("/status/404", 404), ("/status/503", 503), ("/moved", 302)] {
        let response = block_on(client().get(server.url(path))).expect("an answer");
        assert_eq!(u16::from(response.status()), status, "{path}");
    }
    let moved = block_on(client().get(server.url("/moved"))).expect("an answer");
    assert_eq!(moved.header("location").expect("where to").as_str(), "/many");
}

#[test]
fn head_has_no_body_and_leaves_the_connection_good() {
    let server = Running::start();
    let client = client();
    for _ in 0..3 {
        let mut response = block_on(client.head(server.url("/many"))).expect("an answer");
        assert_eq!(
            response.header("content-length").expect("a length").as_str(),
            "1000"
        );
        assert_eq!(block_on(response.body_bytes()).expect("nothing"), b"");
    }
}

#[test]
fn both_bodies_stream_at_once() {
    let server = Running::start();
    let (mut send, body) = async_pipe();
    let body = Body::from_reader(body, None);
    let mut response = block_on(client().post(server.url("/duplex")).body(body)).expect("an answer");
    // The next piece is sent only when the one before has come back.
    block_on(async {
        for at in 0..20 {
            let piece = pattern(at, 1000);
            send.write_all(piece).await.expect("taken");
            let mut back = [0; 1000];
            response.read_exact(&mut back).await.expect("it comes back");
            assert_eq!(back, *piece);
        }
        drop(send);
        let mut rest = Vec::new();
        response.read_to_end(&mut rest).await.expect("an end");
        assert_eq!(rest, b"");
    });
}

/// A pipe within the process, of the system's making.
fn async_pipe() -> (
    async_io::Async<std::os::unix::net::UnixStream>,
    futures_lite::io::BufReader<async_io::Async<std::os::unix::net::UnixStream>>,
) {
    let (one, other) = async_io::Async::<std::os::unix::net::UnixStream>::pair().expect("a pair");
    (one, futures_lite::io::BufReader::new(other))
}

#[test]
fn what_http_types_has_no_place_for_is_an_error_that_names_it() {
    let server = Running::start();
    let error = block_on(client().get(server.url("/latin1")).send()).expect_err("refused");
    assert_eq!(error.status(), StatusCode::BadGateway);
    assert_eq!(
        error.to_string(),
        "field: \"x-drink\" has a value that is not ASCII"
    );
    let error = block_on(client().get(server.url("/status/599")).send()).expect_err("refused");
    let refused = error.downcast_ref::<Refused>().expect("a refusal");
    assert_eq!(refused.part(), Part::Status);

    let utf8 = "HTTP/1.1 200 OK\r\nX-Drink: caf\u{e9}\r\nContent-Length: 0\r\n\r\n";
    let error = block_on(client().get(scripted(utf8.as_bytes())).send()).expect_err("refused");
    assert!(error.to_string().contains("x-drink"), "{error}");

    let split = client().get(server.url("/echo")).header("x-a", "1\r\nx-b: 2");
    let error = block_on(split.send()).expect_err("refused");
    assert_eq!(error.status(), StatusCode::InternalServerError);
    assert!(error.to_string().contains("x-a"), "{error}");
}

#[test]
fn failures_have_a_gateways_status_and_no_secret() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    let url = format!("http://user:hunter2@{address}/a?token=hunter2#hunter2");
    let error = block_on(client().get(url).send()).expect_err("nobody listens");
    assert_eq!(
        (error.status(), kind(&error)),
        (StatusCode::BadGateway, ClientErrorKind::Connect)
    );
    let text = format!("{error} {error:?}");
    assert!(
        text.contains(&format!("http://{address}/a")) && !text.contains("hunter2"),
        "{text}"
    );

    let error = block_on(client().get("ftp://example.com/").send()).expect_err("no HTTP");
    assert_eq!(kind(&error), ClientErrorKind::UnsupportedScheme);
    let error = block_on(client().get(scripted(b"")).send()).expect_err("no answer");
    assert_eq!(kind(&error), ClientErrorKind::NoResponse);
    let error = block_on(client().get(scripted(b"SSH-2.0-x\r\n\r\n")).send()).expect_err("no HTTP");
    assert!(matches!(kind(&error), ClientErrorKind::Malformed(_)), "{error}");
}

#[test]
fn a_body_that_is_cut_off_is_no_shorter_body() {
    let server = Running::start();
    let close_delimited = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    let urls = [
        server.url("/fails"),
        scripted(close_delimited.as_bytes()),
        scripted(chunked.as_bytes()),
    ];
    for url in urls {
        let mut response = block_on(client().get(&url)).expect("a head");
        let mut content = Vec::new();
        let error = block_on(response.read_to_end(&mut content)).expect_err("the rest is missing");
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{url}: {error}");
        assert_eq!(content, b"half", "{url}");
    }
}

#[test]
fn deadlines_are_the_clients_or_the_configurations() {
    // It accepts connections, in the system, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let short = Duration::from_millis(50);
    let limits = ClientLimits {
        request: short,
        ..ClientLimits::default()
    };
    let by_limits = Backend::from(AsyncHttpClient::new(HttpEngine::new()).limits(limits));
    let mut by_config = Backend::new(HttpEngine::new());
    by_config
        .set_config(Config::new().set_timeout(Some(short)))
        .expect("taken");
    assert_eq!(by_config.config().timeout, Some(short));
    let made = Backend::try_from(
        Config::new()
            .set_timeout(Some(short))
            .set_max_connections_per_host(1),
    );
    for backend in [by_limits, by_config, made.expect("an engine")] {
        let client = Client::with_http_client(backend);
        let error = block_on(client.get(&url).send()).expect_err("too late");
        assert_eq!(
            (error.status(), kind(&error)),
            (StatusCode::GatewayTimeout, ClientErrorKind::Timeout)
        );
    }
}

#[test]
fn the_body_has_a_limit() {
    let server = Running::start();
    let limits = ClientLimits {
        body: 100_000,
        ..ClientLimits::default()
    };
    let backend = Backend::from(AsyncHttpClient::new(HttpEngine::new()).limits(limits));
    let client = Client::with_http_client(backend);
    let url = server.url("/download/100000");
    assert_eq!(
        block_on(client.get(url).recv_bytes()).expect("as much").len(),
        100_000
    );
    let url = server.url("/download/100001");
    let error = block_on(client.get(url).recv_bytes()).expect_err("too much");
    assert!(error.to_string().contains("larger than allowed"), "{error}");
}

#[test]
fn a_configuration_of_surf_takes_our_backend() {
    let server = Running::start();
    let client: Client = surf::Config::new()
        .set_base_url(surf::Url::parse(&server.url("/")).expect("a URL"))
        .add_header("x-base", "1")
        .expect("a field")
        .set_http_client(Backend::new(HttpEngine::new()))
        .try_into()
        .expect("a client");
    let text = block_on(client.request(Method::Options, "echo").recv_string()).expect("an answer");
    assert_eq!(text, "OPTIONS /echo\nx-base: 1\n");
}
