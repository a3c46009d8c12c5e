//! Sessions in the client's cookie.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Access, Entry, Saved, SessionId, SessionStore, Stored, Write};
use crate::application::Settings;
use crate::carrier::BoxFuture;
use crate::cookies::CookieSecret;
use crate::error::{Error, Result};

/// Most bytes of a cookie's name and value that browsers keep (RFC 6265bis section 5.6).
const LONGEST: usize = 4096;

/// Keeps each session in its client's cookie, encrypted with [`Settings::cookie_secret`](crate::Settings): nothing is kept
/// on the server, so it works with any number of processes, and under CGI and Lambda. It is what
/// [`Sessions::default`](super::Sessions) uses.
///
/// What is to be known before it is chosen:
///
/// - **A logout cannot end a session on the server.** [`Session::destroy`](super::Session::destroy) makes the browser
///   forget the cookie; whoever has a copy of it can go on using it until its end (two hours after it was made, as a rule,
///   since each use makes another). The same holds for a session under the id that it had before it was
///   [renewed](super::Session::renew), and for one whose values have changed since. Where a stolen session must be ended,
///   keep sessions on the server.
/// - A session has room for about 2,900 bytes of JSON, since browsers keep no cookie longer than 4096 bytes. Saving a longer one
///   is an error.
/// - The cookie goes out again whenever the session has changed or its use is noted.
///
/// The client can neither read nor change what is in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct CookieStore;

impl CookieStore {
    /// The store of the cookie.
    pub const fn new() -> Self {
        Self
    }

    fn open(access: Access<'_>, id: &SessionId) -> Result<Option<Stored>> {
        let opened = secret(access)?.open(&purpose(access), id.as_str());
        Ok(opened
            .and_then(|plain| decode(&plain))
            .filter(|stored| stored.expires > access.now()))
    }

    fn seal(access: Access<'_>, id: &SessionId, entry: Entry<'_>) -> Result<Saved> {
        if entry.write != Write::New && Self::open(access, id)?.is_none() {
            return Ok(Saved::Gone);
        }
        let sealed = secret(access)?.seal(&purpose(access), &encode(entry))?;
        let most = LONGEST.saturating_sub(access.cookie_name().len());
        if sealed.len() > most {
            return Err(Error::new(500).message(format!(
                "the session does not fit into a cookie: {} bytes, and {most} are the most; keep less in it, or keep \
                 sessions on the server",
                sealed.len()
            )));
        }
        Ok(Saved::InCookie(sealed))
    }
}

/// The name is part of it: over https the cookie has another one, so a session of http is none there.
fn purpose(access: Access<'_>) -> String {
    format!("session {}", access.cookie_name())
}

fn secret<'a>(access: Access<'a>) -> Result<&'a CookieSecret> {
    let secret = access.settings().cookie_secret.as_ref();
    secret.ok_or_else(|| Error::new(500).message("sessions in a cookie need Settings::cookie_secret"))
}

/// The end in milliseconds since 1970, in eight bytes, then the record.
fn encode(entry: Entry<'_>) -> Vec<u8> {
    let since = entry.expires.duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    [&millis.to_be_bytes(), entry.record].concat()
}

fn decode(plain: &[u8]) -> Option<Stored> {
    let (millis, record) = plain.split_first_chunk()?;
    let since = Duration::from_millis(u64::from_be_bytes(*millis));
    Some(Stored {
        record: record.to_vec(),
        expires: SystemTime::checked_add(&UNIX_EPOCH, since)?,
    })
}

impl SessionStore for CookieStore {
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(std::future::ready(Self::open(access, id)))
    }

    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>> {
        Box::pin(std::future::ready(Self::seal(access, id, entry)))
    }

    fn delete<'a>(&'a self, _: Access<'a>, _: &'a SessionId) -> BoxFuture<'a, Result> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn problem(&self, settings: &Settings) -> Option<String> {
        let missing = settings.cookie_secret.is_none();
        missing.then(|| "sessions in a cookie need Settings::cookie_secret".into())
    }
}
