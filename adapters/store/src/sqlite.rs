//! Sessions in a SQLite database.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use waterspout::Result;

use crate::sql::session_store;
use crate::thread::Thread;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS waterspout_sessions \
     (key BLOB PRIMARY KEY, record BLOB NOT NULL, expires INTEGER NOT NULL); \
     CREATE INDEX IF NOT EXISTS waterspout_sessions_expires ON waterspout_sessions (expires);";

/// Keeps sessions in a SQLite database: a file of this machine, which several processes may share. SQLite itself is part of
/// the program.
///
/// What is saved survives the end of the process at any moment; a power cut may lose what was saved last.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

struct Inner {
    pool: SqlitePool,
    thread: Thread,
}

impl SqliteStore {
    /// Opens the database at a path, and makes it and the table `waterspout_sessions` where they are not there. Beside it
    /// SQLite keeps two files of the same name with `-wal` and `-shm` behind it.
    ///
    /// # Errors
    /// 503 when it cannot be opened, or is no database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let (thread, pool) = Thread::start(async move {
            // One writer at a time is SQLite's way; more connections only help readers.
            let pool = SqlitePoolOptions::new()
                .max_connections(4)
                .connect_with(options)
                .await?;
            sqlx::raw_sql(TABLE).execute(&pool).await?;
            Ok::<_, sqlx::Error>(pool)
        })?;
        Ok(Self(Arc::new(Inner { pool, thread })))
    }
}

session_store!(SqliteStore);
