//! Redis.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tempfile::TempDir;
use waterspout_store::RedisStore;

use crate::server::{Server, folder, unprivileged};
use crate::suite::{self, Kept};
use crate::{client, key, name};

fn address(port: u16) -> String {
    format!("redis://:wind%26water@127.0.0.1:{port}/3")
}

fn run(folder: TempDir, port: Option<u16>) -> Server {
    Server::start(
        folder,
        port,
        "-TERM",
        |folder, port| {
            let mut command = Command::new("redis-server");
            command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
            command.args([
                "--requirepass",
                "wind&water",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
            ]);
            command.arg("--dir").arg(folder);
            unprivileged(command)
        },
        |port| RedisStore::connect(&address(port)).is_ok(),
    )
}

/// What the server says to commands that are written by hand.
fn ask(port: u16, commands: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
    write!(stream, "AUTH wind&water\r\nSELECT 3\r\n{commands}\r\n").expect("written");
    stream.shutdown(Shutdown::Write).expect("shut");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn sessions_in_redis() {
    let there = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if there.is_err() {
        println!("left out: no redis-server here (scripts/test-deps installs it)");
        return;
    }
    let server = run(folder(), None);
    let address = address(server.port);
    let store = RedisStore::connect(&address).expect("a store");
    suite::run(|| Kept {
        store: Arc::new(store.clone()),
        on_server: true,
    });

    // Another program sees the same sessions, by their keys alone; Redis will forget them by itself.
    ask(server.port, "FLUSHDB");
    let browser = client(store);
    browser.get("/set").send();
    let cookie = browser.cookie("session").expect("a cookie");
    let other = RedisStore::connect(&address).expect("a store");
    assert_eq!(name(other, &cookie), "somebody");
    let known = format!("waterspout:session:{}", key(&cookie));
    let all = ask(server.port, &format!("KEYS *\r\nHGETALL {known}\r\nPTTL {known}"));
    assert!(all.contains(&known), "{all}");
    assert!(!all.contains(&cookie), "{all}");
    let left: i64 = all
        .trim_end()
        .rsplit(':')
        .next()
        .and_then(|left| left.parse().ok())
        .expect("a number");
    assert!((1..=2 * 3600 * 1000).contains(&left), "{left} ms");

    // A server that goes and comes back.
    let (folder, port) = server.stop();
    assert_eq!(browser.get("/get").send().status(), 503);
    let server = run(folder, Some(port));
    // The connection is made anew when a request meets the old one.
    let again = (0..20)
        .map(|_| browser.get("/get").send())
        .find(|answer| answer.status() == 200);
    assert_eq!(
        again.expect("a connection").text(),
        "somebody",
        "what was saved has lasted"
    );

    let error = RedisStore::connect(&address.replace("wind", "wine")).expect_err("a wrong password");
    assert_eq!(error.status_code().as_u16(), 503);
    assert!(!error.to_string().contains("wine"), "{error}");
    drop(server);
}

#[test]
fn nobody_at_the_other_end_is_told_at_the_start() {
    let error = RedisStore::connect("redis://127.0.0.1:1/").expect_err("nobody listens");
    assert_eq!(error.status_code().as_u16(), 503);
    assert!(RedisStore::connect("no address").is_err());
}
