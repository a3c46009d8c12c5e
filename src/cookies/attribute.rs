//! Attributes that come as text from outside.

use std::time::SystemTime;

use super::encode::is_attribute;
use super::{CookieError, SameSite, SetCookie};

impl SetCookie {
    /// Sets an attribute from text, for programs that take attributes from outside.
    ///
    /// | name (in any case) | value |
    /// |---|---|
    /// | `domain`, `path` | as [`domain`](Self::domain) and [`path`](Self::path) take it |
    /// | `max_age`, `max-age` | digits, `-` before them allowed |
    /// | `expires` | an HTTP date (RFC 9110, section 5.6.7) |
    /// | `samesite` | `Strict`, `Lax` or `None`, in any case |
    /// | `secure`, `httponly`, `partitioned` | empty, `true` or `1` for on, `false` or `0` for off |
    ///
    /// Nothing is trimmed or cut: a value has to be right from end to end. [`encode`](Self::encode) checks again, and
    /// whether the attributes fit together.
    ///
    /// # Errors
    ///
    /// `InvalidDomain`, `InvalidPath`, `InvalidMaxAge`, `InvalidExpires`, `InvalidSameSite`, `InvalidFlag` or
    /// `UnknownAttribute` of [`CookieError`]; the cookie is then as it was before.
    pub fn attribute(&mut self, name: &str, value: &str) -> Result<(), CookieError> {
        match name.to_ascii_lowercase().as_str() {
            "domain" if is_attribute(value) => value.clone_into(&mut self.domain),
            "domain" => return Err(CookieError::InvalidDomain),
            "path" if is_attribute(value) => value.clone_into(&mut self.path),
            "path" => return Err(CookieError::InvalidPath),
            "max_age" | "max-age" => self.max_age = Some(seconds(value)?),
            "expires" => self.expires = Some(http_date(value)?),
            "samesite" => self.same_site = Some(same_site(value)?),
            "secure" => self.secure = flag(value)?,
            "httponly" => self.http_only = flag(value)?,
            "partitioned" => self.partitioned = flag(value)?,
            _ => return Err(CookieError::UnknownAttribute),
        }
        Ok(())
    }
}

fn seconds(value: &str) -> Result<i64, CookieError> {
    // `i64` reads `+1` as well, which RFC 6265bis (section 5.6.2) does not; what is too large is an error there.
    let number = (!value.starts_with('+')).then(|| value.parse().ok()).flatten();
    number.ok_or(CookieError::InvalidMaxAge)
}

fn http_date(value: &str) -> Result<SystemTime, CookieError> {
    let whole = value.trim() == value;
    whole
        .then(|| httpdate::parse_http_date(value).ok())
        .flatten()
        .ok_or(CookieError::InvalidExpires)
}

fn same_site(value: &str) -> Result<SameSite, CookieError> {
    let all = [SameSite::Strict, SameSite::Lax, SameSite::None];
    let found = all
        .into_iter()
        .find(|one| one.as_str().eq_ignore_ascii_case(value));
    found.ok_or(CookieError::InvalidSameSite)
}

fn flag(value: &str) -> Result<bool, CookieError> {
    match value {
        "" | "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(CookieError::InvalidFlag),
    }
}
