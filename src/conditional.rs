//! Conditional requests: the lists of entity tags of RFC 9110, sections 8.8.3, 13.1.1 and 13.1.2.

use http::{HeaderName, HeaderValue};
use memchr::memchr;

use crate::request::Request;

/// An entity tag as it stands in a field (RFC 9110 section 8.8.3): `"xyzzy"`, `W/"xyzzy"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityTag<'a> {
    /// `W/` stands before it.
    pub(crate) weak: bool,
    /// What stands between the quotes.
    pub(crate) opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads one tag and nothing else.
    ///
    /// ```
    /// use waterspout::static_files::EntityTag;
    ///
    /// let (strong, weak) = (EntityTag::parse(b"\"1\""), EntityTag::parse(b"W/\"1\""));
    /// let (strong, weak) = (strong.expect("a tag"), weak.expect("a tag"));
    /// assert!(strong.matches_weakly(&weak) && !strong.matches_strongly(&weak));
    /// assert_eq!(EntityTag::parse(b"1"), None);
    /// ```
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let (tag, rest) = Self::split(text)?;
        (rest.is_empty() && tag.is_valid()).then_some(tag)
    }

    /// One tag and nothing else, as a handler may have put it into `ETag`: blanks inside of the quotes are let pass, since
    /// browsers send back what they were given.
    pub(crate) fn lenient(value: &'a [u8]) -> Option<Self> {
        let (tag, rest) = Self::split(value.trim_ascii())?;
        rest.is_empty().then_some(tag)
    }

    /// Whether nothing stands between the quotes that may not.
    pub(crate) fn is_valid(&self) -> bool {
        let allowed = |byte: &u8| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..);
        self.opaque.iter().all(allowed)
    }

    /// The tag that a value begins with, and what stands behind it.
    fn split(value: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let after = value.strip_prefix(b"W/");
        let weak = after.is_some();
        let quoted = after.unwrap_or(value).strip_prefix(b"\"")?;
        let end = memchr(b'"', quoted)?;
        let (opaque, rest) = (quoted.get(..end)?, quoted.get(end + 1..)?);
        Some((Self { weak, opaque }, rest))
    }

    /// Section 8.8.3.2: the same content, byte for byte.
    pub fn matches_strongly(&self, other: &EntityTag<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Section 8.8.3.2: good enough in place of each other.
    pub fn matches_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// The tags of one field line, in order. What is no list of tags ends it: a condition that cannot be read does not hold.
///
/// Every byte is looked at once.
#[derive(Clone, Debug)]
pub(crate) struct EntityTags<'a>(&'a [u8]);

impl<'a> EntityTags<'a> {
    pub(crate) fn new(value: &'a [u8]) -> Self {
        Self(value)
    }
}

impl<'a> Iterator for EntityTags<'a> {
    type Item = EntityTag<'a>;

    fn next(&mut self) -> Option<EntityTag<'a>> {
        let value = std::mem::take(&mut self.0);
        let start = value.iter().position(|byte| !b" \t,".contains(byte))?;
        let (tag, rest) = EntityTag::split(value.get(start..)?)?;
        let rest = rest.trim_ascii_start();
        if matches!(rest.first(), None | Some(b',')) {
            self.0 = rest;
        }
        Some(tag)
    }
}

/// True when the field, `If-None-Match` say, is `*` or has this tag in its list, by weak comparison.
pub(crate) fn names_tag(request: &Request, field: &HeaderName, tag: &[u8]) -> bool {
    // Most requests have none, and then no map of the fields is made.
    if request.field(field).is_none() {
        return false;
    }
    let Some(tag) = EntityTag::lenient(tag) else {
        return false;
    };
    let lines = request.headers().get_all(field).iter();
    lines.map(HeaderValue::as_bytes).any(|line| {
        line.trim_ascii() == b"*" || EntityTags::new(line).any(|listed| listed.matches_weakly(&tag))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(value: &str) -> Vec<String> {
        EntityTags::new(value.as_bytes())
            .map(|tag| {
                let weak = if tag.weak { "W/" } else { "" };
                format!("{weak}{}", String::from_utf8_lossy(tag.opaque))
            })
            .collect()
    }

    #[test]
    fn lists_are_read_and_what_is_none_ends_them() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("*", &[]),
            (r#""a""#, &["a"]),
            (r#"W/"a""#, &["W/a"]),
            (r#""a", W/"b" ,"c""#, &["a", "W/b", "c"]),
            (r#" ,, "a",,	"b", "#, &["a", "b"]),
            (r#""""#, &[""]),
            (r#""a,b", "c""#, &["a,b", "c"]),
            (r#""a b""#, &["a b"]),
            (r#"w/"a", "b""#, &[]),
            (r#"W/ "a""#, &[]),
            (r#"a, "b""#, &[]),
            (r#""a" "b", "c""#, &["a"]),
            (r#""a"x, "c""#, &["a"]),
            (r#""a", "b"#, &["a"]),
            (r#""a", *"#, &["a"]),
        ];
        for (value, expected) in table {
            assert_eq!(tags(value), *expected, "{value}");
        }
    }

    #[test]
    fn a_tag_alone_is_one_tag() {
        let tag =
            |value: &'static str| EntityTag::lenient(value.as_bytes()).map(|tag| (tag.weak, tag.opaque));
        assert_eq!(tag(r#""a""#), Some((false, &b"a"[..])));
        assert_eq!(tag(r#" W/"" "#), Some((true, &b""[..])));
        for none in ["", "a", r#""a"#, r#""a", "b""#, "*"] {
            assert_eq!(tag(none), None, "{none}");
        }
    }

    /// Each step takes off what it has looked at, so the bytes looked at are those of the input.
    #[test]
    fn ten_times_the_list_is_ten_times_the_work() {
        for piece in [r#""a","#, r#"W/"a" , "#, ",", " ", r#""a" x"#, "\"", "W/"] {
            let steps = |times: usize| {
                let value = piece.repeat(times);
                let mut tags = EntityTags::new(value.as_bytes());
                let (mut steps, mut left) = (0, value.len());
                while tags.next().is_some() {
                    assert!(tags.0.len() < left, "{piece}: nothing was taken off");
                    left = tags.0.len();
                    steps += 1;
                }
                steps + 1
            };
            assert!(steps(10_000) <= 20 * steps(1_000), "{piece}");
        }
    }
}
