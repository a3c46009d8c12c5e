//! The trailer section of a chunked body (RFC 9112 section 7.1.2, RFC 9110 section 6.5).

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName};

use super::fields;
use super::refusal::Refusal;

/// Fields that mean something only before the content: framing, routing, authentication, controls, content and
/// response control data (RFC 9110 section 6.5.1). With [`PREFIXES`].
const FORBIDDEN: &[&str] = &[
    "age",
    "authorization",
    "cache-control",
    "connection",
    "cookie",
    "date",
    "expect",
    "expires",
    "forwarded",
    "host",
    "keep-alive",
    "location",
    "max-forwards",
    "pragma",
    "range",
    "retry-after",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "warning",
    "www-authenticate",
];

const PREFIXES: &[&str] = &["content-", "if-", "proxy-"];

/// Whether a field of this name may stand in a trailer section, both ways.
pub(crate) fn is_allowed(name: &HeaderName) -> bool {
    let name = name.as_str();
    !FORBIDDEN.contains(&name) && !PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a field is one by which a trailer section could change where the message ends or whom it is for. An
/// honest peer never sends it, so it is refused and not only dropped.
fn is_attack(name: &HeaderName) -> bool {
    [CONTENT_LENGTH, TRANSFER_ENCODING, HOST, TE, CONNECTION].contains(name)
}

/// Parses a trailer section of `count` lines: the fields that may stand there, or `None` if there are none.
pub(super) fn parse(section: &Bytes, count: usize) -> Result<Option<Box<HeaderMap>>, Refusal> {
    if count == 0 {
        return Ok(None);
    }
    let mut attack = false;
    let mut forbidden = Vec::new();
    let mut map = fields::parse(section, 0, count, |name, _| {
        attack |= is_attack(name);
        if !is_allowed(name) {
            forbidden.push(name.clone());
        }
    })?;
    if attack {
        return Err(Refusal::bad("forbidden trailer field"));
    }
    for name in &forbidden {
        map.remove(name);
    }
    Ok((!map.is_empty()).then(|| Box::new(map)))
}
