//! Security fields of responses: [`Security`].

mod hsts;
mod nonce;
mod policy;

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, HeaderName, HeaderValue};

pub use hsts::Hsts;
pub(crate) use nonce::nonce;
use policy::Policy;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What browsers are told for safety. The defaults break no page; a field that the application sets itself always wins.
///
/// | field | default | on |
/// |---|---|---|
/// | `Strict-Transport-Security` | `max-age=31536000` | every response over HTTPS, not in debug mode |
/// | `Content-Security-Policy` | `frame-ancestors 'self'; object-src 'none'; base-uri 'self'` | documents |
/// | `Referrer-Policy` | `strict-origin-when-cross-origin` | documents |
/// | `Cross-Origin-Opener-Policy` | `same-origin-allow-popups`, with which logins in a popup work | documents |
/// | `Permissions-Policy` | none | documents |
///
/// Documents are HTML, XHTML and SVG. `X-Frame-Options` is not sent: `frame-ancestors` has taken its place (CSP 3, and OWASP
/// ASVS 5.0, 3.4.6). `nosniff` is a [setting of its own](crate::Settings::nosniff).
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::Security;
///
/// let security = Security::new()
///     .content_security_policy("default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic'")
///     .permissions_policy("geolocation=(), camera=()")
///     .referrer_policy(None);
/// let app = Application::new()
///     .settings(Settings { security, ..Settings::default() })
///     .get("/", async |cx| {
///         let nonce = cx.csp_nonce()?;
///         cx.write(format!("<script nonce=\"{nonce}\">start()</script>"))
///     });
/// # let client = waterspout::testing::TestClient::new(app);
/// # let response = client.get("/").send();
/// # let policy = response.header("content-security-policy").expect("a policy");
/// # assert!(policy.starts_with("default-src 'self'; script-src 'nonce-"));
/// # assert_eq!(response.header("referrer-policy"), None);
/// ```
#[derive(Clone, Debug)]
pub struct Security {
    hsts: Option<HeaderValue>,
    policy: Option<Policy>,
    referrer: Option<HeaderValue>,
    opener: Option<HeaderValue>,
    permissions: Option<HeaderValue>,
    problems: Vec<String>,
}

impl Security {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            policy: Some(Policy::standard()),
            referrer: Some(HeaderValue::from_static("strict-origin-when-cross-origin")),
            opener: Some(HeaderValue::from_static("same-origin-allow-popups")),
            ..Self::none()
        }
        .hsts(Hsts::default())
    }

    /// None of the fields.
    pub const fn none() -> Self {
        Self {
            hsts: None,
            policy: None,
            referrer: None,
            opener: None,
            permissions: None,
            problems: Vec::new(),
        }
    }

    /// Sets `Strict-Transport-Security`, or `None`.
    #[must_use]
    pub fn hsts(mut self, hsts: impl Into<Option<Hsts>>) -> Self {
        let hsts = hsts.into();
        self.problems
            .extend(hsts.and_then(|hsts| hsts.problem()).map(str::to_owned));
        let text = hsts.map(|hsts| hsts.text());
        self.hsts = self.value("Strict-Transport-Security", text.as_deref());
        self
    }

    /// Sets `Content-Security-Policy`, or `None`. Where it has `'nonce-{nonce}'`, each response that asks for its
    /// [nonce](crate::Context::csp_nonce) has one there; those that do not have nothing in its place.
    #[must_use]
    pub fn content_security_policy<'a>(mut self, policy: impl Into<Option<&'a str>>) -> Self {
        self.policy = match policy.into().map(Policy::parse) {
            Some(Ok(policy)) => Some(policy),
            Some(Err(problem)) => {
                self.problems.push(problem);
                None
            }
            None => None,
        };
        self
    }

    /// Sets `Referrer-Policy`, or `None`.
    #[must_use]
    pub fn referrer_policy<'a>(mut self, policy: impl Into<Option<&'a str>>) -> Self {
        self.referrer = self.value("Referrer-Policy", policy.into());
        self
    }

    /// Sets `Cross-Origin-Opener-Policy`, or `None`. `same-origin` is stricter, for sites without logins in a popup.
    #[must_use]
    pub fn cross_origin_opener_policy<'a>(mut self, policy: impl Into<Option<&'a str>>) -> Self {
        self.opener = self.value("Cross-Origin-Opener-Policy", policy.into());
        self
    }

    /// Sets `Permissions-Policy`, or `None`.
    #[must_use]
    pub fn permissions_policy<'a>(mut self, policy: impl Into<Option<&'a str>>) -> Self {
        self.permissions = self.value("Permissions-Policy", policy.into());
        self
    }

    fn value(&mut self, name: &str, text: Option<&str>) -> Option<HeaderValue> {
        let value = text.map(HeaderValue::try_from);
        if let Some(Err(_)) = value {
            self.problems.push(format!("{name}: it cannot stand in a header"));
        }
        value.and_then(Result::ok)
    }

    /// What [`Application::check`](crate::Application::check) tells.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Adds to a response what it does not have itself. No value is made here.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, https: bool) {
        if https {
            add(headers, STRICT_TRANSPORT_SECURITY, self.hsts.as_ref());
        }
        if headers.get(CONTENT_TYPE).is_some_and(is_document) {
            add(
                headers,
                CONTENT_SECURITY_POLICY,
                self.policy.as_ref().map(Policy::plain),
            );
            add(headers, REFERRER_POLICY, self.referrer.as_ref());
            add(headers, CROSS_ORIGIN_OPENER_POLICY, self.opener.as_ref());
            add(headers, PERMISSIONS_POLICY, self.permissions.as_ref());
        }
    }
}

impl Default for Security {
    fn default() -> Self {
        Self::new()
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: Option<&HeaderValue>) {
    if let Some(value) = value {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// What browsers show as a page of its own, with scripts.
fn is_document(content_type: &HeaderValue) -> bool {
    const DOCUMENTS: [&[u8]; 3] = [b"text/html", b"application/xhtml+xml", b"image/svg+xml"];
    let kind = content_type.as_bytes();
    DOCUMENTS.iter().any(|document| {
        let behind = kind.get(document.len()..).map(<[u8]>::trim_ascii_start);
        kind.get(..document.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(document))
            && matches!(behind.and_then(|behind| behind.first()), None | Some(b';'))
    })
}
