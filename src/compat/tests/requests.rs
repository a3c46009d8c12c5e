//! Requests through the bridge: what is carried, what is refused, and by which part.

use std::net::SocketAddr;
use std::sync::Arc;

use http::header::{HOST, HeaderValue};
use http::{HeaderMap, Method, Version};
use http_types::{Method as TheirMethod, Request as Theirs, Url};

use crate::body::Body;
use crate::carrier::{Endpoint, Link, Mount, Peer, RawTarget, Scheme, Tls};
use crate::compat::{Part, request};
use crate::request::Request;
use crate::testing::ManualClock;

fn link() -> Link {
    Link::new(Arc::new(ManualClock::new()))
}

/// A request of ours with this method, target and `Host`.
fn ours_with(method: &str, target: &'static str, host: &[&'static str], link: Link) -> Request {
    let mut headers = HeaderMap::new();
    for host in host {
        headers.append(HOST, HeaderValue::from_static(host));
    }
    Request::new(
        Method::from_bytes(method.as_bytes()).expect("a method"),
        target.parse().expect(target),
        Version::HTTP_11,
        headers,
        Body::empty(),
        Some(target.into()),
        Arc::new(link),
    )
}

fn ours(method: &str, target: &'static str) -> Request {
    ours_with(method, target, &["example.com"], link())
}

fn refused(ours: Request) -> Part {
    Theirs::try_from(ours).expect_err("not carried").part()
}

fn carried(theirs: Theirs) -> Request {
    request(theirs, link()).expect("carried")
}

fn refused_theirs(theirs: Theirs) -> Part {
    request(theirs, link()).expect_err("not carried").part()
}

#[test]
fn methods_are_theirs_or_refused() {
    for method in [
        "GET",
        "PROPFIND",
        "M-SEARCH",
        "MKCALENDAR",
        "VERSION-CONTROL",
        "get",
        "Get",
        "BREW",
    ] {
        let carried = Theirs::try_from(ours(method, "/"));
        if matches!(method, "M-SEARCH" | "get" | "Get" | "BREW") {
            let refused = carried.expect_err("no such method");
            assert_eq!((refused.part(), refused.status()), (Part::Method, 501));
        } else {
            assert_eq!(carried.expect("carried").method().as_ref(), method);
        }
    }
}

#[test]
fn targets_keep_their_meaning_or_are_refused() {
    for (target, url) in [
        ("/", "http://example.com/"),
        ("/a%2Fb//c;d?e=f&g", "http://example.com/a%2Fb//c;d?e=f&g"),
        ("/?", "http://example.com/?"),
        (
            "/it's{\"}?it's={|}",
            "http://example.com/it's%7B%22%7D?it%27s={|}",
        ),
        ("//evil.example/", "http://example.com//evil.example/"),
        ("/a:b@c", "http://example.com/a:b@c"),
        ("https://other.example:8443/x?y", "https://other.example:8443/x?y"),
    ] {
        let theirs = Theirs::try_from(ours("GET", target)).expect(target);
        assert_eq!(theirs.url().as_str(), url);
        let raw = theirs.ext().get::<RawTarget>();
        assert_eq!(raw.map(|raw| &raw.0[..]), Some(target.as_bytes()));
        let back = carried(theirs);
        assert_eq!(
            (back.uri().to_string(), back.raw_target()),
            (target.into(), target.into())
        );
    }
    for target in [
        "/a/../b",
        "/a/.",
        "/./a",
        "/%2e%2E/a",
        "/a/%2e",
        "*",
        "/a#b",
        "ftp://h/x",
        "http://u@h/",
    ] {
        assert!(
            matches!(refused(ours("OPTIONS", target)), Part::Target | Part::Host),
            "{target}"
        );
    }
    assert_eq!(refused(ours("CONNECT", "example.com:443")), Part::Target);
}

#[test]
fn hosts_keep_their_form_or_are_refused() {
    for (host, url) in [
        ("example.com", "http://example.com/"),
        ("Example.COM:80", "http://example.com/"),
        ("example.com:", "http://example.com/"),
        ("example.com:8080", "http://example.com:8080/"),
        ("127.0.0.1:1", "http://127.0.0.1:1/"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("a_b", "http://a_b/"),
    ] {
        let theirs = Theirs::try_from(ours_with("GET", "/", &[host], link())).expect(host);
        assert_eq!(theirs.url().as_str(), url);
        let back = carried(theirs);
        assert_eq!((back.uri().to_string(), back.host()), ("/".into(), Some(host)));
    }
    for hosts in [
        &[][..],
        &["a", "a"],
        &[""],
        &["a/b"],
        &["a?b"],
        &["u@a"],
        &["a,b"],
        &["a b"],
        &["0x7f.1"],
        &["1.2.3"],
        &["%61"],
        &["[0:0::1]"],
        &["a:99999"],
        &["xn--a"],
    ] {
        assert_eq!(
            refused(ours_with("GET", "/", hosts, link())),
            Part::Host,
            "{hosts:?}"
        );
    }
}

#[test]
fn a_request_without_a_host_is_for_the_address_that_it_came_to() {
    let mut link = link();
    link.peer.local = Endpoint::Socket("[::1]:8888".parse().expect("an address"));
    let theirs = Theirs::try_from(ours_with("GET", "/x", &[], link)).expect("carried");
    assert_eq!(theirs.url().as_str(), "http://[::1]:8888/x");
    let back = carried(theirs);
    assert_eq!(back.uri().to_string(), "/x");
    assert!(back.headers().is_empty());
}

#[test]
fn the_peer_and_the_mount_go_there_and_come_back() {
    let mut link = link();
    let remote: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
    link.peer = Peer {
        remote: remote.into(),
        local: Endpoint::Unix(Some("/run/app".into())),
        scheme: Scheme::Https,
        tls: Some(Tls {
            version: Some("TLSv1.3".into()),
            ..Tls::default()
        }),
    };
    link.mount = Mount("/app".into());
    let peer = link.peer.clone();
    let mut theirs = Theirs::try_from(ours_with("GET", "/x", &["h"], link)).expect("carried");
    assert_eq!(theirs.url().as_str(), "https://h/x");
    assert_eq!(
        (theirs.peer_addr(), theirs.local_addr()),
        (Some("192.0.2.7:4711"), Some("unix:/run/app"))
    );
    assert_eq!(theirs.ext().get::<Peer>(), Some(&peer));
    // What somebody on the way says of the client wins over what was known before.
    theirs.set_peer_addr(Some("192.0.2.8:1"));
    let back = carried(theirs);
    let told = back.peer().expect("a peer");
    assert_eq!(told.remote.to_string(), "192.0.2.8:1");
    assert_eq!((told.scheme, &told.tls), (Scheme::Https, &None));
    assert_eq!(back.mount(), "/app");
}

#[test]
fn a_url_that_was_changed_on_the_way_is_the_target() {
    let mut theirs = Theirs::try_from(ours("GET", "/a?it's")).expect("carried");
    theirs.url_mut().set_path("/b");
    let back = carried(theirs);
    assert_eq!(back.uri().to_string(), "/b?it%27s");
    assert!(back.extensions().get::<RawTarget>().is_none());
}

#[test]
fn theirs_is_in_the_origin_form_where_host_says_the_same() {
    for (url, host, uri) in [
        ("http://example.com/a?b", Some("example.com"), "/a?b"),
        ("http://example.com/a?b", Some("EXAMPLE.com:80"), "/a?b"),
        ("https://example.com/", Some("example.com:443"), "/"),
        ("http://example.com//a", Some("example.com"), "//a"),
        (
            "http://example.com/",
            Some("example.com:81"),
            "http://example.com/",
        ),
        (
            "http://example.com/",
            Some("other.example"),
            "http://example.com/",
        ),
        ("http://[::1]:8080/x", None, "http://[::1]:8080/x"),
    ] {
        let mut theirs = Theirs::new(TheirMethod::Get, url);
        if let Some(host) = host {
            theirs.insert_header("host", host);
        }
        let converted = carried(theirs);
        assert_eq!(converted.uri().to_string(), uri);
        assert_eq!(
            converted.headers().get(HOST).map(HeaderValue::as_bytes),
            host.map(str::as_bytes)
        );
    }
}

#[test]
fn urls_that_no_request_has_are_refused() {
    for url in [
        "ftp://example.com/",
        "data:text/plain,x",
        "file:///etc/passwd",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://example.com/#fragment",
    ] {
        assert_eq!(
            refused_theirs(Theirs::new(TheirMethod::Get, url)),
            Part::Target,
            "{url}"
        );
    }
}

#[test]
fn values_that_would_break_lines_are_refused() {
    for value in ["a\r\nx: b", "\n", "\0", "a\u{7f}", " a", "a\t", " "] {
        let mut theirs = Theirs::get("http://h/");
        theirs.insert_header("x", value);
        assert_eq!(refused_theirs(theirs), Part::Field, "{value:?}");
    }
    let mut hosts = Theirs::get("http://h/");
    hosts.append_header("host", "h");
    hosts.append_header("host", "h");
    assert_eq!(refused_theirs(hosts), Part::Host);
    let mut many = Theirs::get("http://h/");
    for n in 0..40_000 {
        many.append_header(&*format!("x-{n}"), "1");
    }
    assert_eq!(refused_theirs(many), Part::Field);
}

#[test]
fn versions_are_carried_but_for_0_9() {
    use http_types::Version as V;
    for (theirs, ours) in [
        (None, Version::HTTP_11),
        (Some(V::Http1_0), Version::HTTP_10),
        (Some(V::Http1_1), Version::HTTP_11),
        (Some(V::Http2_0), Version::HTTP_2),
        (Some(V::Http3_0), Version::HTTP_3),
    ] {
        let mut request = Theirs::get("http://h/");
        request.set_version(theirs);
        let converted = carried(request);
        assert_eq!(converted.version(), ours);
        let back = Theirs::try_from(converted).expect("carried");
        assert_eq!(back.version(), theirs.or(Some(V::Http1_1)));
    }
    let mut old = Theirs::get("http://h/");
    old.set_version(Some(V::Http0_9));
    assert_eq!(refused_theirs(old), Part::Version);
}

#[test]
fn a_channel_that_is_taken_already_is_refused() {
    let mut theirs = Theirs::new(TheirMethod::Post, Url::parse("http://h/").expect("a URL"));
    let _sender = theirs.send_trailers();
    let _receiver = theirs.recv_trailers();
    assert_eq!(refused_theirs(theirs), Part::Trailers);
}
