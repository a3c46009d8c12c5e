//! What must not be seen, and what must not be sent.

use std::fmt::{self, Write as _};
use std::sync::{LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use waterspout::{ClientErrorKind, FetchRequest};

use crate::fetch::{chain, client, failure, fetch};
use crate::identity::Identity;
use crate::server::{Server, each};

/// All that is logged in this process.
static LOGGED: LazyLock<Mutex<String>> = LazyLock::new(Mutex::default);

struct Listener;

impl Visit for Listener {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut logged = LOGGED.lock().expect("no panic under it");
        writeln!(logged, "{field}={value:?}").expect("memory");
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Self);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Self);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Self);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn userinfo_is_sent_as_basic() {
    each(|identity| {
        let server = Server::start(identity, |connection| connection.serve(|_| "hi".into()));
        let url = server.url("/path").replace("//", "//us%40er:s3%3acret@");
        let response = fetch(&client(), url).expect("a response");
        assert_eq!(response.url().as_str(), server.url("/path"));
        let request = &server.requests()[0];
        assert_eq!(request.field("authorization"), Some("Basic dXNAZXI6czM6Y3JldA=="));
        assert_eq!(request.target, "/path");
        assert_eq!(request.field("host"), Some(server.authority().as_str()));
    });
}

/// Every text that an error has, and every log line, leaves out what an URL has of secrets.
#[test]
fn errors_and_logs_tell_no_secrets() {
    tracing::subscriber::set_global_default(Listener).expect("the only one");
    tracing::info!("heard");
    let nothing = Server::plain(|connection| drop(connection.request()));
    let garbage = Server::plain(|connection| {
        connection.request();
        connection.send("s3cret\r\n\r\n");
    });
    let cut = Server::plain(|connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ns3cret");
    });
    let missing = Server::plain(|connection| {
        connection.request();
        connection.answer("404 Not Found", "");
    });
    let round = Server::plain(|connection| {
        while let Some(request) = connection.request() {
            let place = format!("Location: {}\r\n", request.target);
            connection.answer_with("302 Found", &place, "");
        }
    });
    let away = Server::plain(|connection| {
        connection.request();
        connection.answer_with(
            "302 Found",
            "Location: ftp://s3cret:s3cret@a.test/?s3cret\r\n",
            "",
        );
    });
    let expired = Server::start(Some(Identity::Expired), |_| {});
    let dead = format!("http://a.test:{}/", crate::dead::refusing().port());
    let unknown = "http://nowhere.test/".to_owned();
    let mut urls = vec![dead, unknown];
    urls.extend([&nothing, &garbage, &cut, &missing, &round, &away, &expired].map(|server| server.url("/")));
    for url in urls {
        let secret = url.replace("//", "//user:s3cret@") + "path?token=s3cret#s3cret";
        let error = failure(&client(), &secret);
        assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
        let known = if error.kind() == ClientErrorKind::UnsupportedScheme {
            "ftp://a.test"
        } else {
            &url
        };
        assert!(error.to_string().contains(known), "{error}");
    }
    let logged = LOGGED.lock().expect("no panic under it");
    assert!(logged.contains("heard"), "nothing is listened to");
    assert!(!logged.contains("s3cret"), "{logged}");
}

/// GHSA-w235-7p84-xx57: what would break a line of the request is found before there is a connection.
#[test]
fn no_line_break_gets_out() {
    let server = Server::plain(|connection| connection.serve(|_| "hi".into()));
    let url = server.url("/");
    for evil in ["\r\nX-Evil: yes", "\nX-Evil: yes", "\rX-Evil: yes", "\0"] {
        let requests = [
            FetchRequest::get(&url).header("x-good", format!("good{evil}")),
            FetchRequest::get(&url).header(format!("x-good{evil}"), "good"),
            FetchRequest::get(&url).header("host", format!("a.test{evil}")),
            FetchRequest::get(&url).bearer_auth(&format!("token{evil}")),
            FetchRequest::get(format!("{url}path{evil}")),
            FetchRequest::get(format!("{url}?query{evil}")),
            FetchRequest::get(format!("http://a.test{evil}:{}/", server.address.port())),
        ];
        for request in requests {
            let shown = format!("{request:?}");
            let error = failure(&client(), request);
            assert!(
                matches!(
                    error.kind(),
                    ClientErrorKind::InvalidRequest(_) | ClientErrorKind::InvalidUrl
                ),
                "{shown}: {error:?}"
            );
            assert_eq!(error.status(), 500);
        }
    }
    assert_eq!(server.connections(), 0);
}

/// What can be encoded is.
#[test]
fn what_is_encoded_is_harmless() {
    let server = Server::plain(|connection| connection.serve(|_| "hi".into()));
    let request = FetchRequest::get(server.url("/"))
        .query([("a", "b\r\nX-Evil: yes")])
        .basic_auth("user\r\nX-Evil", "pass");
    fetch(&client(), request).expect("a response");
    let request = &server.requests()[0];
    assert_eq!(
        (request.target.as_str(), request.field("x-evil")),
        ("/?a=b%0D%0AX-Evil%3A+yes", None)
    );
}

#[test]
fn an_url_that_is_none() {
    for url in [
        "",
        "/path",
        "a.test",
        "http://",
        "http://[::1",
        "http://a.test:99999/",
        "http://a b/",
    ] {
        assert_eq!(
            failure(&client(), url).kind(),
            ClientErrorKind::InvalidUrl,
            "{url:?}"
        );
    }
    for url in ["file:///etc/passwd", "ftp://a.test/", "ws://a.test/", "data:,x"] {
        assert_eq!(
            failure(&client(), url).kind(),
            ClientErrorKind::UnsupportedScheme,
            "{url:?}"
        );
    }
}

/// The client's own framing goes out, never the caller's, and never both.
#[test]
fn framing_is_not_the_callers() {
    let server = Server::plain(|connection| connection.serve(crate::server::Request::text));
    let request = FetchRequest::post(server.url("/"))
        .header("transfer-encoding", "gzip, chunked")
        .header("connection", "x-dropped, keep-alive")
        .body("paid");
    assert_eq!(crate::fetch::text(&client(), request), "paid");
    let request = &server.requests()[0];
    assert_eq!(
        (
            request.field("transfer-encoding"),
            request.field("content-length")
        ),
        (None, Some("4"))
    );
    let liar = FetchRequest::post(server.url("/"))
        .header("content-length", "3")
        .body("paid");
    assert!(matches!(
        failure(&client(), liar).kind(),
        ClientErrorKind::InvalidRequest(_)
    ));
    assert_eq!(server.requests().len(), 1);
}
