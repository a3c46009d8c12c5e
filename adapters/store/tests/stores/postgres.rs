//! PostgreSQL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use waterspout_store::PostgresStore;

use crate::server::{Server, folder, unprivileged};
use crate::suite::{self, Kept};
use crate::{client, key, name};

const PASSWORD: &str = "wind&water";

/// Debian keeps the programs of each version in a folder of its own.
fn program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<_> = versions
        .map(|version| version.path().join("bin").join(name))
        .collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path).map(|folder| folder.join(name)));
    found.into_iter().find(|program| program.is_file())
}

fn address(port: u16) -> String {
    format!("postgres://tester:wind%26water@127.0.0.1:{port}/postgres")
}

fn run(folder: TempDir, port: Option<u16>, postgres: &Path) -> Server {
    Server::start(
        folder,
        port,
        "-QUIT",
        |folder, port| {
            let mut command = Command::new(postgres);
            command
                .arg("-D")
                .arg(folder.join("data"))
                .args(["-p", &port.to_string()]);
            for setting in [
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=off",
            ] {
                command.args(["-c", setting]);
            }
            unprivileged(command)
        },
        |port| PostgresStore::connect(&address(port)).is_ok(),
    )
}

/// A server with a password, or `None` where there is no PostgreSQL.
fn start() -> Option<(Server, PathBuf)> {
    let (Some(initdb), Some(postgres)) = (program("initdb"), program("postgres")) else {
        println!("left out: no PostgreSQL here (scripts/test-deps installs it)");
        return None;
    };
    let folder = folder();
    let password = folder.path().join("password");
    fs::write(&password, PASSWORD).expect("a file");
    let mut command = Command::new(initdb);
    command
        .arg("-D")
        .arg(folder.path().join("data"))
        .arg("--pwfile")
        .arg(password);
    command.args([
        "-U",
        "tester",
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    let made = unprivileged(command).output().expect("initdb runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some((run(folder, None, &postgres), postgres))
}

#[test]
fn sessions_in_postgres() {
    let Some((server, postgres)) = start() else { return };
    let address = address(server.port);
    let store = PostgresStore::connect(&address).expect("a store");
    suite::run(|| Kept {
        store: Arc::new(store.clone()),
        on_server: true,
    });

    // Another program sees the same sessions, by their keys alone.
    let browser = client(store.clone());
    browser.get("/set").send();
    let cookie = browser.cookie("session").expect("a cookie");
    let other = PostgresStore::connect(&address).expect("a store");
    assert_eq!(name(other, &cookie), "somebody");
    let keys = keys(&address);
    assert!(keys.contains(&key(&cookie)));
    assert!(!keys.contains(&cookie));

    // Many that start at once do not stand in each other's way.
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || PostgresStore::connect(&address).is_ok())
        })
        .collect();
    for opener in openers {
        assert!(opener.join().expect("no panic"));
    }

    // A server that goes and comes back.
    let (folder, port) = server.stop();
    let refused = browser.get("/get").send();
    assert_eq!(refused.status(), 503);
    let server = run(folder, Some(port), &postgres);
    assert_eq!(
        browser.get("/get").send().text(),
        "somebody",
        "what was saved has lasted"
    );

    let wrong = address.replace("wind", "wine");
    let error = PostgresStore::connect(&wrong).expect_err("a wrong password");
    assert_eq!(error.status_code().as_u16(), 503);
    assert!(!error.to_string().contains("wine"), "{error}");
    drop(server);
}

/// The keys in the table, as hexadecimal digits.
fn keys(address: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let pool = sqlx::PgPool::connect(address).await.expect("a connection");
        let keys: Vec<String> = sqlx::query_scalar("SELECT encode(key, 'hex') FROM waterspout_sessions")
            .fetch_all(&pool)
            .await
            .expect("keys");
        keys.join(" ")
    })
}

#[test]
fn nobody_at_the_other_end_is_told_at_the_start() {
    let error = PostgresStore::connect("postgres://127.0.0.1:1/x").expect_err("nobody listens");
    assert_eq!(error.status_code().as_u16(), 503);
    assert!(PostgresStore::connect("no address").is_err());
}
