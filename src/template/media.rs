//! From the name of a template to the content type of what it renders.

use http::HeaderValue;

pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=UTF-8");

/// Extensions that say how a file is written and not what it renders: the one before them decides.
const JINJA: [&str; 5] = ["askama", "j2", "jinja", "jinja2", "rinja"];

/// The content type of a template by its file name or extension: `feed.xml`, `xml`, `feed.xml.j2`. `None` for an
/// extension that is not known.
///
/// ```
/// use waterspout::template::content_type;
///
/// assert_eq!(content_type("page.html").expect("known"), "text/html; charset=UTF-8");
/// assert_eq!(content_type("svg").expect("known"), "image/svg+xml");
/// assert_eq!(content_type("page.tiff"), None);
/// ```
pub fn content_type(name: &str) -> Option<HeaderValue> {
    let mut parts = name.rsplit(['.', '/']);
    let mut extension = parts.next()?;
    if JINJA.contains(&extension) {
        extension = parts.next()?;
    }
    Some(match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => HTML,
        "txt" => HeaderValue::from_static("text/plain; charset=UTF-8"),
        "xml" => HeaderValue::from_static("application/xml"),
        "atom" => HeaderValue::from_static("application/atom+xml"),
        "rss" => HeaderValue::from_static("application/rss+xml"),
        "svg" => HeaderValue::from_static("image/svg+xml"),
        "json" => HeaderValue::from_static("application/json; charset=UTF-8"),
        "webmanifest" => HeaderValue::from_static("application/manifest+json"),
        "js" | "mjs" => HeaderValue::from_static("text/javascript; charset=UTF-8"),
        "css" => HeaderValue::from_static("text/css; charset=UTF-8"),
        "csv" => HeaderValue::from_static("text/csv; charset=UTF-8"),
        "md" => HeaderValue::from_static("text/markdown; charset=UTF-8"),
        "ics" => HeaderValue::from_static("text/calendar; charset=UTF-8"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_decides_but_for_those_of_jinja() {
        for (name, kind) in [
            ("html", "text/html; charset=UTF-8"),
            ("blog/page.HTM", "text/html; charset=UTF-8"),
            ("page.txt.html", "text/html; charset=UTF-8"),
            ("feed.xml", "application/xml"),
            ("feed.xml.j2", "application/xml"),
            ("mail.txt", "text/plain; charset=UTF-8"),
            ("a.d/x.json", "application/json; charset=UTF-8"),
        ] {
            assert_eq!(content_type(name), Some(HeaderValue::from_static(kind)), "{name}");
        }
        for unknown in ["", "page", "page.", "page.exe", ".", "html/page", "page.j2", "j2"] {
            assert_eq!(content_type(unknown), None, "{unknown}");
        }
    }
}
