//! Compressed responses: the middleware [`Compression`].

mod accept;
mod body;
mod coding;
mod encoder;
mod kind;
mod tags;

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use accept::Choice;
use body::EncodedBody;
use coding::Coding;
use encoder::Encoder;
use tags::Known;

use crate::body::Body;
use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;
use crate::vary;

/// Content in memory up to this size is compressed at once, and its length is known then.
const AT_ONCE: u64 = 128 << 10;

/// Sums of content as it is sent: they would no longer be right.
const SUMS: [HeaderName; 3] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("content-md5"),
];

/// Compresses responses for clients that can decode them: Tornado's `compress_response`.
///
/// gzip is always there, Brotli and Zstandard with the features `brotli` and `zstd`. Which one it is the client says
/// (`Accept-Encoding` with its weights, RFC 9110 section 12.5.3); of those that it likes equally Brotli goes before
/// Zstandard, Zstandard before gzip. Text, JSON, JavaScript, XML, SVG, WebAssembly and fonts that are not packed are
/// compressed, from 1 KiB on; streams always, and what a handler has flushed reaches the client at once, so server-sent
/// events work. Never compressed are parts of content (206), what has a `Content-Encoding` already, and what says
/// `Cache-Control: no-transform`. `Vary: Accept-Encoding` is on every response. A strong `ETag` becomes another one for
/// each coding, and is understood when it comes back.
///
/// Put it outside of middleware that wants to see content as it is.
///
/// # Secrets
/// Over HTTPS, the length of a compressed page tells somebody who can put text of his own into it, and can watch the
/// network, what else is on it (BREACH). XSRF tokens are masked anew each time for that reason. A page that shows another secret
/// together with something from the request should say `Cache-Control: no-transform`.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::Compression;
///
/// let app = Application::new()
///     .middleware(Compression::new().gzip_level(4))
///     .get("/", async |cx| cx.write("Hello, world! ".repeat(100)));
/// # let client = waterspout::testing::TestClient::new(app);
/// let response = client.get("/").header("accept-encoding", "gzip").send();
/// assert_eq!(response.header("content-encoding"), Some("gzip"));
/// assert!(response.bytes().len() < 100);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    levels: Levels,
    min_size: u64,
}

/// How hard each encoder tries.
#[derive(Clone, Copy, Debug)]
struct Levels {
    brotli: u32,
    zstd: i32,
    gzip: u32,
}

impl Compression {
    /// Levels chosen for content that is compressed while the client waits: gzip 6, Brotli 4, Zstandard 3.
    pub const fn new() -> Self {
        Self {
            levels: Levels {
                brotli: 4,
                zstd: 3,
                gzip: 6,
            },
            min_size: 1024,
        }
    }

    /// The level of gzip: 1 (fast) to 9 (short); more counts as 9.
    #[must_use]
    pub const fn gzip_level(mut self, level: u32) -> Self {
        self.levels.gzip = if level > 9 { 9 } else { level };
        self
    }

    /// The level of Brotli: 0 (fast) to 11 (short, and slow); more counts as 11. It needs the feature `brotli`.
    #[must_use]
    pub const fn brotli_level(mut self, level: u32) -> Self {
        self.levels.brotli = if level > 11 { 11 } else { level };
        self
    }

    /// The level of Zstandard: 1 (fast) to 19 (short, and slow); more counts as 19. It needs the feature `zstd`.
    #[must_use]
    pub const fn zstd_level(mut self, level: i32) -> Self {
        self.levels.zstd = if level > 19 { 19 } else { level };
        self
    }

    /// Content shorter than this many bytes is sent as it is, unless the client refuses it so. 1024 by default.
    #[must_use]
    pub const fn min_size(mut self, bytes: u64) -> Self {
        self.min_size = bytes;
        self
    }

    /// Whether the response may be compressed, and is worth it.
    fn is_wanted(&self, response: &Response, choice: Choice) -> bool {
        let headers = response.headers();
        if response.status() == StatusCode::PARTIAL_CONTENT
            || headers.contains_key(CONTENT_ENCODING)
            || headers.contains_key(CONTENT_RANGE)
            || SUMS.iter().any(|sum| headers.contains_key(sum))
            || says_no_transform(headers)
        {
            return false;
        }
        // Of a HEAD that a handler answers itself, the length is all that is known.
        let len = response
            .body()
            .len()
            .filter(|len| *len > 0)
            .or_else(|| declared(headers));
        match (len, response.body().len()) {
            (None | Some(0), Some(0)) => false,
            _ if choice.identity_refused => true,
            (len, _) => {
                let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
                len.is_none_or(|len| len >= self.min_size) && kind.is_some_and(kind::is_worth_it)
            }
        }
    }

    fn encode(&self, response: &mut Response, coding: Coding) {
        let promised = declared(response.headers());
        let known = response.body().len();
        if known.is_some_and(|known| known > 0 && promised.is_some_and(|promised| promised != known)) {
            // A wrong length, about which the framework complains when it sees it.
            return;
        }
        let Ok(mut encoder) = Encoder::new(coding, self.levels, known.filter(|known| *known > 0)) else {
            return;
        };
        let body = response.take_body();
        let body = match body.as_bytes() {
            Some(b"") => Body::new(EncodedBody::new(body, encoder, None)),
            Some(content) if content.len() as u64 <= AT_ONCE => {
                match encoder.write(content).and_then(|()| encoder.finish()) {
                    Ok(encoded) if encoded.len() < content.len() => encoded.into(),
                    // It did not become shorter.
                    _ => return response.set_body(body),
                }
            }
            _ => Body::new(EncodedBody::new(body, encoder, promised)),
        };
        response.set_body(body);
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        // Ranges are those of the content as it is.
        headers.remove(ACCEPT_RANGES);
        headers.insert(CONTENT_ENCODING, coding.value());
        tags::set(headers, coding);
    }
}

impl Default for Compression {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for Compression {
    async fn handle(&self, mut request: Request, next: Next<'_>) -> Response {
        let choice = Choice::of(&request);
        let known = Known::in_request(&mut request, choice.coding);
        let mut response = next.run(request).await;
        if response.has_upgrade() {
            return response;
        }
        response.render_template();
        vary::add(response.headers_mut(), "Accept-Encoding");
        if let Some(coding) = choice.coding {
            match response.status() {
                StatusCode::NOT_MODIFIED => known.restore(response.headers_mut(), coding),
                StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {}
                _ if self.is_wanted(&response, choice) => self.encode(&mut response, coding),
                _ => {}
            }
        }
        response
    }
}

/// The length that the handler says.
fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// RFC 9111 section 5.2.2.6.
fn says_no_transform(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(CACHE_CONTROL).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
}
