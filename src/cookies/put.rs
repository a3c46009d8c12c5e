//! One `Set-Cookie` field a cookie.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

/// Adds a `Set-Cookie` field in place of those with the same cookie name, of which a response should have one (RFC 6265bis,
/// section 4.1.1).
pub(crate) fn put(headers: &mut HeaderMap, field: HeaderValue) {
    let is_other = |other: &&HeaderValue| name(other) != name(&field);
    let all = headers.get_all(SET_COOKIE);
    if !all.iter().all(|other| is_other(&other)) {
        let others: Vec<_> = all.iter().filter(is_other).cloned().collect();
        headers.remove(SET_COOKIE);
        for other in others {
            headers.append(SET_COOKIE, other);
        }
    }
    headers.append(SET_COOKIE, field);
}

fn name(field: &HeaderValue) -> &[u8] {
    field
        .as_bytes()
        .split(|byte| *byte == b'=')
        .next()
        .unwrap_or_default()
}
