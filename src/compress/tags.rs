//! Entity tags of compressed content: another representation has another strong tag (RFC 9110 section 8.8.3.3), so the
//! coding stands at its end, and a client that sends such a tag back means the handler's.

use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Coding;
use crate::conditional::{EntityTag, EntityTags};
use crate::request::Request;

/// The handler's tags that the client has named by those of their compressed content.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<Vec<u8>>);

impl Known {
    /// Lets the conditions of the request mean the handler's own tags too.
    ///
    /// `If-None-Match` does so for the coding that the response will have: the tag of another one is that of another
    /// representation. A change under `If-Match` may be asked for with any.
    pub(super) fn in_request(request: &mut Request, coding: Option<Coding>) -> Self {
        widen(request, &IF_MATCH, Coding::ALL);
        Self(
            coding
                .map(|coding| widen(request, &IF_NONE_MATCH, &[coding]))
                .unwrap_or_default(),
        )
    }

    /// Gives a 304 the tag by which the client knows the content.
    pub(super) fn restore(&self, headers: &mut HeaderMap, coding: Coding) {
        let known = headers
            .get(ETAG)
            .and_then(|tag| EntityTag::lenient(tag.as_bytes()));
        if known.is_some_and(|tag| self.0.iter().any(|known| known == tag.opaque)) {
            set(headers, coding);
        }
    }
}

/// Adds to a list of tags those without the suffix of a coding, and gives them.
fn widen(request: &mut Request, field: &HeaderName, codings: &[Coding]) -> Vec<Vec<u8>> {
    let mut bases = Vec::new();
    if request.field(field).is_none() {
        return bases;
    }
    let mut list = Vec::new();
    for line in request.headers().get_all(field) {
        if !list.is_empty() {
            list.extend_from_slice(b", ");
        }
        list.extend_from_slice(line.as_bytes());
    }
    for tag in EntityTags::new(&list.clone()) {
        for coding in codings {
            let base = tag
                .opaque
                .strip_suffix(coding.name().as_bytes())
                .and_then(|base| base.strip_suffix(b"-"));
            if let Some(base) = base {
                list.extend_from_slice(if tag.weak { b", W/\"" } else { b", \"" });
                list.extend_from_slice(base);
                list.push(b'"');
                bases.push(base.to_vec());
            }
        }
    }
    // Made of parts of a value.
    if let (false, Ok(value)) = (bases.is_empty(), HeaderValue::from_bytes(&list)) {
        request.headers_mut().insert(field, value);
    }
    bases
}

/// Makes a strong tag that of the content in this coding. A weak one says that both mean the same, and stays.
pub(super) fn set(headers: &mut HeaderMap, coding: Coding) {
    let Some(tag) = headers
        .get(ETAG)
        .and_then(|tag| EntityTag::lenient(tag.as_bytes()))
    else {
        return;
    };
    if tag.weak {
        return;
    }
    let suffixed = [b"\"", tag.opaque, b"-", coding.name().as_bytes(), b"\""].concat();
    if let Ok(value) = HeaderValue::from_bytes(&suffixed) {
        headers.insert(ETAG, value);
    }
}
