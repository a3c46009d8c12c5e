//! The opening handshake (RFC 6455 section 4): fields of a request and of its response.

mod client;
mod server;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use sha1::{Digest, Sha1};

use crate::h1::list;

pub use client::{ClientHandshake, Established, HandshakeError};
pub use server::ServerHandshake;

/// The one version there is.
const VERSION: HeaderValue = HeaderValue::from_static("13");

/// What the server makes of the client's key (RFC 6455 section 4.2.2).
fn accept(key: &[u8]) -> String {
    let hash = Sha1::new()
        .chain_update(key)
        .chain_update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        .finalize();
    STANDARD.encode(hash)
}

/// The value of a field that may stand on one line only; `None` if it is missing or stands on several.
fn single<'a>(fields: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = fields.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// All members of a field that is a list, from all of its lines.
fn members<'a>(fields: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
    fields
        .get_all(name)
        .iter()
        .flat_map(|value| list(value.as_bytes()))
}

/// Whether `Upgrade` names WebSocket, in letters of any case.
fn upgrades(fields: &HeaderMap) -> bool {
    members(fields, &UPGRADE).any(|member| member.eq_ignore_ascii_case(b"websocket"))
}

/// Whether `Connection` names `Upgrade`.
fn connection_upgrades(fields: &HeaderMap) -> bool {
    members(fields, &CONNECTION).any(|member| member.eq_ignore_ascii_case(b"upgrade"))
}
