//! Which pages may send what: the origins of requests.

use http::Method;
use http::header::{HeaderMap, HeaderName, ORIGIN};

use crate::application::Settings;
use crate::h1::{Port, is_host};
use crate::request::Request;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// True for the methods that change nothing, which any page may send; with all others a page could act in the name of
/// whoever looks at it.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// What the browser says of the page that a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source<'a> {
    /// One of our own, or the user by hand, or no browser at all.
    Own,
    /// Another one, of this origin; of none that could be trusted where it is "".
    Other(&'a str),
}

impl<'a> Source<'a> {
    /// Reads `Sec-Fetch-Site` (Fetch Metadata, W3C), which no page can forge; where it is absent, as from old browsers and
    /// over plain HTTP, compares `Origin` (RFC 6454, section 7) with the request's host. Without either it is no browser.
    pub(crate) fn of(request: &'a Request) -> Self {
        match (only(request.headers(), &ORIGIN), says_own(request)) {
            (_, Some(true)) | (None, None) => Self::Own,
            (Some(origin), None) if is_of_host(origin, request) => Self::Own,
            (origin, _) => Self::Other(origin.unwrap_or_default()),
        }
    }
}

/// What the browser itself says, where it does: whether the page is one of ours.
fn says_own(request: &Request) -> Option<bool> {
    let site = only(request.headers(), &SEC_FETCH_SITE)?;
    Some(matches!(site, "same-origin" | "none"))
}

/// True where a page of this origin is one of ours: as the browser says it, else by its host.
pub(crate) fn is_own(origin: &str, request: &Request) -> bool {
    says_own(request).unwrap_or_else(|| is_of_host(origin, request))
}

fn is_of_host(origin: &str, request: &Request) -> bool {
    request.host().is_some_and(|host| names(origin, host))
}

/// True for an origin that [`Settings::trusted_origins`] names, as it is written there.
pub(crate) fn is_trusted(origin: &str, settings: &Settings) -> bool {
    // A page without an origin of its own can be anybody's.
    origin != "null" && settings.trusted_origins.iter().any(|trusted| trusted == origin)
}

/// A field's value: `None` where it is absent, "" where it is repeated or no text, and so says nothing.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let text = first.to_str().ok().filter(|_| values.next().is_none());
    Some(text.unwrap_or_default())
}

/// True where an origin names this host and port. The scheme is not looked at, since a proxy in front may speak TLS for
/// us; so a host without its port is one of both schemes.
fn names(origin: &str, host: &str) -> bool {
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    !host.is_empty() && authority[..end].eq_ignore_ascii_case(host)
}

/// True for `scheme://host` and `scheme://host:port`, which browsers send; `null` is nobody in particular.
pub(crate) fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let is_scheme = !scheme.is_empty() && scheme.bytes().all(letters);
        // A host may have a `*`, but who writes one means more than one host.
        is_scheme && !host.contains('*') && is_host(host.as_bytes(), Port::Optional)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_of_a_host_with_its_port() {
        for (origin, host) in [
            ("http://a.example", "a.example"),
            ("https://a.example", "a.example"),
            ("http://a.example:81", "a.example:81"),
            ("http://A.Example", "a.eXample"),
            ("http://[::1]:81", "[::1]:81"),
            ("http://a.example/foo", "a.example"),
        ] {
            assert!(names(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("null", "null"),
            ("", ""),
            ("http://", ""),
            ("a.example", "a.example"),
            ("//a.example", "a.example"),
            ("http://a.example:81", "a.example"),
            ("http://a.example", "a.example:81"),
            ("http://a.example.evil.example", "a.example"),
            ("http://evil.example/a.example", "a.example"),
            ("http://evil.example/://a.example", "a.example"),
            ("http://a.example@evil.example", "a.example"),
            ("http://evil.example#a.example", "a.example"),
            ("http://u@a.example", "a.example"),
        ] {
            assert!(!names(origin, host), "{origin} {host}");
        }
    }

    #[test]
    fn what_browsers_never_send_is_no_origin() {
        for origin in [
            "https://a.example",
            "http://a.example:81",
            "http://[::1]",
            "chrome-extension://x",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for text in [
            "",
            "null",
            "*",
            "a.example",
            "https://",
            "https://a.example/",
            "://a",
            "https://*.a.example",
            "https://u@a.example",
            "https://a b",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }

    #[test]
    fn only_three_methods_are_safe() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(is_safe(&method.parse().expect("a method")));
        }
        for method in [
            "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "get",
        ] {
            assert!(!is_safe(&method.parse().expect("a method")), "{method}");
        }
    }
}
