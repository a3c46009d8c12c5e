//! `Strict-Transport-Security` (RFC 6797).

use std::time::Duration;

/// A year: what OWASP ASVS 5.0 (3.4.1) and the browsers' preload list ask for at least.
const YEAR: Duration = Duration::from_secs(31_536_000);

/// How long browsers shall come by HTTPS alone. A promise that cannot be taken back before its time is over.
///
/// ```
/// use std::time::Duration;
///
/// use waterspout::{Hsts, Security};
///
/// let two_years = Duration::from_secs(63_072_000);
/// let security = Security::new().hsts(Hsts::new(two_years).include_subdomains());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    max_age: Duration,
    subdomains: bool,
    preload: bool,
}

impl Hsts {
    /// For this host alone, so long. Zero takes back what was promised before.
    pub const fn new(max_age: Duration) -> Self {
        Self {
            max_age,
            subdomains: false,
            preload: false,
        }
    }

    /// For all hosts below it too: each of them must have HTTPS.
    #[must_use]
    pub const fn include_subdomains(mut self) -> Self {
        self.subdomains = true;
        self
    }

    /// Agrees to the host's being built into browsers (hstspreload.org). It wants the subdomains and a year at least.
    #[must_use]
    pub const fn preload(mut self) -> Self {
        self.preload = true;
        self
    }

    /// Why no list would take it.
    pub(super) fn problem(&self) -> Option<&'static str> {
        (self.preload && !(self.subdomains && self.max_age >= YEAR))
            .then_some("HSTS: preload wants the subdomains and a year at least")
    }

    pub(super) fn text(&self) -> String {
        let subdomains = if self.subdomains {
            "; includeSubDomains"
        } else {
            ""
        };
        let preload = if self.preload { "; preload" } else { "" };
        format!("max-age={}{subdomains}{preload}", self.max_age.as_secs())
    }
}

impl Default for Hsts {
    fn default() -> Self {
        Self::new(YEAR)
    }
}
