//! Following a redirect, without taking secrets to strangers (RFC 9110 section 15.4).

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE,
    COOKIE, EXPECT, HOST, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;

use super::engine::host_field;
use super::error::{ClientError, ClientErrorKind};
use super::request::check_url;

/// What of a request is needed to make the next one of it.
pub(super) struct Follow {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// The body, `None` where it was a stream and is gone.
    pub(super) body: Option<Bytes>,
}

/// Fields that speak of a body.
const CONTENT: [HeaderName; 7] = [
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_TYPE,
    EXPECT,
    TRANSFER_ENCODING,
];

/// Fields that are meant for one server only.
const SECRET: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

/// True for a response that leads elsewhere; 300 and 304 do not.
pub(super) fn is_redirect(status: StatusCode, headers: &HeaderMap) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) && headers.contains_key(LOCATION)
}

impl Follow {
    /// Changes the request into the one that the redirect asks for.
    pub(super) fn follow(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<(), ClientError> {
        let bad = || ClientError::new(ClientErrorKind::BadRedirect);
        let mut locations = headers.get_all(LOCATION).iter();
        let location = locations
            .next()
            .and_then(|value| value.to_str().ok())
            .ok_or_else(bad)?;
        if locations.any(|other| other.as_bytes() != location.as_bytes()) {
            return Err(bad());
        }
        let mut url = self
            .url
            .join(location)
            .map_err(|error| bad().with_source(error))?;
        check_url(&url)?;
        // What a server writes there are not the caller's credentials. (They fail only without a host.)
        let (_, _) = (url.set_username(""), url.set_password(None));
        url.set_fragment(None);

        let rewrites = match status.as_u16() {
            // As all clients do, and RFC 9110 sections 15.4.2 and 15.4.3 allow.
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::HEAD && self.method != Method::GET,
            _ => false,
        };
        if rewrites {
            self.method = Method::GET;
            self.body = Some(Bytes::new());
            CONTENT.iter().for_each(|name| drop(self.headers.remove(name)));
        } else if self.body.is_none() {
            return Err(bad().with_source("the body was a stream and cannot be sent again"));
        }
        if url.origin() != self.url.origin() {
            SECRET.iter().for_each(|name| drop(self.headers.remove(name)));
        }
        match host_field(&url) {
            Some(host) => self.headers.insert(HOST, host),
            None => return Err(bad()),
        };
        self.url = url;
        Ok(())
    }
}
