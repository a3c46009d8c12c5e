use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::pattern::Pattern;

/// How many captures fit without an allocation.
const INLINE: usize = 4;

/// What a pattern's parameters matched, as ranges into the path: nothing is copied, nothing decoded.
///
/// The path is handed in again to read them. Names belong to the [`Pattern`]. Up to four are kept without an
/// allocation, more with one; matching groups of a regex needs one more while it runs.
#[derive(Clone, Debug)]
pub struct Captures(Store);

#[derive(Clone, Debug)]
enum Store {
    Inline { len: usize, spans: [Span; INLINE] },
    Heap(Vec<Span>),
}

/// `start..end` in bytes, or [`Span::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// A group that took no part in the match: no path has this range, as it starts behind its end.
    const NONE: Span = Span {
        start: u32::MAX,
        end: 0,
    };
}

impl Captures {
    /// No captures yet, and room for `count`.
    pub(super) fn with_capacity(count: usize) -> Self {
        match count {
            0..=INLINE => Captures(Store::Inline {
                len: 0,
                spans: [Span::NONE; INLINE],
            }),
            _ => Captures(Store::Heap(Vec::with_capacity(count))),
        }
    }

    /// Adds `range`, or a group without one. `None` for a range beyond 4 GiB.
    pub(super) fn push(&mut self, range: Option<(usize, usize)>) -> Option<()> {
        let span = match range {
            Some((start, end)) => Span {
                start: start.try_into().ok()?,
                end: end.try_into().ok()?,
            },
            None => Span::NONE,
        };
        match &mut self.0 {
            Store::Inline { len, spans } => {
                *spans.get_mut(*len)? = span;
                *len += 1;
            }
            Store::Heap(spans) => spans.push(span),
        }
        Some(())
    }

    /// Reverses the order of the captures from `from` on.
    pub(super) fn reverse_from(&mut self, from: usize) {
        let spans = match &mut self.0 {
            Store::Inline { len, spans } => spans.get_mut(from..*len),
            Store::Heap(spans) => spans.get_mut(from..),
        };
        if let Some(spans) = spans {
            spans.reverse();
        }
    }

    fn spans(&self) -> &[Span] {
        match &self.0 {
            Store::Inline { len, spans } => spans.get(..*len).unwrap_or_default(),
            Store::Heap(spans) => spans,
        }
    }

    /// How many there are: one for each parameter or group of the pattern, also those that took no part.
    pub fn len(&self) -> usize {
        self.spans().len()
    }

    /// Whether the pattern has no parameters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Capture `index`, counted from 0, as it stands in `path`, still percent-encoded.
    ///
    /// `None` if there is no such capture, if its group took no part in the match (`(a)?`), or if `path` is
    /// not the path that was matched and the range does not fit it.
    pub fn raw<'p>(&self, index: usize, path: &'p str) -> Option<&'p str> {
        let span = self.spans().get(index)?;
        path.get(usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?)
    }

    /// The capture that `pattern` calls `name`; `None` as for [`raw`](Self::raw).
    pub fn raw_named<'p>(&self, pattern: &Pattern, name: &str, path: &'p str) -> Option<&'p str> {
        self.raw(pattern.index_of(name)?, path)
    }
}

/// Percent-decodes a captured piece of a path.
///
/// `%2F` becomes `/`, `+` stays `+`, and a `%` without two hexadecimal digits behind it stays as it is, as in
/// Tornado's `url_unescape(value, plus=False)`. Borrows where there is nothing to decode.
///
/// # Errors
/// [`InvalidUtf8`] if the decoded bytes are not UTF-8: the request's fault, a 400.
///
/// ```ignore
/// assert_eq!(waterspout::routing::decode("a%2Fb+c%zz").unwrap(), "a/b+c%zz");
/// ```
pub fn decode(raw: &str) -> Result<Cow<'_, str>, InvalidUtf8> {
    percent_encoding::percent_decode_str(raw)
        .decode_utf8()
        .map_err(|_| InvalidUtf8)
}

/// A piece of a path that is not UTF-8 once it is percent-decoded, such as `%FF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8;

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the path is not UTF-8 once it is percent-decoded")
    }
}

impl Error for InvalidUtf8 {}

#[cfg(test)]
mod tests;
