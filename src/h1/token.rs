//! Classes of bytes and the small lexical helpers built on them (RFC 9110 section 5.6).

/// A set of bytes as a table: one load decides.
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    /// ASCII letters and digits, and `extra`.
    pub(super) const fn alphanumeric_and(extra: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < table.len() {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        // In bounds, and run while compiling only: an iterator cannot be, yet.
        let mut index = 0;
        while index < extra.len() {
            table[extra[index] as usize] = true;
            index += 1;
        }
        Self(table)
    }

    /// Whether `byte` is in the set.
    pub(super) fn has(&self, byte: u8) -> bool {
        // In bounds: the table has one entry for each value of a byte.
        self.0[usize::from(byte)]
    }
}

/// `tchar`, the bytes of methods and field names.
static TCHAR: ByteSet = ByteSet::alphanumeric_and(b"!#$%&'*+-.^_`|~");

/// Whether `byte` may stand in a token.
pub(crate) fn is_tchar(byte: u8) -> bool {
    TCHAR.has(byte)
}

/// Whether `bytes` is a token: one or more `tchar`.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_tchar(byte))
}

/// `bytes` without the spaces and tabs around it. Nothing else is white space on this wire: not VT, FF or 0xA0.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The members of a comma-separated list, trimmed; empty ones are left out, as RFC 9110 section 5.6.1.2 asks.
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(trim)
        .filter(|member| !member.is_empty())
}

/// A `1*DIGIT` that fits a non-negative `i64`, the range every language behind or before us can hold.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let mut number: u64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
    }
    i64::try_from(number).is_ok().then_some(number)
}
