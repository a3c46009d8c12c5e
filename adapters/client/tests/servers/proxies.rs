//! Requests through a proxy, and past it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use waterspout::{ClientErrorKind, FetchRequest};

use crate::child;
use crate::connection::Connection;
use crate::dead::refusing;
use crate::fetch::{builder, chain, client_over, failure, fetch, kind, text};
use crate::identity::Identity;
use crate::server::{Request, Server};

/// A proxy that answers plain requests itself.
fn answering() -> Server {
    Server::plain(|connection| connection.serve(|request| format!("for {}", request.target)))
}

/// A proxy that opens every way it is asked for.
pub(crate) fn tunnelling() -> Server {
    Server::plain(|connection| {
        let Some(request) = connection.request() else {
            return;
        };
        assert_eq!(request.method, "CONNECT");
        let (_, port) = request.target.rsplit_once(':').expect("host and port");
        let port: u16 = port.parse().expect("a port");
        let origin = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        relay(connection, &origin);
    })
}

fn relay(connection: &mut Connection, origin: &TcpStream) {
    let client = connection.socket().try_clone().expect("a descriptor");
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::copy(&mut &*origin, &mut &client);
            let _ = client.shutdown(Shutdown::Write);
        });
        let mut piece = [0; 4096];
        while let Ok(len @ 1..) = connection.read(&mut piece) {
            if { origin }.write_all(&piece[..len]).is_err() {
                break;
            }
        }
        let _ = origin.shutdown(Shutdown::Write);
    });
}

pub(crate) fn address(server: &Server) -> String {
    format!("http://127.0.0.1:{}", server.address.port())
}

#[test]
fn http_is_asked_for_by_the_whole_url() {
    let proxy = answering();
    let client = client_over(builder().proxy(&address(&proxy)));
    // The proxy finds the address: the name need not be known here.
    for url in [
        "http://nowhere.test/path?a=b#c",
        "http://nowhere.test:81/",
        "http://b.test/",
    ] {
        let (wanted, _) = url.split_once('#').unwrap_or((url, ""));
        assert_eq!(text(&client, url), format!("for {wanted}"));
        let request = proxy.requests().pop().expect("a request");
        let host = wanted
            .strip_prefix("http://")
            .and_then(|rest| rest.split('/').next());
        assert_eq!(request.field("host"), host);
        assert_eq!(request.field("proxy-authorization"), None);
    }
}

#[test]
fn a_proxy_knows_its_user() {
    let proxy = answering();
    let url = address(&proxy).replace("//", "//us%40er:s3%3acret@");
    let client = client_over(builder().proxy(&url));
    let request = FetchRequest::get("http://user:other@nowhere.test/");
    assert_eq!(text(&client, request), "for http://nowhere.test/");
    let request = &proxy.requests()[0];
    assert_eq!(
        request.field("proxy-authorization"),
        Some("Basic dXNAZXI6czM6Y3JldA==")
    );
    assert_eq!(request.field("authorization"), Some("Basic dXNlcjpvdGhlcg=="));
}

#[test]
fn https_goes_through_a_tunnel() {
    let origin = Server::start(Some(Identity::Good), |connection| {
        let name = connection.server_name();
        connection.serve(|request: &Request| format!("{name:?} {}", request.target));
    });
    let proxy = tunnelling();
    let url = address(&proxy).replace("//", "//user:s3cret@");
    let client = client_over(builder().proxy(&url));
    for path in ["/one?a=b", "/two"] {
        let request = FetchRequest::get(origin.url(path)).header("proxy-authorization", "Basic other");
        assert_eq!(text(&client, request), format!("Some(\"a.test\") {path}"));
    }
    let opened = &proxy.requests()[0];
    assert_eq!(
        (opened.target.as_str(), opened.field("host")),
        (origin.authority().as_str(), Some(origin.authority().as_str()))
    );
    assert_eq!(
        opened.field("proxy-authorization"),
        Some("Basic dXNlcjpzM2NyZXQ=")
    );
    assert_eq!(
        (proxy.connections(), origin.connections()),
        (1, 1),
        "the tunnel is kept"
    );
    assert!(
        origin
            .requests()
            .iter()
            .all(|request| request.field("proxy-authorization").is_none())
    );
    // Another name is another tunnel, and another check.
    assert_eq!(text(&client, origin.url_of("b.test", "/")), "Some(\"b.test\") /");
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn a_proxy_cannot_vouch_for_a_server() {
    let origin = Server::start(Some(Identity::OnlyA), |connection| {
        connection.serve(|_| "hi".into());
    });
    let proxy = tunnelling();
    let client = client_over(builder().proxy(&address(&proxy)));
    assert_eq!(
        kind(&client, origin.url_of("b.test", "/")),
        ClientErrorKind::Certificate
    );
    assert_eq!(origin.requests(), []);
}

#[test]
fn a_proxy_that_refuses() {
    for (answer, why) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "407",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000\r\n\r\n",
            "503",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://a.test/\r\nContent-Length: 0\r\n\r\n",
            "302",
        ),
        ("HTTP/1.1 200 OK\r\n\r\nand more", "more than its answer"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "invalid"),
        ("", ""),
    ] {
        let proxy = Server::plain(move |connection| {
            connection.request();
            connection.send(answer);
            if !answer.is_empty() {
                connection.wait_closed();
            }
        });
        let url = address(&proxy).replace("//", "//user:s3cret@");
        let client = client_over(builder().proxy(&url));
        let error = failure(&client, "https://nowhere.test/?s3cret");
        assert_eq!(error.kind(), ClientErrorKind::Proxy, "{answer:?}");
        assert!(chain(&error).contains(why), "{}", chain(&error));
        assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
        assert!(error.to_string().contains("https://nowhere.test/"), "{error}");
        assert_eq!(proxy.lines(), ["CONNECT nowhere.test:443"]);
        assert!(answer.is_empty() || proxy.sees_closed(1));
    }
}

/// To a plain request the proxy's answer is the answer.
#[test]
fn a_proxy_that_asks_who_we_are() {
    let proxy = Server::plain(|connection| {
        connection.request();
        connection.answer("407 Proxy Authentication Required", "who?");
    });
    let client = client_over(builder().proxy(&address(&proxy)));
    let error = failure(&client, "http://nowhere.test/");
    assert_eq!(
        error.kind(),
        ClientErrorKind::Status(http::StatusCode::PROXY_AUTHENTICATION_REQUIRED)
    );
    assert_eq!(error.response().expect("a response").body(), "who?");
}

#[test]
fn a_proxy_that_never_ends() {
    let proxy = Server::plain(|connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\n");
        while connection.send("X: y\r\n".repeat(1000)) {}
    });
    let client = client_over(builder().proxy(&address(&proxy)));
    assert_eq!(kind(&client, "https://nowhere.test/"), ClientErrorKind::Proxy);
    let silent = Server::plain(|connection| {
        connection.wait_closed();
    });
    let client = client_over(builder().proxy(&address(&silent)));
    let request = FetchRequest::get("https://nowhere.test/").connect_timeout(Duration::from_millis(300));
    assert_eq!(kind(&client, request), ClientErrorKind::ConnectTimeout);
    assert!(silent.sees_closed(1));
}

#[test]
fn a_proxy_that_is_not_there() {
    let client = client_over(builder().proxy(&format!("http://127.0.0.1:{}", refusing().port())));
    for url in ["http://a.test/", "https://a.test/"] {
        assert_eq!(kind(&client, url), ClientErrorKind::Proxy);
    }
    let client = client_over(builder().proxy("http://nowhere.test:3128"));
    assert_eq!(kind(&client, "http://a.test/"), ClientErrorKind::Proxy);
}

#[test]
fn some_hosts_are_reached_without() {
    let proxy = answering();
    let origin = Server::plain(|connection| connection.serve(|_| "direct".into()));
    let via = |list: &str| {
        let client = client_over(builder().proxy(&address(&proxy)).no_proxy(list));
        text(&client, origin.url("/"))
    };
    for list in ["a.test", ".test", "test", "x, A.Test", "*", &origin.authority()] {
        assert_eq!(via(list), "direct", "{list}");
    }
    for list in ["", "b.test", "x.a.test", "est", "a.test:1"] {
        assert_eq!(via(list), format!("for {}", origin.url("/")), "{list}");
    }
}

/// A redirect is a request of its own: each host by its own way.
#[test]
fn a_redirect_chooses_anew() {
    let origin = Server::plain(|connection| connection.serve(|_| "direct".into()));
    let place = format!("Location: {}\r\n", origin.url("/"));
    let proxy = Server::plain(move |connection| {
        connection.request();
        connection.answer_with("302 Found", &place, "");
    });
    let client = client_over(builder().proxy(&address(&proxy)).no_proxy("a.test"));
    let response = fetch(&client, "http://nowhere.test/").expect("a response");
    assert_eq!(
        (response.body().as_ref(), response.redirects()),
        (&b"direct"[..], 1)
    );
    assert_eq!(proxy.lines(), ["GET http://nowhere.test/"]);
}

/// What the environment says, in a process of its own.
#[test]
fn the_environment() {
    let proxy = answering();
    let tunnel = tunnelling();
    let plain = Server::plain(|connection| connection.serve(|_| "direct".into()));
    let tls = Server::start(Some(Identity::Good), |connection| {
        connection.serve(|_| "direct".into());
    });
    let (http, https) = (address(&proxy), address(&tunnel));
    let by_proxy = format!("for {}", plain.url("/"));
    let plain_url = plain.url("/");
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 8] = [
        (&[], "direct"),
        (&[("HTTP_PROXY", &http)], &by_proxy),
        (&[("http_proxy", &http)], &by_proxy),
        (&[("ALL_PROXY", &http)], &by_proxy),
        (&[("HTTPS_PROXY", &http)], "direct"),
        (&[("HTTP_PROXY", &http), ("NO_PROXY", "a.test")], "direct"),
        // CVE-2016-5385: in a CGI program that variable is a field of the request.
        (&[("HTTP_PROXY", &http), ("REQUEST_METHOD", "GET")], "direct"),
        (
            &[
                ("http_proxy", &http),
                ("ALL_PROXY", &http),
                ("REQUEST_METHOD", "GET"),
            ],
            "direct",
        ),
    ];
    for (variables, wanted) in cases {
        assert_eq!(
            child::run(&["fetch", &plain_url], variables),
            wanted,
            "{variables:?}"
        );
    }
    // Even where the rest is asked for.
    let cgi = [("HTTP_PROXY", http.as_str()), ("REQUEST_METHOD", "GET")];
    assert_eq!(child::run(&["obey", &plain_url], &cgi), "direct");
    let cgi = [("http_proxy", http.as_str()), ("REQUEST_METHOD", "GET")];
    assert_eq!(child::run(&["obey", &plain_url], &cgi), by_proxy);
    let through = child::run(&["fetch", &tls.url("/")], &[("HTTPS_PROXY", &https)]);
    assert_eq!(
        (through.as_str(), tunnel.lines()),
        ("direct", vec![format!("CONNECT {}", tls.authority())])
    );
}

/// Bytes that come with the proxy's answer would be read as the server's: they are refused, not believed. (In TLS the
/// client speaks first.)
#[test]
fn a_proxy_that_speaks_for_the_server() {
    let proxy = Server::plain(|connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        let mut piece = [0; 100];
        let _ = connection.socket().read(&mut piece);
    });
    let client = client_over(builder().proxy(&address(&proxy)));
    assert_eq!(kind(&client, "https://nowhere.test/"), ClientErrorKind::Proxy);
}
