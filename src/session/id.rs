//! The id of a session, and the key under which a store knows it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::random;

/// Longest value of a cookie that is looked up: browsers keep no longer ones (RFC 6265bis section 5.6).
const LONGEST: usize = 4096;

/// What the client's cookie says: whoever has it has the session. [`Debug`](fmt::Debug) does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    /// A new id: 256 bits from the system, as 43 characters of base64url (RFC 4648 section 5).
    ///
    /// # Errors
    /// 500 where the system gives no randomness.
    pub(super) fn new() -> Result<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::bytes::<32>()?)))
    }

    /// The id that a client has sent, whatever it is; `None` where it can be none.
    pub(super) fn received(text: String) -> Option<Self> {
        let plausible =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        plausible.then_some(Self(text))
    }

    /// The key under which a store on the server keeps the session.
    pub fn key(&self) -> SessionKey {
        SessionKey(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The value of the cookie. Stores on the server have no use for it: they keep the [`key`](Self::key).
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

/// The SHA-256 of a session's id. It prints as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn new_ids_are_256_bits_and_never_meet() {
        let ids: HashSet<_> = (0..1000).map(|_| SessionId::new().expect("an id").0).collect();
        assert_eq!(ids.len(), 1000);
        for id in &ids {
            assert_eq!(URL_SAFE_NO_PAD.decode(id).expect("base64url").len(), 32);
        }
    }

    #[test]
    fn a_key_is_the_sha_256_of_the_id() {
        // FIPS 180-4's example, by way of RFC 6234 section 8.5.
        let id = SessionId::received("abc".into()).expect("plausible");
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(id.key().to_string(), hex);
        assert_eq!(format!("{id:?}"), "SessionId");
    }

    #[test]
    fn what_no_cookie_of_ours_can_be_is_no_id() {
        for text in ["", " ", "a b", "a\u{e9}", "a\n", &"x".repeat(LONGEST + 1)] {
            assert!(SessionId::received(text.into()).is_none(), "{text:?}");
        }
        assert!(SessionId::received("x".repeat(LONGEST)).is_some());
    }
}
