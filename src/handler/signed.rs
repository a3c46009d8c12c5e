//! Signed and encrypted cookies.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::Context;
use crate::cookies::{CookieSecret, SameSite, SetCookie, signed};
use crate::error::{Error, Result};

/// How long browsers keep what [`Context::set_signed_cookie`] sets: 30 days, as in Tornado.
const KEPT: i64 = 30 * 86_400;

/// Bytes of the time at the start of an encrypted cookie.
const TIME: usize = 8;

impl Context {
    /// Sets a signed cookie: the client can read its value but not change it. Its value is read again by
    /// [`Context::get_signed_cookie`], here and by Tornado with the same `cookie_secret`.
    ///
    /// The browser keeps it for 30 days, shows it to no script (`HttpOnly`), and sends it along with no form of another
    /// site (`SameSite=Lax`) nor, where the request came over TLS, over a connection without (`Secure`). For another cookie:
    /// [`Context::set_signed_cookie_with`].
    ///
    /// ```
    /// use waterspout::cookies::CookieSecret;
    /// use waterspout::prelude::*;
    ///
    /// async fn login(cx: &mut Context) -> Result {
    ///     cx.set_signed_cookie("user", "7")
    /// }
    ///
    /// async fn page(cx: &mut Context) -> Result {
    ///     let user = cx.get_signed_cookie("user")?.status(401)?;
    ///     cx.write(user)
    /// }
    ///
    /// let secret = CookieSecret::new("keep this in the environment");
    /// let settings = Settings { cookie_secret: Some(secret), ..Settings::default() };
    /// let app = Application::new().settings(settings).post("/login", login).get("/", page);
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.get("/").send().status(), 401);
    /// # client.post("/login").send();
    /// # assert_eq!(client.get("/").send().text(), "7");
    /// # client.advance(std::time::Duration::from_secs(31 * 86_400));
    /// # assert_eq!(client.get("/").send().text(), "7");
    /// # client.advance(std::time::Duration::from_secs(1));
    /// # assert_eq!(client.get("/").send().status(), 401);
    /// ```
    ///
    /// # Errors
    /// 500 without [`Settings::cookie_secret`](crate::Settings::cookie_secret), where the name may not stand in
    /// `Set-Cookie`, and where all of it is longer than 4096 bytes.
    pub fn set_signed_cookie(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result {
        let value = self.create_signed_value(name, value)?;
        let cookie = self.guarded_cookie(name).with_value(value);
        self.set_cookie(&cookie)
    }

    /// As [`Context::set_signed_cookie`], with a cookie's own value and attributes; nothing is added to these.
    ///
    /// # Errors
    /// As [`Context::set_signed_cookie`].
    pub fn set_signed_cookie_with(&mut self, cookie: SetCookie) -> Result {
        let value = self.create_signed_value(cookie.name(), cookie.value())?;
        self.set_cookie(&cookie.with_value(value))
    }

    /// The value of a signed cookie, where the client sent one that is good and not older than 31 days. A forged one is
    /// `None`, as if it were not there.
    ///
    /// # Errors
    /// 500 without [`Settings::cookie_secret`](crate::Settings::cookie_secret), or where the adapter gave no carrier.
    pub fn get_signed_cookie(&self, name: &str) -> Result<Option<Bytes>> {
        self.get_signed_cookie_within(name, signed::MAX_AGE)
    }

    /// As [`Context::get_signed_cookie`], for a cookie that is good for so long after it was made (Tornado's
    /// `max_age_days`).
    ///
    /// # Errors
    /// As [`Context::get_signed_cookie`].
    pub fn get_signed_cookie_within(&self, name: &str, max_age: Duration) -> Result<Option<Bytes>> {
        let text = self.get_cookie(name).unwrap_or_default();
        self.decode_signed_value(name, &text, max_age)
    }

    /// The version of the key that a signed cookie says it was signed with: to count who still comes with an old one. It is
    /// not checked whether it was.
    pub fn get_signed_cookie_key_version(&self, name: &str) -> Option<u32> {
        signed::key_version(&self.get_cookie(name)?)
    }

    /// Signs a value that goes another way than by a cookie; see [`cookies::signed`](crate::cookies::signed).
    ///
    /// # Errors
    /// 500 without [`Settings::cookie_secret`](crate::Settings::cookie_secret), or where the adapter gave no carrier.
    pub fn create_signed_value(&self, name: &str, value: impl AsRef<[u8]>) -> Result<String> {
        signed::create_signed_value(self.cookie_secret()?, name, value.as_ref(), self.now()?)
    }

    /// Reads what [`Context::create_signed_value`] made; `None` for anything else.
    ///
    /// # Errors
    /// As [`Context::create_signed_value`].
    pub fn decode_signed_value(&self, name: &str, text: &str, max_age: Duration) -> Result<Option<Bytes>> {
        let (secret, now) = (self.cookie_secret()?, self.now()?);
        let value = signed::decode_signed_value(secret, name, text, max_age, now);
        Ok(value.map(Bytes::from))
    }

    /// Sets an encrypted cookie: the client can neither read its value nor change it. It has the attributes of
    /// [`Context::set_signed_cookie`].
    ///
    /// # Errors
    /// As [`Context::set_signed_cookie`], and 500 where the system gives no randomness.
    pub fn set_encrypted_cookie(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result {
        let value = self.encrypt(name, value.as_ref())?;
        let cookie = self.guarded_cookie(name).with_value(value);
        self.set_cookie(&cookie)
    }

    /// As [`Context::set_encrypted_cookie`], with a cookie's own value and attributes; nothing is added to these.
    ///
    /// # Errors
    /// As [`Context::set_encrypted_cookie`].
    pub fn set_encrypted_cookie_with(&mut self, cookie: SetCookie) -> Result {
        let value = self.encrypt(cookie.name(), cookie.value().as_bytes())?;
        self.set_cookie(&cookie.with_value(value))
    }

    /// The value of an encrypted cookie, where the client sent one that is good and not older than 31 days.
    ///
    /// # Errors
    /// As [`Context::get_signed_cookie`].
    pub fn get_encrypted_cookie(&self, name: &str) -> Result<Option<Bytes>> {
        self.get_encrypted_cookie_within(name, signed::MAX_AGE)
    }

    /// As [`Context::get_encrypted_cookie`], for a cookie that is good for so long after it was made.
    ///
    /// # Errors
    /// As [`Context::get_signed_cookie`].
    pub fn get_encrypted_cookie_within(&self, name: &str, max_age: Duration) -> Result<Option<Bytes>> {
        let (secret, now) = (self.cookie_secret()?, signed::since_epoch(self.now()?));
        let text = self.get_cookie(name).unwrap_or_default();
        let plain = secret.open(&purpose(name), &text).map(Bytes::from);
        Ok(plain.and_then(|mut plain| {
            let made = Duration::from_secs(u64::from_be_bytes(*plain.first_chunk::<TIME>()?));
            (made.saturating_add(max_age) >= now).then(|| plain.split_off(TIME))
        }))
    }

    fn encrypt(&self, name: &str, value: &[u8]) -> Result<String> {
        let made = signed::since_epoch(self.now()?).as_secs().to_be_bytes();
        self.cookie_secret()?
            .seal(&purpose(name), &[&made, value].concat())
    }

    /// A cookie that no script reads and no other site's form brings along.
    fn guarded_cookie(&self, name: &str) -> SetCookie {
        SetCookie::new(name, "")
            .max_age(KEPT)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.request.scheme() == "https")
    }

    fn cookie_secret(&self) -> Result<&CookieSecret> {
        let missing = || Error::new(500).message("Settings::cookie_secret is not set");
        self.settings().cookie_secret.as_ref().ok_or_else(missing)
    }

    fn now(&self) -> Result<SystemTime> {
        Ok(self.carrier()?.now())
    }
}

/// No other use of the secret has purposes that begin so.
fn purpose(name: &str) -> String {
    format!("cookie {name}")
}
