//! What an HTTP client sends and gets, both ways: between [`AsyncHttpClient`](crate::AsyncHttpClient) and a client that
//! speaks http-types, above it (surf over an engine of ours) or below (an engine made of surf).

use http::{Method, StatusCode};

use super::request::{incoming_body, incoming_fields, incoming_version, method, outgoing_version, put_body};
use super::{Part, Refused, fields};
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

    fn try_from(request: http_types::Request) -> Result<Self, Refused> {
        let method = Method::from_bytes(request.method().as_ref().as_bytes())
            .map_err(|_| Refused::new(Part::Method, "no method"))?;
        let headers = incoming_fields(&request)?;
        let url = request.url().clone();
        let mut fetch = Self::of(method, Ok(url)).body(incoming_body(request)?);
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
        put_body(&mut request, outgoing.body)?;
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
