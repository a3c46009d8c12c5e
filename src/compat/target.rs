//! The request target: an absolute URL that is normalised, in http-types; here a `Uri` as it was sent.

use std::sync::Arc;

use http::uri::{PathAndQuery, Scheme, Uri};
use http_types::Url;
use http_types::url::Position;

use super::{Part, Refused};
use crate::h1::{Port, is_host};

/// What a URL was made of: travels with the request, and counts for as long as nobody has changed the URL.
#[derive(Clone)]
pub(super) struct Origin(Arc<(Url, Uri)>);

impl Origin {
    pub(super) fn new(url: Url, uri: Uri) -> Self {
        Self(Arc::new((url, uri)))
    }

    /// The `Uri` of this URL.
    pub(super) fn of(&self, url: &Url) -> Option<&Uri> {
        let (made, uri) = &*self.0;
        (made == url).then_some(uri)
    }
}

fn target(why: &'static str) -> Refused {
    Refused::new(Part::Target, why)
}

fn host(why: &'static str) -> Refused {
    Refused::new(Part::Host, why)
}

/// The URL of `uri` on the host that `authority` names: `host` or `host:port`.
///
/// A URL may percent-encode a character more than was sent (`'`, `"`, `{`). That is all: what changes its meaning is
/// refused.
pub(super) fn to_url(uri: &Uri, scheme: &str, authority: &str) -> Result<Url, Refused> {
    let (path, query) = (uri.path(), uri.query());
    if !path.starts_with('/') {
        return Err(target("no path: `*`, or the authority form"));
    }
    if !matches!(scheme, "http" | "https") {
        return Err(target("neither http nor https"));
    }
    if !is_host(authority.as_bytes(), Port::Optional) {
        return Err(host("no valid host"));
    }
    let base = format!("{scheme}://{authority}");
    let of_host = Url::parse(&base).map_err(|_| host("no host that a URL can have"))?;
    if !names(&of_host, authority) {
        return Err(host("a URL has it in another form"));
    }
    let text = match query {
        Some(query) => format!("{base}{path}?{query}"),
        None => format!("{base}{path}"),
    };
    let url = Url::parse(&text).map_err(|_| target("no URL"))?;
    let same_query = match (query, url.query()) {
        (Some(sent), Some(written)) => is_encoded(sent, written),
        (None, None) => true,
        _ => false,
    };
    if !is_encoded(path, url.path()) || !same_query || !names(&url, authority) {
        return Err(target("a URL changes it: dot segments, a backslash"));
    }
    Ok(url)
}

/// True when `written` is `sent`, but for characters that it percent-encodes.
fn is_encoded(sent: &str, written: &str) -> bool {
    let mut written = written.bytes();
    for byte in sent.bytes() {
        let same = match written.next() {
            Some(b'%') if byte != b'%' => {
                let mut digit = || written.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit(), digit());
                high.zip(low).map(|(high, low)| high * 16 + low) == Some(u32::from(byte))
            }
            other => other == Some(byte),
        };
        if !same {
            return false;
        }
    }
    written.next().is_none()
}

/// True when `authority`, a `Host` say, names host and port of the URL.
pub(super) fn names(url: &Url, authority: &str) -> bool {
    if !is_host(authority.as_bytes(), Port::Optional) {
        return false;
    }
    // Behind the bracket of an address, if there is one.
    let after = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (name, port) = match authority.get(after..).and_then(|rest| rest.find(':')) {
        Some(colon) => authority.split_at(after + colon),
        None => (authority, ""),
    };
    let port = match port.strip_prefix(':').unwrap_or_default() {
        "" => Url::parse(&format!("{}://x", url.scheme()))
            .ok()
            .and_then(|default| default.port_or_known_default()),
        digits => digits.parse().ok(),
    };
    let same_host = url.host_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
    same_host && port.is_some() && port == url.port_or_known_default()
}

/// The `Uri` of a URL: in the origin form where `Host` names the URL's host, else in the absolute form.
pub(super) fn to_uri(url: &Url, host_field: Option<&str>) -> Result<Uri, Refused> {
    let scheme = match url.scheme() {
        "http" => Scheme::HTTP,
        "https" => Scheme::HTTPS,
        _ => return Err(target("neither http nor https")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(target("a user (RFC 9110 section 4.2.4)"));
    }
    if url.fragment().is_some() {
        return Err(target("a fragment"));
    }
    let text = &url[Position::BeforePath..Position::AfterQuery];
    let path = PathAndQuery::try_from(text).map_err(|_| target("a path or query that no request has"))?;
    if host_field.is_some_and(|field| names(url, field)) {
        return Ok(path.into());
    }
    let authority = &url[Position::BeforeHost..Position::AfterPort];
    Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(path)
        .build()
        .map_err(|_| host("no host that a request can have"))
}
