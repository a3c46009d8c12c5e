//! The stores of sessions, each over a real database: SQLite's in a temporary folder, PostgreSQL and Redis as servers of
//! their own on free ports. `scripts/test-deps` installs those; a test whose server is not there says so.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed test is a panic, in its helpers too; one that is left out says so"
)]
#![cfg(all(unix, any(feature = "sqlite", feature = "postgres", feature = "redis")))]

#[cfg(feature = "postgres")]
#[path = "stores/postgres.rs"]
mod postgres;
#[cfg(feature = "redis")]
#[path = "stores/redis.rs"]
mod redis;
#[cfg(any(feature = "postgres", feature = "redis"))]
#[path = "stores/server.rs"]
mod server;
#[cfg(feature = "sqlite")]
#[path = "stores/sqlite.rs"]
mod sqlite;
#[path = "../../../tests/sessions/suite.rs"]
mod suite;

use waterspout::prelude::*;
use waterspout::session::{SessionStore, Sessions};
use waterspout::testing::TestClient;

/// An application with little more than a session.
fn client(store: impl SessionStore) -> TestClient {
    let app = Application::new()
        .sessions(Sessions::new(store))
        .get("/set", async |cx| cx.session().await?.insert("name", "somebody"))
        .get("/get", async |cx| {
            let name = cx.session().await?.get::<String>("name")?;
            cx.write(name.unwrap_or_else(|| "none".into()))
        });
    TestClient::new(app)
}

/// What an application with this store knows of the client of this cookie.
fn name(store: impl SessionStore, cookie: &str) -> String {
    let client = client(store);
    let request = client.get("/get").header("cookie", &format!("session={cookie}"));
    request.send().text().to_owned()
}

/// The SHA-256 of an id, as hexadecimal digits: what a store may know of it.
fn key(cookie: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(cookie.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
