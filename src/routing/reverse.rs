use std::error::Error;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::captures::decode;
use super::dots::dot_segments;
use super::host::whole;
use super::part::{Param, Part, Shape, params};
use super::pattern::Pattern;

/// All but RFC 3986's unreserved characters, as Python's `quote` has it.
const ARGUMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const REST: &AsciiSet = &ARGUMENT.remove(b'/');

/// Why a name and arguments do not make a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReverseError {
    /// No rule has this name.
    UnknownName(String),
    /// The rule's regex is more than literal text, escaped punctuation and groups without groups inside.
    TooComplex(String),
    /// Too many or too few arguments.
    WrongCount {
        /// How many parameters the rule has.
        expected: usize,
        /// How many arguments were given.
        given: usize,
    },
    /// No argument was given for this parameter; a positional group goes by its number, from 1.
    MissingArgument(String),
    /// This argument is not what its parameter matches: it is empty, or its regex refuses it once it is
    /// percent-encoded.
    Mismatch {
        /// The parameter's name; a positional group's number, from 1.
        parameter: String,
        /// The argument.
        value: String,
    },
    /// Each argument fits, but the path would be read back as other arguments: `/{a}-{b}` with `x`, `y-z`.
    Ambiguous(String),
    /// Browsers would not ask for this path: it has a segment `.` or `..` (see [`dot_segments`]), or it
    /// starts with `//`, which makes what follows a host.
    NotAPath(String),
}

impl fmt::Display for ReverseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => write!(f, "no rule is named `{name}`"),
            Self::TooComplex(pattern) => write!(f, "the regex `{pattern}` is too complex to reverse"),
            Self::WrongCount { expected, given } => {
                write!(f, "{given} arguments for {expected} parameters")
            }
            Self::MissingArgument(parameter) => write!(f, "no argument for `{parameter}`"),
            Self::Mismatch { parameter, value } => write!(f, "`{value}` does not fit `{parameter}`"),
            Self::Ambiguous(path) => write!(f, "`{path}` would be read as other arguments"),
            Self::NotAPath(path) => {
                write!(
                    f,
                    "`{path}` is not what a browser would ask for: a dot segment, or `//` first"
                )
            }
        }
    }
}

impl Error for ReverseError {}

/// `args` in the order of the pattern's parameters.
pub(super) fn in_order<'a>(
    pattern: &Pattern,
    args: &[(&str, &'a str)],
) -> Result<Vec<&'a str>, ReverseError> {
    check_count(pattern, args.len())?;
    let value = |(number, name): (usize, Option<&str>)| {
        let found = args.iter().find(|(own, _)| Some(*own) == name);
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| ReverseError::MissingArgument(label(name, number)))
    };
    pattern.names().enumerate().map(value).collect()
}

/// The path that `pattern` matches and captures `args` from.
pub(super) fn fill(pattern: &Pattern, args: &[&str]) -> Result<String, ReverseError> {
    let parts = pattern
        .parts()
        .ok_or_else(|| ReverseError::TooComplex(pattern.source().to_owned()))?;
    check_count(pattern, args.len())?;
    let mut path = String::new();
    let mut values = args.iter();
    for part in parts {
        match part {
            Part::Literal(literal) => path.push_str(&literal.text),
            Part::Param(param) => {
                let mut value = values.next().copied().unwrap_or_default(); // as many as parameters
                if path == "/" && matches!(param.shape, Shape::Rest) {
                    // `//name` would be another host's URL
                    while let Some(rest) = value.strip_prefix('/') {
                        path.push_str("%2F");
                        value = rest;
                    }
                }
                path.extend(encode(param, value));
            }
        }
    }
    if path.starts_with("//") || dot_segments(&path) {
        return Err(ReverseError::NotAPath(path));
    }
    if reads_back(pattern, &path, args) {
        Ok(path)
    } else {
        Err(blame(parts, args, path))
    }
}

fn check_count(pattern: &Pattern, given: usize) -> Result<(), ReverseError> {
    let expected = pattern.names().len();
    if given == expected {
        Ok(())
    } else {
        Err(ReverseError::WrongCount { expected, given })
    }
}

fn encode<'v>(param: &Param, value: &'v str) -> impl Iterator<Item = &'v str> {
    utf8_percent_encode(
        value,
        if matches!(param.shape, Shape::Rest) {
            REST
        } else {
            ARGUMENT
        },
    )
}

fn reads_back(pattern: &Pattern, path: &str, args: &[&str]) -> bool {
    pattern.matches(path).is_some_and(|captures| {
        args.iter().enumerate().all(|(index, arg)| {
            captures
                .raw(index, path)
                .and_then(|raw| decode(raw).ok())
                .is_some_and(|value| value == *arg)
        })
    })
}

/// Which argument is why `path` is not read back: the first that its own parameter refuses, or none.
fn blame(parts: &[Part], args: &[&str], path: String) -> ReverseError {
    for (number, (param, value)) in params(parts).zip(args).enumerate() {
        let fits = match &param.shape {
            Shape::Run => !value.is_empty(),
            Shape::Rest => true,
            Shape::Regex(own) => {
                whole(own).is_ok_and(|regex| regex.is_match(&encode(param, value).collect::<String>()))
            }
        };
        if !fits {
            let parameter = label(param.name.as_deref(), number);
            return ReverseError::Mismatch {
                parameter,
                value: (*value).to_owned(),
            };
        }
    }
    ReverseError::Ambiguous(path)
}

fn label(name: Option<&str>, number: usize) -> String {
    name.map_or_else(|| (number + 1).to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
