//! `Range` (RFC 9110 section 14): which bytes of a representation are wanted.

use crate::h1::{list, trim};

/// The most ranges that one request is given; one that asks for more gets the whole. Each part costs a head of its own, and
/// nobody who plays a film or goes on with a download asks for many.
pub const MAX_RANGES: usize = 16;

/// A run of bytes that lies inside a representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    first: u64,
    last: u64,
}

impl ByteRange {
    /// The position of its first byte.
    pub fn start(&self) -> u64 {
        self.first
    }

    /// How many bytes it has: one at least.
    pub fn count(&self) -> u64 {
        self.last - self.first + 1
    }

    /// The value of `Content-Range` where the whole has `total` bytes: `bytes 1-4/26`.
    pub fn content_range(&self, total: u64) -> String {
        format!("bytes {}-{}/{total}", self.first, self.last)
    }
}

/// What a `Range` field asks for of a representation whose length is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// The whole: the field is malformed, of another unit, has more than [`MAX_RANGES`] ranges, or asks for all there is.
    Whole,
    /// These parts, one at least: none of them touches another. In the order in which they were asked for, unless some
    /// had to be joined.
    Parts(Vec<ByteRange>),
    /// Nothing of it is there: 416.
    Unsatisfiable,
}

/// One member of the set, before the length is known.
enum Spec {
    /// `first-last`, or `first-`.
    Run(u64, u64),
    /// The last bytes: `-count`.
    Suffix(u64),
}

impl Ranges {
    /// Reads the value of a `Range` field for a representation of `len` bytes. It never fails and takes linear time.
    ///
    /// As in Tornado a range that covers everything is the whole (some players refuse a 206 for `bytes=0-`), and one that
    /// ends before it begins cannot be satisfied.
    ///
    /// ```
    /// use waterspout::static_files::Ranges;
    ///
    /// let Ranges::Parts(parts) = Ranges::parse(b"bytes=1-4, -2", 26) else { panic!("two parts") };
    /// assert_eq!(parts[0].content_range(26), "bytes 1-4/26");
    /// assert_eq!((parts[1].start(), parts[1].count()), (24, 2));
    /// assert_eq!(Ranges::parse(b"bytes=0-", 26), Ranges::Whole);
    /// assert_eq!(Ranges::parse(b"bytes=26-", 26), Ranges::Unsatisfiable);
    /// ```
    pub fn parse(value: &[u8], len: u64) -> Self {
        let Some(set) = strip_unit(trim(value)) else {
            return Self::Whole;
        };
        let mut parts = Vec::new();
        for (count, member) in list(set).enumerate() {
            let Some(spec) = Spec::parse(member).filter(|_| count < MAX_RANGES) else {
                return Self::Whole;
            };
            match spec {
                Spec::Run(first, last) if last < first => return Self::Unsatisfiable,
                Spec::Run(first, last) if first < len => parts.push(ByteRange {
                    first,
                    last: last.min(len - 1),
                }),
                // The end of nothing is nothing, and is there.
                Spec::Suffix(1..) if len == 0 => return Self::Whole,
                Spec::Suffix(count @ 1..) => parts.push(ByteRange {
                    first: len - count.min(len),
                    last: len - 1,
                }),
                Spec::Run(..) | Spec::Suffix(0) => {}
            }
        }
        if list(set).next().is_none() {
            return Self::Whole;
        }
        Self::join(parts, len)
    }

    /// Joins what overlaps or touches, so that no byte is sent twice.
    fn join(parts: Vec<ByteRange>, len: u64) -> Self {
        let mut sorted = parts.clone();
        sorted.sort_unstable_by_key(|part| part.first);
        let mut joined: Vec<ByteRange> = Vec::with_capacity(sorted.len());
        for part in sorted {
            match joined.last_mut() {
                // No overflow: `last` is below the length of something.
                Some(before) if part.first <= before.last + 1 => before.last = before.last.max(part.last),
                _ => joined.push(part),
            }
        }
        match joined.as_slice() {
            [] => Self::Unsatisfiable,
            [one] if one.count() == len => Self::Whole,
            _ if joined.len() == parts.len() => Self::Parts(parts),
            _ => Self::Parts(joined),
        }
    }
}

impl Spec {
    fn parse(text: &[u8]) -> Option<Self> {
        #[cfg(test)]
        super::tests::looked_at(text.len());
        let (first, last) = text.split_at(memchr::memchr(b'-', text)?);
        let last = last.get(1..)?;
        match (first, last) {
            ([], count) => Some(Self::Suffix(number(count)?)),
            (first, []) => Some(Self::Run(number(first)?, u64::MAX)),
            (first, last) => Some(Self::Run(number(first)?, number(last)?)),
        }
    }
}

/// What stands behind `bytes=`. Units are case-insensitive (section 14.1).
fn strip_unit(value: &[u8]) -> Option<&[u8]> {
    let (unit, set) = value.split_at_checked(6)?;
    unit.eq_ignore_ascii_case(b"bytes=").then_some(set)
}

/// A `1*DIGIT`; one that is too large for any file is as large as can be.
fn number(digits: &[u8]) -> Option<u64> {
    let value = |number: u64, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    };
    (!digits.is_empty())
        .then(|| digits.iter().try_fold(0, value))
        .flatten()
}

#[cfg(test)]
mod tests;
