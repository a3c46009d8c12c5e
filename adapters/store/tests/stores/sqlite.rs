//! SQLite.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use waterspout_store::SqliteStore;

use crate::suite::{self, Kept};
use crate::{client, key, name};

fn file() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("sessions.db");
    (folder, path)
}

#[test]
fn sessions_in_sqlite() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path).expect("a store");
    suite::run(|| Kept {
        store: Arc::new(store.clone()),
        on_server: true,
    });
}

#[test]
fn what_was_saved_is_there_when_the_program_starts_again() {
    let (_folder, path) = file();
    let browser = client(SqliteStore::open(&path).expect("a store"));
    browser.get("/set").send();
    let cookie = browser.cookie("session").expect("a cookie");
    // While the first is still at work, as another process would be, and after it.
    assert_eq!(
        name(SqliteStore::open(&path).expect("a store"), &cookie),
        "somebody"
    );
    drop(browser);
    assert_eq!(
        name(SqliteStore::open(&path).expect("a store"), &cookie),
        "somebody"
    );
}

/// The keys in the table, as hexadecimal digits.
fn keys(path: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let pool = sqlx::SqlitePool::connect_with(options)
            .await
            .expect("a connection");
        let query = sqlx::query_scalar("SELECT lower(hex(key)) FROM waterspout_sessions");
        query.fetch_all(&pool).await.expect("keys")
    })
}

#[test]
fn the_database_knows_keys_and_no_ids_and_forgets_what_has_ended() {
    let (_folder, path) = file();
    let browser = client(SqliteStore::open(&path).expect("a store"));
    let cookies: Vec<_> = (0..3)
        .map(|_| {
            browser.get("/set").header("cookie", "session=none").send();
            browser.cookie("session").expect("a cookie")
        })
        .collect();
    let mut known = keys(&path);
    known.sort();
    let mut expected: Vec<_> = cookies.iter().map(|cookie| key(cookie)).collect();
    expected.sort();
    assert_eq!(known, expected);
    for entry in std::fs::read_dir(path.parent().expect("a folder")).expect("files") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        let text = String::from_utf8_lossy(&bytes);
        assert!(cookies.iter().all(|cookie| !text.contains(cookie.as_str())));
    }
    browser.advance(Duration::from_secs(2 * 3600));
    browser.get("/set").send();
    let cookie = browser.cookie("session").expect("a cookie");
    assert_eq!(keys(&path), [key(&cookie)]);
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let (_folder, path) = file();
    let stores = [
        SqliteStore::open(&path).expect("a store"),
        SqliteStore::open(&path).expect("a store"),
    ];
    let threads: Vec<_> = (0..8)
        .map(|index| {
            let store = stores[index % 2].clone();
            std::thread::spawn(move || {
                let browser = client(store);
                for _ in 0..10 {
                    assert_eq!(browser.get("/set").header("cookie", "a=b").send().status(), 200);
                    assert_eq!(browser.get("/get").send().text(), "somebody");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    assert_eq!(keys(&path).len(), 80);
}

#[test]
fn what_is_no_database_is_told_at_the_start() {
    let (folder, path) = file();
    std::fs::write(
        &path,
        "something else, and long enough to be looked at ".repeat(100),
    )
    .expect("a file");
    for path in [
        path.as_path(),
        folder.path(),
        &folder.path().join("no/such/folder"),
    ] {
        let error = SqliteStore::open(path).expect_err("no database");
        assert_eq!(error.status_code().as_u16(), 503);
    }
}
