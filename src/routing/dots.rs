use memchr::memchr2_iter;

/// Whether a raw path changes under dot-segment removal (RFC 3986, 5.2.4): whether it has a segment `.` or
/// `..`.
///
/// A dot may also be written `%2e`, as the WHATWG URL standard has it. For this question alone `\`, `%5C` and
/// `%2F` separate segments like `/`, since something before or behind the application may take them for one.
/// `path` is without its query.
///
/// ```ignore
/// use waterspout::routing::dot_segments;
/// assert!(dot_segments("/static/%2e%2E/secret") && dot_segments("/..%5csecret"));
/// assert!(!dot_segments("/.well-known/a..b"));
/// ```
pub fn dot_segments(path: &str) -> bool {
    let path = path.as_bytes();
    // Most paths are short and have neither: a plain look is cheaper than setting a vector search up.
    if path.len() <= 32 && !path.iter().any(|byte| matches!(byte, b'.' | b'%')) {
        return false;
    }
    memchr2_iter(b'.', b'%', path).any(|at| {
        let (Some(before), Some(after)) = (path.get(..at), path.get(at..)) else {
            return false;
        };
        let Some(once) = strip_dot(after) else {
            return false;
        };
        ends_separated(before) && (starts_separated(once) || strip_dot(once).is_some_and(starts_separated))
    })
}

fn strip_dot(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Whether `text` is the end of the path or starts with a separator.
fn starts_separated(text: &[u8]) -> bool {
    matches!(
        text,
        [] | [b'/' | b'\\', ..] | [b'%', b'2', b'f' | b'F', ..] | [b'%', b'5', b'c' | b'C', ..]
    )
}

/// Whether `text` is the start of the path or ends with a separator.
fn ends_separated(text: &[u8]) -> bool {
    matches!(
        text,
        [] | [.., b'/' | b'\\'] | [.., b'%', b'2', b'f' | b'F'] | [.., b'%', b'5', b'c' | b'C']
    )
}

#[cfg(test)]
mod tests;
