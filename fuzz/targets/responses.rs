//! What foreign bytes choose of a response: its tag, its coding, whom it is shared with, where a redirect leads.
//!
//! Input: method, route, `If-None-Match`, `Accept-Encoding`, `Origin` and the method of a preflight, each with its length; then the
//! rest of the path.
#![no_main]

use std::io::Read;
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock};
use std::task::{Context as TaskContext, Poll, Waker};

use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use libfuzzer_sys::fuzz_target;
use waterspout::testing::ManualClock;
use waterspout::{Application, Body, Compression, Cors, HttpBody, Link, RedirectHandler, Request, Response};
use waterspout_fuzz::Choices;

const CONTENT: &str = "words, and more words; ";
const ORIGIN: &str = "https://app.example";

static APP: LazyLock<Application> = LazyLock::new(|| {
    Application::new()
        .middleware(Cors::new().allow_origins([ORIGIN]).credentials(true))
        .middleware(Compression::new())
        .any("/page", async |cx| cx.write(CONTENT.repeat(100)))
        .route_regex("/to/(.*)", RedirectHandler::new("/{0}"))
        .route_regex("/moved(.*)", RedirectHandler::new("https://www.example.com{0}"))
        .any("/add/{*rest}", async |cx| cx.addslash())
        .any("//{*rest}", async |cx| cx.removeslash())
});

fn ready<F: Future + ?Sized>(future: Pin<&mut F>) -> F::Output {
    match future.poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn content(response: &mut Response) -> Vec<u8> {
    let (mut body, mut content) = (response.take_body(), Vec::new());
    while let Some(frame) = ready(pin!(
        std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx))
    )) {
        content.extend_from_slice(&frame.expect("a whole body").into_data().unwrap_or_default());
    }
    content
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let method = choices.of(&["GET", "HEAD", "POST", "OPTIONS"]);
    let route = choices.of(&["/page", "/to/", "/moved", "/add/", "//"]);
    let mut headers = HeaderMap::new();
    for name in [
        "if-none-match",
        "accept-encoding",
        "origin",
        "access-control-request-method",
    ] {
        let value = choices.some();
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_bytes(value)) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let mut target = route.to_owned();
    if route != "/page" {
        target.push_str(&String::from_utf8_lossy(choices.0));
    }
    let Ok(uri) = target.parse::<Uri>() else { return };
    let method: Method = method.parse().expect("a method");
    let link = Arc::new(Link::new(Arc::new(ManualClock::new())));
    let asked = headers.clone();
    let request = Request::new(
        method.clone(),
        uri,
        Version::HTTP_11,
        headers,
        Body::empty(),
        None,
        link,
    );
    let mut response = ready(Box::pin(APP.respond(request)).as_mut());
    let content = content(&mut response);
    let (status, fields) = (response.status().as_u16(), response.headers());

    if route == "/page" && status == 200 && method != Method::HEAD {
        if fields
            .get("content-encoding")
            .is_some_and(|coding| coding == "gzip")
        {
            let mut decoded = String::new();
            GzDecoder::new(&*content)
                .read_to_string(&mut decoded)
                .expect("gzip");
            assert_eq!(decoded, CONTENT.repeat(100));
            assert!(asked.contains_key("accept-encoding"));
        } else {
            assert_eq!(content, CONTENT.repeat(100).as_bytes());
        }
    }
    assert!(status < 500, "{status}");
    if status == 304 {
        assert!(asked.contains_key("if-none-match") && content.is_empty());
        assert!(fields.contains_key("etag") && !fields.contains_key("content-encoding"));
    }
    if let Some(allowed) = fields.get("access-control-allow-origin") {
        assert_eq!(allowed, ORIGIN);
        assert_eq!(asked["origin"], ORIGIN);
    }
    if let Some(location) = fields.get("location") {
        let location = location.as_bytes();
        if route == "/moved" {
            let behind = location
                .strip_prefix(b"https://www.example.com")
                .expect("the host");
            assert!(matches!(behind.first(), None | Some(b'/' | b'?' | b'#' | b'\\')));
        } else {
            assert_eq!(location.first(), Some(&b'/'));
            assert!(!matches!(
                location.get(1),
                Some(b'/' | b'\\' | b'\t' | b'\r' | b'\n')
            ));
        }
    }
});
