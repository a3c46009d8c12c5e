use super::*;
use crate::client::ClientErrorKind;

#[test]
fn a_string_is_a_get_with_the_usual_fields() {
    let script = Script::new([ok()]);
    let response = script
        .fetch("http://a.test:8080/p%20q?x=1#part")
        .expect("a response");
    assert_eq!(
        (
            response.status().as_u16(),
            response.text().expect("text").as_str()
        ),
        (200, "ok")
    );
    let sent = script.sent().pop().expect("a request");
    assert_eq!(sent.line, "GET http://a.test:8080/p%20q?x=1");
    assert_eq!(sent.headers["host"], "a.test:8080");
    assert_eq!(sent.headers["accept-encoding"], "gzip");
    assert!(
        sent.headers["user-agent"]
            .to_str()
            .expect("text")
            .starts_with("waterspout/")
    );
    assert_eq!(sent.headers.len(), 3);
}

#[test]
fn bodies_queries_and_credentials() {
    let script = Script::new([ok(), ok(), ok()]);
    script
        .fetch(
            FetchRequest::post("http://a.test/")
                .json(&[1, 2])
                .bearer_auth("t"),
        )
        .expect("a response");
    script
        .fetch(
            FetchRequest::put("http://a.test/")
                .form([("a b", "c&d")])
                .basic_auth("u", "p:q"),
        )
        .expect("a response");
    script
        .fetch(
            FetchRequest::get("http://a.test/?a=1")
                .query([("b", "x y")])
                .expect_100_continue(true),
        )
        .expect("a response");
    let sent = script.sent();
    assert_eq!(
        (&*sent[0].body, &sent[0].headers["content-type"]),
        (&b"[1,2]"[..], &"application/json".parse().expect("a value"))
    );
    assert_eq!(sent[0].headers["authorization"], "Bearer t");
    assert_eq!(&*sent[1].body, b"a+b=c%26d");
    assert_eq!(sent[1].headers["authorization"], "Basic dTpwOnE=");
    assert_eq!(sent[2].line, "GET http://a.test/?a=1&b=x+y");
    assert_eq!(sent[2].headers["expect"], "100-continue");
}

#[test]
fn what_cannot_be_sent_is_not_sent() {
    let cases: [(FetchRequest, &str); 11] = [
        (
            FetchRequest::get("http://a.test/").header("x", "a\r\nb: c"),
            "InvalidRequest",
        ),
        (
            FetchRequest::get("http://a.test/").header("x\r\ny", "1"),
            "InvalidRequest",
        ),
        (
            FetchRequest::get("http://a.test/").header("x", "a\nb"),
            "InvalidRequest",
        ),
        (
            FetchRequest::get("http://a.test/").bearer_auth("a\nb"),
            "InvalidRequest",
        ),
        (
            FetchRequest::get("http://a.test/").basic_auth("a:b", "c"),
            "InvalidRequest",
        ),
        (FetchRequest::get("/relative"), "InvalidUrl"),
        (FetchRequest::get("http:///"), "InvalidUrl"),
        (FetchRequest::get("http://a.test/\r\nx: y"), "InvalidUrl"),
        (FetchRequest::get("http://a.test/?a\tb"), "InvalidUrl"),
        (FetchRequest::get("file:///etc/passwd"), "UnsupportedScheme"),
        (FetchRequest::get("gopher://a.test/"), "UnsupportedScheme"),
    ];
    for (request, kind) in cases {
        let script = Script::new([ok()]);
        let text = format!("{request:?}");
        let error = script.fetch(request).expect_err(&text);
        assert!(
            format!("{:?}", error.kind()).starts_with(kind),
            "{text}: {:?}",
            error.kind()
        );
        assert!(script.lines().is_empty(), "{text}");
    }
}

#[test]
fn without_an_engine_it_says_so() {
    let client = AsyncHttpClient::with(None, crate::ClientLimits::default());
    let error = ManualClock::new()
        .block_on(client.fetch("http://a.test/"))
        .expect_err("no engine");
    assert_eq!((error.kind(), error.status()), (ClientErrorKind::NoEngine, 500));
}

#[test]
fn an_http_request_goes_in_and_an_http_response_comes_out() {
    let script = Script::new([answer(201, &[("x-a", "1")], "made")]);
    let request = http::Request::post("http://a.test/token")
        .header("x-b", "2")
        .body(b"k=v".to_vec());
    let response = script.fetch(request.expect("a request")).expect("a response");
    let response: http::Response<Vec<u8>> = response.into();
    assert_eq!(
        (response.status().as_u16(), response.body().as_slice()),
        (201, &b"made"[..])
    );
    assert_eq!(response.headers()["x-a"], "1");
    let sent = script.sent().pop().expect("a request");
    assert_eq!(
        (sent.line.as_str(), &*sent.body),
        ("POST http://a.test/token", &b"k=v"[..])
    );
    assert_eq!(sent.headers["x-b"], "2");
}
