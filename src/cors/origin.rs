//! Origins as browsers write them (RFC 6454 section 6.2).

use url::{Origin, Url};

/// Why a text is no origin that a browser would send.
///
/// # Errors
/// The text for [`Application::check`](crate::Application::check).
pub(super) fn check(text: &str) -> Result<(), String> {
    if text == "null" {
        return Err(
            "the origin `null` is that of every sandboxed frame and every local file; allow it with allow_null_origin"
                .into(),
        );
    }
    let bad = |why: &str| Err(format!("`{text}` is no origin: {why}"));
    let Some((scheme, rest)) = text.split_once("://") else {
        return bad("it is a scheme, `://`, a host, and a port where it is not the scheme's own");
    };
    if rest.contains('*') {
        return bad("a pattern is not understood, only whole origins and `*`");
    }
    if rest.is_empty() || rest.contains(['/', '?', '#', '@', '\\']) {
        return bad("it ends behind host and port, without a slash");
    }
    let Ok(url) = Url::parse(text) else {
        return bad("it cannot be read");
    };
    match url.origin() {
        Origin::Tuple(..) => {
            let written = url.origin().ascii_serialization();
            if written == text {
                Ok(())
            } else {
                bad(&format!("browsers write it `{written}`"))
            }
        }
        // Schemes that are no web's (`capacitor://localhost`) are sent as they are written.
        Origin::Opaque(_) if scheme.chars().any(char::is_uppercase) => bad("its scheme has capitals"),
        Origin::Opaque(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for good in [
            "https://example.com",
            "http://localhost:8080",
            "https://[2001:db8::1]:8443",
            "https://xn--bcher-kva.example",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "null",
            "example.com",
            "//example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?q",
            "https://example.com#f",
            "https://user@example.com",
            "https://example.com:443",
            "http://example.com:80",
            "HTTPS://example.com",
            "https://Example.com",
            "https://b\u{fc}cher.example",
            "https://*.example.com",
            "https://exa mple.com",
            "Capacitor://localhost",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
