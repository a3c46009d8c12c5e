use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use httparse::{EMPTY_HEADER, Error, Header, Status};
use memchr::memchr;

use super::refusal::Refusal;
use super::token::trim;

/// Room for lines is cleared first, which for the most there may be costs as much as parsing: so only as much as needed.
const FEW: usize = 4;
const USUAL: usize = 24;

/// The hard maximum of [`Limits::fields`](super::Limits::fields).
const MOST: usize = 128;

/// The fields of a head: checked when it is read, put into a map when somebody asks for one.
///
/// Most of a map's cost is memory for each request; many handlers look at no field at all.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The whole head.
    head: Bytes,
    /// Where its first field line begins.
    start: usize,
    count: usize,
}

impl Fields {
    /// Checks the `count` field lines of `head` from the index `start` up to the empty line (RFC 9112 section 5), and
    /// shows each to `visit`, in the order of the wire.
    pub(super) fn check(
        head: Bytes,
        start: usize,
        count: usize,
        visit: impl FnMut(&str, &[u8]),
    ) -> Result<Self, Refusal> {
        let lines = head.get(start..).unwrap_or_default();
        with_lines(lines, count, visit)?;
        Ok(Self { head, start, count })
    }

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The value of the first field called `name`, in any case of its letters, without making a map.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let mut lines = self.lines();
        while let Some(lf) = memchr(b'\n', lines) {
            let (line, rest) = lines.split_at(lf); // in bounds: `lf` was found in `lines`
            lines = rest.get(1..).unwrap_or_default();
            if let Some((field, [b':', value @ ..])) = line.split_at_checked(name.len())
                && field.eq_ignore_ascii_case(name.as_bytes())
            {
                return Some(trim(value.strip_suffix(b"\r").unwrap_or(value)));
            }
        }
        None
    }

    /// All fields, in the order received; values are slices of the head, not copies.
    pub fn to_map(&self) -> HeaderMap {
        // They have been checked, so there is nothing left to refuse.
        parse(&self.head, self.start, self.count, |_, _| {}).unwrap_or_default()
    }

    fn lines(&self) -> &[u8] {
        self.head.get(self.start..).unwrap_or_default()
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.lines() == other.lines()
    }
}

/// Calls `visit` with each field of `lines`, which end with an empty line.
///
/// The scanner has seen that every line ends in CRLF; httparse sees to the rest of the grammar: a blank before the
/// colon, an empty name, a folded line, control bytes in a value are all refused.
fn with_lines<'s>(
    lines: &'s [u8],
    count: usize,
    mut visit: impl FnMut(&'s str, &'s [u8]),
) -> Result<(), Refusal> {
    let visit: &mut dyn FnMut(&'s str, &'s [u8]) = &mut visit;
    if count <= FEW {
        parse_into(lines, &mut [EMPTY_HEADER; FEW], visit)
    } else if count <= USUAL {
        parse_into(lines, &mut [EMPTY_HEADER; USUAL], visit)
    } else {
        parse_into(lines, &mut [EMPTY_HEADER; MOST], visit)
    }
}

fn parse_into<'s>(
    lines: &'s [u8],
    room: &mut [Header<'s>],
    visit: &mut dyn FnMut(&'s str, &'s [u8]),
) -> Result<(), Refusal> {
    #[cfg(test)]
    super::tests::looked_at(lines.len());
    let fields = match httparse::parse_headers(lines, room) {
        Ok(Status::Complete((_, fields))) => fields,
        Ok(Status::Partial) => return Err(Refusal::bad("incomplete header section")),
        Err(Error::TooManyHeaders) => return Err(Refusal::too_large("too many header fields")),
        Err(Error::HeaderName) => return Err(Refusal::bad("invalid header field name")),
        Err(_) => return Err(Refusal::bad("invalid header field value")),
    };
    fields.iter().for_each(|field| visit(field.name, field.value));
    Ok(())
}

/// Parses the `count` field lines of `section` from the index `start` into a map.
///
/// Values are slices of `section`, not copies. `visit` sees every field in the order of the wire.
pub(crate) fn parse(
    section: &Bytes,
    start: usize,
    count: usize,
    mut visit: impl FnMut(&HeaderName, &HeaderValue),
) -> Result<HeaderMap, Refusal> {
    let lines = section.get(start..).unwrap_or_default();
    let mut map = HeaderMap::with_capacity(count.min(MOST));
    let mut outcome = Ok(());
    with_lines(lines, count, |name, value| {
        if outcome.is_ok() {
            outcome = insert(&mut map, section, name, value, &mut visit);
        }
    })?;
    outcome.map(|()| map)
}

fn insert(
    map: &mut HeaderMap,
    section: &Bytes,
    name: &str,
    value: &[u8],
    visit: &mut impl FnMut(&HeaderName, &HeaderValue),
) -> Result<(), Refusal> {
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| Refusal::bad("invalid header field name"))?;
    // `slice_ref` panics for a slice of another buffer: the value is cut from `section` above.
    let value = HeaderValue::from_maybe_shared(section.slice_ref(value))
        .map_err(|_| Refusal::bad("invalid header field value"))?;
    visit(&name, &value);
    // `try_append`, as `append` panics at 32768 fields; there are at most `MOST`.
    map.try_append(name, value)
        .map_err(|_| Refusal::too_large("too many header fields"))?;
    Ok(())
}
