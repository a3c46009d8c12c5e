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
        let headers = request.headers();
        let origin = only(headers, &ORIGIN);
        match only(headers, &SEC_FETCH_SITE) {
            Some("same-origin" | "none") => Self::Own,
            Some(_) => Self::Other(origin.unwrap_or_default()),
            None => match origin {
                None => Self::Own,
                Some(origin) if request.host().is_some_and(|host| is_of_host(origin, host)) => Self::Own,
                Some(origin) => Self::Other(origin),
            },
        }
    }
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
pub(crate) fn is_of_host(origin: &str, host: &str) -> bool {
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
            assert!(is_of_host(origin, host), "{origin} {host}");
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
            assert!(!is_of_host(origin, host), "{origin} {host}");
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
