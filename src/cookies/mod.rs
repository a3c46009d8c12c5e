//! Cookies: reading the `Cookie` field as browsers write it, writing `Set-Cookie` strictly.
//!
//! [`parse()`] never fails and takes linear time; [`SetCookie::encode`] refuses whatever could change the meaning of
//! the field it writes. The dialect is Tornado's (and Python's `http.cookies`): a value that is not plain text goes
//! over the wire in double quotes, with `\"`, `\\` and `\ooo`. Sources: RFC 6265bis (`draft-ietf-httpbis-rfc6265bis`)
//! and RFC 9110.

mod attribute;
mod encode;
pub(crate) mod hex;
mod parse;
mod put;
mod quoted;
mod seal;
mod secret;
mod set_cookie;
pub mod signed;

use std::error::Error as StdError;
use std::fmt;

pub use parse::{Cookies, parse};
pub(crate) use put::put;
pub use secret::CookieSecret;
pub use set_cookie::SetCookie;

/// When a cookie goes along with requests that another site started (RFC 6265bis, section 4.1.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// Only with requests that started on the same site.
    Strict,
    /// Also with top-level navigation by a safe method, such as a link that was followed.
    Lax,
    /// Always; browsers want [`SetCookie::secure`] with it.
    None,
}

impl SameSite {
    /// The word that goes over the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// Why a [`SetCookie`] cannot be sent. It holds no part of the cookie, so that it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CookieError {
    /// The name is empty or no token (RFC 9110, section 5.6.2).
    InvalidName,
    /// The value has a control character or a space (`[\x00-\x20]`).
    InvalidValue,
    /// The domain has a control character, a space, `;` or a character outside ASCII, or is over 1024 bytes.
    InvalidDomain,
    /// The path has a control character, a space, `;` or a character outside ASCII, or is over 1024 bytes.
    InvalidPath,
    /// The age is no whole number of seconds.
    InvalidMaxAge,
    /// The time is no HTTP date (RFC 9110, section 5.6.7), or lies outside the years 1970 to 9999.
    InvalidExpires,
    /// None of `Strict`, `Lax` and `None`.
    InvalidSameSite,
    /// The value of an on/off attribute is none of the empty text, `true`, `1`, `false` and `0`.
    InvalidFlag,
    /// No cookie attribute has this name.
    UnknownAttribute,
    /// A name that starts with `__Secure-` needs `Secure` (RFC 6265bis, section 4.1.3.1).
    SecurePrefix,
    /// A name that starts with `__Host-` needs `Secure`, `Path=/` and no `Domain` (RFC 6265bis, section 4.1.3.2).
    HostPrefix,
    /// `SameSite=None` needs `Secure` (RFC 6265bis, section 5.7).
    SameSiteNone,
    /// `Partitioned` needs `Secure` (CHIPS, `draft-cutler-httpbis-partitioned-cookies`).
    Partitioned,
    /// Name and value, as sent, are together longer than 4096 bytes (RFC 6265bis, section 5.6).
    TooLong,
}

impl fmt::Display for CookieError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidName => "the cookie name is no token",
            Self::InvalidValue => "the cookie value has a control character or a space",
            Self::InvalidDomain => "the cookie domain has a forbidden character or is too long",
            Self::InvalidPath => "the cookie path has a forbidden character or is too long",
            Self::InvalidMaxAge => "the cookie's max_age is no whole number",
            Self::InvalidExpires => "the cookie's expires is no HTTP date between 1970 and 9999",
            Self::InvalidSameSite => "the cookie's samesite is none of Strict, Lax and None",
            Self::InvalidFlag => "the on/off attribute of the cookie is neither true nor false",
            Self::UnknownAttribute => "no such cookie attribute",
            Self::SecurePrefix => "a __Secure- cookie must be Secure",
            Self::HostPrefix => "a __Host- cookie must be Secure, with Path=/ and without Domain",
            Self::SameSiteNone => "a cookie with SameSite=None must be Secure",
            Self::Partitioned => "a Partitioned cookie must be Secure",
            Self::TooLong => "name and value of the cookie are longer than 4096 bytes",
        })
    }
}

impl StdError for CookieError {}

#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod signed_tests;
#[cfg(test)]
mod tests;
