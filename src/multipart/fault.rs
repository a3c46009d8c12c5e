use std::fmt;

use crate::error::Error;
use crate::h1::Refusal;

/// Why a form was refused: 400. After it nothing more is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(&'static str);

impl Fault {
    pub(super) const fn new(detail: &'static str) -> Self {
        Self(detail)
    }

    /// The reason in a few words of our own, never bytes of the peer's; safe to send and to log.
    pub const fn detail(&self) -> &'static str {
        self.0
    }
}

impl From<Refusal> for Fault {
    /// What the scanner of heads refuses, without the status that a request would get for it.
    fn from(refusal: Refusal) -> Self {
        Self(refusal.detail)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "multipart form: {}", self.0)
    }
}

impl std::error::Error for Fault {}

pub(super) fn refused(fault: Fault) -> Error {
    Error::new(400).message(fault.to_string())
}
