use super::*;
use crate::Error;
use crate::client::{ClientErrorKind, Url};

#[test]
fn a_status_other_than_2xx_is_an_error_that_has_the_response() {
    for status in [304, 404, 500] {
        let incoming = answer(status, &[("x-a", "1")], "why");
        let error = Script::new([incoming])
            .fetch("http://a.test/x?secret=1")
            .expect_err("a status");
        let code = StatusCode::from_u16(status).expect("a status");
        assert_eq!(
            (error.kind(), error.status()),
            (ClientErrorKind::Status(code), 502)
        );
        assert!(error.to_string().starts_with("http://a.test/x?...: "), "{error}");
        let response = error.into_response().expect("the response");
        assert_eq!(
            (response.header("x-a"), &response.body()[..]),
            (Some("1"), &b"why"[..])
        );
    }
    for status in [200, 204, 299] {
        assert!(
            Script::new([answer(status, &[], "")])
                .fetch("http://a.test/")
                .is_ok()
        );
    }
    let request = FetchRequest::get("http://a.test/").raise_error(false);
    let response = Script::new([answer(404, &[], "")])
        .fetch(request)
        .expect("a response");
    assert_eq!(response.status().as_u16(), 404);
}

#[test]
fn the_text_has_the_url_without_its_secrets() {
    let url = Url::parse("https://user:secret@a.test:8443/path?token=secret#secret").expect("an URL");
    for kind in [
        ClientErrorKind::InvalidRequest("x"),
        ClientErrorKind::Dns,
        ClientErrorKind::Connect,
        ClientErrorKind::ConnectTimeout,
        ClientErrorKind::Tls,
        ClientErrorKind::Certificate,
        ClientErrorKind::Proxy,
        ClientErrorKind::Timeout,
        ClientErrorKind::NoResponse,
        ClientErrorKind::Io,
        ClientErrorKind::Malformed("x"),
        ClientErrorKind::HeadTooLarge,
        ClientErrorKind::TooManyInformational,
        ClientErrorKind::BodyTooLarge,
        ClientErrorKind::CutOff,
        ClientErrorKind::Decode,
        ClientErrorKind::TooManyRedirects,
        ClientErrorKind::BadRedirect,
        ClientErrorKind::RequestBody,
    ] {
        let error = ClientError::new(kind).with_url(&url);
        let text = format!("{error} {error:?}");
        assert!(
            error.to_string().starts_with("https://a.test:8443/path?...: "),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn a_fetch_takes_no_longer_than_it_may() {
    for (request, seconds) in [
        (FetchRequest::get("http://a.test/"), 20),
        (
            FetchRequest::get("http://a.test/").request_timeout(Duration::from_secs(3)),
            3,
        ),
    ] {
        let script = Script::new([]);
        let error = script.fetch(request).expect_err("nobody answers");
        assert_eq!((error.kind(), error.status()), (ClientErrorKind::Timeout, 504));
        assert_eq!(error.url(), Some("http://a.test/"));
        assert_eq!(script.clock.monotonic(), Duration::from_secs(seconds));
    }
    // Its body counts as well.
    let (sender, body) = Body::channel(None);
    let script = Script::new([answer(200, &[], body)]);
    assert_eq!(
        script.fetch("http://a.test/").expect_err("no end").kind(),
        ClientErrorKind::Timeout
    );
    drop(sender);
}

#[test]
fn in_a_handler_it_keeps_its_status() {
    let status = |kind| Error::from(ClientError::new(kind)).status_code().as_u16();
    assert_eq!(status(ClientErrorKind::Connect), 502);
    assert_eq!(status(ClientErrorKind::Timeout), 504);
    assert_eq!(status(ClientErrorKind::InvalidUrl), 500);
    let body: crate::BodyError = ClientError::new(ClientErrorKind::BodyTooLarge).into();
    assert_eq!(Error::from(body).status_code().as_u16(), 502);
}
