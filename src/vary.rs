//! `Vary`: which fields of the request the response depends on (RFC 9110 section 12.5.5).

use http::header::VARY;
use http::{HeaderMap, HeaderValue};

/// Adds field names to what `Vary` says already: into the same line, once each. `*` says everything.
pub(crate) fn add(headers: &mut HeaderMap, names: &'static str) {
    if !headers.contains_key(VARY) {
        headers.insert(VARY, HeaderValue::from_static(names));
        return;
    }
    let lines: Vec<_> = headers.get_all(VARY).iter().map(HeaderValue::as_bytes).collect();
    let mut joined = lines.join(&b", "[..]);
    let listed = |name: &str| {
        let mut items = joined.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        items.any(|item| item == b"*" || item.eq_ignore_ascii_case(name.as_bytes()))
    };
    let missing: Vec<_> = names.split(", ").filter(|name| !listed(name)).collect();
    if missing.is_empty() {
        return;
    }
    for name in missing {
        if !joined.is_empty() {
            joined.extend_from_slice(b", ");
        }
        joined.extend_from_slice(name.as_bytes());
    }
    // Made of values and names: it is a value.
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        headers.insert(VARY, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_merged_into_what_stands() {
        for (before, after) in [
            (&[][..], "Origin, Accept-Encoding"),
            (&["Cookie"], "Cookie, Origin, Accept-Encoding"),
            (&["Cookie", "Accept"], "Cookie, Accept, Origin, Accept-Encoding"),
            (&["accept-encoding"], "accept-encoding, Origin"),
            (&["Origin,Accept-Encoding"], "Origin,Accept-Encoding"),
            (&["*"], "*"),
            (&[""], "Origin, Accept-Encoding"),
        ] {
            let mut headers = HeaderMap::new();
            for line in before {
                headers.append(VARY, HeaderValue::from_static(line));
            }
            add(&mut headers, "Origin, Accept-Encoding");
            assert_eq!(headers[VARY], after, "{before:?}");
        }
    }
}
