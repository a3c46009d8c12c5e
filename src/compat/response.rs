//! Responses, both ways.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, Method, StatusCode};
use http_types::headers::CONTENT_TYPE;

use super::{Part, Refused, body, fields, upgrade};
use crate::h1::{decimal, list};
use crate::response::Response;

/// A reason phrase is not carried: http-types has none, and it means nothing (RFC 9112 section 4).
impl TryFrom<Response> for http_types::Response {
    type Error = Refused;

    fn try_from(response: Response) -> Result<Self, Refused> {
        let len = response.body().len();
        outgoing(response, len)
    }
}

/// The version and the addresses of a response of http-types are not carried: they are the server's. Nor are its
/// extensions.
impl TryFrom<http_types::Response> for Response {
    type Error = Refused;

    fn try_from(mut response: http_types::Response) -> Result<Self, Refused> {
        let status = StatusCode::from_u16(response.status().into())
            .map_err(|_| Refused::new(Part::Status, "no status"))?;
        let headers = fields::to_map(response.iter())?;
        let trailers = response.has_trailers().then(|| {
            // Whether the receiver has been taken cannot be asked, only found out by a panic.
            catch_unwind(AssertUnwindSafe(|| response.recv_trailers()))
                .map_err(|_| Refused::new(Part::Trailers, "somebody else receives them"))
        });
        // The fields have been read by now: taking the body adds a Content-Type where there is none.
        let body = match trailers.transpose()? {
            Some(trailers) => body::body_with_trailers(response.take_body(), trailers),
            None => response.take_body().into(),
        };
        let mut converted = Self::new(status, body);
        converted.set_headers(headers);
        if status == StatusCode::SWITCHING_PROTOCOLS && response.has_upgrade() {
            converted.set_upgrade(upgrade::incoming(&mut response)?);
        }
        Ok(converted)
    }
}

fn outgoing(mut response: Response, len: Option<u64>) -> Result<http_types::Response, Refused> {
    let status = response.status().as_u16();
    let status = http_types::StatusCode::try_from(status)
        .map_err(|_| Refused::new(Part::Status, format!("http-types has no {status}")))?;
    if response.has_upgrade() {
        return Err(Refused::new(Part::Upgrade, "there is nobody to run it"));
    }
    let mut converted = http_types::Response::new(status);
    fields::fill(converted.as_mut(), response.headers())?;
    let body = response.take_body();
    let trailers = body::may_have_trailers(&body, len).then(|| converted.send_trailers());
    set_body(&mut converted, body::outgoing(body, len, trailers)?);
    Ok(converted)
}

/// http-types adds a Content-Type of its own where there is none.
fn set_body(response: &mut http_types::Response, body: http_types::Body) {
    let has_type = response.header(CONTENT_TYPE).is_some();
    response.set_body(body);
    if !has_type {
        response.remove_header(CONTENT_TYPE);
    }
}

/// A response as a server that speaks http-types sends it right (async-h1, say), which frames it by its body alone.
/// `method` is that of the request.
///
/// The answer to HEAD, and a 304, have a body without content that declares the length of the one they stand for. A
/// stream is held to a `Content-Length` of the application's. What is the carrier's to send is left out: `Connection`
/// but for `close` and `upgrade`, `Transfer-Encoding`, and `Upgrade` outside of 101 and 426.
///
/// ```
/// use waterspout::Response;
/// use waterspout::compat::for_server;
/// use waterspout::http::Method;
///
/// let response = for_server(Response::text("Hello"), &Method::GET)?;
/// assert_eq!(response.len(), Some(5));
/// # Ok::<(), waterspout::compat::Refused>(())
/// ```
///
/// # Errors
/// [`Refused`] where the status, a field or the body's length cannot be carried, where a `Content-Length` is not that of
/// the body; and for an upgrade, which [`Response::take_upgrade`] takes out before.
pub fn for_server(mut response: Response, method: &Method) -> Result<http_types::Response, Refused> {
    let declared = declared(response.headers())?;
    own_connection(&mut response);
    if *method != Method::HEAD && response.status() != StatusCode::NOT_MODIFIED {
        let known = response.body().len();
        if declared.is_some_and(|declared| known.is_some_and(|known| known != declared)) {
            return Err(Refused::new(
                Part::Length,
                "Content-Length is not that of the body",
            ));
        }
        return outgoing(response, known.or(declared));
    }
    response.take_body().drop_unwanted();
    // To a 304 a server sends what it is given; to HEAD no content at all, so it may as well be called chunked.
    let declared = declared.or((*method != Method::HEAD).then_some(0));
    let length = body::length(declared)?;
    let mut converted = outgoing(response, Some(0))?;
    let nothing = http_types::Body::empty().into_reader();
    set_body(&mut converted, http_types::Body::from_reader(nothing, length));
    Ok(converted)
}

/// The length that the application declares.
fn declared(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter().map(HeaderValue::as_bytes);
    let first = lengths.next();
    if lengths.any(|other| Some(other) != first) {
        return Err(Refused::new(Part::Length, "more than one Content-Length"));
    }
    let malformed = || Refused::new(Part::Length, "Content-Length is no number");
    first
        .map(|first| decimal(first).ok_or_else(malformed))
        .transpose()
}

/// Leaves of the fields that speak of the connection what a server obeys.
fn own_connection(response: &mut Response) {
    let status = response.status();
    let switching = status == StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    let members = headers.get_all(CONNECTION).iter().map(HeaderValue::as_bytes);
    let close = members
        .flat_map(list)
        .any(|member| member.eq_ignore_ascii_case(b"close"));
    headers.remove(CONNECTION);
    if switching {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    } else if close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if !switching && status != StatusCode::UPGRADE_REQUIRED {
        headers.remove(UPGRADE);
    }
    for name in [TRANSFER_ENCODING.as_str(), "keep-alive", "proxy-connection"] {
        headers.remove(name);
    }
}
