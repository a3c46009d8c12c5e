//! Responses through the bridge, and as an http-types server wants them.

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_lite::io::AsyncReadExt;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, SET_COOKIE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};
use http_body::Body as _;
use http_types::{Response as Theirs, StatusCode as TheirStatus};

use crate::body::{Body, BodyError};
use crate::compat::{Part, Refused, for_server};
use crate::response::Response;
use crate::upgrade::Upgrade;

fn refused(response: Theirs) -> Part {
    Response::try_from(response).expect_err("not carried").part()
}

fn trailers_of(mut body: Body) -> (Vec<u8>, Option<HeaderMap>) {
    let (mut content, mut trailers) = (Vec::new(), None);
    block_on(async {
        while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
        {
            match frame.expect("no error").into_data() {
                Ok(data) => content.extend_from_slice(&data),
                Err(other) => trailers = other.into_trailers().ok(),
            }
        }
    });
    (content, trailers)
}

#[test]
fn status_fields_and_body_go_there_and_come_back() {
    let mut response = Response::text("Hello").with_status(404);
    for cookie in ["a=1", "b=2", "a=3"] {
        response
            .headers_mut()
            .append(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    let mut theirs = Theirs::try_from(response).expect("carried");
    assert_eq!(theirs.status(), TheirStatus::NotFound);
    let cookies = theirs.header("set-cookie").expect("cookies");
    assert!(
        cookies
            .iter()
            .map(http_types::headers::HeaderValue::as_str)
            .eq(["a=1", "b=2", "a=3"])
    );
    assert_eq!(
        theirs.header("content-type").expect("a type").as_str(),
        "text/plain; charset=UTF-8"
    );
    assert_eq!(theirs.len(), Some(5));

    theirs.insert_header("x-more", "1");
    let back = Response::try_from(theirs).expect("carried");
    assert_eq!(
        (back.status(), back.body().len()),
        (StatusCode::NOT_FOUND, Some(5))
    );
    let cookies = back.headers().get_all(SET_COOKIE).iter();
    assert!(cookies.eq(["a=1", "b=2", "a=3"]));
    assert_eq!(back.headers().len(), 5);
}

#[test]
fn no_content_type_is_invented() {
    let response = Response::new(StatusCode::OK, "x");
    let theirs = Theirs::try_from(response).expect("carried");
    assert!(theirs.header("content-type").is_none());
    let back = Response::try_from(theirs).expect("carried");
    assert!(back.headers().is_empty());
}

#[test]
fn what_has_no_place_there_is_refused() {
    let odd = Theirs::try_from(Response::text("").with_status(299)).expect_err("no such status");
    assert_eq!(
        (odd.part(), odd.to_string()),
        (Part::Status, "status: http-types has no 299".into())
    );
    let mut latin = Response::text("");
    latin
        .headers_mut()
        .insert("x-name", HeaderValue::from_bytes(b"caf\xe9").expect("obs-text"));
    let latin = Theirs::try_from(latin).expect_err("not ASCII");
    assert_eq!(
        latin.to_string(),
        "field: \"x-name\" has a value that is not ASCII"
    );
    let upgrade = Response::upgrade(HeaderValue::from_static("x"), Upgrade::new(async |_| {}));
    assert_eq!(
        Theirs::try_from(upgrade).expect_err("nobody runs it").part(),
        Part::Upgrade
    );
}

#[test]
fn what_would_split_a_response_is_refused() {
    for value in ["a\r\nset-cookie: b=c", "a\nb", "a\rb", "\0", "\u{7f}"] {
        let mut response = Theirs::new(200);
        response.insert_header("x", value);
        assert_eq!(refused(response), Part::Field, "{value:?}");
    }
    for name in ["", "a b", "a:b", "a\r\nb", "\0"] {
        let mut response = Theirs::new(200);
        response.insert_header(name, "value");
        assert_eq!(refused(response), Part::Field, "{name:?}");
    }
}

#[test]
fn trailers_go_both_ways() {
    let (mut sender, body) = Body::channel(Some(1));
    let mut trailers = HeaderMap::new();
    trailers.append("x-sum", HeaderValue::from_static("1"));
    trailers.append("x-sum", HeaderValue::from_static("2"));
    sender.send(Bytes::from("a"));
    sender.finish(Some(trailers.clone()));
    let theirs = Theirs::try_from(Response::new(StatusCode::OK, body)).expect("carried");
    assert!(theirs.has_trailers());
    let mut back = Response::try_from(theirs).expect("carried");
    assert_eq!(trailers_of(back.take_body()), (b"a".to_vec(), Some(trailers)));
}

#[test]
fn a_stream_without_trailers_ends() {
    let body = Body::from_stream(futures_lite::stream::iter([Ok::<_, BodyError>(Bytes::from("a"))]));
    let theirs = Theirs::try_from(Response::new(StatusCode::OK, body)).expect("carried");
    let mut back = Response::try_from(theirs).expect("carried");
    assert_eq!(trailers_of(back.take_body()), (b"a".to_vec(), None));
}

#[test]
fn a_trailer_with_a_line_break_ends_the_body_in_an_error() {
    let mut theirs = Theirs::new(200);
    let sender = theirs.send_trailers();
    theirs.set_body("a");
    let mut trailers = http_types::Trailers::new();
    trailers.insert("x-sum", "1\r\nx: y");
    block_on(sender.send(trailers));
    let mut response = Response::try_from(theirs).expect("carried");
    let body = response.body_mut();
    assert!(block_on(body.next_chunk()).expect("a piece").is_ok());
    assert!(block_on(body.next_chunk()).expect("an error").is_err());
    assert!(block_on(body.next_chunk()).is_none());
}

#[test]
fn a_channel_that_is_taken_already_is_refused() {
    let mut trailers = Theirs::new(200);
    let _sender = trailers.send_trailers();
    let _receiver = trailers.recv_trailers();
    assert_eq!(refused(trailers), Part::Trailers);
    let mut upgrade = Theirs::new(101);
    let _sender = upgrade.send_upgrade();
    assert_eq!(refused(upgrade), Part::Upgrade);
}

fn server(response: Response, method: &Method) -> Result<Theirs, Refused> {
    for_server(response, method)
}

#[test]
fn head_and_304_declare_the_length_that_they_stand_for() {
    let mut response = Response::new(StatusCode::OK, Body::empty());
    response.headers_mut().insert(CONTENT_LENGTH, 1234.into());
    let mut head = server(response, &Method::HEAD).expect("carried");
    assert_eq!(head.len(), Some(1234));
    let mut content = Vec::new();
    block_on(head.read_to_end(&mut content)).expect("nothing");
    assert!(content.is_empty());
    let chunked = server(Response::new(StatusCode::OK, Body::empty()), &Method::HEAD).expect("carried");
    assert_eq!(chunked.len(), None);

    let mut unchanged = Response::new(StatusCode::NOT_MODIFIED, Body::empty());
    assert_eq!(
        server(Response::new(StatusCode::NOT_MODIFIED, ()), &Method::GET)
            .expect("carried")
            .len(),
        Some(0)
    );
    unchanged.headers_mut().insert(CONTENT_LENGTH, 7.into());
    assert_eq!(server(unchanged, &Method::GET).expect("carried").len(), Some(7));
}

#[test]
fn a_stream_is_held_to_the_length_that_the_application_declares() {
    let streaming = |declared: u64| {
        let (mut sender, body) = Body::channel(None);
        sender.send(Bytes::from("abc"));
        sender.finish(None);
        let mut response = Response::new(StatusCode::OK, body);
        response.headers_mut().insert(CONTENT_LENGTH, declared.into());
        server(response, &Method::GET).expect("carried")
    };
    let read = |mut response: Theirs| block_on(response.read_to_end(&mut Vec::new()));
    assert_eq!(streaming(3).len(), Some(3));
    assert_eq!(read(streaming(3)).expect("whole"), 3);
    assert!(read(streaming(2)).is_err());
    assert!(read(streaming(4)).is_err());
}

#[test]
fn a_wrong_length_is_refused() {
    for lengths in [&["4"][..], &["3", "4"], &["+3"], &["3, 3"], &[""]] {
        let mut response = Response::new(StatusCode::OK, "abc");
        for length in lengths {
            response
                .headers_mut()
                .append(CONTENT_LENGTH, HeaderValue::from_static(length));
        }
        assert_eq!(
            server(response, &Method::GET).expect_err("wrong").part(),
            Part::Length,
            "{lengths:?}"
        );
    }
}

#[test]
fn what_speaks_of_the_connection_is_the_servers() {
    let mut response = Response::text("abc");
    let headers = response.headers_mut();
    headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    headers.insert("keep-alive", HeaderValue::from_static("timeout=5"));
    headers.insert("upgrade", HeaderValue::from_static("h2c"));
    headers.insert(CONNECTION, HeaderValue::from_static("keep-alive, Close"));
    let sent = server(response, &Method::GET).expect("carried");
    let mut names: Vec<_> = sent
        .header_names()
        .map(http_types::headers::HeaderName::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["connection", "content-type"]);
    assert_eq!(sent.header("connection").expect("a field").as_str(), "close");
}
