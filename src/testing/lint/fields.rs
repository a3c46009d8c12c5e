//! The application's side: the fields of a response, whatever its status.

use http::header::*;

use super::report::Report;
use super::request::{CONNECTION_FIELDS, connection_names, has_blanks};
use super::rules;
use crate::h1::{is_token, trim};
use crate::response::Response;

/// Fields whose value is one thing and no list.
const SINGLETONS: [HeaderName; 12] = [
    AGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_RANGE,
    CONTENT_TYPE,
    DATE,
    ETAG,
    EXPIRES,
    LAST_MODIFIED,
    LOCATION,
    RETRY_AFTER,
    SERVER,
];

/// Checks fields that must not be there, that stand once, or that have a grammar.
pub(super) fn check(response: &Response, report: &Report) {
    check_connection(response, report);
    let headers = response.headers();
    for name in SINGLETONS {
        if headers.get_all(&name).iter().nth(1).is_some() {
            report.add(&rules::REPEATED_FIELD, format!("{name} more than once"));
        }
    }
    for (name, value) in headers {
        let bytes = value.as_bytes();
        let broken = if has_blanks(value) {
            Some(&rules::FIELD_BLANKS)
        } else if *name == CONTENT_TYPE && !is_media_type(bytes) {
            Some(&rules::CONTENT_TYPE_MALFORMED)
        } else if (*name == DATE || *name == LAST_MODIFIED) && !is_imf_fixdate(bytes) {
            Some(&rules::DATE_MALFORMED)
        } else if *name == ETAG && !is_entity_tag(bytes) {
            Some(&rules::ETAG_MALFORMED)
        } else if *name == SET_COOKIE && !is_set_cookie(bytes) {
            Some(&rules::SET_COOKIE_MALFORMED)
        } else {
            None
        };
        if let Some(rule) = broken {
            report.add(rule, format!("{name}: {value:?}"));
        }
    }
}

fn check_connection(response: &Response, report: &Report) {
    let headers = response.headers();
    if headers.contains_key(TRANSFER_ENCODING) {
        report.add(&rules::TRANSFER_ENCODING, "Transfer-Encoding");
    }
    let status = response.status().as_u16();
    let switches = response.has_upgrade() && status == 101;
    let offers = status == 426 && connection_names(headers, "upgrade");
    for name in CONNECTION_FIELDS.into_iter().chain(["te", "upgrade"]) {
        let allowed = match name {
            "connection" => switches || offers,
            "upgrade" => matches!(status, 101 | 426),
            _ => false,
        };
        if headers.contains_key(name) && !allowed {
            report.add(&rules::CONNECTION, name);
        }
    }
}

/// `type/subtype`, and after a semicolon whatever parameters.
fn is_media_type(value: &[u8]) -> bool {
    let kind = value.split(|&byte| byte == b';').next().unwrap_or_default();
    let mut parts = trim(kind).split(|&byte| byte == b'/');
    let (top, sub, more) = (parts.next(), parts.next(), parts.next());
    top.is_some_and(is_token) && sub.is_some_and(is_token) && more.is_none()
}

/// The one of the three forms of a date that may be generated: parsed and written again, it is the same.
fn is_imf_fixdate(value: &[u8]) -> bool {
    std::str::from_utf8(value).ok().is_some_and(|text| {
        httpdate::parse_http_date(text).is_ok_and(|date| httpdate::fmt_http_date(date) == text)
    })
}

fn is_entity_tag(value: &[u8]) -> bool {
    match value.strip_prefix(b"W/").unwrap_or(value) {
        [b'"', tag @ .., b'"'] => tag
            .iter()
            .all(|&byte| byte == b'!' || byte >= b'#' && byte != 0x7f),
        _ => false,
    }
}

/// The value and the attributes are not looked at closer: the quoted form of cookies, Tornado's and ours, is wider
/// than the grammar and is what browsers take.
fn is_set_cookie(value: &[u8]) -> bool {
    let pair = value.split(|&byte| byte == b';').next().unwrap_or_default();
    let named = pair
        .iter()
        .position(|&byte| byte == b'=')
        .and_then(|at| pair.get(..at))
        .is_some_and(is_token);
    named && !value.iter().any(u8::is_ascii_control)
}
