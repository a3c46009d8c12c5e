//! Where an address leads, as a browser reads it (the URL standard, section 4.4).

/// Scheme and authority of an address; two that differ are two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    scheme: Option<String>,
    /// With userinfo and port. Empty where slashes announce one and none comes.
    authority: Option<String>,
}

impl Place {
    pub(super) fn of(url: &str) -> Self {
        let url = url.trim_matches(|c: char| c <= ' ');
        let url: String = url
            .chars()
            .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
            .map(|c| if c == '\\' { '/' } else { c })
            .collect();
        let (scheme, rest) = match scheme(&url) {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, url.as_str()),
        };
        // Behind a scheme browsers take any number of slashes; without one, two or more.
        let authority = (scheme.is_some() || rest.starts_with("//")).then(|| {
            let authority = rest.trim_start_matches('/');
            let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
            authority.get(..end).unwrap_or_default().to_ascii_lowercase()
        });
        Self { scheme, authority }
    }

    /// True where a browser goes to the host that it has asked already.
    pub(super) fn is_here(&self) -> bool {
        self.scheme.is_none() && self.authority.is_none()
    }
}

/// What stands before the colon, where that can be a scheme (RFC 3986 section 3.1), and what stands behind it.
fn scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let legal = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(legal))
        .then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_browsers_read_it() {
        for (url, scheme, authority) in [
            ("/a//b", None, None),
            ("", None, None),
            ("a/b:c", None, None),
            ("?a=//b", None, None),
            ("//example.com/a", None, Some("example.com")),
            ("///example.com/a", None, Some("example.com")),
            ("/\\example.com", None, Some("example.com")),
            ("\\\\example.com", None, Some("example.com")),
            ("/\t/example.com", None, Some("example.com")),
            (" \r\n//example.com", None, Some("example.com")),
            ("\u{1}//example.com", None, Some("example.com")),
            (
                "https://Example.com:8080/a",
                Some("https"),
                Some("example.com:8080"),
            ),
            ("HTTPS:example.com", Some("https"), Some("example.com")),
            ("https:////example.com?a", Some("https"), Some("example.com")),
            ("https://a@b#c", Some("https"), Some("a@b")),
            ("java\nscript:alert(1)", Some("javascript"), Some("alert(1)")),
            ("//", None, Some("")),
            ("https://", Some("https"), Some("")),
        ] {
            let expected = Place {
                scheme: scheme.map(str::to_owned),
                authority: authority.map(str::to_owned),
            };
            assert_eq!(Place::of(url), expected, "{url:?}");
        }
    }
}
