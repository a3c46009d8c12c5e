use bytes::Bytes;
use http::uri::{Parts, PathAndQuery};
use http::{Method, Uri};

use super::host::{self, Port};
use super::refusal::Refusal;

/// The four forms of a request target (RFC 9112 section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `/path?query`. `//host/x` is one too: a path that begins with an empty segment.
    Origin,
    /// `http://host/path`, as sent to proxies, and to be understood by all.
    Absolute,
    /// `http://host` of an OPTIONS request, which means the server as a whole.
    AbsoluteAsterisk,
    /// `host:port` of CONNECT.
    Authority,
    /// `*` of OPTIONS.
    Asterisk,
}

/// Whether `target` is made of visible ASCII without `#`. A fragment is never sent, and what is not ASCII is read in
/// two ways by two peers.
pub(super) fn is_text(target: &[u8]) -> bool {
    !target.is_empty()
        && target
            .iter()
            .all(|&byte| matches!(byte, 0x21..=0x7e) && byte != b'#')
}

impl Form {
    /// The form of `target`, for which `method` must be the right one.
    pub(super) fn parse(method: &Method, target: &[u8]) -> Result<Self, Refusal> {
        if *method == Method::CONNECT {
            return match host::is_valid(target, Port::Required) {
                true => Ok(Self::Authority),
                false => Err(Refusal::bad("CONNECT wants host:port")),
            };
        }
        match target {
            [b'/', ..] => Ok(Self::Origin),
            b"*" if *method == Method::OPTIONS => Ok(Self::Asterisk),
            b"*" => Err(Refusal::bad("only OPTIONS has the target *")),
            _ => Self::parse_absolute(method, target),
        }
    }

    fn parse_absolute(method: &Method, target: &[u8]) -> Result<Self, Refusal> {
        let rest = strip_scheme(target, b"http://")
            .or_else(|| strip_scheme(target, b"https://"))
            .ok_or(Refusal::bad("invalid request target"))?;
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?'))
            .unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end); // in bounds: `end` is at most the length
        if !host::is_valid(authority, Port::Optional) {
            return Err(Refusal::bad("invalid authority in the request target"));
        }
        Ok(if path.is_empty() && *method == Method::OPTIONS {
            Self::AbsoluteAsterisk
        } else {
            Self::Absolute
        })
    }

    /// The target as a `Uri` that shares its memory.
    pub(super) fn uri(self, target: Bytes) -> Result<Uri, Refusal> {
        let refused = Refusal::bad("invalid request target");
        if self == Self::Origin {
            return PathAndQuery::from_maybe_shared(target)
                .map(Uri::from)
                .map_err(|_| refused);
        }
        let uri = Uri::from_maybe_shared(target).map_err(|_| refused)?;
        if self != Self::AbsoluteAsterisk {
            return Ok(uri);
        }
        let mut parts: Parts = uri.into_parts();
        parts.path_and_query = Some(PathAndQuery::from_static("*"));
        Uri::from_parts(parts).map_err(|_| refused)
    }
}

/// `target` without `scheme`, whose case does not matter.
fn strip_scheme<'a>(target: &'a [u8], scheme: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = target.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}
