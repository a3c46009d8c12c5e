//! Redirects: what is sent again, to whom, and how often.

use http::Method;
use waterspout::{Body, ClientErrorKind, FetchRequest};

use crate::fetch::{client, failure, fetch, kind, text};
use crate::identity::Identity;
use crate::server::{Request, Server, each};

/// A server that leads from `/STATUS/...` to `location`, and answers anything else with what it was sent.
fn leading(identity: Option<Identity>, location: &str) -> Server {
    let location = location.to_owned();
    Server::start(identity, move |connection| {
        while let Some(request) = connection.request() {
            let status = request
                .target
                .get(1..4)
                .and_then(|status| status.parse::<u16>().ok());
            let sent = match status {
                Some(status) => {
                    let field = format!("Location: {location}\r\n");
                    connection.answer_with(&format!("{status} Elsewhere"), &field, "go away")
                }
                // As a good server does: no content for HEAD.
                None if request.method == "HEAD" => {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                }
                None => connection.answer("200 OK", &request.body),
            };
            if !sent {
                return;
            }
        }
    })
}

fn lines(server: &Server) -> Vec<String> {
    let line = |request: &Request| format!("{} {} {}", request.method, request.target, request.text());
    server.requests().iter().map(line).collect()
}

#[test]
fn each_method_is_led_as_it_should() {
    // RFC 9110 sections 15.4.2 to 15.4.9; the order is (status, method, method of the second request).
    let table = [
        (301, "GET", "GET"),
        (302, "GET", "GET"),
        (303, "GET", "GET"),
        (307, "GET", "GET"),
        (308, "GET", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (307, "PUT", "PUT"),
        (308, "PUT", "PUT"),
        (303, "DELETE", "GET"),
        (308, "PATCH", "PATCH"),
        (302, "PROPFIND", "PROPFIND"),
    ];
    each(|identity| {
        for (status, first, second) in table {
            let server = leading(identity, "/new?a=b");
            let client = client();
            let method: Method = first.parse().expect("a method");
            let body = if matches!(first, "GET" | "DELETE") {
                ""
            } else {
                "paid"
            };
            let request = FetchRequest::new(method, server.url(&format!("/{status}")))
                .header("content-type", "text/x")
                .header("x-kept", "y")
                .body(body);
            let response = fetch(&client, request).expect("a response");
            let sent = if first == second { body } else { "" };
            assert_eq!(response.body(), sent, "{status} {first}");
            assert_eq!(
                (response.redirects(), response.url().as_str()),
                (1, server.url("/new?a=b").as_str())
            );
            let wanted = [
                format!("{first} /{status} {body}"),
                format!("{second} /new?a=b {sent}"),
            ];
            assert_eq!(lines(&server), wanted, "{status} {first}");
            let last = &server.requests()[1];
            assert_eq!(
                last.field("content-type").is_some(),
                first == second,
                "{status} {first}"
            );
            assert_eq!(last.field("x-kept"), Some("y"));
            assert_eq!(server.connections(), 1, "a short body is read away");
        }
    });
}

#[test]
fn head_stays_head() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::plain(move |connection| {
            let Some(_) = connection.request() else { return };
            connection.send(format!("HTTP/1.1 {status} Elsewhere\r\nLocation: /new\r\n\r\n"));
            let Some(_) = connection.request() else { return };
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        });
        fetch(&client(), FetchRequest::head(server.url("/"))).expect("a response");
        assert_eq!(server.lines(), ["HEAD /", "HEAD /new"]);
    }
}

#[test]
fn a_loop_ends() {
    each(|identity| {
        let server = leading(identity, "/302");
        let error = failure(&client(), server.url("/302"));
        assert_eq!(error.kind(), ClientErrorKind::TooManyRedirects);
        assert!(error.to_string().contains(&server.url("/302")), "{error}");
        assert_eq!(server.requests().len(), 6, "the first and five more");
        let server = leading(identity, "/302");
        let two = FetchRequest::get(server.url("/302")).max_redirects(2);
        assert_eq!(kind(&client(), two), ClientErrorKind::TooManyRedirects);
        assert_eq!(server.requests().len(), 3);
    });
}

#[test]
fn who_does_not_want_is_not_led() {
    let server = leading(None, "/new");
    let stay = |status: u16| {
        FetchRequest::post(server.url(&format!("/{status}")))
            .body("token")
            .follow_redirects(false)
    };
    let error = failure(&client(), stay(302));
    assert_eq!(
        error.response().and_then(|response| response.header("location")),
        Some("/new")
    );
    for status in [301, 302, 303, 307, 308] {
        let response = fetch(&client(), stay(status).raise_error(false)).expect("a response");
        assert_eq!(
            (response.status().as_u16(), response.body().as_ref()),
            (status, &b"go away"[..])
        );
    }
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn what_is_no_redirect_is_not_followed() {
    for status in [300, 304, 305, 306] {
        let server = leading(None, "/new");
        let request = FetchRequest::get(server.url(&format!("/{status}"))).raise_error(false);
        if status == 304 {
            continue; // its body would be none; the table has it
        }
        let response = fetch(&client(), request).expect("a response");
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_redirect_without_a_place() {
    let server = Server::plain(|connection| {
        let Some(_) = connection.request() else { return };
        connection.answer("302 Found", "where?");
    });
    let error = failure(&client(), server.url("/"));
    assert_eq!(error.kind(), ClientErrorKind::Status(http::StatusCode::FOUND));
    assert_eq!(error.response().expect("a response").body(), "where?");
}

#[test]
fn a_redirect_to_no_http() {
    for location in [
        "file:///etc/passwd",
        "ftp://a.test/x",
        "javascript:alert(1)",
        "data:,x",
        "mailto:a@b.test",
    ] {
        let server = leading(None, location);
        assert_eq!(
            kind(&client(), server.url("/302")),
            ClientErrorKind::UnsupportedScheme,
            "{location}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_redirect_to_nowhere() {
    for location in [
        "http://",
        "http://[::1",
        "http://a.test:99999/",
        "http://a b/",
        "//",
        "/\u{e4}",
        "/a\r\nLocation: /b",
    ] {
        let server = leading(None, location);
        assert_eq!(
            kind(&client(), server.url("/302")),
            ClientErrorKind::BadRedirect,
            "{location:?}"
        );
        assert_eq!(server.requests().len(), 1, "{location:?}");
    }
}

/// What a server writes into `Location` never becomes a line of its own in the next request.
#[test]
fn a_redirect_with_a_line_break() {
    let server = leading(None, "/new\r\nX-Other: evil");
    assert_eq!(text(&client(), server.url("/302")), "");
    let server2 = leading(None, "/new%0d%0aX-Evil:%20yes");
    assert_eq!(text(&client(), server2.url("/302")), "");
    assert_eq!(server2.requests()[1].target, "/new%0d%0aX-Evil:%20yes");
    for server in [&server, &server2] {
        let last = &server.requests()[1];
        assert_eq!((last.field("x-other"), last.field("x-evil")), (None, None));
    }
    for location in ["/new\rX-Evil: yes", "/new\nX-Evil: yes", "/new\0"] {
        let server = leading(None, location);
        let kind = kind(&client(), server.url("/302"));
        assert!(crate::fetch::is_malformed(kind), "{location:?}: {kind:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn places_are_relative_to_the_present_one() {
    for (location, target) in [
        ("new", "/a/new"),
        ("../new", "/new"),
        ("?x=y", "/a/302?x=y"),
        ("/new#there", "/new"),
        ("", "/a/302?q"),
        ("/a b", "/a%20b"),
    ] {
        let location = location.to_owned();
        let server = Server::plain(move |connection| {
            let Some(_) = connection.request() else { return };
            connection.answer_with("302 Found", &format!("Location: {location}\r\n"), "");
            connection.serve(|request| request.target.clone());
        });
        assert_eq!(text(&client(), server.url("/a/302?q#here")), target);
        assert_eq!(server.requests()[0].target, "/a/302?q");
    }
}

const SECRETS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

fn secret(url: &str) -> FetchRequest {
    FetchRequest::get(url)
        .bearer_auth("s3cret")
        .header("cookie", "id=s3cret")
        .header("proxy-authorization", "Basic s3cret")
        .header("x-open", "to all")
}

/// CVE-2026-49853: another scheme, host or port is somebody else.
#[test]
fn secrets_stay_with_their_origin() {
    let plain = leading(None, "/new");
    let tls = leading(Some(Identity::Good), "/new");
    for (from, to) in [
        (None, plain.url("/port")),
        (None, plain.url_of("b.test", "/host")),
        (None, plain.url_of("127.0.0.1", "/address")),
        (None, tls.url("/scheme")),
        (Some(Identity::Good), plain.url("/back")),
        (Some(Identity::Good), tls.url("/tls-port")),
    ] {
        let server = leading(from, &to);
        fetch(&client(), secret(&server.url("/302"))).expect("a response");
        let first = &server.requests()[0];
        let target = if to.starts_with("https") { &tls } else { &plain };
        let last = target.requests().pop().expect("a request");
        for name in SECRETS {
            assert!(first.field(name).is_some(), "{name} was never sent");
            assert_eq!(last.field(name), None, "{name} went to {to}");
        }
        assert_eq!(last.field("x-open"), Some("to all"));
        let (_, authority) = to.split_once("//").expect("an URL");
        let host = authority.split('/').next();
        assert_eq!(last.field("host"), host);
        assert!(!String::from_utf8_lossy(&target.received(last.connection)).contains("s3cret"));
    }
}

#[test]
fn secrets_are_kept_at_their_origin() {
    each(|identity| {
        let server = leading(identity, "/new");
        fetch(&client(), secret(&server.url("/302"))).expect("a response");
        let last = server.requests().pop().expect("a request");
        for name in SECRETS {
            assert!(last.field(name).is_some(), "{name} is lost");
        }
    });
}

/// Dropped is dropped: a stranger cannot lead them back, and what it writes before the `@` is nobody's name.
#[test]
fn secrets_do_not_come_back() {
    let home = leading(None, "/new");
    let stranger = leading(None, &home.url("/home").replace("//", "//evil:evil@"));
    let start = leading(None, &stranger.url_of("b.test", "/302"));
    let url = start.url("/302").replace("//", "//user:s3cret@");
    fetch(&client(), FetchRequest::get(url).header("cookie", "id=s3cret")).expect("a response");
    assert_eq!(
        start.requests()[0].field("authorization"),
        Some("Basic dXNlcjpzM2NyZXQ=")
    );
    for server in [&stranger, &home] {
        let request = &server.requests()[0];
        assert_eq!(
            (request.field("authorization"), request.field("cookie")),
            (None, None)
        );
    }
}

#[test]
fn a_body_that_was_a_stream_is_not_sent_again() {
    let once = || {
        let pieces = futures_lite::stream::iter([Ok::<_, std::io::Error>("paid".into())]);
        Body::from_stream(pieces)
    };
    for status in [307, 308] {
        let server = leading(None, "/new");
        let request = FetchRequest::post(server.url(&format!("/{status}"))).body(once());
        assert_eq!(kind(&client(), request), ClientErrorKind::BadRedirect);
        assert_eq!(lines(&server), [format!("POST /{status} paid")]);
    }
    let server = leading(None, "/new");
    assert_eq!(
        text(&client(), FetchRequest::post(server.url("/303")).body(once())),
        ""
    );
    assert_eq!(lines(&server), ["POST /303 paid", "GET /new "]);
}

/// Nobody waits for the body of a redirect, however long it is or takes.
#[test]
fn the_body_of_a_redirect_does_not_matter() {
    each(|identity| {
        for fields in [
            "Content-Length: 1000000000\r\n",
            "Transfer-Encoding: chunked\r\n",
            "",
        ] {
            let server = Server::start(identity, move |connection| {
                let Some(request) = connection.request() else {
                    return;
                };
                if request.target == "/new" {
                    connection.answer("200 OK", "hi");
                    return;
                }
                connection.send(format!("HTTP/1.1 302 Found\r\nLocation: /new\r\n{fields}\r\n"));
                connection.wait_closed();
            });
            assert_eq!(text(&client(), server.url("/302")), "hi");
            assert!(server.sees_closed(1), "the first is left open");
        }
    });
}
