//! Stores on the server for waterspout's [sessions](waterspout::session): SQLite, PostgreSQL and Redis.
//!
//! Each is a feature of its name, and none is on by default.
//!
//! | feature | type | for |
//! |---|---|---|
//! | `sqlite` | `SqliteStore` | one machine, any number of processes; the database is in the program |
//! | `postgres` | `PostgresStore` | machines that share a PostgreSQL server |
//! | `redis` | `RedisStore` | machines that share a Redis (or Valkey) server |
//!
#![cfg_attr(feature = "sqlite", doc = "```no_run")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use waterspout::prelude::*;
//! use waterspout::session::Sessions;
//! use waterspout_store::SqliteStore;
//!
//! # fn main() -> waterspout::Result {
//! let app = Application::new().sessions(Sessions::new(SqliteStore::open("sessions.db")?));
//! # Ok(())
//! # }
//! ```
//!
//! # What holds for all of them
//! - They work whatever runtime carries the application, or none: each has a thread of its own, on which its connections
//!   live. Opening one waits until it is connected, so it is done before the server runs.
//! - A store that does not answer within ten seconds, or answers with an error, makes the request a 503; the next request
//!   tries again, over a new connection where the old one is lost.
//! - What has ended is removed as new sessions come in (Redis does it by itself). A client of the database never sees an id:
//!   the key is its SHA-256. The values of the sessions are there as JSON, not encrypted.
//! - Clones share the connections; the thread ends with the last of them.
//!
//! An end is a time of the carrier's clock. Machines that share a store have to agree on the time, to within what an end
//! may be off.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
mod entry;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
mod thread;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
