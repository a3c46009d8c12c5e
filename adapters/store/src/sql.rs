//! What SQLite and PostgreSQL have in common: a table, and the statements on it.

/// The record of a key, if it has not ended: key, now.
pub(crate) const LOAD: &str =
    "SELECT record, expires FROM waterspout_sessions WHERE key = $1 AND expires > $2";
/// A new record: key, record, end.
pub(crate) const INSERT: &str = "INSERT INTO waterspout_sessions (key, record, expires) VALUES ($1, $2, $3)";
/// Another record in the place of one that has not ended: key, now, end, record.
pub(crate) const CHANGE: &str =
    "UPDATE waterspout_sessions SET expires = $3, record = $4 WHERE key = $1 AND expires > $2";
/// Another end for one that has not ended: key, now, end.
pub(crate) const TOUCH: &str = "UPDATE waterspout_sessions SET expires = $3 WHERE key = $1 AND expires > $2";
/// Removes a record: key.
pub(crate) const DELETE: &str = "DELETE FROM waterspout_sessions WHERE key = $1";
/// Removes what has ended: now. A hundred at a time: each new session makes room for itself and for others, and no
/// statement takes long.
pub(crate) const SWEEP: &str = "DELETE FROM waterspout_sessions WHERE key IN \
     (SELECT key FROM waterspout_sessions WHERE expires <= $1 ORDER BY expires LIMIT 100)";

/// Implements [`SessionStore`](waterspout::session::SessionStore) for a store with a `pool` and a `thread`. A macro, since
/// the two databases' types share no trait for what is needed of them.
macro_rules! session_store {
    ($store:ty) => {
        impl ::waterspout::session::SessionStore for $store {
            fn load<'a>(
                &'a self,
                access: ::waterspout::session::Access<'a>,
                id: &'a ::waterspout::session::SessionId,
            ) -> ::waterspout::BoxFuture<'a, ::waterspout::Result<Option<::waterspout::session::Stored>>>
            {
                let (pool, key) = (self.0.pool.clone(), id.key().as_bytes().to_vec());
                let now = $crate::entry::millis(access.now());
                self.0.thread.run(async move {
                    let row: Option<(Vec<u8>, i64)> = ::sqlx::query_as($crate::sql::LOAD)
                        .bind(key)
                        .bind(now)
                        .fetch_optional(&pool)
                        .await?;
                    Ok::<_, ::sqlx::Error>(row.map(|(record, end)| ::waterspout::session::Stored {
                        record,
                        expires: $crate::entry::moment(end),
                    }))
                })
            }

            fn save<'a>(
                &'a self,
                access: ::waterspout::session::Access<'a>,
                id: &'a ::waterspout::session::SessionId,
                entry: ::waterspout::session::Entry<'a>,
            ) -> ::waterspout::BoxFuture<'a, ::waterspout::Result<::waterspout::session::Saved>> {
                use ::waterspout::session::{Saved, Write};
                let (pool, key) = (self.0.pool.clone(), id.key().as_bytes().to_vec());
                let now = $crate::entry::millis(access.now());
                let end = $crate::entry::millis(entry.expires);
                let (write, record) = (entry.write, entry.record.to_vec());
                self.0.thread.run(async move {
                    let query = match write {
                        Write::New => {
                            let sweep = ::sqlx::query($crate::sql::SWEEP).bind(now);
                            // Two that sweep at once may be in each other's way; the next one will do.
                            if let Err(error) = sweep.execute(&pool).await {
                                ::tracing::warn!(target: "waterspout", %error, "ended sessions stay for now");
                            }
                            ::sqlx::query($crate::sql::INSERT)
                                .bind(key)
                                .bind(record)
                                .bind(end)
                        }
                        Write::Changed => ::sqlx::query($crate::sql::CHANGE)
                            .bind(key)
                            .bind(now)
                            .bind(end)
                            .bind(record),
                        Write::Touched => ::sqlx::query($crate::sql::TOUCH)
                            .bind(key)
                            .bind(now)
                            .bind(end),
                    };
                    let done = query.execute(&pool).await?;
                    Ok::<_, ::sqlx::Error>(match done.rows_affected() {
                        0 => Saved::Gone,
                        _ => Saved::Kept,
                    })
                })
            }

            fn delete<'a>(
                &'a self,
                _: ::waterspout::session::Access<'a>,
                id: &'a ::waterspout::session::SessionId,
            ) -> ::waterspout::BoxFuture<'a, ::waterspout::Result> {
                let (pool, key) = (self.0.pool.clone(), id.key().as_bytes().to_vec());
                self.0.thread.run(async move {
                    ::sqlx::query($crate::sql::DELETE)
                        .bind(key)
                        .execute(&pool)
                        .await?;
                    Ok::<_, ::sqlx::Error>(())
                })
            }
        }

        impl ::std::fmt::Debug for $store {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($store))
            }
        }
    };
}

pub(crate) use session_store;
