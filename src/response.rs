//! What the client is answered.

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, UPGRADE};
use http::{HeaderMap, StatusCode};

use crate::body::Body;
use crate::template::Deferred;
use crate::upgrade::Upgrade;

/// A response: status, fields, and a body that is nothing, bytes, a file or a stream; or an [`Upgrade`].
///
/// Handlers write through [`Context`](crate::Context); middleware and adapters meet this type.
///
/// ```
/// use waterspout::Response;
///
/// let response = Response::text("Hello, world").with_status(201);
/// assert_eq!(response.status().as_u16(), 201);
/// ```
#[derive(Debug, Default)]
pub struct Response {
    status: StatusCode,
    reason: Option<Reason>,
    headers: HeaderMap,
    body: Body,
    upgrade: Option<Upgrade>,
    template: Option<Box<Deferred>>,
}

/// A reason phrase that RFC 9112 section 4 allows: HTAB, SP, visible ASCII; not `<`, since some clients show it as HTML
/// (CVE-2025-67724).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(String);

impl Reason {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte) && byte != b'<';
        (!text.is_empty() && text.len() <= 256 && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Response {
    /// A response with this status and body, without header fields.
    pub fn new(status: StatusCode, body: impl Into<Body>) -> Self {
        Self {
            status,
            reason: None,
            headers: HeaderMap::new(),
            body: body.into(),
            upgrade: None,
            template: None,
        }
    }

    /// A 200 with plain text.
    pub fn text(text: impl Into<String>) -> Self {
        let mut response = Self::new(StatusCode::OK, text.into());
        response.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=UTF-8"),
        );
        response
    }

    /// A 101 that leaves HTTP for `protocol`. The core answers 501 instead where the carrier cannot upgrade.
    pub fn upgrade(protocol: HeaderValue, upgrade: Upgrade) -> Self {
        let mut response = Self::new(StatusCode::SWITCHING_PROTOCOLS, Body::empty());
        response
            .headers
            .insert(CONNECTION, HeaderValue::from_static("upgrade"));
        response.headers.insert(UPGRADE, protocol);
        response.upgrade = Some(upgrade);
        response
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Sets the status and forgets a reason phrase of the one before.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status;
        self.reason = None;
    }

    /// The same response with this status; a number that is no status becomes 500.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        self
    }

    /// The reason phrase, where one was set that RFC 9112 section 4 allows.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(Reason::as_str)
    }

    pub(crate) fn set_reason(&mut self, reason: Option<Reason>) {
        self.reason = reason;
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The header fields, to change them.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    pub(crate) fn set_headers(&mut self, headers: HeaderMap) {
        self.headers = headers;
    }

    /// The body; empty while a template waits to be rendered ([`Response::template_mut`]).
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body, to read it. A template that waits is rendered.
    pub fn body_mut(&mut self) -> &mut Body {
        self.render_template();
        &mut self.body
    }

    /// Takes the body out and leaves an empty one. A template that waits is rendered.
    pub fn take_body(&mut self) -> Body {
        self.render_template();
        std::mem::take(&mut self.body)
    }

    /// Puts another body in, also in place of a template that waits.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.template = None;
        self.body = body.into();
    }

    /// The template that the handler has given to [`Context::render_later`](crate::Context::render_later), until it is
    /// rendered.
    pub fn template_mut(&mut self) -> Option<&mut Deferred> {
        self.template.as_deref_mut()
    }

    pub(crate) fn set_template(&mut self, template: Deferred) {
        self.template = Some(Box::new(template));
    }

    pub(crate) fn take_template(&mut self) -> Option<Box<Deferred>> {
        self.template.take()
    }

    /// Renders the template that waits, if there is one: it becomes the body. Where it fails, an error page takes the place
    /// of the whole response. The framework does it behind the outermost middleware.
    pub fn render_template(&mut self) {
        if let Some(template) = self.template.take() {
            template.render_into(self);
        }
    }

    /// Takes the upgrade out: for the adapter that is about to run it.
    pub fn take_upgrade(&mut self) -> Option<Upgrade> {
        self.upgrade.take()
    }

    pub(crate) fn set_upgrade(&mut self, upgrade: Upgrade) {
        self.upgrade = Some(upgrade);
    }

    /// True when the response leaves HTTP.
    pub fn has_upgrade(&self) -> bool {
        self.upgrade.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_visible_text_without_markup() {
        for good in ["OK", "I'm a teapot", "a\tb", "~"] {
            assert_eq!(Reason::parse(good).as_ref().map(Reason::as_str), Some(good));
        }
        for bad in [
            "",
            "a\r\nb",
            "a\nb",
            "a\0b",
            "\u{7f}",
            "caf\u{e9}",
            "<b>",
            &"a".repeat(257),
        ] {
            assert_eq!(Reason::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_status_that_is_none_becomes_500() {
        assert_eq!(Response::default().with_status(42).status(), 500);
        assert_eq!(Response::default().with_status(299).status(), 299);
    }
}
