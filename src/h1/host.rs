//! `host [ ":" port ]` as RFC 3986 section 3.2.2 has it, the form of `Host` and of an authority without userinfo.

use std::net::Ipv6Addr;

use super::token::{ByteSet, decimal};

/// `unreserved` and `sub-delims` without the comma: a comma is how two hosts hide in one field.
static REG_NAME: ByteSet = ByteSet::alphanumeric_and(b"-._~!$&'()*+;=");

/// Whether a port must follow the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// `host`, `host:` and `host:80`, for `Host` and the absolute form.
    Optional,
    /// `host:80` only, for the authority form of CONNECT.
    Required,
}

/// Whether `bytes` is a host that is not empty, with a port as `port` wants it.
pub(crate) fn is_valid(bytes: &[u8], port: Port) -> bool {
    let (host_ok, rest) = match bytes {
        [b'[', inside @ ..] => {
            let end = inside
                .iter()
                .position(|&byte| byte == b']')
                .unwrap_or(inside.len());
            let (address, rest) = inside.split_at(end); // in bounds: `end` is at most the length
            match rest {
                [b']', rest @ ..] => (is_ip_literal(address), rest),
                _ => (false, rest),
            }
        }
        _ => {
            // Nearly all names end at their port or at their end: seen in one pass, without a search for the colon first.
            let end = bytes
                .iter()
                .position(|&byte| !REG_NAME.has(byte))
                .unwrap_or(bytes.len());
            match bytes.split_at(end) {
                (name, rest @ ([] | [b':', ..])) => (!name.is_empty(), rest),
                _ => {
                    let end = bytes.iter().position(|&byte| byte == b':').unwrap_or(bytes.len());
                    let (name, rest) = bytes.split_at(end); // in bounds, as above
                    (is_reg_name(name), rest)
                }
            }
        }
    };
    let port_ok = match rest {
        [] => port == Port::Optional,
        [b':'] => port == Port::Optional,
        [b':', digits @ ..] => decimal(digits).is_some_and(|number| u16::try_from(number).is_ok()),
        _ => false,
    };
    host_ok && port_ok
}

/// A registered name or an IPv4 address (whose grammar is a part of the name's).
fn is_reg_name(mut name: &[u8]) -> bool {
    if name.is_empty() {
        return false;
    }
    loop {
        name = match name {
            [] => return true,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => rest,
            [byte, rest @ ..] if REG_NAME.has(*byte) => rest,
            _ => return false,
        };
    }
}

/// What may stand in brackets: an IPv6 address, or `v` HEXDIG `.` and a text for the versions to come.
fn is_ip_literal(text: &[u8]) -> bool {
    if let [b'v' | b'V', future @ ..] = text {
        let mut parts = future.splitn(2, |&byte| byte == b'.');
        let version = parts.next().unwrap_or_default();
        let address = parts.next().unwrap_or_default();
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && !address.is_empty()
            && address
                .iter()
                .all(|&byte| REG_NAME.has(byte) || matches!(byte, b':' | b','));
    }
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}
