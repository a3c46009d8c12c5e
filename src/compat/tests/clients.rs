//! Requests and responses of HTTP clients through the bridge.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_lite::future::block_on;
use futures_lite::stream;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode, Version};
use http_body::Frame;
use http_types::{
    Method as TheirMethod, Request as Theirs, Response as TheirResponse, StatusCode as TheirStatus,
};

use crate::body::{Body, BodyError, HttpBody, SizeHint};
use crate::carrier::{BoxFuture, Endpoint};
use crate::client::{
    AsyncHttpClient, ClientError, ClientErrorKind, Engine, FetchRequest, FetchStream, Incoming, Outgoing,
};
use crate::compat::{Part, Refused, incoming};

/// An engine that speaks http-types to a server that is a function.
struct Loop<F>(Arc<F>);

impl<F> Engine for Loop<F>
where
    F: Fn(Theirs) -> TheirResponse + Send + Sync + 'static,
{
    fn send(&self, outgoing: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        let server = self.0.clone();
        Box::pin(async move {
            let asked = outgoing.method.clone();
            let failed = |refused: Refused| ClientError::new(ClientErrorKind::Io).with_source(refused);
            let request = Theirs::try_from(outgoing).map_err(failed)?;
            incoming(server(request), &asked).map_err(failed)
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn client(server: impl Fn(Theirs) -> TheirResponse + Send + Sync + 'static) -> AsyncHttpClient {
    AsyncHttpClient::new(Loop(Arc::new(server)))
}

/// What becomes of a request that an http-types client sends, once it comes out at an http-types server.
fn there(request: Theirs) -> Result<Theirs, Refused> {
    let (send, sent) = std::sync::mpsc::channel();
    let fetch = FetchRequest::try_from(request)?;
    let client = client(move |request| {
        send.send(request).expect("somebody waits");
        TheirResponse::new(TheirStatus::Ok)
    });
    block_on(client.stream(fetch)).expect("an answer");
    Ok(sent.recv().expect("sent"))
}

/// An answer of ours, as [`AsyncHttpClient::stream`] gives it.
fn answered(answer: Incoming, method: Method) -> FetchStream {
    struct Once(std::sync::Mutex<Option<Incoming>>);
    impl Engine for Once {
        fn send(&self, _: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
            let answer = self.0.lock().expect("no panic").take();
            Box::pin(async { Ok(answer.expect("asked once")) })
        }
        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            Box::pin(std::future::pending())
        }
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }
    let client = AsyncHttpClient::new(Once(std::sync::Mutex::new(Some(answer))));
    let fetch = FetchRequest::new(method, "http://example.com/").raise_error(false);
    block_on(client.stream(fetch)).expect("an answer")
}

fn part<T>(result: Result<T, Refused>) -> Part
where
    T: fmt::Debug,
{
    result.expect_err("not carried").part()
}

#[test]
fn a_request_goes_through_as_it_is() {
    let mut request = Theirs::new(TheirMethod::PropFind, "https://example.com:8443/a%20b/?c=d&c='e'");
    for value in ["1", "2", "1"] {
        request.append_header("x-many", value);
    }
    request.set_body(&[0_u8, 159, 146, 150, 255][..]);
    request.remove_header("content-type");
    let mut came = there(request).expect("carried");
    assert_eq!(came.method(), TheirMethod::PropFind);
    assert_eq!(
        came.url().as_str(),
        "https://example.com:8443/a%20b/?c=d&c=%27e%27"
    );
    let many = came.header("x-many").expect("fields").iter();
    assert!(
        many.map(http_types::headers::HeaderValue::as_str)
            .eq(["1", "2", "1"])
    );
    assert_eq!(came.header("host").expect("a host").as_str(), "example.com:8443");
    // http-types makes one up for each body.
    assert!(came.header("content-type").is_none());
    assert_eq!(came.len(), Some(5));
    let body = block_on(came.body_bytes()).expect("a body");
    assert_eq!(body, [0, 159, 146, 150, 255]);
}

#[test]
fn a_request_that_a_wire_would_change_is_refused() {
    for value in ["a\r\nx-smuggled: 1", "a\0", " blank", "blank\t"] {
        let mut request = Theirs::new(TheirMethod::Get, "http://example.com/");
        request.insert_header("x-bad", value);
        assert_eq!(part(there(request)), Part::Field, "{value:?}");
    }
    let mut request = Theirs::new(TheirMethod::Get, "http://example.com/");
    request.insert_header("x bad\r\n", "a");
    assert_eq!(part(there(request)), Part::Field);
    let mut request = Theirs::new(TheirMethod::Post, "http://example.com/");
    drop(request.send_trailers());
    drop(request.recv_trailers());
    assert_eq!(part(there(request)), Part::Trailers);
}

#[test]
fn a_request_that_http_types_has_no_place_for_is_refused() {
    let url = crate::Url::parse("http://example.com/").expect("a URL");
    for method in ["BREW", "get", "M-SEARCH2"] {
        let mut outgoing = Outgoing::new(url.clone());
        outgoing.method = Method::from_bytes(method.as_bytes()).expect("a method");
        assert_eq!(part(Theirs::try_from(outgoing)), Part::Method, "{method}");
    }
    let mut outgoing = Outgoing::new(url);
    let latin1 = HeaderValue::from_bytes(b"caf\xe9").expect("obs-text");
    outgoing
        .headers
        .insert(HeaderName::from_static("x-drink"), latin1);
    let refused = Theirs::try_from(outgoing).expect_err("not carried");
    assert_eq!(
        refused.to_string(),
        "field: \"x-drink\" has a value that is not ASCII"
    );
}

#[test]
fn a_response_goes_through_as_it_is() {
    let mut answer = Incoming::new(StatusCode::NOT_FOUND, vec![0, 200, 255]);
    for cookie in ["a=1", "b=2", "a=3"] {
        answer
            .headers
            .append(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    answer.version = Version::HTTP_10;
    answer.remote = Endpoint::Socket(([127, 0, 0, 1], 80).into());
    let theirs = TheirResponse::try_from(answered(answer, Method::GET)).expect("carried");
    assert_eq!(theirs.version(), Some(http_types::Version::Http1_0));
    assert_eq!(theirs.peer_addr(), Some("127.0.0.1:80"));
    assert_eq!((theirs.status(), theirs.len()), (TheirStatus::NotFound, Some(3)));
    assert!(theirs.header("content-type").is_none());

    let back = incoming(theirs, &Method::GET).expect("carried");
    assert_eq!(
        (back.status, back.version),
        (StatusCode::NOT_FOUND, Version::HTTP_10)
    );
    assert_eq!(back.remote, Endpoint::Socket(([127, 0, 0, 1], 80).into()));
    let cookies = back.headers.get_all(SET_COOKIE).iter();
    assert!(cookies.eq(["a=1", "b=2", "a=3"]));
    assert_eq!(block_on(back.body.collect(9)).expect("a body"), [0, 200, 255][..]);
}

#[test]
fn a_response_that_http_types_has_no_place_for_is_refused() {
    let odd = Incoming::new(StatusCode::from_u16(299).expect("a status"), "");
    let refused = TheirResponse::try_from(answered(odd, Method::GET));
    assert_eq!(part(refused), Part::Status);
    for value in [&b"caf\xe9"[..], "caf\u{e9}".as_bytes()] {
        let mut answer = Incoming::new(StatusCode::OK, "");
        let value = HeaderValue::from_bytes(value).expect("obs-text");
        answer.headers.insert("x-drink", value);
        let refused = TheirResponse::try_from(answered(answer, Method::GET));
        assert_eq!(part(refused), Part::Field);
    }
}

#[test]
fn only_a_final_response_of_a_known_version_comes_in() {
    for status in [
        TheirStatus::Continue,
        TheirStatus::SwitchingProtocols,
        TheirStatus::EarlyHints,
    ] {
        let refused = incoming(TheirResponse::new(status), &Method::GET);
        assert_eq!(part(refused), Part::Status, "{status}");
    }
    let mut old = TheirResponse::new(TheirStatus::Ok);
    old.set_version(Some(http_types::Version::Http0_9));
    assert_eq!(part(incoming(old, &Method::GET)), Part::Version);
    let mut split = TheirResponse::new(TheirStatus::Ok);
    split.insert_header("x-a", "b\nc");
    assert_eq!(part(incoming(split, &Method::GET)), Part::Field);
}

#[test]
fn what_has_no_body_is_not_taken_for_cut_off() {
    // As backends of surf give it: a body that declares the length of what does not come.
    let announced = |status| {
        let mut response = TheirResponse::new(status);
        let nothing = http_types::Body::empty().into_reader();
        response.set_body(http_types::Body::from_reader(nothing, Some(5)));
        response.insert_header("content-length", "5");
        response
    };
    let cases = [
        (TheirStatus::Ok, Method::HEAD),
        (TheirStatus::NoContent, Method::GET),
        (TheirStatus::NotModified, Method::GET),
    ];
    for (status, method) in cases {
        let answer = incoming(announced(status), &method).expect("carried");
        assert_eq!(answer.headers[CONTENT_LENGTH], "5");
        assert_eq!(block_on(answer.body.collect(9)).expect("no body"), "", "{status}");
    }
    let cut = incoming(announced(TheirStatus::Ok), &Method::GET).expect("carried");
    assert!(
        block_on(cut.body.collect(9))
            .expect_err("five are missing")
            .is_cut_off()
    );
}

/// Three pieces and a trailer.
struct Trailed(u8);

impl HttpBody for Trailed {
    type Data = bytes::Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<bytes::Bytes>, BodyError>>> {
        self.0 += 1;
        std::task::Poll::Ready(match self.0 {
            1..=3 => Some(Ok(Frame::data("piece ".into()))),
            4 => {
                let mut trailers = HeaderMap::new();
                trailers.insert("x-sum", HeaderValue::from_static("3"));
                Some(Ok(Frame::trailers(trailers)))
            }
            _ => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

fn trailer(mut body: Body) -> Option<HeaderValue> {
    block_on(async {
        while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
        {
            if let Ok(trailers) = frame.expect("no error").into_trailers() {
                return trailers.get("x-sum").cloned();
            }
        }
        None
    })
}

#[test]
fn streams_keep_their_trailers_both_ways() {
    let client = client(|request| {
        let came = FetchRequest::try_from(request).expect("carried");
        // What came in goes back out.
        let (send, sent) = std::sync::mpsc::channel();
        let echo = AsyncHttpClient::new(Take(send));
        drop(block_on(echo.stream(came)));
        let body = sent.recv().expect("sent");
        TheirResponse::try_from(answered(Incoming::new(StatusCode::OK, body), Method::GET)).expect("carried")
    });
    let fetch = FetchRequest::post("http://example.com/").body(Body::new(Trailed(0)));
    let answer = block_on(client.stream(fetch)).expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(trailer(answer.into_body()), Some(HeaderValue::from_static("3")));
}

/// Takes the body of what it is to send.
struct Take(std::sync::mpsc::Sender<Body>);

impl Engine for Take {
    fn send(&self, outgoing: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        self.0.send(outgoing.body).expect("somebody waits");
        Box::pin(std::future::ready(Err(ClientError::new(
            ClientErrorKind::NoResponse,
        ))))
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[test]
fn a_stream_that_fails_fails_on_the_other_side() {
    let pieces = [Ok("piece"), Err(std::io::Error::other("the disk is gone"))];
    let pieces = pieces.map(|piece| piece.map(bytes::Bytes::from));
    let answer = Incoming::new(StatusCode::OK, Body::from_stream(stream::iter(pieces)));
    let theirs = TheirResponse::try_from(answered(answer, Method::GET)).expect("carried");
    let back = incoming(theirs, &Method::GET).expect("carried");
    let error = block_on(back.body.collect(99)).expect_err("it fails");
    assert!(!error.is_cut_off());
    assert_eq!(error.status(), 502, "another server failed");
}
