//! The opening handshake.

use std::sync::Arc;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode, Uri, Version};

use crate::testing::ManualClock;
use crate::{Body, Link, Request};

use super::*;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The fields in `text`, one a line.
fn fields(text: &str) -> HeaderMap {
    text.lines()
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a field");
            (
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(value.trim()).expect("a value"),
            )
        })
        .collect()
}

fn request(method: Method, version: Version, text: &str) -> Request {
    let uri = Uri::from_static("/chat");
    Request::new(
        method,
        uri,
        version,
        fields(text),
        Body::empty(),
        None,
        Arc::new(Link::new(Arc::new(ManualClock::default()))),
    )
}

fn read(text: &str) -> crate::Result<ServerHandshake> {
    ServerHandshake::read(&request(Method::GET, Version::HTTP_11, text))
}

fn good(more: &str) -> String {
    format!(
        "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: {KEY}\n{more}"
    )
}

/// The fields with which a server answers.
fn answer(more: &str, protocol: Option<&str>, options: &Options) -> HeaderMap {
    let mut fields = HeaderMap::new();
    let handshake = read(&good(more)).expect("a good handshake");
    handshake
        .accept(protocol, options, &mut fields)
        .expect("a good answer");
    fields
}

#[test]
fn the_key_of_the_rfc() {
    let fields = answer("", None, &Options::default());
    assert_eq!(fields.get("sec-websocket-accept").unwrap(), ACCEPT);
    assert_eq!(fields.len(), 1);
}

#[test]
fn what_the_server_reads() {
    let key = format!("Sec-WebSocket-Key: {KEY}");
    let table = [
        (good(""), 101),
        (good("").to_uppercase().replace(&KEY.to_uppercase(), KEY), 101),
        (
            good("").replace(
                "Connection: Upgrade",
                "Connection: keep-alive\nConnection: foo, upgrade",
            ),
            101,
        ),
        (
            good("").replace("Upgrade: websocket", "Upgrade: h2c, WebSocket"),
            101,
        ),
        (good("").replace("Upgrade: websocket\n", ""), 400),
        (good("").replace("Upgrade: websocket", "Upgrade: websockets"), 400),
        (good("").replace("Connection: Upgrade\n", ""), 400),
        (
            good("").replace("Connection: Upgrade", "Connection: keep-alive"),
            400,
        ),
        (good("").replace("Version: 13", "Version: 8"), 426),
        (good("").replace("Version: 13", "Version: 13, 8"), 426),
        (good("Sec-WebSocket-Version: 13"), 426),
        (good("").replace("Sec-WebSocket-Version: 13\n", ""), 426),
        (good("").replace(&key, "X: y"), 400),
        (good("").replace(KEY, "abc"), 400),
        (good("").replace(KEY, "dGhlIHNhbXBsZSBub25jZQ"), 400),
        (good("").replace(KEY, "dGhlIHNhbXBsZSBub25jZQ=="), 101),
        (good("").replace(KEY, "dGhlIHNhbXBsZSBub25jZQ=A"), 400),
        (good("").replace(KEY, "dGhlIHNhbXBsZSBub25jZ!=="), 400),
        (good("").replace(KEY, "dGhlIHNhbXBsZSBub25jZQ2h"), 400),
        (good(&key), 400),
        (
            good("Sec-WebSocket-Protocol: a, b\nSec-WebSocket-Protocol: c"),
            101,
        ),
        (good("Sec-WebSocket-Protocol: a b"), 400),
    ];
    for (text, expected) in table {
        let status = read(&text).map_or_else(|error| error.status_code().as_u16(), |_| 101);
        assert_eq!(status, expected, "for {text}");
    }
}

#[test]
fn a_refusal_says_what_would_do() {
    let error = read(&good("").replace("13", "7")).unwrap_err();
    assert_eq!(error.headers().get("sec-websocket-version").unwrap(), "13");
    let post = request(Method::POST, Version::HTTP_11, &good(""));
    let error = ServerHandshake::read(&post).unwrap_err();
    assert_eq!(error.status_code(), 405);
    assert_eq!(error.headers().get("allow").unwrap(), "GET");
    let old = request(Method::GET, Version::HTTP_10, &good(""));
    assert_eq!(ServerHandshake::read(&old).unwrap_err().status_code(), 400);
}

#[test]
fn a_subprotocol_is_one_that_was_offered() {
    let offer = "Sec-WebSocket-Protocol: a, b\nSec-WebSocket-Protocol: c";
    let handshake = read(&good(offer)).unwrap();
    assert_eq!(handshake.protocols(), ["a", "b", "c"]);
    let fields = answer(offer, Some("c"), &Options::default());
    assert_eq!(fields.get("sec-websocket-protocol").unwrap(), "c");
    let mut fields = HeaderMap::new();
    let error = handshake.accept(Some("d"), &Options::default(), &mut fields);
    assert_eq!(error.unwrap_err().status_code(), 500);
    assert!(fields.is_empty());
}

#[test]
fn an_offer_that_cannot_be_read_is_declined() {
    let options = Options::default();
    let extension = |offer: &str| {
        let offer = format!("Sec-WebSocket-Extensions: {offer}");
        answer(&offer, None, &options).remove("sec-websocket-extensions")
    };
    assert_eq!(extension("permessage-deflate; unknown"), None);
    assert_eq!(extension("x-other, ;;"), None);
    // The client may keep its context: Tornado's does not see that it is asked not to.
    assert_eq!(
        extension("permessage-deflate; unknown, permessage-deflate").unwrap(),
        "permessage-deflate; server_no_context_takeover"
    );
    let off = Options {
        compression: None,
        ..Options::default()
    };
    let fields = answer("Sec-WebSocket-Extensions: permessage-deflate", None, &off);
    assert_eq!(fields.get("sec-websocket-extensions"), None);
}

#[test]
fn both_ends_agree() {
    for compression in [None, Some(Compression::default())] {
        let options = Options {
            compression,
            ..Options::default()
        };
        let client = ClientHandshake::new([7; 16], &["chat", "soap"], &options).unwrap();
        let mut asked = HeaderMap::new();
        client.request(&mut asked);
        let mut request = request(Method::GET, Version::HTTP_11, "");
        *request.headers_mut() = asked;
        let server = ServerHandshake::read(&request).unwrap();
        assert_eq!(server.protocols(), ["chat", "soap"]);
        let mut fields = fields("Upgrade: websocket\nConnection: upgrade");
        let agreed = server.accept(Some("soap"), &options, &mut fields).unwrap();
        let established = client.verify(StatusCode::SWITCHING_PROTOCOLS, &fields).unwrap();
        assert_eq!(established.protocol.as_deref(), Some("soap"));
        assert_eq!(established.deflate, agreed);
        assert_eq!(agreed.is_some(), compression.is_some());
    }
}

#[test]
fn what_the_client_accepts() {
    let nonce = *b"the sample nonce";
    let plain = Options {
        compression: None,
        ..Options::default()
    };
    let client = ClientHandshake::new(nonce, &["chat"], &plain).unwrap();
    let good =
        format!("Upgrade: WebSocket\nConnection: keep-alive, Upgrade\nSec-WebSocket-Accept: {ACCEPT}\n");
    let table = [
        (good.clone(), true),
        (good.clone() + "Sec-WebSocket-Protocol: chat", true),
        (good.clone() + "Sec-WebSocket-Protocol: other", false),
        (
            good.clone() + "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Protocol: chat",
            false,
        ),
        (
            good.clone() + "Sec-WebSocket-Extensions: permessage-deflate",
            false,
        ),
        (good.replace("WebSocket\n", "h2c\n"), false),
        (good.replace("WebSocket\n", "websocket, h2c\n"), false),
        (good.replace("keep-alive, Upgrade", "keep-alive"), false),
        (good.replace(ACCEPT, KEY), false),
        (good.to_lowercase(), false),
        (good.clone() + &format!("Sec-WebSocket-Accept: {ACCEPT}"), false),
    ];
    for (text, fits) in table {
        let verified = client.verify(StatusCode::SWITCHING_PROTOCOLS, &fields(&text));
        assert_eq!(verified.is_ok(), fits, "for {text}: {verified:?}");
    }
    assert_eq!(
        client.verify(StatusCode::FORBIDDEN, &fields(&good)),
        Err(HandshakeError::Status(StatusCode::FORBIDDEN))
    );
    for protocols in [["a", "a"], ["a b", "c"], ["", "c"]] {
        assert!(
            ClientHandshake::new(nonce, &protocols, &plain).is_err(),
            "{protocols:?}"
        );
    }
}
