use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use httparse::{EMPTY_HEADER, Error, Header, Status};

use super::refusal::Refusal;

/// Room for lines is cleared first, which for the most there may be costs as much as parsing: so only as much as needed.
const FEW: usize = 4;
const USUAL: usize = 24;

/// The hard maximum of [`Limits::fields`](super::Limits::fields).
const MOST: usize = 128;

/// Parses the field lines of `section` from the index `start` up to the empty line (RFC 9112 section 5).
///
/// `count` is how many lines there are; values are slices of `section`, not copies. `visit` sees every field in the
/// order of the wire, so that framing need not look anything up again.
///
/// The scanner has seen that every line ends in CRLF; httparse sees to the rest of the grammar: a blank before the
/// colon, an empty name, a folded line, control bytes in a value are all refused.
pub(super) fn parse(
    section: &Bytes,
    start: usize,
    count: usize,
    mut visit: impl FnMut(&HeaderName, &HeaderValue),
) -> Result<HeaderMap, Refusal> {
    let visit: &mut dyn FnMut(&HeaderName, &HeaderValue) = &mut visit;
    if count <= FEW {
        parse_into(section, start, &mut [EMPTY_HEADER; FEW], visit)
    } else if count <= USUAL {
        parse_into(section, start, &mut [EMPTY_HEADER; USUAL], visit)
    } else {
        parse_into(section, start, &mut [EMPTY_HEADER; MOST], visit)
    }
}

fn parse_into<'s>(
    section: &'s Bytes,
    start: usize,
    room: &mut [Header<'s>],
    visit: &mut dyn FnMut(&HeaderName, &HeaderValue),
) -> Result<HeaderMap, Refusal> {
    let lines = section.get(start..).unwrap_or_default();
    #[cfg(test)]
    super::tests::looked_at(lines.len());
    let fields = match httparse::parse_headers(lines, room) {
        Ok(Status::Complete((_, fields))) => fields,
        Ok(Status::Partial) => return Err(Refusal::bad("incomplete header section")),
        Err(Error::TooManyHeaders) => return Err(Refusal::too_large("too many header fields")),
        Err(Error::HeaderName) => return Err(Refusal::bad("invalid header field name")),
        Err(_) => return Err(Refusal::bad("invalid header field value")),
    };
    let mut map = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes())
            .map_err(|_| Refusal::bad("invalid header field name"))?;
        // `slice_ref` panics for a slice of another buffer: the value is cut from `section` above.
        let value = HeaderValue::from_maybe_shared(section.slice_ref(field.value))
            .map_err(|_| Refusal::bad("invalid header field value"))?;
        visit(&name, &value);
        // `try_append`, as `append` panics at 32768 fields; there are at most `MOST`.
        map.try_append(name, value)
            .map_err(|_| Refusal::too_large("too many header fields"))?;
    }
    Ok(map)
}
