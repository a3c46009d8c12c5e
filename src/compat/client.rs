//! What an HTTP client sends and gets, both ways: between [`AsyncHttpClient`](crate::AsyncHttpClient) and a client that
//! speaks http-types, above it (surf over an engine of ours) or below (an engine made of surf).

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::{Method, StatusCode, Version};
use http_types::headers::CONTENT_TYPE;

use super::{Part, Refused, body, fields};
use crate::body::Body;
use crate::carrier::Endpoint;
use crate::client::{FetchRequest, FetchStream, Incoming, Outgoing};
use crate::response::Response;

/// To be sent by an [`AsyncHttpClient`](crate::AsyncHttpClient), with its usual options. The extensions and the addresses
/// are not carried: they are not sent.
///
/// ```
/// use waterspout::FetchRequest;
/// use waterspout::compat::http_types;
///
/// let mut theirs = http_types::Request::new(http_types::Method::Post, "https://example.com/a?b=c");
/// theirs.set_body("Hello");
/// let ours = FetchRequest::try_from(theirs)?.follow_redirects(false);
/// # Ok::<(), waterspout::compat::Refused>(())
/// ```
impl TryFrom<http_types::Request> for FetchRequest {
    type Error = Refused;

    fn try_from(mut request: http_types::Request) -> Result<Self, Refused> {
        let method = Method::from_bytes(request.method().as_ref().as_bytes())
            .map_err(|_| Refused::new(Part::Method, "no method"))?;
        let headers = fields::to_map(request.iter())?;
        let trailers = request.has_trailers().then(|| {
            // Whether the receiver has been taken cannot be asked, only found out by a panic.
            catch_unwind(AssertUnwindSafe(|| request.recv_trailers()))
                .map_err(|_| Refused::new(Part::Trailers, "somebody else receives them"))
        });
        // The fields have been read by now: taking the body adds a Content-Type where there is none.
        let body = match trailers.transpose()? {
            Some(trailers) => body::body_with_trailers(request.take_body(), trailers),
            None => request.take_body().into(),
        };
        let mut fetch = Self::of(method, Ok(request.url().clone())).body(body);
        *fetch.headers_mut() = headers;
        Ok(fetch)
    }
}

/// A reason phrase, the URL and the number of redirects are not carried. The version and the address of the server are.
impl TryFrom<FetchStream> for http_types::Response {
    type Error = Refused;

    fn try_from(stream: FetchStream) -> Result<Self, Refused> {
        let version = outgoing_version(stream.version())?;
        let remote = stream.remote().clone();
        let mut response = Response::new(stream.status(), Body::empty());
        response.set_headers(stream.headers().clone());
        response.set_body(stream.into_body());
        let mut converted = Self::try_from(response)?;
        converted.set_version(Some(version));
        if remote != Endpoint::Unknown {
            converted.set_peer_addr(Some(remote));
        }
        Ok(converted)
    }
}

/// To be sent by a client that speaks http-types. It has no place for the time that connecting may take.
impl TryFrom<Outgoing> for http_types::Request {
    type Error = Refused;

    fn try_from(outgoing: Outgoing) -> Result<Self, Refused> {
        let mut request = Self::new(method(&outgoing.method)?, outgoing.url);
        fields::fill(request.as_mut(), &outgoing.headers)?;
        let len = outgoing.body.len();
        // Only a stream has trailers.
        let streams = outgoing.body.as_bytes().is_none() && outgoing.body.as_file().is_none();
        let trailers = streams.then(|| request.send_trailers());
        let body = body::outgoing(outgoing.body, len, trailers)?;
        // http-types adds a Content-Type of its own where there is none.
        let has_type = request.header(CONTENT_TYPE).is_some();
        request.set_body(body);
        if !has_type {
            request.remove_header(CONTENT_TYPE);
        }
        Ok(request)
    }
}

/// What a client that speaks http-types was answered to a request with method `asked`. No version is HTTP/1.1.
///
/// The answer to HEAD, a 204 and a 304 have no body, whatever length they declare.
///
/// # Errors
/// [`Refused`] where the version or a field cannot be carried, and for a 1xx, which is no final response.
pub fn incoming(response: http_types::Response, asked: &Method) -> Result<Incoming, Refused> {
    let version = incoming_version(response.version())?;
    let remote = response.peer_addr().and_then(|address| address.parse().ok());
    let mut response = Response::try_from(response)?;
    let status = response.status();
    if status.is_informational() {
        return Err(Refused::new(Part::Status, format!("{status} is not final")));
    }
    let body = response.take_body();
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let body = if bodiless || *asked == Method::HEAD {
        Body::empty()
    } else {
        body
    };
    let mut incoming = Incoming::new(status, body);
    incoming.version = version;
    incoming.headers = std::mem::take(response.headers_mut());
    incoming.remote = remote.map_or(Endpoint::Unknown, Endpoint::Socket);
    Ok(incoming)
}

fn method(method: &Method) -> Result<http_types::Method, Refused> {
    // It reads names in any case, ours are case-sensitive (RFC 9110 section 9.1).
    let found = method.as_str().parse().ok();
    found
        .filter(|found: &http_types::Method| found.as_ref() == method.as_str())
        .ok_or_else(|| Refused::new(Part::Method, format!("http-types has no {method}")))
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
