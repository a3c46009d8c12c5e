use regex::Regex;

use super::braces;
use super::captures::Captures;
use super::error::{PatternError, PatternErrorKind};
use super::host::whole;
use super::part::{self, Part, Shape};
use super::segments::Segments;
use super::template;

/// What paths a rule is for, in one of two syntaxes: [`parse`](Self::parse) and [`regex`](Self::regex).
///
/// Both match the raw path, before percent-decoding, and all of it. Two patterns are equal if they were
/// written alike in the same syntax.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    raw: bool,
    names: Vec<Option<String>>,
    /// `None` for a regex that is more than literal text and groups.
    parts: Option<Vec<Part>>,
    prefix: String,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Literal,
    Segments(Segments),
    /// The regex, and which of its groups are the pattern's.
    Regex(Regex, Vec<usize>),
}

impl Pattern {
    /// Reads a pattern of literal text and parameters.
    ///
    /// - `{name}`: one or more characters other than `/`; a segment may have text around it (`/v{n}.json`)
    ///   and several of them (`/{from}-{to}`, where `from` takes as much as it can);
    /// - `{name:regex}`: what the regex matches, in full, also `/` if it allows it; braces in it nest;
    /// - `{*name}`: the rest of the path with its slashes, only at the end, may be empty;
    /// - `{{` and `}}`: literal braces.
    ///
    /// Literal text is compared byte for byte, except that spaces, control characters and everything outside
    /// ASCII is percent-encoded here, so that `/café` takes `/caf%C3%A9` and `/caf%c3%a9`.
    ///
    /// ```ignore
    /// use waterspout::routing::Pattern;
    /// let pattern = Pattern::parse("/user/{id:[0-9]{3}}/{*rest}")?;
    /// let path = "/user/123/a/b";
    /// let captures = pattern.matches(path).unwrap();
    /// assert_eq!(captures.raw_named(&pattern, "rest", path), Some("a/b"));
    /// # Ok::<(), waterspout::routing::PatternError>(())
    /// ```
    ///
    /// # Errors
    /// [`PatternError`], whose [`kind`](PatternError::kind) is any but
    /// [`BadHost`](PatternErrorKind::BadHost).
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let fail = |kind| PatternError::new(source, kind);
        let parts = braces::parse(source).map_err(fail)?;
        Ok(Pattern {
            source: source.to_owned(),
            raw: false,
            names: part::params(&parts).map(|param| param.name.clone()).collect(),
            prefix: part::prefix(&parts).to_owned(),
            matcher: Matcher::compile(&parts).map_err(fail)?,
            parts: Some(parts),
        })
    }

    /// A regex over the whole path, as in Tornado: `/entry/(\d+)` or `/entry/(?P<id>\d+)`.
    ///
    /// Every group is a parameter, a named one also by its name. There is no look-around and there are no
    /// back-references: the syntax is the [`regex`] crate's, whose time is linear in the path.
    ///
    /// # Errors
    /// [`PatternErrorKind::BadRegex`] if it does not compile.
    pub fn regex(source: &str) -> Result<Self, PatternError> {
        let regex = whole(source).map_err(|kind| PatternError::new(source, kind))?;
        let names: Vec<_> = regex
            .capture_names()
            .skip(1)
            .map(|name| name.map(str::to_owned))
            .collect();
        // where the two readings of the regex differ, the regex crate's is right
        let parts = template::parts(source).filter(|parts| {
            part::params(parts)
                .map(|param| param.name.as_deref())
                .eq(names.iter().map(Option::as_deref))
        });
        Ok(Pattern {
            source: source.to_owned(),
            raw: true,
            prefix: match &parts {
                Some(parts) => part::prefix(parts).to_owned(),
                None => template::prefix(source),
            },
            matcher: Matcher::Regex(regex, (1..=names.len()).collect()),
            names,
            parts,
        })
    }

    /// True for one of [`regex`](Self::regex).
    pub(crate) fn is_regex(&self) -> bool {
        self.raw
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The parameters' names in the order of their captures; `None` for a positional group of a regex.
    pub fn names(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.names.iter().map(Option::as_deref)
    }

    /// The index of the capture with this name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names().position(|own| own == Some(name))
    }

    /// Matches a raw path, without its query. The captures are ranges into `path`, still percent-encoded.
    pub fn matches(&self, path: &str) -> Option<Captures> {
        match &self.matcher {
            Matcher::Literal => (path == self.prefix).then(|| Captures::with_capacity(0)),
            Matcher::Segments(segments) => segments.matches(path),
            Matcher::Regex(regex, _) if self.names.is_empty() => {
                regex.is_match(path).then(|| Captures::with_capacity(0))
            }
            Matcher::Regex(regex, groups) => {
                let mut found = regex.capture_locations();
                regex.captures_read(&mut found, path)?;
                let mut captures = Captures::with_capacity(groups.len());
                for &group in groups {
                    captures.push(found.get(group))?;
                }
                Some(captures)
            }
        }
    }

    /// Text that every path this matches starts with. May be empty.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The only path this matches, if there is only one.
    pub(super) fn literal(&self) -> Option<&str> {
        matches!(self.matcher, Matcher::Literal).then_some(self.prefix.as_str())
    }

    /// The path this matches where that differs only in the case of percent-encoding's digits.
    pub(super) fn folded(&self) -> Option<&str> {
        match self.parts.as_deref() {
            Some([Part::Literal(literal)]) if literal.lenient.is_some() => Some(&literal.text),
            _ => None,
        }
    }

    /// What the pattern is made of, if it can be reversed.
    pub(super) fn parts(&self) -> Option<&[Part]> {
        self.parts.as_deref()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw && self.source == other.source
    }
}

impl Eq for Pattern {}

impl Matcher {
    fn compile(parts: &[Part]) -> Result<Self, PatternErrorKind> {
        if let [Part::Literal(literal)] = parts
            && literal.lenient.is_none()
        {
            return Ok(Matcher::Literal);
        }
        match Segments::new(parts) {
            Some(segments) => Ok(Matcher::Segments(segments)),
            None => Self::regex(parts),
        }
    }

    fn regex(parts: &[Part]) -> Result<Self, PatternErrorKind> {
        let mut source = String::new();
        let mut groups = Vec::new();
        let mut next = 1;
        for part in parts {
            let param = match part {
                Part::Literal(literal) => {
                    source.push_str(&literal.to_regex());
                    continue;
                }
                Part::Param(param) => param,
            };
            groups.push(next);
            next += 1;
            match &param.shape {
                Shape::Run => source.push_str("([^/]+)"),
                Shape::Rest => source.push_str("((?s:.*))"),
                Shape::Regex(own) => {
                    // it must be whole by itself, and may have groups of its own
                    next += whole(own)?.captures_len() - 1;
                    source.extend(["(", own, ")"]);
                }
            }
        }
        Ok(Matcher::Regex(whole(&source)?, groups))
    }
}

#[cfg(test)]
mod tests;
