use std::fmt;

use http::StatusCode;

/// Why a message was refused. After it the stream cannot be read any further: where the next message would begin is
/// no longer certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What the peer is told: 400, 414, 417, 431 or 505 from the parser; a carrier makes its own (408, 413, 503).
    pub status: StatusCode,
    /// The reason in a few words of our own, never bytes of the peer's; safe to send and to log.
    pub detail: &'static str,
}

impl Refusal {
    /// A refusal with any status.
    pub const fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail }
    }

    /// 400: the message breaks the grammar or could be framed in two ways.
    pub(super) const fn bad(detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 431: too many or too large fields (RFC 6585 section 5).
    pub(super) const fn too_large(detail: &'static str) -> Self {
        Self::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status.as_u16(), self.detail)
    }
}

impl std::error::Error for Refusal {}
