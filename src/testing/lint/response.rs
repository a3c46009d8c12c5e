//! The application's side: is the response one that an adapter may be given?

use http::header::*;
use http::{HeaderMap, Method, StatusCode, Version};

use super::fields;
use super::report::Report;
use super::request::{connection_names, content_length};
use super::rules;
use crate::h1::list;
use crate::request::Request;
use crate::response::Response;

/// What must be known of a request to judge its response.
pub(super) struct Asked {
    method: Method,
    version: Version,
    can_upgrade: bool,
    can_send_file: bool,
    /// The protocols that `Upgrade` names in lower case, where `Connection` names `Upgrade`.
    protocols: Vec<Vec<u8>>,
    range: bool,
    conditional: bool,
}

impl Asked {
    pub(super) fn new(request: &Request) -> Self {
        let (headers, abilities) = (request.headers(), request.abilities());
        let protocols = if connection_names(headers, "upgrade") {
            names(headers)
        } else {
            Vec::new()
        };
        Self {
            method: request.method().clone(),
            version: request.version(),
            can_upgrade: abilities.upgrade,
            can_send_file: abilities.send_file,
            protocols,
            range: headers.contains_key(RANGE),
            conditional: headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE),
        }
    }

    /// Whether the core drops the body of this response, so that nobody reads it.
    pub(super) fn has_no_content(&self, status: StatusCode) -> bool {
        self.method == Method::HEAD || forbids_content(status)
    }

    pub(super) fn can_send_file(&self) -> bool {
        self.can_send_file
    }

    /// Checks everything but what a streaming body gives.
    pub(super) fn check(&self, response: &Response, report: &Report) {
        self.check_upgrade(response, report);
        self.check_status(response, report);
        self.check_content(response, report);
        fields::check(response, report);
    }

    fn check_upgrade(&self, response: &Response, report: &Report) {
        let status = response.status();
        let switching = status == StatusCode::SWITCHING_PROTOCOLS;
        match (switching, response.has_upgrade()) {
            (true, false) => report.add(&rules::SWITCHING_WITHOUT_UPGRADE, "a 101 without upgrade"),
            (false, true) => report.add(
                &rules::UPGRADE_WITHOUT_SWITCHING,
                format!("an upgrade with {status}"),
            ),
            (false, false) if status.is_informational() => {
                report.add(&rules::INFORMATIONAL_FINAL, format!("{status} as final response"));
            }
            (false, false) => {}
            (true, true) if !self.can_upgrade => {
                report.add(
                    &rules::UPGRADE_UNABLE,
                    "an upgrade where the carrier cannot do it",
                );
            }
            (true, true) => self.check_switching(response, report),
        }
    }

    fn check_switching(&self, response: &Response, report: &Report) {
        let (headers, body) = (response.headers(), response.body());
        let chosen = names(headers);
        if chosen.is_empty() || !connection_names(headers, "upgrade") {
            report.add(
                &rules::UPGRADE_FIELDS,
                "a 101 without Upgrade or without Connection: upgrade",
            );
        } else if self.version <= Version::HTTP_11
            && !chosen.iter().all(|protocol| self.protocols.contains(protocol))
        {
            let shown = headers.get(UPGRADE);
            report.add(&rules::UPGRADE_NOT_ASKED, format!("a switch to {shown:?}"));
        }
        if !body.is_empty() {
            report.add(&rules::UPGRADE_BODY, "a 101 with a body");
        }
    }

    fn check_status(&self, response: &Response, report: &Report) {
        let (status, headers) = (response.status(), response.headers());
        let lacks = |name: HeaderName| !headers.contains_key(name);
        match status.as_u16() {
            600.. => report.add(&rules::STATUS_RANGE, format!("the status {}", status.as_u16())),
            206 => {
                if !self.range {
                    report.add(&rules::PARTIAL_NOT_ASKED, "206 to a request without Range");
                }
                let parts = headers
                    .get(CONTENT_TYPE)
                    .is_some_and(|kind| starts_with(kind, b"multipart/byteranges"));
                if lacks(CONTENT_RANGE) != parts {
                    report.add(
                        &rules::NO_CONTENT_RANGE,
                        "neither one part nor multipart/byteranges, or both",
                    );
                }
            }
            301 | 302 | 303 | 307 | 308 if lacks(LOCATION) => {
                report.add(&rules::NO_LOCATION, format!("{status} without Location"));
            }
            304 if !self.conditional || ![Method::GET, Method::HEAD].contains(&self.method) => {
                report.add(
                    &rules::NOT_MODIFIED_NOT_ASKED,
                    "304 to a request without condition",
                );
            }
            401 if lacks(WWW_AUTHENTICATE) => {
                report.add(&rules::NO_CHALLENGE, "401 without WWW-Authenticate");
            }
            405 if lacks(ALLOW) => report.add(&rules::NO_ALLOW, "405 without Allow"),
            407 if lacks(PROXY_AUTHENTICATE) => {
                report.add(&rules::NO_CHALLENGE, "407 without Proxy-Authenticate");
            }
            416 if self.range && lacks(CONTENT_RANGE) => {
                report.add(&rules::NO_COMPLETE_LENGTH, "416 without Content-Range");
            }
            426 if lacks(UPGRADE) => report.add(&rules::NO_UPGRADE_OFFER, "426 without Upgrade"),
            _ => {}
        }
    }

    fn check_content(&self, response: &Response, report: &Report) {
        let (status, headers, body) = (response.status(), response.headers(), response.body());
        let without = forbids_content(status);
        let known = body.len();
        if without && known.is_some_and(|len| len > 0) {
            report.add(&rules::BODY_FORBIDDEN, format!("{status} with a body"));
        }
        if (status.is_informational() || status == StatusCode::NO_CONTENT)
            && headers.contains_key(CONTENT_LENGTH)
        {
            report.add(&rules::LENGTH_FORBIDDEN, format!("{status} with Content-Length"));
            return;
        }
        // HEAD and 304 may tell the length that a GET would have had.
        let told = without || self.method == Method::HEAD && body.is_empty();
        match (content_length(headers), known) {
            // Repeated ones are `fields`' business.
            (Err(()), _) if headers.get_all(CONTENT_LENGTH).iter().count() == 1 => {
                report.add(&rules::LENGTH_MALFORMED, "Content-Length is no number");
            }
            (Ok(Some(field)), Some(body)) if field != body && !told => report.add(
                &rules::LENGTH_MISMATCH,
                format!("Content-Length: {field} and a body of {body} bytes"),
            ),
            _ => {}
        }
        let content = !without && !status.is_informational() && known.is_some_and(|len| len > 0);
        if content && !headers.contains_key(CONTENT_TYPE) {
            report.add(
                &rules::NO_CONTENT_TYPE,
                format!("{status} with a body and without Content-Type"),
            );
        }
    }
}

fn forbids_content(status: StatusCode) -> bool {
    matches!(status.as_u16(), 204 | 205 | 304)
}

/// The protocols that `Upgrade` names, in lower case.
fn names(headers: &HeaderMap) -> Vec<Vec<u8>> {
    let values = headers.get_all(UPGRADE).iter();
    values
        .flat_map(|value| list(value.as_bytes()))
        .map(<[u8]>::to_ascii_lowercase)
        .collect()
}

fn starts_with(value: &HeaderValue, prefix: &[u8]) -> bool {
    let start = value.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
