//! The secret that cookies are signed and encrypted with.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

/// Makes the key of sealed values from the secret, so that no key serves two algorithms.
const SEALING: &[u8] = b"waterspout sealed values, version 1";

/// The secret of [`Settings::cookie_secret`](crate::Settings::cookie_secret): one, or several with a version each.
///
/// It should be 32 random bytes or more (`openssl rand -hex 32`), never part of the source, and the same in every
/// process that serves the application. Whoever has it can make any cookie.
///
/// To change it, name the old and the new one with [`CookieSecret::keys`]; leave the old one out once what it signed
/// has aged out. Secrets and versions are those of Tornado's `cookie_secret` and `key_version`.
///
/// ```
/// use waterspout::{Application, Settings, cookies::CookieSecret};
///
/// # let (old, new) = ("It's a secret to everybody", "a15fd1e2c3c9f4d0b6a1f2e3d4c5b6a7");
/// let settings = Settings { cookie_secret: Some(CookieSecret::new(old)), ..Settings::default() };
/// let rotated = Settings { cookie_secret: Some(CookieSecret::keys([(1, old), (2, new)], 2)), ..settings };
/// # Application::new().settings(rotated).check()?;
/// # Ok::<(), waterspout::Error>(())
/// ```
#[derive(Clone)]
pub struct CookieSecret {
    keys: Arc<[Key]>,
    /// The version that new values are made with.
    writer: u32,
    /// There is one key, which reads values of every version, as in Tornado.
    single: bool,
}

/// What one secret is turned into, once; the secret itself is not kept.
pub(super) struct Key {
    pub(super) version: u32,
    /// HMAC-SHA256 that has taken in its key, to be cloned for each use.
    pub(super) hmac: Hmac<Sha256>,
    pub(super) sealing: [u8; 32],
    is_empty: bool,
}

impl Key {
    fn new(version: u32, secret: &[u8]) -> Self {
        let hmac = keyed(secret);
        let sealing = hmac.clone().chain_update(SEALING).finalize().into_bytes().into();
        Self {
            version,
            hmac,
            sealing,
            is_empty: secret.is_empty(),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104, section 2)"
)]
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("a key of any length")
}

impl CookieSecret {
    /// One secret. Values get key version 0; those of any version are tried with it.
    pub fn new(secret: impl AsRef<[u8]>) -> Self {
        Self {
            keys: Arc::new([Key::new(0, secret.as_ref())]),
            writer: 0,
            single: true,
        }
    }

    /// Several secrets by version: all of them read, that of version `writer` writes.
    ///
    /// Of two secrets with one version the last counts. [`Application::check`](crate::Application::check) tells where
    /// `writer` has no secret; nothing can be written then.
    pub fn keys<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = (u32, S)>, writer: u32) -> Self {
        let keys = secrets
            .into_iter()
            .map(|(version, secret)| Key::new(version, secret.as_ref()));
        Self {
            keys: keys.collect(),
            writer,
            single: false,
        }
    }

    /// The key to write with.
    ///
    /// # Errors
    /// 500 where the writer's version has none.
    pub(super) fn writer(&self) -> Result<&Key> {
        let missing = || Error::new(500).message("cookie_secret has no key of the version to write with");
        self.find(self.writer).ok_or_else(missing)
    }

    /// The key to read a value of this version with.
    pub(super) fn reader(&self, version: u32) -> Option<&Key> {
        if self.single {
            self.keys.first()
        } else {
            self.find(version)
        }
    }

    fn find(&self, version: u32) -> Option<&Key> {
        self.keys.iter().rev().find(|key| key.version == version)
    }

    /// What is wrong with it, for whoever starts the application.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.find(self.writer).is_none() {
            Some("cookie_secret has no key of the version to write with")
        } else if self.keys.iter().any(|key| key.is_empty) {
            Some("cookie_secret is empty")
        } else {
            None
        }
    }
}

/// Shows the versions only.
impl fmt::Debug for CookieSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: Vec<u32> = self.keys.iter().map(|key| key.version).collect();
        f.debug_struct("CookieSecret")
            .field("versions", &versions)
            .field("writer", &self.writer)
            .finish_non_exhaustive()
    }
}
