//! Why a message could not be carried from one vocabulary to the other.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// The part of a message that the other side has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The method: http-types has 39 of them, in upper case.
    Method,
    /// The request target, or the URL.
    Target,
    /// The host, in `Host` or in the target.
    Host,
    /// The protocol version.
    Version,
    /// The status: http-types has those of a fixed list.
    Status,
    /// The name or a value of a header field or a trailer field.
    Field,
    /// The length of the body.
    Length,
    /// What comes after a 101.
    Upgrade,
    /// The channel of the trailers.
    Trailers,
}

/// A message that cannot be carried without a loss. It is not carried at all.
///
/// ```
/// use waterspout::Response;
/// use waterspout::compat::{Part, Refused, http_types};
///
/// let odd = Response::text("").with_status(299);
/// let refused: Refused = http_types::Response::try_from(odd).expect_err("no such status there");
/// assert_eq!(refused.part(), Part::Status);
/// assert_eq!(refused.to_string(), "status: http-types has no 299");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    part: Part,
    detail: Cow<'static, str>,
}

impl Refused {
    pub(super) fn new(part: Part, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            part,
            detail: detail.into(),
        }
    }

    /// The part that could not be carried.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The status that fits where a request is refused: 501 for a method, 505 for a version, else 400.
    pub fn status(&self) -> u16 {
        match self.part {
            Part::Method => 501,
            Part::Version => 505,
            Part::Target
            | Part::Host
            | Part::Status
            | Part::Field
            | Part::Length
            | Part::Upgrade
            | Part::Trailers => 400,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Method => "method",
            Part::Target => "target",
            Part::Host => "host",
            Part::Version => "version",
            Part::Status => "status",
            Part::Field => "field",
            Part::Length => "length",
            Part::Upgrade => "upgrade",
            Part::Trailers => "trailers",
        };
        write!(f, "{part}: {}", self.detail)
    }
}

impl StdError for Refused {}
