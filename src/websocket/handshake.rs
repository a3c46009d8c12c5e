//! What makes a request a WebSocket handshake (RFC 6455 section 4.2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, Method, StatusCode, Version};
use sha1::{Digest, Sha1};

use crate::request::Request;

/// RFC 6455 section 1.3.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A handshake that can be answered with 101.
pub(super) struct Accepted {
    /// The value of `Sec-WebSocket-Accept`.
    pub(super) accept: String,
    /// What the client offers, in its order of preference.
    pub(super) subprotocols: Vec<String>,
}

/// Why a request is no handshake.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn bad(message: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message,
            headers: Vec::new(),
        }
    }

    /// 426, with what would be right (RFC 9110 section 15.5.22).
    fn upgrade(message: &'static str) -> Self {
        Self {
            status: StatusCode::UPGRADE_REQUIRED,
            message,
            headers: vec![
                (UPGRADE, HeaderValue::from_static("websocket")),
                (CONNECTION, HeaderValue::from_static("upgrade")),
                (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
            ],
        }
    }
}

pub(super) fn check(request: &Request) -> Result<Accepted, Refusal> {
    let headers = request.headers();
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return Err(Refusal::bad("a WebSocket is opened by GET over HTTP/1.1"));
    }
    if !names(headers, &UPGRADE, "websocket") || !names(headers, &CONNECTION, "upgrade") {
        return Err(Refusal::upgrade("Can \"Upgrade\" only to \"WebSocket\"."));
    }
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    if versions.next().map(HeaderValue::as_bytes) != Some(b"13") || versions.next().is_some() {
        return Err(Refusal::upgrade("the version of a WebSocket is 13"));
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let key = match (keys.next(), keys.next()) {
        (Some(key), None) if STANDARD.decode(key).is_ok_and(|key| key.len() == 16) => key,
        _ => return Err(Refusal::bad("Sec-WebSocket-Key is 16 bytes in base64, once")),
    };
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    Ok(Accepted {
        accept: STANDARD.encode(digest),
        subprotocols: elements(headers, &SEC_WEBSOCKET_PROTOCOL)
            .map(ToOwned::to_owned)
            .collect(),
    })
}

/// The elements of a list field (RFC 9110 section 5.6.1).
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    let lists = values.filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

fn names(headers: &HeaderMap, name: &HeaderName, element: &str) -> bool {
    elements(headers, name).any(|other| other.eq_ignore_ascii_case(element))
}
