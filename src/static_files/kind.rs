//! The content type of a file, by its extension.

use std::path::Path;

use http::HeaderValue;

use crate::template::content_type;

/// Nothing is known of it: to be saved, not shown.
const UNKNOWN: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Text is taken for UTF-8, but for XML, which says so itself.
pub(crate) fn of(path: &Path) -> HeaderValue {
    let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else {
        return UNKNOWN;
    };
    if let Some(kind) = content_type(extension) {
        return kind;
    }
    let guessed = mime_guess::from_ext(extension).first_raw();
    match guessed {
        Some(kind) if kind.starts_with("text/") && kind != "text/xml" => {
            HeaderValue::try_from(format!("{kind}; charset=UTF-8")).unwrap_or(UNKNOWN)
        }
        Some(kind) => HeaderValue::from_static(kind),
        None => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_extension() {
        for (name, kind) in [
            ("index.html", "text/html; charset=UTF-8"),
            ("a/B.CSS", "text/css; charset=UTF-8"),
            ("app.js", "text/javascript; charset=UTF-8"),
            ("data.json", "application/json; charset=UTF-8"),
            ("logo.svg", "image/svg+xml"),
            ("feed.xml", "application/xml"),
            ("photo.jpeg", "image/jpeg"),
            ("font.woff2", "font/woff2"),
            ("app.wasm", "application/wasm"),
            ("film.mp4", "video/mp4"),
            ("notes.vtt", "text/vtt; charset=UTF-8"),
            ("a.tar.gz", "application/gzip"),
            ("a.br", "application/octet-stream"),
            ("a.unknown", "application/octet-stream"),
            ("README", "application/octet-stream"),
            (".html", "application/octet-stream"),
            ("page.html.j2", "application/octet-stream"),
        ] {
            assert_eq!(of(Path::new(name)), kind, "{name}");
        }
    }
}
