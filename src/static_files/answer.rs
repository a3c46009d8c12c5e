//! From an open file to the response: conditions, ranges, parts.

use std::fs::File;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY,
};
use http::{HeaderValue, Method, StatusCode};

use super::conditional::{Condition, EntityTag, Validators};
use super::parts;
use super::range::Ranges;
use crate::body::{Body, FileBody};
use crate::error::{Error, Result};
use crate::h1::HttpDate;
use crate::handler::Context;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=UTF-8");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");

/// The content that was chosen for a request.
pub(crate) struct Content {
    pub(crate) file: File,
    pub(crate) len: u64,
    /// Where it has been read already.
    pub(crate) bytes: Option<Bytes>,
}

/// `Last-Modified`: never later than now, as section 8.8.2.1 wants it.
pub(crate) fn set_modified(cx: &mut Context, modified: SystemTime, now: SystemTime) -> Result {
    let date = HttpDate::new(modified.min(now));
    cx.set_header(LAST_MODIFIED, HeaderValue::from_bytes(date.as_bytes())?)
}

/// Whether a request wants all of a file, as far as can be seen without the file.
pub(crate) fn wants_whole(cx: &Context) -> bool {
    use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};
    let fields = cx.request().headers();
    let asks = [IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE];
    *cx.method() != Method::HEAD
        && !cx.request().abilities().send_file
        && !asks.iter().any(|name| fields.contains_key(name))
}

/// Answers with content whose fields, validators among them, have been set: with all of it, a part, 304, 412 or 416. Only a
/// 200 to GET or HEAD has conditions and ranges.
///
/// HEAD has the fields that GET would have, those of a part too, as nginx, Apache and Tornado do it.
pub(crate) fn send(cx: &mut Context, content: Content) -> Result {
    let carrier = cx.carrier()?.clone();
    let reads = [Method::GET, Method::HEAD].contains(cx.method());
    if !reads || cx.status() != StatusCode::OK {
        return send_whole(cx, content);
    }
    let (fields, own) = (cx.request().headers(), cx.headers());
    let modified = own.get(LAST_MODIFIED).and_then(|value| value.to_str().ok());
    let validators = Validators {
        etag: own.get(ETAG).and_then(|value| EntityTag::parse(value.as_bytes())),
        modified: modified.and_then(|date| httpdate::parse_http_date(date).ok()),
    };
    match validators.check(cx.method(), fields) {
        Condition::Met => {}
        Condition::Failed => return Err(Error::new(412)),
        Condition::NotModified => {
            cx.set_status(304);
            return cx.send(Body::empty());
        }
    }
    let range = validators.range(fields, carrier.now());
    let ranges = range.map_or(Ranges::Whole, |range| Ranges::parse(range, content.len));
    match ranges {
        Ranges::Whole => {
            cx.set_header(ACCEPT_RANGES, BYTES)?;
            send_whole(cx, content)
        }
        Ranges::Unsatisfiable => refuse(cx, content.len),
        Ranges::Parts(parts) => {
            let (total, file) = (content.len, Arc::new(content.file));
            let piece = |offset, len| FileBody::shared(file.clone(), offset, len, carrier.clone());
            cx.set_status(206);
            cx.set_header(ACCEPT_RANGES, BYTES)?;
            if let [part] = parts.as_slice() {
                cx.set_header(CONTENT_RANGE, part.content_range(total))?;
                return cx.send(Body::from_file(piece(part.start(), part.count())));
            }
            let boundary = parts::boundary();
            let kind = HeaderValue::try_from(format!("multipart/byteranges; boundary={boundary}"))?;
            let of_part = cx.headers().get(CONTENT_TYPE).cloned();
            cx.set_header(CONTENT_TYPE, kind)?;
            let body = parts::Multipart::new(&boundary, of_part.as_ref(), &parts, total, piece);
            cx.send(Body::new(body))
        }
    }
}

fn send_whole(cx: &mut Context, content: Content) -> Result {
    if let Some(bytes) = content.bytes {
        return cx.send(bytes);
    }
    let carrier = cx.carrier()?.clone();
    cx.send(Body::from_file(FileBody::new(
        content.file,
        0,
        content.len,
        carrier,
    )))
}

/// 416 tells how long the file is; what has been set says something of another response.
fn refuse(cx: &mut Context, len: u64) -> Result {
    for name in [CACHE_CONTROL, CONTENT_ENCODING, ETAG, LAST_MODIFIED, VARY] {
        cx.clear_header(name.as_str());
    }
    cx.set_status(416);
    cx.set_header(CONTENT_RANGE, format!("bytes */{len}"))?;
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.send(Body::empty())
}
