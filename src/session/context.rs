//! Sessions and the context: loading when it is asked for, saving before the head leaves.

use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderMap, HeaderValue};

use super::state::Cookie;
use super::{Access, Session, SessionId};
use crate::error::{Error, Result};
use crate::handler::Context;

const COOKIE: HeaderValue = HeaderValue::from_static("Cookie");
const PRIVATE: HeaderValue = HeaderValue::from_static("private");

/// Where the session of a request is while the request lasts. A type of its own, so that nobody else can take it out.
struct Slot(Session);

impl Context {
    /// The session of this request, read from its store when it is first asked for. What is changed in it is saved by the
    /// framework: see [`waterspout::session`](crate::session).
    ///
    /// After the head has been sent ([`Context::flush`]) a session can still be read and changed, but none can be begun,
    /// renewed, ended or, where it is kept in the cookie, changed, since the client cannot be given another cookie: the
    /// response then ends as cut off. (A store on the server has ended it all the same.)
    ///
    /// # Errors
    /// 500 when the application has no [`sessions`](crate::Application::sessions), when the adapter gave no carrier, and
    /// what the store fails with.
    pub async fn session(&mut self) -> Result<&mut Session> {
        if self.extensions().get::<Slot>().is_none() {
            let app = self.app().clone();
            let sessions = app.sessions.as_ref();
            let sessions =
                sessions.ok_or_else(|| Error::new(500).message("the application has no sessions"))?;
            let carrier = self.carrier()?.clone();
            let name = sessions.name(self.is_https());
            let id = self.get_cookie(&name).and_then(SessionId::received);
            let access = Access {
                now: carrier.now(),
                carrier: &carrier,
                settings: &app.settings,
                cookie_name: &name,
            };
            let session = Session::load(sessions, access, id).await?;
            self.extensions_mut().insert(Slot(session));
        }
        let slot = self.extensions_mut().get_mut::<Slot>();
        slot.map(|slot| &mut slot.0)
            .ok_or_else(|| Error::new(500).message("the session is gone"))
    }

    fn is_https(&self) -> bool {
        self.request().scheme() == "https"
    }

    /// True where a handler has asked for the session.
    pub(crate) fn has_session(&self) -> bool {
        self.extensions().get::<Slot>().is_some()
    }

    /// Saves the session, where it was asked for, and sets its cookie.
    pub(crate) async fn save_session(&mut self) -> Result {
        let Some(Slot(mut session)) = self.extensions_mut().remove::<Slot>() else {
            return Ok(());
        };
        let saved = self.write_session(&mut session).await;
        self.extensions_mut().insert(Slot(session));
        saved
    }

    async fn write_session(&mut self, session: &mut Session) -> Result {
        let app = self.app().clone();
        let Some(sessions) = &app.sessions else {
            return Ok(());
        };
        let carrier = self.carrier()?.clone();
        let (https, fails) = (self.is_https(), self.is_failing());
        let name = sessions.name(https);
        let access = Access {
            now: carrier.now(),
            carrier: &carrier,
            settings: &app.settings,
            cookie_name: &name,
        };
        let value = match session.save(sessions, access, fails).await? {
            Cookie::Keep => return self.vary_by_cookie(),
            Cookie::Set(value) => Some(value),
            Cookie::Clear => None,
        };
        self.set_cookie(&sessions.cookie(https, value.as_deref()))?;
        if !self.headers().contains_key(CACHE_CONTROL) {
            self.set_header(CACHE_CONTROL, PRIVATE)?;
        }
        self.vary_by_cookie()
    }

    /// What was made of a session is not another client's page.
    fn vary_by_cookie(&mut self) -> Result {
        if self.is_flushed() || varies_by_cookie(self.headers()) {
            return Ok(());
        }
        self.add_header(VARY, COOKIE)
    }
}

fn varies_by_cookie(headers: &HeaderMap) -> bool {
    let fields = headers.get_all(VARY).iter();
    let mut names = fields
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    names.any(|name| matches!(name.trim(), "*") || name.trim().eq_ignore_ascii_case("cookie"))
}
