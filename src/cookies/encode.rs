//! Writing the `Set-Cookie` field.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use super::{CookieError, SameSite, SetCookie, quoted};
use crate::h1::is_token;

/// Most bytes of name and value together that browsers take (RFC 6265bis, section 5.6).
const LONGEST: usize = 4096;
/// Most bytes of an attribute's value that browsers take (RFC 6265bis, section 5.6).
const LONGEST_ATTRIBUTE: usize = 1024;
/// The start of the year 10000, which HTTP dates cannot say (and `httpdate` panics at).
const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);

impl SetCookie {
    /// The value of the `Set-Cookie` field, marked sensitive (HTTP/2 does not index it, `Debug` does not show it).
    ///
    /// A value of letters, digits and ``!#$%&'*+-.^_`|~:`` is sent as it is, any other in double quotes with `\"`,
    /// `\\` and octal escapes, which [`parse`](super::parse()) undoes.
    ///
    /// # Errors
    ///
    /// Whatever browsers would refuse or read otherwise than meant: see each [`CookieError`].
    pub fn encode(&self) -> Result<HeaderValue, CookieError> {
        self.check()?;
        let mut out = format!("{}=", self.name);
        quoted::push(&self.value, &mut out);
        if out.len() > LONGEST + "=".len() {
            return Err(CookieError::TooLong);
        }
        let text = |key, text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!("; {key}={text}")
            }
        };
        let flag = |on, key| if on { key } else { "" };
        out.push_str(&text("Domain", &self.domain));
        if let Some(expires) = self.expires {
            out.push_str(&text("expires", &httpdate::fmt_http_date(expires))); // `check` saw to its range
        }
        out.push_str(flag(self.http_only, "; HttpOnly"));
        if let Some(seconds) = self.max_age {
            out.push_str(&text("Max-Age", &seconds.to_string()));
        }
        out.push_str(&text("Path", &self.path));
        out.push_str(&text("SameSite", self.same_site.map_or("", SameSite::as_str)));
        out.push_str(flag(self.secure, "; Secure"));
        out.push_str(flag(self.partitioned, "; Partitioned"));
        // Never an error: all of it is printable ASCII by now.
        let mut field = HeaderValue::try_from(out).map_err(|_| CookieError::InvalidValue)?;
        field.set_sensitive(true);
        Ok(field)
    }

    fn check(&self) -> Result<(), CookieError> {
        let starts_with = |prefix: &str| {
            // Browsers compare without case (RFC 6265bis, section 5.7).
            self.name
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let host_only = self.secure && self.domain.is_empty() && self.path == "/";
        let bare = !self.secure;
        let none = self.same_site == Some(SameSite::None);
        let faults = [
            (!is_token(self.name.as_bytes()), CookieError::InvalidName),
            (
                self.value.bytes().any(|byte| byte <= b' '),
                CookieError::InvalidValue,
            ),
            (self.name.len() + self.value.len() > LONGEST, CookieError::TooLong),
            (!is_attribute(&self.domain), CookieError::InvalidDomain),
            (!is_attribute(&self.path), CookieError::InvalidPath),
            (
                self.expires.is_some_and(|time| !is_http_date(time)),
                CookieError::InvalidExpires,
            ),
            (starts_with("__Host-") && !host_only, CookieError::HostPrefix),
            (starts_with("__Secure-") && bare, CookieError::SecurePrefix),
            (none && bare, CookieError::SameSiteNone),
            (self.partitioned && bare, CookieError::Partitioned),
        ];
        faults
            .into_iter()
            .find(|fault| fault.0)
            .map_or(Ok(()), |fault| Err(fault.1))
    }
}

/// True for text that can stand in an attribute: printable ASCII without space and `;`.
pub(super) fn is_attribute(text: &str) -> bool {
    text.len() <= LONGEST_ATTRIBUTE && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';')
}

fn is_http_date(time: SystemTime) -> bool {
    time.duration_since(UNIX_EPOCH)
        .is_ok_and(|since| since < YEAR_10000)
}
