//! Where sessions are kept, and how long.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{CookieStore, SessionStore};
use crate::application::{Application, Settings};
use crate::cookies::{SameSite, SetCookie};
use crate::h1::is_token;

/// How an application keeps its sessions: see [`waterspout::session`](crate::session).
///
/// ```
/// use std::time::Duration;
/// use waterspout::Application;
/// use waterspout::session::{MemoryStore, Sessions};
///
/// let sessions = Sessions::new(MemoryStore::new()).idle(Duration::from_secs(30 * 60));
/// let app = Application::new().sessions(sessions);
/// # app.check()?;
/// # Ok::<(), waterspout::Error>(())
/// ```
#[derive(Clone)]
pub struct Sessions {
    pub(super) store: Arc<dyn SessionStore>,
    name: Cow<'static, str>,
    idle: Duration,
    absolute: Duration,
    same_site: SameSite,
    pub(super) longest: usize,
}

impl Sessions {
    /// Sessions in this store, which end after two hours without use and after 14 days altogether.
    pub fn new(store: impl SessionStore) -> Self {
        Self {
            store: Arc::new(store),
            name: Cow::Borrowed("session"),
            idle: Duration::from_secs(2 * 3600),
            absolute: Duration::from_secs(14 * 24 * 3600),
            same_site: SameSite::Lax,
            longest: 64 << 10,
        }
    }

    /// Sets the name of the cookie, `session` if it is not set. Over https it gets `__Host-` in front of it.
    #[must_use]
    pub fn cookie_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets after how much time without use a session ends.
    #[must_use]
    pub fn idle(mut self, time: Duration) -> Self {
        self.idle = time;
        self
    }

    /// Sets how long after its begin, or after the last [`renew`](super::Session::renew), a session ends in any case.
    #[must_use]
    pub fn absolute(mut self, time: Duration) -> Self {
        self.absolute = time;
        self
    }

    /// Sets whether the cookie goes along with requests that other sites start. `Strict` makes a user look logged out
    /// when he follows a link from elsewhere; `None` is for applications in other sites' frames, and works over https only.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Sets how many bytes a session may have as JSON, 64 KiB if it is not set. Saving a longer one is an error.
    #[must_use]
    pub fn longest(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// The name of the cookie as it goes over the wire.
    pub(super) fn name(&self, https: bool) -> Cow<'static, str> {
        if https {
            Cow::Owned(format!("__Host-{}", self.name))
        } else {
            self.name.clone()
        }
    }

    pub(super) fn cookie(&self, https: bool, value: Option<&str>) -> SetCookie {
        let name = self.name(https);
        let cookie = match value {
            Some(value) => SetCookie::new(name, value),
            None => SetCookie::removal(name),
        };
        cookie.http_only(true).secure(https).same_site(self.same_site)
    }

    /// When a session ends that is used now.
    pub(super) fn expires(&self, now: SystemTime, created: SystemTime) -> SystemTime {
        // A sum beyond what the system's clock can say is as good as no end by this rule.
        let idle = now.checked_add(self.idle);
        let absolute = created.checked_add(self.absolute);
        match (idle, absolute) {
            (Some(idle), Some(absolute)) => idle.min(absolute),
            (one, other) => one.or(other).unwrap_or(now),
        }
    }

    /// True when the end would move so far that it is worth a write.
    pub(super) fn is_touched(&self, before: SystemTime, after: SystemTime) -> bool {
        after
            .duration_since(before)
            .is_ok_and(|moved| moved >= self.idle / 20 && !moved.is_zero())
    }

    /// What is wrong with it.
    pub(crate) fn problem(&self, settings: &Settings) -> Option<String> {
        if !is_token(self.name.as_bytes()) {
            return Some(format!("the session cookie's name {:?} is no token", self.name));
        }
        if self.name.starts_with("__") {
            return Some("the session cookie's name gets its prefix by itself".into());
        }
        if self.idle.is_zero() || self.absolute.is_zero() {
            return Some("sessions that end at once are of no use".into());
        }
        self.store.problem(settings)
    }
}

/// Sessions in the client's cookie: [`CookieStore`].
impl Default for Sessions {
    fn default() -> Self {
        Self::new(CookieStore::new())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("name", &self.name)
            .field("idle", &self.idle)
            .field("absolute", &self.absolute)
            .finish_non_exhaustive()
    }
}

/// Sessions: docs of [`waterspout::session`](crate::session).
impl Application {
    /// Gives every request a session, see [`waterspout::session`](crate::session).
    #[must_use]
    pub fn sessions(mut self, sessions: Sessions) -> Self {
        self.inner().sessions = Some(sessions);
        self
    }
}
