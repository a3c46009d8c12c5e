//! The quoted form of values: `"a\073b"` stands for `a;b`.

use std::borrow::Cow;

use crate::h1::is_tchar;

/// True for the bytes a value may have without quotes: Python's `_LegalChars`, a part of cookie-octet (RFC 6265bis,
/// section 4.1.1).
fn is_plain(byte: u8) -> bool {
    is_tchar(byte) || byte == b':'
}

/// True for the further bytes that stand for themselves between quotes; a backslash and a quote do not.
fn is_plain_in_quotes(byte: u8) -> bool {
    is_plain(byte)
        || matches!(
            byte,
            b' ' | b'(' | b')' | b'/' | b'<' | b'=' | b'>' | b'?' | b'@' | b'[' | b']' | b'{' | b'}'
        )
}

/// Appends `value` as it is where that is legal, else in quotes; the empty value is `""`.
///
/// Everything it appends is printable ASCII without `;`. Characters outside ASCII are escaped byte by byte of their
/// UTF-8, which [`parse`](super::parse()) puts together again.
pub(super) fn push(value: &str, out: &mut String) {
    if !value.is_empty() && value.bytes().all(is_plain) {
        out.push_str(value);
        return;
    }
    out.push('"');
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            _ if is_plain_in_quotes(byte) => out.push(char::from(byte)),
            _ => {
                let digit = |shift: u32| char::from(b'0' + ((byte >> shift) & 7));
                out.extend(['\\', digit(6), digit(3), digit(0)]);
            }
        }
    }
    out.push('"');
}

/// Takes quotes and escapes away; a value that is not in quotes from end to end stays as it is.
///
/// One pass, one [`step`] for each byte that comes out (CVE-2024-52804, CVE-2024-7592 were quadratic here).
pub(super) fn unquote(raw: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', inner @ .., b'"'] = raw else {
        return Cow::Borrowed(raw);
    };
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((byte, tail)) = step(rest) {
        out.push(byte);
        rest = tail;
    }
    Cow::Owned(out)
}

/// The next byte that is meant, and what follows it; looks at four bytes at most and always moves on.
///
/// `\ooo` is octal up to `\377`; any other escaped byte stands for itself; a backslash at the very end, too.
pub(super) fn step(rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [
            b'\\',
            a @ b'0'..=b'3',
            b @ b'0'..=b'7',
            c @ b'0'..=b'7',
            tail @ ..,
        ] => {
            // No overflow: the digits are at most 3, 7 and 7, so the sum is at most 0o377.
            Some((((a - b'0') << 6) + ((b - b'0') << 3) + (c - b'0'), tail))
        }
        [b'\\', byte, tail @ ..] | [byte, tail @ ..] => Some((*byte, tail)),
        [] => None,
    }
}
