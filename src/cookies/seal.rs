//! Sealed values: encrypted, so that the client can neither read nor change them.
//!
//! `1.VERSION.TEXT`: the version of the format, that of the key, and in base64url without padding (RFC 4648, section 5)
//! a nonce of 24 random bytes and the output of XChaCha20-Poly1305 (RFC 8439, `draft-irtf-cfrg-xchacha`). The head
//! and the purpose are its associated data. All of it is fit for cookies and addresses as it is.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use super::CookieSecret;
use crate::error::{Error, Result};
use crate::random;

/// Bytes of the nonce.
const NONCE: usize = 24;

impl CookieSecret {
    /// Encrypts `plain`: text that only [`open`](Self::open) with the same secret and purpose reads.
    ///
    /// The purpose says what the value is for, so that a value made for one thing is never taken for another. It is 1.4
    /// times as long as `plain`, and 60 bytes. Nothing in it ages: put a time into `plain` where it should.
    ///
    /// ```
    /// use waterspout::cookies::CookieSecret;
    ///
    /// let secret = CookieSecret::new("It's a secret to everybody");
    /// let sealed = secret.seal("invitation", b"user 7")?;
    /// assert_eq!(secret.open("invitation", &sealed).as_deref(), Some(&b"user 7"[..]));
    /// assert_eq!(secret.open("session", &sealed), None);
    /// # Ok::<(), waterspout::Error>(())
    /// ```
    ///
    /// # Errors
    /// 500 where the system gives no randomness, or the secret has no key to write with.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<String> {
        let key = self.writer()?;
        let mut text = head(key.version);
        let nonce: [u8; NONCE] = random::bytes()?;
        let payload = Payload {
            msg: plain,
            aad: &associated(&text, purpose),
        };
        let sealed = XChaCha20Poly1305::new(&key.sealing.into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::new(500).message("the value is too long to be encrypted"))?;
        let bytes = [&nonce, sealed.as_slice()].concat();
        BASE64_URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Ok(text)
    }

    /// Reads what [`seal`](Self::seal) made; `None` for anything else, whatever it is.
    pub fn open(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        let (version, encoded) = text.strip_prefix("1.")?.split_once('.')?;
        let key = self.reader(version.parse().ok()?)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: sealed,
            aad: &associated(text.strip_suffix(encoded)?, purpose),
        };
        XChaCha20Poly1305::new(&key.sealing.into())
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
    }
}

fn head(version: u32) -> String {
    format!("1.{version}.")
}

/// The head has no part that could be taken for the purpose's, since it ends with its second dot.
fn associated(head: &str, purpose: &str) -> Vec<u8> {
    [head, purpose].concat().into_bytes()
}
