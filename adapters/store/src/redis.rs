//! Sessions in Redis.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use waterspout::session::{Access, Entry, Saved, SessionId, SessionStore, Stored, Write};
use waterspout::{BoxFuture, Result};

use crate::entry::{millis, moment};
use crate::thread::Thread;

/// Changes a session that has not ended, in one step with the look at its end: now, end, milliseconds until then, and the
/// record where there is another one.
const CHANGE: &str = "local e = redis.call('HGET', KEYS[1], 'e') \
     if not e or tonumber(e) <= tonumber(ARGV[1]) then return 0 end \
     redis.call('HSET', KEYS[1], 'e', ARGV[2]) \
     if ARGV[4] then redis.call('HSET', KEYS[1], 'r', ARGV[4]) end \
     redis.call('PEXPIRE', KEYS[1], ARGV[3]) return 1";

/// Keeps sessions in Redis, or in Valkey, over one connection that all requests share.
///
/// A session is a hash under `waterspout:session:` and its key, which Redis removes when it ends. Where Redis is set up to
/// forget keys when its memory is full, sessions are forgotten as well.
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    connection: ConnectionManager,
    thread: Thread,
}

impl RedisStore {
    /// Connects to a server, `redis://user:password@host:6379/0`, or `redis+unix:///path` for a Unix socket. There is no
    /// TLS: a server on another machine belongs behind a tunnel.
    ///
    /// # Errors
    /// 503 when it cannot be reached, or refuses.
    pub fn connect(url: &str) -> Result<Self> {
        let url = url.to_owned();
        let (thread, connection) = Thread::start(async move {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(Duration::from_secs(5)))
                .set_response_timeout(Some(Duration::from_secs(5)))
                .set_number_of_retries(2);
            ConnectionManager::new_with_config(Client::open(url)?, config).await
        })?;
        Ok(Self(Arc::new(Inner { connection, thread })))
    }
}

fn name(id: &SessionId) -> String {
    format!("waterspout:session:{}", id.key())
}

/// How long Redis has to keep it, by its own clock. It is never less than a millisecond, since nothing would remove it.
fn remaining(now: SystemTime, end: SystemTime) -> i64 {
    millis(end).saturating_sub(millis(now)).max(1)
}

impl SessionStore for RedisStore {
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>> {
        let (mut connection, name) = (self.0.connection.clone(), name(id));
        let now = access.now();
        self.0.thread.run(async move {
            let (end, record): (Option<i64>, Option<Vec<u8>>) = redis::cmd("HMGET")
                .arg(name)
                .arg(&["e", "r"])
                .query_async(&mut connection)
                .await?;
            let stored = end.zip(record).map(|(end, record)| Stored {
                record,
                expires: moment(end),
            });
            // Its own clock may be behind.
            Ok::<_, RedisError>(stored.filter(|stored| stored.expires > now))
        })
    }

    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>> {
        let (mut connection, name) = (self.0.connection.clone(), name(id));
        let (now, end) = (millis(access.now()), millis(entry.expires));
        let left = remaining(access.now(), entry.expires);
        let (write, record) = (entry.write, entry.record.to_vec());
        self.0.thread.run(async move {
            if write == Write::New {
                let mut both = redis::pipe();
                both.atomic();
                both.cmd("HSET")
                    .arg(&name)
                    .arg("e")
                    .arg(end)
                    .arg("r")
                    .arg(record)
                    .ignore();
                both.cmd("PEXPIRE").arg(&name).arg(left).ignore();
                let () = both.query_async(&mut connection).await?;
                return Ok::<_, RedisError>(Saved::Kept);
            }
            let mut change = redis::cmd("EVAL");
            change.arg(CHANGE).arg(1).arg(name).arg(now).arg(end).arg(left);
            if write == Write::Changed {
                change.arg(record);
            }
            let found: bool = change.query_async(&mut connection).await?;
            Ok(if found { Saved::Kept } else { Saved::Gone })
        })
    }

    fn delete<'a>(&'a self, _: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result> {
        let (mut connection, name) = (self.0.connection.clone(), name(id));
        self.0.thread.run(async move {
            let () = redis::cmd("DEL").arg(name).query_async(&mut connection).await?;
            Ok::<_, RedisError>(())
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisStore")
    }
}
