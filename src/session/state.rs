//! One session, while a request works with it.

use std::fmt;
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::record::Record;
use super::{Access, Entry, Saved, SessionId, Sessions, Write};
use crate::error::{Error, Result};

/// The session of a request: values by name, each kept as JSON.
///
/// [`Context::session`](crate::Context::session) gives it; the framework saves it, see
/// [`waterspout::session`](crate::session). [`Debug`](fmt::Debug) shows the names alone.
pub struct Session {
    record: Record,
    /// What the store has of it.
    known: Option<Known>,
    changed: bool,
    renewed: bool,
    /// To be removed from the store.
    ended: Option<SessionId>,
    now: SystemTime,
}

struct Known {
    id: SessionId,
    expires: SystemTime,
}

/// What becomes of the client's cookie.
pub(super) enum Cookie {
    Keep,
    Set(String),
    Clear,
}

impl Session {
    fn new(now: SystemTime) -> Self {
        Self {
            record: Record::new(now),
            known: None,
            changed: false,
            renewed: false,
            ended: None,
            now,
        }
    }

    /// The session of this id, where the store has it and it has not ended; else a new one.
    pub(super) async fn load(sessions: &Sessions, access: Access<'_>, id: Option<SessionId>) -> Result<Self> {
        let now = access.now();
        let mut session = Self::new(now);
        let Some(id) = id else { return Ok(session) };
        let Some(stored) = sessions.store.load(access, &id).await? else {
            return Ok(session);
        };
        let record = Record::decode(&stored.record);
        if record.is_none() {
            tracing::warn!(target: "waterspout", "a session that is not of this program's making was passed over");
        }
        let alive = |record: &Record| stored.expires > now && sessions.expires(now, record.created()) > now;
        if let Some(record) = record.filter(alive) {
            session.record = record;
            let expires = stored.expires;
            session.known = Some(Known { id, expires });
        }
        Ok(session)
    }

    /// The value of a name, `None` where it has none.
    ///
    /// # Errors
    /// 500 when it is no `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let value = self.record.values.get(name);
        Ok(value.map(T::deserialize).transpose()?)
    }

    /// Gives a name a value.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn insert<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result {
        let value = serde_json::to_value(value)?;
        if self.record.values.get(name) != Some(&value) {
            self.record.values.insert(name.to_owned(), value);
            self.changed = true;
        }
        Ok(())
    }

    /// Takes a name out, and gives the value that it had.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let value = self.record.values.remove(name)?;
        self.changed = true;
        Some(value)
    }

    /// Takes all names out. The session goes on, with the same id.
    pub fn clear(&mut self) {
        if !self.is_empty() {
            self.record.values.clear();
            self.changed = true;
        }
    }

    /// The names that have a value, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.record.values.keys().map(String::as_str)
    }

    /// True when no name has a value.
    pub fn is_empty(&self) -> bool {
        self.record.values.is_empty()
    }

    /// True when the client has brought no session along that still goes on.
    pub fn is_new(&self) -> bool {
        self.known.is_none()
    }

    /// Gives the session a new id, and its time a new begin: to be called wherever a client has shown who he is, so that
    /// an id that somebody else may know is worth nothing from then on (OWASP ASVS 5.0, 7.2.4).
    pub fn renew(&mut self) {
        self.renewed = true;
        self.changed = true;
        self.record.begin(self.now);
    }

    /// Ends the session: a logout. The store forgets it, and the client is told to. What is put in afterwards begins a new
    /// one.
    ///
    /// Where sessions are kept in the client's cookie alone, nobody can make a copy of the cookie worthless before its end.
    pub fn destroy(&mut self) {
        let ended = self.known.take().map(|known| known.id);
        *self = Self {
            ended: ended.or(self.ended.take()),
            ..Self::new(self.now)
        };
    }

    /// Brings the store up to date. Where the request `fails`, all that is carried out is the end of a session.
    pub(super) async fn save(
        &mut self,
        sessions: &Sessions,
        access: Access<'_>,
        fails: bool,
    ) -> Result<Cookie> {
        let mut cookie = Cookie::Keep;
        if let Some(ended) = self.ended.take() {
            sessions.store.delete(access, &ended).await?;
            cookie = Cookie::Clear;
        }
        if fails {
            return Ok(cookie);
        }
        let expires = sessions.expires(access.now(), self.record.created());
        // Taken back at once, so that an error is not met a second time when its page is sent.
        let (changed, renewed) = (
            std::mem::take(&mut self.changed),
            std::mem::take(&mut self.renewed),
        );
        let known = self.known.take_if(|_| renewed);
        match &self.known {
            None if !changed || self.is_empty() && known.is_none() => {}
            None => {
                let id = SessionId::new()?;
                let saved = self.write(sessions, access, id, expires, Write::New).await?;
                cookie = saved.unwrap_or(cookie);
            }
            Some(one) if changed || sessions.is_touched(one.expires, expires) => {
                let write = if changed { Write::Changed } else { Write::Touched };
                let id = one.id.clone();
                let saved = self.write(sessions, access, id, expires, write).await?;
                cookie = saved.unwrap_or(cookie);
            }
            Some(_) => {}
        }
        if let Some(before) = known {
            sessions.store.delete(access, &before.id).await?;
        }
        Ok(cookie)
    }

    async fn write(
        &mut self,
        sessions: &Sessions,
        access: Access<'_>,
        id: SessionId,
        expires: SystemTime,
        write: Write,
    ) -> Result<Option<Cookie>> {
        let record = self.record.encode()?;
        if record.len() > sessions.longest {
            let (len, most) = (record.len(), sessions.longest);
            return Err(Error::new(500).message(format!(
                "the session has {len} bytes, and {most} are the most (Sessions::longest)"
            )));
        }
        let record = &record;
        let entry = Entry {
            record,
            expires,
            write,
        };
        let saved = sessions.store.save(access, &id, entry).await?;
        let (id, cookie) = match saved {
            Saved::Gone => {
                // Another request has ended it: what was changed here is nobody's any more.
                self.known = None;
                return Ok(None);
            }
            Saved::InCookie(text) => (SessionId::received(text.clone()).unwrap_or(id), Some(text)),
            Saved::Kept => {
                let new = (write == Write::New).then(|| id.as_str().to_owned());
                (id, new)
            }
        };
        self.known = Some(Known { id, expires });
        Ok(cookie.map(Cookie::Set))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")?;
        f.debug_list().entries(self.names()).finish()
    }
}
