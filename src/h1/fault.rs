use std::fmt;

use http::StatusCode;

use super::refusal::Refusal;

/// Why a response was refused. After it the connection cannot be read any further: where the next message would begin
/// is no longer certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The head is larger than [`Limits::head`](super::Limits::head), or has more field lines than
    /// [`Limits::fields`](super::Limits::fields).
    HeadTooLarge,
    /// More than ten 1xx responses came before the final one: such a peer could go on for ever.
    TooManyInformational,
    /// The response breaks the grammar or a limit of its body's framing, could be framed in two ways, or answers what
    /// was not asked. With the reason in a few words of our own, never bytes of the peer's; safe to log.
    Malformed(&'static str),
}

impl From<Refusal> for Fault {
    /// What the parts that both roles share refuse, without the status, which only a server has a use for.
    fn from(refusal: Refusal) -> Self {
        match refusal.status {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeadTooLarge,
            _ => Self::Malformed(refusal.detail),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeadTooLarge => "response head too large",
            Self::TooManyInformational => "too many informational responses",
            Self::Malformed(detail) => detail,
        })
    }
}

impl std::error::Error for Fault {}
