//! Why a body could not be read to its end.

use std::error::Error as StdError;
use std::fmt;

use crate::client::ClientError;

/// A body that could not be read, or could not be produced, to its end.
#[derive(Debug)]
pub struct BodyError {
    kind: Kind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    TooLarge,
    TooSlow,
    Malformed(&'static str),
    CutOff,
    Other,
}

impl BodyError {
    /// Larger than the limit in force: 413.
    pub const fn too_large() -> Self {
        Self {
            kind: Kind::TooLarge,
            source: None,
        }
    }

    /// Stood still, or came slower than the minimum rate: 408.
    pub const fn too_slow() -> Self {
        Self {
            kind: Kind::TooSlow,
            source: None,
        }
    }

    /// Not framed as RFC 9112 section 7 says: 400.
    pub const fn malformed(detail: &'static str) -> Self {
        Self {
            kind: Kind::Malformed(detail),
            source: None,
        }
    }

    /// Ended before its declared length or its last chunk: 400.
    pub const fn cut_off() -> Self {
        Self {
            kind: Kind::CutOff,
            source: None,
        }
    }

    /// Failed for a reason of its own: 500.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            kind: Kind::Other,
            source: Some(source.into()),
        }
    }

    /// The status that fits when a request body fails so; for a body that was fetched, that of its
    /// [`ClientError`](crate::ClientError).
    pub fn status(&self) -> u16 {
        let fetched = self
            .source
            .as_ref()
            .and_then(|source| source.downcast_ref::<ClientError>());
        if let Some(error) = fetched {
            return error.status();
        }
        match self.kind {
            Kind::TooLarge => 413,
            Kind::TooSlow => 408,
            Kind::Malformed(_) | Kind::CutOff => 400,
            Kind::Other => 500,
        }
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What caused it, where that is known.
    pub fn into_source(self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.source
    }

    /// True when the peer was gone before the body's end.
    pub fn is_cut_off(&self) -> bool {
        self.kind == Kind::CutOff
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.source) {
            (Kind::TooLarge, _) => f.write_str("the body is larger than allowed"),
            (Kind::TooSlow, _) => f.write_str("the body came too slowly"),
            (Kind::Malformed(detail), _) => write!(f, "malformed body: {detail}"),
            (Kind::CutOff, _) => f.write_str("the body was cut off"),
            (Kind::Other, Some(source)) => write!(f, "the body failed: {source}"),
            (Kind::Other, None) => f.write_str("the body failed"),
        }
    }
}

impl StdError for BodyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
