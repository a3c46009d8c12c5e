//! Preflights: what a browser asks before it sends a request that a form could not.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::Cors;
use crate::body::Body;
use crate::request::Request;
use crate::response::Response;
use crate::vary;

const VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The method that is asked for, where the request is a preflight.
pub(super) fn method(request: &Request) -> Option<&[u8]> {
    if *request.method() != Method::OPTIONS {
        return None;
    }
    request.field(&ACCESS_CONTROL_REQUEST_METHOD)
}

impl Cors {
    pub(super) fn preflight(&self, request: &Request, origin: &HeaderValue, method: &[u8]) -> Response {
        let mut response = match self.refusal(request, origin, method) {
            Ok(allowed) => {
                let mut response = Response::new(StatusCode::NO_CONTENT, Body::empty());
                self.share(response.headers_mut(), allowed);
                let fields = &self.fields;
                for (name, value) in [
                    (ACCESS_CONTROL_ALLOW_METHODS, &fields.methods),
                    (ACCESS_CONTROL_ALLOW_HEADERS, &fields.headers),
                    (ACCESS_CONTROL_MAX_AGE, &fields.max_age),
                ] {
                    if let Some(value) = value {
                        response.headers_mut().insert(name, value.clone());
                    }
                }
                response
            }
            // Without the fields, a browser refuses; the text is for whoever looks why.
            Err(why) => Response::text(format!("CORS: {why}\n")).with_status(403),
        };
        vary::add(response.headers_mut(), VARY);
        response
    }

    /// Why the request that is to come is not allowed; else the origin that is.
    fn refusal(
        &self,
        request: &Request,
        origin: &HeaderValue,
        method: &[u8],
    ) -> Result<HeaderValue, &'static str> {
        let allowed = self.allowed(origin).ok_or("this origin is not allowed")?;
        let may = |methods: &[Method]| {
            methods
                .iter()
                .any(|allowed| allowed.as_str().as_bytes() == method)
        };
        if !self.methods.as_deref().is_none_or(may) {
            return Err("this method is not allowed");
        }
        let lines = request.headers().get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
        for name in lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')) {
            let name = name.trim_ascii();
            if !name.is_empty() && !self.allows_field(name) {
                return Err("a field of the request is not allowed");
            }
        }
        Ok(allowed)
    }

    fn allows_field(&self, name: &[u8]) -> bool {
        let is = |allowed: &HeaderName| name.eq_ignore_ascii_case(allowed.as_str().as_bytes());
        self.headers.iter().any(is) || self.any_header && !is(&AUTHORIZATION)
    }
}
