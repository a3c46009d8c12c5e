//! What is worth compressing: an allow-list, since packed formats only become longer.

/// Types beside `text/*`, `+json` and `+xml`: Tornado's, and formats that have come since.
const WORTH: &[&str] = &[
    "application/atom+xml",
    "application/javascript",
    "application/json",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-javascript",
    "application/x-ndjson",
    "application/xhtml+xml",
    "application/xml",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/svg+xml",
    "image/vnd.microsoft.icon",
    "image/x-icon",
];

/// True for a `Content-Type` whose content becomes clearly shorter.
pub(super) fn is_worth_it(content_type: &[u8]) -> bool {
    let kind = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    let Ok(kind) = std::str::from_utf8(kind.trim_ascii()) else {
        return false;
    };
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || WORTH.contains(&kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_worth_it_and_packed_formats_are_not() {
        for worth in [
            "text/html; charset=UTF-8",
            "TEXT/Plain",
            "text/event-stream",
            "application/json",
            "application/problem+json",
            "image/svg+xml",
            "application/wasm",
            "font/ttf",
            " application/xml ;a=b",
        ] {
            assert!(is_worth_it(worth.as_bytes()), "{worth}");
        }
        for packed in [
            "",
            "text",
            "image/png",
            "image/jpeg",
            "font/woff2",
            "video/mp4",
            "application/zip",
            "application/gzip",
            "application/pdf",
            "application/octet-stream",
            "\u{e9}",
        ] {
            assert!(!is_worth_it(packed.as_bytes()), "{packed}");
        }
        assert!(!is_worth_it(b"text/\xff"));
    }
}
