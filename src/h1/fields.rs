use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memchr;

use super::refusal::Refusal;
use super::token::trim;

/// Parses the field lines of `section` from the index `start` up to the empty line (RFC 9112 section 5).
///
/// `count` is how many lines there are; values are slices of `section`, not copies. `visit` sees every field in the
/// order of the wire, so that framing need not look anything up again.
///
/// The grammar is held by the types it ends in: a `HeaderName` is a token (so a blank before the colon, an empty name
/// and a folded line, which begins with a blank, are all refused) and a `HeaderValue` has no control byte but HTAB (so
/// a bare CR, a NUL and a DEL are).
pub(super) fn parse(
    section: &Bytes,
    start: usize,
    count: usize,
    mut visit: impl FnMut(&HeaderName, &HeaderValue),
) -> Result<HeaderMap, Refusal> {
    let mut map = HeaderMap::with_capacity(count);
    let mut rest = section.get(start..).unwrap_or_default();
    while let Some(lf) = memchr(b'\n', rest) {
        let (line, after) = rest.split_at(lf); // in bounds: `lf` was found in `rest`
        rest = after.get(1..).unwrap_or_default();
        // The scanner has seen the CR; asked again, so that this function is right by itself.
        let Some((b'\r', line)) = line.split_last() else {
            return Err(Refusal::bad("line feed without carriage return"));
        };
        if line.is_empty() {
            break;
        }
        let (name, value) = line
            .iter()
            .position(|&byte| byte == b':') // names are short: a plain loop beats a vector search
            .and_then(|colon| line.split_at_checked(colon))
            .ok_or(Refusal::bad("header field without colon"))?;
        let name = HeaderName::from_bytes(name).map_err(|_| Refusal::bad("invalid header field name"))?;
        let value = trim(value.get(1..).unwrap_or_default());
        // `slice_ref` panics for a slice of another buffer: `value` is cut from `section` above.
        let value = HeaderValue::from_maybe_shared(section.slice_ref(value))
            .map_err(|_| Refusal::bad("invalid header field value"))?;
        visit(&name, &value);
        // `try_append`, as `append` panics at 32768 fields; `count` is far below.
        map.try_append(name, value)
            .map_err(|_| Refusal::too_large("too many header fields"))?;
    }
    Ok(map)
}
