use super::*;
use crate::client::ClientErrorKind;

fn to(status: u16, location: &str) -> Incoming {
    answer(status, &[("location", location)], "moved")
}

#[test]
fn the_method_changes_as_the_status_says() {
    for (status, method, sent) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (302, "HEAD", "HEAD"),
        (301, "DELETE", "DELETE"),
    ] {
        let script = Script::new([to(status, "/next?b=1"), ok()]);
        let method = method.parse().expect("a method");
        let request = FetchRequest::new(method, "http://a.test/first").body("data");
        let response = script.fetch(request).expect("a response");
        assert_eq!((response.redirects(), response.url().path()), (1, "/next"));
        let second = script.sent().pop().expect("two requests");
        assert_eq!(second.line, format!("{sent} http://a.test/next?b=1"), "{status}");
        let repeats = sent != "GET" && status != 303;
        assert_eq!(
            second.body.is_empty(),
            !(repeats || sent == "HEAD"),
            "{status} {sent}"
        );
    }
}

#[test]
fn secrets_stay_with_their_server() {
    for (location, stays) in [
        ("/same", true),
        ("http://a.test:80/same", true),
        ("http://b.test/", false),
        ("http://a.test:8080/", false),
        ("https://a.test/", false),
        ("//b.test/", false),
        ("http://a.test.evil.test/", false),
    ] {
        let script = Script::new([to(302, location), ok()]);
        let request = FetchRequest::get("http://user:secret@a.test/")
            .header("cookie", "session=1")
            .header("x-other", "kept");
        script.fetch(request).expect("a response");
        let sent = script.sent();
        let [first, second] = sent.as_slice() else {
            panic!("two requests")
        };
        assert_eq!(first.headers["authorization"], "Basic dXNlcjpzZWNyZXQ=");
        assert_eq!(second.headers.contains_key("authorization"), stays, "{location}");
        assert_eq!(second.headers.contains_key("cookie"), stays, "{location}");
        assert_eq!(second.headers["x-other"], "kept");
        assert!(!first.line.contains("secret") && !second.line.contains("secret"));
    }
}

#[test]
fn the_host_field_and_the_userinfo_are_those_of_the_new_url() {
    let script = Script::new([to(301, "http://evil:pw@b.test:81/x#part"), ok()]);
    script.fetch("http://a.test/").expect("a response");
    let second = script.sent().pop().expect("two requests");
    assert_eq!(second.line, "GET http://b.test:81/x");
    assert_eq!(second.headers["host"], "b.test:81");
    assert!(!second.headers.contains_key("authorization"));
}

#[test]
fn a_loop_ends_and_says_so() {
    let script = Script::new((0..10).map(|_| to(302, "/again")));
    let error = script.fetch("http://a.test/again?token=1").expect_err("a loop");
    assert_eq!(error.kind(), ClientErrorKind::TooManyRedirects);
    assert_eq!(script.sent().len(), 6);

    let script = Script::new((0..10).map(|_| to(302, "/again")));
    let request = FetchRequest::get("http://a.test/").max_redirects(1);
    assert_eq!(
        script.fetch(request).expect_err("a loop").kind(),
        ClientErrorKind::TooManyRedirects
    );
    assert_eq!(script.sent().len(), 2);
}

#[test]
fn a_redirect_that_is_not_to_be_followed_is_the_response() {
    let script = Script::new([to(302, "/next")]);
    let request = FetchRequest::get("http://a.test/")
        .follow_redirects(false)
        .raise_error(false);
    let response = script.fetch(request).expect("a response");
    assert_eq!(
        (response.status().as_u16(), response.header("location")),
        (302, Some("/next"))
    );
    // Without a Location, and 300 and 304 with one, there is nothing to follow.
    for incoming in [answer(302, &[], ""), to(300, "/next"), to(304, "/next")] {
        let status = incoming.status;
        let script = Script::new([incoming]);
        let response = script.fetch(FetchRequest::get("http://a.test/").raise_error(false));
        assert_eq!(response.expect("a response").status(), status);
    }
}

#[test]
fn places_that_cannot_be_gone_to() {
    for (location, kind) in [
        ("file:///etc/passwd", ClientErrorKind::UnsupportedScheme),
        ("ftp://a.test/", ClientErrorKind::UnsupportedScheme),
        ("javascript:alert(1)", ClientErrorKind::UnsupportedScheme),
        ("http://", ClientErrorKind::BadRedirect),
        ("http://[", ClientErrorKind::BadRedirect),
    ] {
        let script = Script::new([to(302, location), ok()]);
        let error = script.fetch("http://a.test/").expect_err(location);
        assert_eq!(error.kind(), kind, "{location}");
        assert_eq!(script.sent().len(), 1, "{location}");
    }
    let two = answer(302, &[("location", "/a"), ("location", "/b")], "");
    let error = Script::new([two])
        .fetch("http://a.test/")
        .expect_err("two places");
    assert_eq!(error.kind(), ClientErrorKind::BadRedirect);
}

#[test]
fn a_stream_is_not_sent_twice() {
    let (mut sender, body) = Body::channel(None);
    sender.send("once".into());
    sender.finish(None);
    let script = Script::new([to(307, "/next"), ok()]);
    let error = script
        .fetch(FetchRequest::post("http://a.test/").body(body))
        .expect_err("a stream");
    assert_eq!(error.kind(), ClientErrorKind::BadRedirect);
    assert_eq!(script.sent().len(), 1);
}
