//! What keeps sessions.

use std::sync::Arc;
use std::time::SystemTime;

use crate::application::Settings;
use crate::carrier::{BoxFuture, Carrier};
use crate::error::Result;

use super::SessionId;

/// Where sessions are kept between requests.
///
/// A store knows records, bytes that mean nothing to it, each with the moment of its end. All times are those of
/// [`Access::now`], which in tests is not the machine's clock. A store on the server keeps a record under
/// [`SessionId::key`], and never keeps the id itself.
///
/// What a store must do: give a record as it was saved last until its end has come, and never after; take
/// [`Write::Changed`] and [`Write::Touched`] only for what it still has, in one step with the look at it, since
/// otherwise a slow request would bring a session back that another one has ended; and bound what it keeps, or at least
/// remove what has ended.
pub trait SessionStore: Send + Sync + 'static {
    /// The record of this id; `None` where there is none or its end has come.
    ///
    /// # Errors
    /// When the store cannot tell: 500, or a status of its own.
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>>;

    /// Keeps a record, as [`Entry::write`] says.
    ///
    /// # Errors
    /// When the record is not kept for another reason than that there is none to change.
    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>>;

    /// Removes the record of this id, where there is one.
    ///
    /// # Errors
    /// When the record may still be there.
    fn delete<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result>;

    /// What this store cannot work without, told by [`Application::check`](crate::Application::check).
    fn problem(&self, settings: &Settings) -> Option<String> {
        let _ = settings;
        None
    }
}

/// A store that others use as well.
impl<S: SessionStore + ?Sized> SessionStore for Arc<S> {
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>> {
        (**self).load(access, id)
    }

    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>> {
        (**self).save(access, id, entry)
    }

    fn delete<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result> {
        (**self).delete(access, id)
    }

    fn problem(&self, settings: &Settings) -> Option<String> {
        (**self).problem(settings)
    }
}

/// A record as a store gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The record.
    pub record: Vec<u8>,
    /// When it ends.
    pub expires: SystemTime,
}

/// A record to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The record, always the whole of it.
    pub record: &'a [u8],
    /// When it ends, to the millisecond.
    pub expires: SystemTime,
    /// What is to be done with it.
    pub write: Write,
}

/// What is to be done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Keep it under an id that is new.
    New,
    /// Put it in the place of the one that is there; where none is, do nothing.
    Changed,
    /// The session was used and not changed: move its end, where it is there. The record need not be written, and one
    /// that another request has changed meanwhile must stay.
    Touched,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is kept under the id.
    Kept,
    /// There was none to change: it has ended.
    Gone,
    /// It is kept in the client's cookie, and this is the cookie's value.
    InCookie(String),
}

/// What a store may use of the request it works for.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    pub(super) now: SystemTime,
    pub(super) carrier: &'a Arc<dyn Carrier>,
    pub(super) settings: &'a Settings,
    pub(super) cookie_name: &'a str,
}

impl<'a> Access<'a> {
    /// The carrier's wall clock.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// The carrier, for work that waits or blocks.
    pub fn carrier(&self) -> &'a Arc<dyn Carrier> {
        self.carrier
    }

    /// The application's settings.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The name of the session's cookie.
    pub fn cookie_name(&self) -> &'a str {
        self.cookie_name
    }
}
