//! Signed values: the client can read them but not change them. Version 2 of Tornado's, byte for byte.
//!
//! ```text
//! 2|1:0|10:1300000000|3:key|8:dmFsdWU=|3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152
//! ```
//!
//! The version of the format; then each with its length the version of the key, the Unix time, the name and the value in
//! base64 (RFC 4648, section 4); then HMAC-SHA256 (RFC 2104, FIPS 180-4) of all before it in hexadecimal. Handlers use
//! [`Context::set_signed_cookie`](crate::Context::set_signed_cookie) and its kin.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac;

use super::{CookieSecret, hex};
use crate::error::Result;

/// How long a value is good unless the reader says otherwise: 31 days, as in Tornado.
pub const MAX_AGE: Duration = Duration::from_secs(31 * 86_400);

/// Signs `value` as the one of `name`, made at `now` (Tornado's `create_signed_value`).
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use waterspout::cookies::{CookieSecret, signed};
///
/// let secret = CookieSecret::new("It's a secret to everybody");
/// let now = UNIX_EPOCH + Duration::from_secs(1_300_000_000);
/// let signed = signed::create_signed_value(&secret, "key", b"value", now)?;
/// assert!(signed.starts_with("2|1:0|10:1300000000|3:key|8:dmFsdWU=|3d4e60b9"));
/// let value = signed::decode_signed_value(&secret, "key", &signed, signed::MAX_AGE, now);
/// assert_eq!(value.as_deref(), Some(&b"value"[..]));
/// # Ok::<(), waterspout::Error>(())
/// ```
///
/// # Errors
/// 500 where the secret has no key of the version to write with.
pub fn create_signed_value(
    secret: &CookieSecret,
    name: &str,
    value: &[u8],
    now: SystemTime,
) -> Result<String> {
    let key = secret.writer()?;
    let mut text = "2|".to_owned();
    let fields = [
        &key.version.to_string(),
        &since_epoch(now).as_secs().to_string(),
        name,
        &BASE64_STANDARD.encode(value),
    ];
    for field in fields {
        text.push_str(&field.len().to_string());
        text.push(':');
        text.push_str(field);
        text.push('|');
    }
    let signature: [u8; 32] = key
        .hmac
        .clone()
        .chain_update(&text)
        .finalize()
        .into_bytes()
        .into();
    hex::push(&signature, &mut text);
    Ok(text)
}

/// The value of `name` that was signed, where `text` is one of this secret, and not older than `max_age`; else `None`,
/// whatever `text` is (Tornado's `decode_signed_value` with `min_version=2`).
pub fn decode_signed_value(
    secret: &CookieSecret,
    name: &str,
    text: &str,
    max_age: Duration,
    now: SystemTime,
) -> Option<Vec<u8>> {
    let parts = Parts::split(text)?;
    let key = secret.reader(parts.key_version)?;
    let signature: [u8; 32] = hex::read(parts.signature)?;
    let expected = key.hmac.clone().chain_update(parts.signed);
    // In constant time: how much of a forged signature is right must not show.
    expected.verify_slice(&signature).ok()?;
    let made = Duration::from_secs(decimal(parts.time)?);
    if parts.name != name || made.saturating_add(max_age) < since_epoch(now) {
        return None;
    }
    BASE64_STANDARD.decode(parts.value).ok()
}

/// The version of the key that `text` says it was signed with. It is not checked whether it was (Tornado's
/// `get_signature_key_version`).
pub fn key_version(text: &str) -> Option<u32> {
    Some(Parts::split(text)?.key_version)
}

/// A value taken apart, with nothing of it checked but its form.
struct Parts<'a> {
    key_version: u32,
    time: &'a str,
    name: &'a str,
    value: &'a str,
    /// All before the signature.
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (key_version, rest) = field(text.strip_prefix("2|")?)?;
        let (time, rest) = field(rest)?;
        let (name, rest) = field(rest)?;
        let (value, signature) = field(rest)?;
        Some(Self {
            key_version: decimal(key_version)?.try_into().ok()?,
            time,
            name,
            value,
            signed: text.strip_suffix(signature)?,
            signature,
        })
    }
}

/// The digits of the largest length.
const MOST_DIGITS: usize = 20;

/// A field and what follows it: `LENGTH:FIELD|`. It looks at the length alone, not for a colon through all that follows.
fn field(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().take(MOST_DIGITS + 1).position(|byte| byte == b':')?;
    let (len, rest) = (text.get(..colon)?, text.get(colon + 1..)?);
    let (field, rest) = rest.split_at_checked(decimal(len)?.try_into().ok()?)?;
    Some((field, rest.strip_prefix('|')?))
}

/// A number of digits alone: `parse` takes a sign as well.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

pub(crate) fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}
