//! Requests, both ways.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::header::{HOST, HeaderValue};
use http::{HeaderMap, Method, Uri, Version};
use http_types::headers::CONTENT_TYPE;

use super::target::{self, Origin};
use super::{Part, Refused, body, fields, peer};
use crate::body::Body;
use crate::carrier::{Endpoint, Link, Mount, Peer, RawTarget};
use crate::h1::trim;
use crate::request::Request;

/// [`Peer`], [`Mount`] and [`RawTarget`] stand in the extensions of the http-types request; other values of
/// [`Extensions`](crate::Extensions) are not carried.
impl TryFrom<Request> for http_types::Request {
    type Error = Refused;

    fn try_from(mut request: Request) -> Result<Self, Refused> {
        let body = request.take_body();
        let mount = request.mount().to_owned();
        outgoing(&request, request.uri(), Mount(mount), body)
    }
}

/// A request of http-types as one of ours, with what else is known of its connection.
///
/// The link's peer is replaced by the request's own addresses; a text that is no address is
/// [`Endpoint::Unknown`](crate::Endpoint). No version is HTTP/1.1. Other values of the request's extensions than those of
/// a conversion to http-types are not carried.
///
/// ```
/// use std::sync::Arc;
/// use waterspout::compat::{http_types, request};
/// use waterspout::testing::ManualClock;
/// use waterspout::Link;
///
/// let theirs = http_types::Request::new(http_types::Method::Get, "http://example.com/a?b=c");
/// let ours = request(theirs, Link::new(Arc::new(ManualClock::new())))?;
/// assert_eq!((ours.path(), ours.query(), ours.host()), ("/a", Some("b=c"), Some("example.com")));
/// # Ok::<(), waterspout::compat::Refused>(())
/// ```
///
/// # Errors
/// [`Refused`] where the URL, a field or the version cannot be carried.
pub fn request(mut request: http_types::Request, mut link: Link) -> Result<Request, Refused> {
    let method = Method::from_bytes(request.method().as_ref().as_bytes())
        .map_err(|_| Refused::new(Part::Method, "no method"))?;
    let version = incoming_version(request.version())?;
    let headers = fields::to_map(request.iter())?;
    if let Some(name) = headers
        .iter()
        .find_map(|(name, value)| has_blanks(value).then_some(name))
    {
        let why = format!("{name:?} has a value with blanks around it (RFC 9110 section 5.5)");
        return Err(Refused::new(Part::Field, why));
    }
    let host = the_host(&headers)?;
    let made_of = request
        .ext()
        .get::<Origin>()
        .and_then(|origin| origin.of(request.url()));
    let (uri, target) = match made_of {
        Some(uri) => (uri.clone(), request.ext().get::<RawTarget>().cloned()),
        None => (target::to_uri(request.url(), host)?, None),
    };
    link.peer = peer::of(&request);
    if let Some(Mount(outer)) = request.ext().get() {
        link.mount.0.insert_str(0, outer);
    }
    let trailers = request.has_trailers().then(|| {
        // Whether the receiver has been taken cannot be asked, only found out by a panic.
        catch_unwind(AssertUnwindSafe(|| request.recv_trailers()))
            .map_err(|_| Refused::new(Part::Trailers, "somebody else receives them"))
    });
    let body = match trailers.transpose()? {
        Some(trailers) => body::body_with_trailers(request.into(), trailers),
        None => http_types::Body::from(request).into(),
    };
    let target = target.map(|RawTarget(bytes)| bytes);
    Ok(Request::new(
        method,
        uri,
        version,
        headers,
        body,
        target,
        Arc::new(link),
    ))
}

/// `head` with this target and body, as a request of http-types.
pub(super) fn outgoing(
    head: &Request,
    uri: &Uri,
    mount: Mount,
    body: Body,
) -> Result<http_types::Request, Refused> {
    let raw = head.extensions().get::<RawTarget>();
    if raw.is_some_and(|RawTarget(bytes)| bytes.contains(&b'#')) {
        return Err(Refused::new(Part::Target, "a fragment"));
    }
    let url = target::to_url(uri, scheme(head, uri), &authority(head, uri)?)?;
    let mut request = http_types::Request::new(method(head.method())?, url.clone());
    request.set_version(Some(outgoing_version(head.version())?));
    fields::fill(request.as_mut(), head.headers())?;
    if let Some(told) = head.peer() {
        peer::tell(&mut request, told);
    }
    let ext = request.ext_mut();
    ext.insert(Origin::new(url, uri.clone()));
    ext.insert(mount);
    if let Some(raw) = raw {
        ext.insert(raw.clone());
    }
    let len = body.len();
    let trailers = body::may_have_trailers(&body, len).then(|| request.send_trailers());
    let body = body::outgoing(body, len, trailers)?;
    // http-types adds a Content-Type of its own where there is none.
    let has_type = request.header(CONTENT_TYPE).is_some();
    request.set_body(body);
    if !has_type {
        request.remove_header(CONTENT_TYPE);
    }
    Ok(request)
}

fn method(method: &Method) -> Result<http_types::Method, Refused> {
    // It reads names in any case, ours are case-sensitive (RFC 9110 section 9.1).
    let found = method.as_str().parse().ok();
    found
        .filter(|found: &http_types::Method| found.as_ref() == method.as_str())
        .ok_or_else(|| Refused::new(Part::Method, format!("http-types has no {method}")))
}

fn scheme<'a>(head: &'a Request, uri: &'a Uri) -> &'a str {
    uri.scheme_str().unwrap_or_else(|| head.scheme())
}

/// The host that the request names: in its target, in `Host`; else the address that it came to.
fn authority(head: &Request, uri: &Uri) -> Result<String, Refused> {
    let field = the_host(head.headers())?;
    if let Some(authority) = uri.authority() {
        return Ok(authority.as_str().to_owned());
    }
    if let Some(field) = field {
        return Ok(field.to_owned());
    }
    match head.peer() {
        Some(Peer {
            local: Endpoint::Socket(address),
            ..
        }) => Ok(address.to_string()),
        _ => Err(Refused::new(Part::Host, "the request names none")),
    }
}

/// The `Host` field.
fn the_host(headers: &HeaderMap) -> Result<Option<&str>, Refused> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(HeaderValue::to_str).transpose();
    let host = host.map_err(|_| Refused::new(Part::Host, "not ASCII"))?;
    if hosts.next().is_some() {
        return Err(Refused::new(Part::Host, "more than one"));
    }
    Ok(host)
}

fn has_blanks(value: &HeaderValue) -> bool {
    trim(value.as_bytes()).len() != value.len()
}

fn incoming_version(version: Option<http_types::Version>) -> Result<Version, Refused> {
    match version {
        None | Some(http_types::Version::Http1_1) => Ok(Version::HTTP_11),
        Some(http_types::Version::Http1_0) => Ok(Version::HTTP_10),
        Some(http_types::Version::Http2_0) => Ok(Version::HTTP_2),
        Some(http_types::Version::Http3_0) => Ok(Version::HTTP_3),
        Some(other) => Err(Refused::new(Part::Version, other.to_string())),
    }
}

fn outgoing_version(version: Version) -> Result<http_types::Version, Refused> {
    match version {
        Version::HTTP_10 => Ok(http_types::Version::Http1_0),
        Version::HTTP_11 => Ok(http_types::Version::Http1_1),
        Version::HTTP_2 => Ok(http_types::Version::Http2_0),
        Version::HTTP_3 => Ok(http_types::Version::Http3_0),
        other => Err(Refused::new(Part::Version, format!("{other:?}"))),
    }
}
