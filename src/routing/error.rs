use std::error::Error;
use std::fmt;

/// A path or host pattern that cannot be used, with its text and the reason.
///
/// Returned by [`Pattern::parse`](super::Pattern::parse), [`Pattern::regex`](super::Pattern::regex),
/// [`HostPattern::parse`](super::HostPattern::parse) and [`HostPattern::regex`](super::HostPattern::regex).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pattern: String,
    kind: PatternErrorKind,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The pattern does not start with `/`. Raw regexes may.
    MissingSlash,
    /// A `{` has no `}`.
    UnclosedBrace,
    /// A `}` has no `{`; a literal one is written `}}`.
    StrayBrace,
    /// `{}`, `{*}` or `{:regex}`.
    EmptyName,
    /// A parameter's name is not made of letters, digits, `_` and `-`.
    BadName(String),
    /// Two parameters have this name.
    DuplicateName(String),
    /// Something follows `{*name}`.
    RestNotLast(String),
    /// Two parameters have no literal text between them, so where one ends is anyone's guess.
    Adjacent(String, String),
    /// `?` or `#`, which end a path and so are never in one.
    NotInPath(char),
    /// A regex does not compile.
    BadRegex {
        /// The regex as it was written.
        regex: String,
        /// What the regex compiler says.
        message: String,
    },
    /// A host pattern is not a name, `*.name` or `*`.
    BadHost(&'static str),
}

impl PatternError {
    pub(super) fn new(pattern: &str, kind: PatternErrorKind) -> Self {
        PatternError {
            pattern: pattern.to_owned(),
            kind,
        }
    }

    /// The pattern as it was written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What is wrong with it.
    pub fn kind(&self) -> &PatternErrorKind {
        &self.kind
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pattern `{}`: {}", self.pattern, self.kind)
    }
}

impl fmt::Display for PatternErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSlash => write!(f, "does not start with `/`"),
            Self::UnclosedBrace => write!(f, "a `{{` is not closed (a literal brace is written `{{{{`)"),
            Self::StrayBrace => {
                write!(f, "a `}}` closes nothing (a literal brace is written `}}}}`)")
            }
            Self::EmptyName => write!(f, "a parameter has no name"),
            Self::BadName(name) => {
                write!(
                    f,
                    "`{name}` is not a parameter name (letters, digits, `_` and `-`)"
                )
            }
            Self::DuplicateName(name) => write!(f, "the name `{name}` is used twice"),
            Self::RestNotLast(name) => write!(f, "`{{*{name}}}` takes all the rest, so it must be last"),
            Self::Adjacent(first, second) => {
                write!(f, "`{first}` and `{second}` have no literal text between them")
            }
            Self::NotInPath(c) => write!(f, "`{c}` is never part of a path"),
            Self::BadRegex { regex, message } => write!(f, "bad regex `{regex}`: {message}"),
            Self::BadHost(reason) => write!(f, "bad host: {reason}"),
        }
    }
}

impl Error for PatternError {}
