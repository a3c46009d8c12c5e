//! Sessions: what the application remembers of a client from one request to the next.
//!
//! [`Application::sessions`](crate::Application::sessions) says where they are kept and how long;
//! [`Context::session`](crate::Context::session) gives a handler the one of its request.
//!
//! ```
//! use waterspout::prelude::*;
//! use waterspout::session::{MemoryStore, Sessions};
//!
//! async fn count(cx: &mut Context) -> Result {
//!     let session = cx.session().await?;
//!     let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
//!     session.insert("visits", &visits)?;
//!     cx.write(format!("visit {visits}"))
//! }
//!
//! let app = Application::new().sessions(Sessions::new(MemoryStore::new())).get("/", count);
//! # let client = waterspout::testing::TestClient::new(app);
//! # assert_eq!(client.get("/").send().text(), "visit 1");
//! # assert_eq!(client.get("/").send().text(), "visit 2");
//! ```
//!
//! # What holds for every store
//!
//! - A session is read when a handler first asks for it, once a request. A visitor in whose session nothing was put gets
//!   no cookie, and nothing is kept of him.
//! - It is saved when the handler is done, or before the first [`flush`](crate::Context::flush): in any case before the
//!   head of the response leaves, so that a client that has the answer meets the session as it then was. Where the handler
//!   fails with a 5xx, changes are dropped; an end of the session ([`Session::destroy`]) still holds.
//! - Two requests that change one session at once: each saves the whole of it, and the last to save wins.
//! - It ends after a time without use ([`Sessions::idle`]) and after a time altogether ([`Sessions::absolute`]), whichever
//!   comes first. A request that asks for the session is a use of it; to save writes, one that comes within a twentieth of
//!   the idle time of the use noted last is not noted.
//! - What has ended stays ended: a request that was under way when the session ended cannot save it again.
//! - An id that a client brings along counts only where the store knows it; others are never taken over, so nobody can
//!   choose another's id (session fixation). At a login, [`Session::renew`] gives the session a new id.
//! - Stores on the server know the SHA-256 of the id, not the id: who reads the store cannot use the sessions.
//! - A response whose handler has looked at the session has `Vary: Cookie`; one that sets the cookie is `Cache-Control:
//!   private`, unless the handler has said something else.
//!
//! # Where they are kept
//!
//! | store | where | a logout ends it everywhere |
//! |---|---|---|
//! | [`CookieStore`], the default | encrypted in the client's cookie | no |
//! | [`MemoryStore`] | in the process | yes |
//! | those of `waterspout-store` | SQLite, PostgreSQL, Redis | yes |
//! | your own | wherever its [`SessionStore`] keeps them | |
//!
//! # The cookie
//!
//! Over https it is called `__Host-session`, with `Secure`; over http, where browsers refuse that name, `session`. So a
//! cookie that was planted over http is never read over https. It always has `HttpOnly` and `Path=/`, and `SameSite=Lax`
//! unless [`Sessions::same_site`] says otherwise. It has no `Max-Age`: the browser forgets it when it closes, and the
//! store ends the session in any case.

mod config;
mod context;
mod cookie_store;
mod id;
mod memory;
mod record;
mod state;
mod store;

pub use config::Sessions;
pub use cookie_store::CookieStore;
pub use id::{SessionId, SessionKey};
pub use memory::MemoryStore;
pub use state::Session;
pub use store::{Access, Entry, Saved, SessionStore, Stored, Write};

#[cfg(test)]
mod tests;
