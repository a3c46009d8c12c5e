//! Properties: there and back again is the same message, or a refusal; and nothing panics.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_lite::io::AsyncReadExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version};
use http_body::Body as _;
use http_types::{Request as TheirRequest, Response as TheirResponse, Url};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::body::Body;
use crate::carrier::{Endpoint, Link, Mount, Peer, Scheme};
use crate::compat::request;
use crate::request::Request;
use crate::response::Response;
use crate::testing::ManualClock;

fn link() -> Link {
    Link::new(Arc::new(ManualClock::new()))
}

/// Values of each name in their order; the names in any.
type Fields = BTreeMap<String, Vec<Vec<u8>>>;

fn ours(map: &HeaderMap) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in map {
        let values = fields.entry(name.to_string()).or_default();
        values.push(value.as_bytes().to_vec());
    }
    fields
}

fn theirs(headers: &http_types::Headers) -> Fields {
    let with_values = headers.iter().map(|(name, values)| {
        let values = values.iter().map(|value| value.as_str().as_bytes().to_vec());
        (name.to_string(), values.collect::<Vec<_>>())
    });
    with_values.filter(|(_, values)| !values.is_empty()).collect()
}

/// What is read of a body: its declared length, its content, its trailers.
type Content = (Option<u64>, Vec<u8>, Option<Fields>);

fn read_ours(mut body: Body) -> Content {
    let (len, mut content, mut trailers) = (body.len(), Vec::new(), None);
    while let Some(frame) = block_on(std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx))) {
        match frame.expect("no error").into_data() {
            Ok(data) => content.extend_from_slice(&data),
            Err(other) => trailers = other.into_trailers().ok().map(|map| ours(&map)),
        }
    }
    (len, content, trailers)
}

fn read_theirs(mut body: http_types::Body, trailers: Option<http_types::trailers::Receiver>) -> Content {
    let (len, mut content) = (body.len().map(|len| len as u64), Vec::new());
    block_on(body.read_to_end(&mut content)).expect("no error");
    let trailers = trailers.and_then(block_on).map(|trailers| theirs(&trailers));
    (len, content, trailers.filter(|fields| !fields.is_empty()))
}

#[derive(Clone, Debug)]
struct Payload {
    pieces: Vec<Vec<u8>>,
    declared: bool,
    trailers: Vec<(String, Vec<u8>)>,
}

impl Payload {
    fn len(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    fn map(&self) -> Option<HeaderMap> {
        (!self.trailers.is_empty()).then(|| header_map(&self.trailers))
    }

    fn ours(&self) -> Body {
        let (mut sender, body) = Body::channel(self.declared.then(|| self.len()));
        for piece in &self.pieces {
            sender.send(Bytes::from(piece.clone()));
        }
        sender.finish(self.map());
        body
    }

    fn content(&self) -> Content {
        let trailers = self.map().map(|map| ours(&map));
        (self.declared.then(|| self.len()), self.pieces.concat(), trailers)
    }

    fn theirs(&self) -> http_types::Body {
        let content = self.pieces.concat();
        let len = self.declared.then_some(content.len());
        http_types::Body::from_reader(futures_lite::io::Cursor::new(content), len)
    }

    /// Puts the trailers into the channel, where there are any.
    fn send(&self, sender: impl FnOnce() -> http_types::trailers::Sender) {
        if !self.trailers.is_empty() {
            let mut trailers = http_types::Trailers::new();
            for (name, value) in &self.trailers {
                let value = http_types::headers::HeaderValue::from_bytes(value.clone()).expect("ASCII");
                trailers.append(&**name, value);
            }
            block_on(sender().send(trailers));
        }
    }
}

fn header_map(fields: &[(String, Vec<u8>)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a name"),
            HeaderValue::from_bytes(value).expect("a value"),
        );
    }
    map
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "x-a",
            "accept",
            "cookie",
            "set-cookie",
            "content-type",
            "via"
        ])
        .prop_map(String::from),
        "[a-z0-9!#$%&'*+.^_`|~-]{1,6}",
    ]
    .prop_filter("a host is chosen apart", |name| name != "host")
}

/// What `http` takes for a value: no control characters, obs-text now and then.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        30 => "[!-~]([ -~\t]{0,9}[!-~])?".prop_map(String::into_bytes),
        1 => vec(prop_oneof![0x20..0x7f_u8, 0x80..=0xff_u8], 0..9),
    ]
}

/// What http-types takes for a value: any ASCII.
fn their_value() -> impl Strategy<Value = String> {
    prop_oneof![30 => "[!-~]{0,9}", 1 => "[ -~]{0,9}", 1 => "[\\x00-\\x7f]{0,9}"]
}

fn payload(values: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Payload> {
    let pieces = vec(vec(any::<u8>(), 0..20), 0..4);
    (pieces, any::<bool>(), vec((name(), values), 0..3)).prop_map(|(pieces, declared, trailers)| {
        let mut payload = Payload {
            pieces,
            declared,
            trailers,
        };
        // Behind a body that is declared empty they are not carried.
        if declared && payload.len() == 0 {
            payload.trailers.clear();
        }
        payload
    })
}

/// Visible ASCII with a weight on what URLs normalise.
fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        12 => "[a-zA-Z0-9._~!$&()*+,;=:@-]{0,5}",
        1 => select(vec![".", "..", "%2e", "%2E.", "%2F", "%zz", "%", "'", "\"", "{}", "|", "\\", "^", "`", "<>", "\u{e9}"])
            .prop_map(String::from),
    ];
    let query = prop_oneof![2 => "[a-z=&%+']{0,6}", 1 => "[!-~&&[^#]]{0,6}"];
    (vec(part, 1..4), proptest::option::of(query)).prop_map(|(parts, query)| {
        let path = format!("/{}", parts.join("/"));
        query.map_or(path.clone(), |query| format!("{path}?{query}"))
    })
}

fn host() -> impl Strategy<Value = String> {
    let port = prop_oneof![
        4 => Just(""),
        1 => select(vec![":", ":80", ":443", ":8080", ":x"]),
    ];
    let name = prop_oneof![
        8 => select(vec!["example.com", "A.example", "127.0.0.1", "[::1]", "[1::]", "a_b", "xn--bcher-kva.de"])
            .prop_map(String::from),
        1 => select(vec!["0x7f.1", "1.2", "[0:0::1]", "%61", "u@h", "h/x"]).prop_map(String::from),
        1 => "[a-zA-Z0-9.%_-]{0,6}",
    ];
    (name, port).prop_map(|(name, port)| name + port)
}

fn method() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(vec!["GET", "HEAD", "POST", "PROPFIND", "UPDATEREDIRECTREF"]).prop_map(String::from),
        1 => select(vec!["get", "BREW"]).prop_map(String::from),
        1 => "[A-Za-z-]{1,5}",
    ]
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    prop_oneof![
        Just(Endpoint::Unknown),
        Just(Endpoint::Unix(None)),
        "/[a-z/]{0,8}".prop_map(|path| Endpoint::Unix(Some(path.into()))),
        any::<std::net::SocketAddr>().prop_map(Endpoint::Socket),
    ]
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![
        20 => select(vec![Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3]),
        1 => Just(Version::HTTP_09),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn our_request_is_the_same_when_it_comes_back(
        method in method(),
        (host, authority, path) in (proptest::option::weighted(0.8, host()), proptest::option::weighted(0.2, host()), path()),
        version in version(),
        fields in vec((name(), value()), 0..6),
        payload in payload(value()),
        (remote, local, https, mount) in (endpoint(), endpoint(), any::<bool>(), select(vec!["", "/app"])),
    ) {
        let target = authority.map_or(path.clone(), |authority| format!("http://{authority}{path}"));
        let Ok(uri) = target.parse::<Uri>() else { return Ok(()) };
        let mut link = link();
        let scheme = if https { Scheme::Https } else { Scheme::Http };
        link.peer = Peer { remote, local, scheme, tls: None };
        link.mount = Mount(mount.into());
        let mut headers = header_map(&fields);
        if let Some(host) = host {
            headers.insert("host", host.parse().expect("a value"));
        }
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let make = |body| Request::new(
            method.clone(), uri.clone(), version, headers.clone(), body, Some(target.clone().into()), Arc::new(link.clone()),
        );
        let Ok(converted) = TheirRequest::try_from(make(payload.ours())) else { return Ok(()) };
        // Trailers come behind the body; those that cannot be carried end it in an error.
        if payload.trailers.iter().any(|(_, value)| !value.is_ascii()) { return Ok(()) }
        let Ok(mut back) = request(converted, self::link()) else { return Ok(()) };
        let before = make(Body::empty());
        prop_assert_eq!(back.method(), before.method());
        prop_assert_eq!(back.uri(), before.uri());
        prop_assert_eq!(back.raw_target(), before.raw_target());
        prop_assert_eq!(back.version(), before.version());
        prop_assert_eq!(ours(back.headers()), ours(before.headers()));
        prop_assert_eq!((back.mount(), back.host()), (before.mount(), before.host()));
        let (told, known) = (back.peer().expect("a peer"), before.peer().expect("a peer"));
        prop_assert_eq!((&told.remote, &told.local), (&known.remote, &known.local));
        prop_assert_eq!(read_ours(back.take_body()), payload.content());
    }

    #[test]
    fn their_request_is_the_same_when_it_comes_back(
        method in select(vec![
            http_types::Method::Get, http_types::Method::Post, http_types::Method::MkCalendar, http_types::Method::VersionControl,
        ]),
        (scheme, host, path) in (select(vec!["http", "http", "https", "https", "ftp"]), host(), path()),
        named in any::<bool>(),
        version in select(vec![None, Some(http_types::Version::Http1_0), Some(http_types::Version::Http2_0)]),
        fields in vec((name(), their_value()), 0..6),
        payload in payload("[ -~]{0,9}".prop_map(String::into_bytes)),
        peer in proptest::option::of(any::<std::net::SocketAddr>()),
    ) {
        let Ok(url) = Url::parse(&format!("{scheme}://{host}{path}")) else { return Ok(()) };
        let make = || {
            let mut theirs = TheirRequest::new(method, url.clone());
            theirs.set_version(version);
            theirs.set_peer_addr(peer);
            theirs.set_body(payload.theirs());
            theirs.remove_header("content-type");
            for (name, value) in &fields {
                theirs.append_header(&**name, &**value);
            }
            if named {
                theirs.insert_header("host", &*host);
            }
            payload.send(|| theirs.send_trailers());
            theirs
        };
        let before = make();
        let Ok(converted) = request(make(), link()) else { return Ok(()) };
        let Ok(mut back) = TheirRequest::try_from(converted) else { return Ok(()) };
        prop_assert_eq!((back.method(), back.url()), (before.method(), before.url()));
        prop_assert_eq!(back.version(), before.version().or(Some(http_types::Version::Http1_1)));
        prop_assert_eq!(back.peer_addr(), before.peer_addr());
        prop_assert_eq!(theirs(back.as_ref()), theirs(before.as_ref()));
        let trailers = back.has_trailers().then(|| back.recv_trailers());
        prop_assert_eq!(read_theirs(back.into(), trailers), payload.content());
    }

    #[test]
    fn our_response_is_the_same_when_it_comes_back(
        status in prop_oneof![8 => select(vec![101_u16, 200, 204, 226, 304, 404, 511]), 1 => 100..=999_u16],
        fields in vec((name(), value()), 0..6),
        payload in payload("[ -~]{0,9}".prop_map(String::into_bytes)),
    ) {
        let mut response = Response::new(StatusCode::from_u16(status).expect("a status"), payload.ours());
        *response.headers_mut() = header_map(&fields);
        let Ok(converted) = TheirResponse::try_from(response) else { return Ok(()) };
        let mut back = Response::try_from(converted).expect("what ours was can be ours again");
        prop_assert_eq!(back.status().as_u16(), status);
        prop_assert_eq!(ours(back.headers()), ours(&header_map(&fields)));
        prop_assert_eq!(read_ours(back.take_body()), payload.content());
    }

    #[test]
    fn their_response_is_the_same_when_it_comes_back(
        status in select(vec![200_u16, 204, 226, 304, 404, 418, 511]),
        fields in vec((prop_oneof![40 => name().boxed(), 1 => "[\\x00-\\x7f]{0,4}".boxed()], their_value()), 0..6),
        payload in payload("[ -~]{0,9}".prop_map(String::into_bytes)),
    ) {
        let make = || {
            let mut theirs = TheirResponse::new(status);
            theirs.set_body(payload.theirs());
            theirs.remove_header("content-type");
            for (name, value) in &fields {
                theirs.append_header(&**name, &**value);
            }
            payload.send(|| theirs.send_trailers());
            theirs
        };
        let before = make();
        let Ok(converted) = Response::try_from(make()) else { return Ok(()) };
        let mut back = TheirResponse::try_from(converted).expect("what theirs was can be theirs again");
        prop_assert_eq!(u16::from(back.status()), status);
        prop_assert_eq!(theirs(back.as_ref()), theirs(before.as_ref()));
        let trailers = back.has_trailers().then(|| back.recv_trailers());
        prop_assert_eq!(read_theirs(back.take_body(), trailers), payload.content());
    }
}
