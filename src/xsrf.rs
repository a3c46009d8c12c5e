//! Tokens against cross-site request forgery: version 2 of Tornado's, byte for byte.
//!
//! A form repeats what stands in a cookie, which another site's page can send but not read. Cookie and form have the same
//! 16 random bytes, but never the same text: `2|MASK|TOKEN XOR MASK|TIME`, in hexadecimal, with a mask of 4 random bytes
//! made anew for each response, so that compression tells nobody the token (BREACH, CVE-2013-3587).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{COOKIE, HeaderMap, HeaderValue};
use subtle::ConstantTimeEq;

use crate::application::Settings;
use crate::cookies::signed::{decimal, since_epoch};
use crate::cookies::{self, SameSite, SetCookie, hex};
use crate::error::{Error, Result};
use crate::random;
use crate::request::Request;

/// The name of the form's field.
pub(crate) const FIELD: &str = "_xsrf";

/// A token with its mask taken off.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    raw: [u8; 16],
    /// When it was made, in seconds of Unix time; nothing looks at it but the next one who masks the token.
    time: u64,
}

impl Token {
    /// Reads a token; `None` for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("2|")?.split('|');
        let mask: [u8; 4] = hex::read(&parts.next()?.to_ascii_lowercase())?;
        let masked: [u8; 16] = hex::read(&parts.next()?.to_ascii_lowercase())?;
        let time = decimal(parts.next()?)?;
        let raw = xor(masked, mask);
        parts.next().is_none().then_some(Self { raw, time })
    }

    fn masked_by(&self, mask: [u8; 4]) -> String {
        let mut text = "2|".to_owned();
        hex::push(&mask, &mut text);
        text.push('|');
        hex::push(&xor(self.raw, mask), &mut text);
        text.push('|');
        text.push_str(&self.time.to_string());
        text
    }

    /// Compares in constant time: how much of a guess is right must not show.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.raw.ct_eq(&other.raw).into()
    }
}

fn xor(bytes: [u8; 16], mask: [u8; 4]) -> [u8; 16] {
    let mut out = bytes;
    for (byte, mask) in out.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    out
}

/// The token of one response, from when somebody asks for it.
pub(crate) struct Xsrf {
    /// What stands in every form of this response.
    pub(crate) masked: String,
    /// The cookie, where the client has none yet.
    cookie: Option<HeaderValue>,
    /// It has been put into a response.
    is_set: AtomicBool,
}

/// Kept with the request, so that all that is rendered for it has the same token.
pub(crate) type Slot = OnceLock<Box<Xsrf>>;

impl Xsrf {
    /// The token of this request's response: that of its cookie, else a new one.
    ///
    /// # Errors
    /// 500 where the system gives no randomness, the adapter gave no carrier, or the cookie's name cannot stand in one.
    pub(crate) fn of<'a>(request: &'a Request, settings: &Settings) -> Result<&'a Self> {
        let slot = request.extensions().xsrf();
        if let Some(xsrf) = slot.get() {
            return Ok(xsrf);
        }
        let made = Box::new(Self::new(request, settings)?);
        Ok(slot.get_or_init(|| made))
    }

    fn new(request: &Request, settings: &Settings) -> Result<Self> {
        let known = token_of_cookie(request, settings);
        let is_new = known.is_none();
        let token = match known {
            Some(token) => token,
            None => {
                let carrier = request.carrier();
                let missing = || Error::new(500).message("the adapter gave no carrier");
                let now = carrier.ok_or_else(missing)?.now();
                Token {
                    raw: random::bytes()?,
                    time: since_epoch(now).as_secs(),
                }
            }
        };
        let masked = token.masked_by(random::bytes()?);
        let cookie = is_new.then(|| cookie(request, settings, &masked)).transpose()?;
        Ok(Self {
            masked,
            cookie,
            is_set: AtomicBool::new(false),
        })
    }

    /// Puts the cookie that goes with the token into a head. After the head has gone it is an error if it did not go along.
    ///
    /// # Errors
    /// 500 then.
    pub(crate) fn set_cookie(&self, head_is_sent: bool, head: &mut HeaderMap) -> Result {
        let Some(cookie) = &self.cookie else {
            return Ok(());
        };
        if !head_is_sent {
            self.is_set.store(true, Ordering::Relaxed);
            cookies::put(head, cookie.clone());
        } else if !self.is_set.load(Ordering::Relaxed) {
            return Err(Error::new(500).message("the head has been sent without the XSRF cookie"));
        }
        Ok(())
    }

    /// The hidden field of a form.
    pub(crate) fn form_html(&self) -> String {
        // Digits, letters and bars need no escapes.
        format!(r#"<input type="hidden" name="{FIELD}" value="{}"/>"#, self.masked)
    }
}

/// The token of the request's cookie.
pub(crate) fn token_of_cookie(request: &Request, settings: &Settings) -> Option<Token> {
    let fields = request.headers().get_all(COOKIE);
    let cookies = cookies::parse(fields.iter().map(HeaderValue::as_bytes));
    Token::parse(cookies.get(&settings.xsrf_cookie_name)?)
}

/// Scripts read it, to send it in a field; so it is not `HttpOnly`.
fn cookie(request: &Request, settings: &Settings, masked: &str) -> Result<HeaderValue> {
    let cookie = SetCookie::new(&*settings.xsrf_cookie_name, masked).same_site(SameSite::Lax);
    let bare = cookie.clone().secure(request.scheme() == "https").encode();
    // `__Host-` and `__Secure-` names want it everywhere.
    Ok(bare.or_else(|_| cookie.secure(true).encode())?)
}

/// What is wrong with the name of the cookie, for whoever starts the application.
pub(crate) fn problem(settings: &Settings) -> Option<String> {
    let cookie = SetCookie::new(&*settings.xsrf_cookie_name, "").secure(true);
    cookie
        .encode()
        .err()
        .map(|error| format!("xsrf_cookie_name: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: [u8; 16] = [
        0x80, 0x68, 0x1e, 0x3a, 0x26, 0xfa, 0x8a, 0xe1, 0xe2, 0x3f, 0x2f, 0xf3, 0x89, 0x01, 0x26, 0xe1,
    ];
    const MASKED: &str = "2|ed0e15d1|6d660bebcbf49f300f313a22640f3330|1763800000";

    #[test]
    fn the_known_token_is_read_and_written() {
        let token = Token::parse(MASKED).expect("a token");
        assert_eq!((token.raw, token.time), (RAW, 1_763_800_000));
        assert_eq!(token.masked_by([0xed, 0x0e, 0x15, 0xd1]), MASKED);
        let again = Token::parse(&token.masked_by([1, 2, 3, 4])).expect("a token");
        assert!(again.matches(&token) && again == token);
        assert!(Token::parse(&MASKED.to_uppercase()).is_some_and(|other| other.matches(&token)));
    }

    #[test]
    fn every_bit_counts() {
        let token = Token::parse(MASKED).expect("a token");
        for at in 0..128 {
            let mut other = token.clone();
            other.raw[at / 8] ^= 1 << (at % 8);
            assert!(!other.matches(&token));
        }
    }

    #[test]
    fn what_is_no_token_of_version_2_is_none() {
        let hex = "6d660bebcbf49f300f313a22640f3330";
        for text in [
            "",
            "2|",
            "3|",
            "2||||",
            "deadbeef",
            "xoxo",
            hex,
            &format!("2|ed0e15d1|{hex}"),
            &format!("2|ed0e15d1|{hex}|"),
            &format!("2|ed0e15d1|{hex}|x"),
            &format!("2|ed0e15d1|{hex}|+1"),
            &format!("2|ed0e15d1|{hex}|1|"),
            &format!("2|ed0e15d1|{hex}|99999999999999999999"),
            &format!("2|ed0e15|{hex}|1"),
            &format!("2|ed0e15d1ff|{hex}|1"),
            &format!("2|ed0e15dg|{hex}|1"),
            &format!("2|ed0e15d1|{hex}ff|1"),
            &format!("2|ed0e15d1|{}|1", &hex[2..]),
            "2|ed0e15d1||1",
            &format!("02|ed0e15d1|{hex}|1"),
            &format!("1|ed0e15d1|{hex}|1"),
            &format!("2|ed0e15d1|{hex}|1 "),
            "2|\u{e9}|\u{e9}|1",
        ] {
            assert!(Token::parse(text).is_none(), "{text:?}");
        }
    }
}
