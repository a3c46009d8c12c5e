//! Sessions in a PostgreSQL database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use waterspout::Result;

use crate::sql::session_store;
use crate::thread::Thread;

/// One transaction, under a lock of its own: of two that make a table at once, one would fail.
const TABLE: &str = "SELECT pg_advisory_xact_lock(8602340981723345); \
     CREATE TABLE IF NOT EXISTS waterspout_sessions \
     (key BYTEA PRIMARY KEY, record BYTEA NOT NULL, expires BIGINT NOT NULL); \
     CREATE INDEX IF NOT EXISTS waterspout_sessions_expires ON waterspout_sessions (expires);";

/// Keeps sessions in a PostgreSQL database, over at most eight connections.
#[derive(Clone)]
pub struct PostgresStore(Arc<Inner>);

struct Inner {
    pool: PgPool,
    thread: Thread,
}

impl PostgresStore {
    /// Connects to a database, `postgres://user:password@host:5432/database`, and makes the table `waterspout_sessions`
    /// where it is not there. TLS is used where the server has it; with `?sslmode=verify-full` it must, with a certificate
    /// for this host. What the address does not say comes from the environment (`PGPASSWORD` and its kin), as usual.
    ///
    /// # Errors
    /// 503 when it cannot be reached, or refuses.
    pub fn connect(url: &str) -> Result<Self> {
        let url = url.to_owned();
        let (thread, pool) = Thread::start(async move {
            let pool = PgPoolOptions::new()
                .max_connections(8)
                // It tries again and again to reach a server that is away; whoever asks waits so long.
                .acquire_timeout(Duration::from_secs(3))
                .connect(&url)
                .await?;
            sqlx::raw_sql(TABLE).execute(&pool).await?;
            Ok::<_, sqlx::Error>(pool)
        })?;
        Ok(Self(Arc::new(Inner { pool, thread })))
    }
}

session_store!(PostgresStore);
