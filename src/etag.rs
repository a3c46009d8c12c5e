//! The automatic `ETag` and its 304, as Tornado's `finish` has them.

use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LAST_MODIFIED,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use sha1::{Digest, Sha1};

use crate::body::Body;
use crate::conditional::names_tag;
use crate::handler::Context;
use crate::request::Request;
use crate::response::Response;

/// What a 304 leaves out: it describes content that is not sent, and the tag says better what has not changed (RFC 9110
/// section 15.4.5).
const OF_CONTENT: [HeaderName; 7] = [
    ACCEPT_RANGES,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    LAST_MODIFIED,
];

/// Gives a 200 to GET or HEAD, of which nothing has left, a tag made of its body, unless it has one or its body is not in
/// memory, and turns it into a 304 where the client has named its tag.
pub(crate) fn complete(request: &Request, response: &mut Response) {
    let head = *request.method() == Method::HEAD;
    if response.status() != StatusCode::OK || !(head || *request.method() == Method::GET) {
        return;
    }
    let named = if let Some(tag) = response.headers().get(ETAG) {
        names_tag(request, &IF_NONE_MATCH, tag.as_bytes())
    } else {
        // A handler of HEAD alone writes nothing: the tag would not be that of GET.
        let Some(content) = response
            .body()
            .as_bytes()
            .filter(|content| !(head && content.is_empty()))
        else {
            return;
        };
        let tag = of(content);
        let named = names_tag(request, &IF_NONE_MATCH, tag.as_bytes());
        response.headers_mut().insert(ETAG, tag);
        named
    };
    if named {
        response.set_body(Body::empty());
        response.set_status(StatusCode::NOT_MODIFIED);
        for name in OF_CONTENT {
            response.headers_mut().remove(name);
        }
    }
}

/// Tornado's own: a strong tag, the SHA-1 of the content in hexadecimal digits. Whoever can make two pages of one tag (it
/// takes a computing centre) has a cache keep the first for the second, and no more; so the faster of the two hashes that
/// processors have instructions for is good enough, and clients keep what they have cached when a site moves here.
fn of(content: &[u8]) -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'"'; 42];
    for (place, byte) in text[1..41].chunks_exact_mut(2).zip(Sha1::digest(content)) {
        place.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    // Digits and quotes may stand in a field.
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

impl Context {
    /// True when the client has named the `ETag` that is set, so that nothing needs to be made: the response becomes a 304
    /// when the handler returns.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn report(cx: &mut Context) -> Result {
    ///     cx.set_header("etag", "\"version-7\"")?;
    ///     if cx.check_etag_header() {
    ///         return Ok(());
    ///     }
    ///     cx.write("what takes long to make")
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().get("/", report));
    /// # assert_eq!(client.get("/").send().status(), 200);
    /// # assert_eq!(client.get("/").header("if-none-match", "\"version-7\"").send().status(), 304);
    /// ```
    pub fn check_etag_header(&self) -> bool {
        self.headers()
            .get(ETAG)
            .is_some_and(|tag| names_tag(self.request(), &IF_NONE_MATCH, tag.as_bytes()))
    }
}
