//! Making a cookie to be set.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use super::SameSite;

/// A cookie to be set: name, value and attributes (RFC 6265bis, section 4.1).
///
/// It starts with `Path=/` and nothing else. Nothing is checked before [`encode`](Self::encode), apart from what comes
/// in as text by [`attribute`](Self::attribute). [`Debug`](fmt::Debug) leaves the value out, as it is often a secret.
///
/// ```ignore
/// let cookie = SetCookie::new("__Host-sid", "31d4").secure(true).http_only(true).same_site(SameSite::Lax);
/// assert_eq!(cookie.encode()?, "__Host-sid=31d4; HttpOnly; Path=/; SameSite=Lax; Secure");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a cookie is sent only when it is encoded into a response"]
pub struct SetCookie {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) domain: String,
    pub(super) path: String,
    pub(super) max_age: Option<i64>,
    pub(super) expires: Option<SystemTime>,
    pub(super) http_only: bool,
    pub(super) secure: bool,
    pub(super) same_site: Option<SameSite>,
    pub(super) partitioned: bool,
}

impl SetCookie {
    /// A cookie with `Path=/` that lasts as long as the browser's session.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            domain: String::new(),
            path: "/".to_owned(),
            max_age: None,
            expires: None,
            http_only: false,
            secure: false,
            same_site: None,
            partitioned: false,
        }
    }

    /// Makes the browser forget a cookie: empty value, `Max-Age=0` and a time in the past.
    ///
    /// Browsers find the cookie by name, domain, path and partition, so these must be as they were when it was set;
    /// `__Host-` and `__Secure-` names still need [`secure`](Self::secure).
    pub fn removal(name: impl Into<String>) -> Self {
        Self::new(name, "").max_age(0).expires(UNIX_EPOCH)
    }

    /// The name it was made with.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// The same cookie with another value, which stands for the one it was made with.
    pub(crate) fn with_value(mut self, value: String) -> Self {
        self.value = value;
        self
    }

    /// Sends it to this host and those below it (RFC 6265bis, section 4.1.2.3); "" is only the host that sets it.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    /// Sends it to this path and those below it (section 4.1.2.4); "" leaves the choice to the browser.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Keeps it for so many seconds (section 4.1.2.2), or not at all for zero and less; stronger than `expires`.
    pub fn max_age(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Keeps it until then (section 4.1.2.1); the time is cut to whole seconds.
    pub fn expires(mut self, time: SystemTime) -> Self {
        self.expires = Some(time);
        self
    }

    /// Hides it from scripts (section 4.1.2.6).
    pub fn http_only(mut self, on: bool) -> Self {
        self.http_only = on;
        self
    }

    /// Sends it over secure connections only (section 4.1.2.5).
    pub fn secure(mut self, on: bool) -> Self {
        self.secure = on;
        self
    }

    /// Says when it goes along with requests from other sites (section 4.1.2.7).
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = Some(same_site);
        self
    }

    /// Gives each top-level site a cookie of its own (CHIPS, `draft-cutler-httpbis-partitioned-cookies`).
    pub fn partitioned(mut self, on: bool) -> Self {
        self.partitioned = on;
        self
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
