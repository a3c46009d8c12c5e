//! Other implementations as peers of ours, of WebSockets and of signed cookies: `tests/interop/peers` holds one program each.
//!
//! `cargo test` builds the examples first; `cargo test --test interop` does not. scripts/test-deps installs the peers.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed test is a panic, in its helpers too; one that is left out says so"
)]
#![cfg(unix)]

#[path = "interop/cookies.rs"]
mod cookies;
#[allow(dead_code, reason = "tests/programs.rs asks more of a program")]
#[path = "programs/process.rs"]
mod process;

use std::path::{Path, PathBuf};
use std::process::Command;

use futures_lite::future::block_on;
use process::Program;
use waterspout::http::header::SEC_WEBSOCKET_EXTENSIONS;
use waterspout::websocket::{CloseCode, Compression, Options, WebSocketRequest};

/// A path below the repository's root.
fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// A peer that finds all in order with the probe's echo, on these routes with and without compression.
fn tries_the_probe(program: &Path, peer: &str, cases: &[(&str, &str)]) {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    for (target, compression) in cases {
        let url = format!("ws://{}/{target}", probe.address());
        let mut command = Command::new(program);
        command.arg(path("tests/interop/peers").join(peer));
        let output = command.args(["client", url.as_str(), compression]).output();
        let output = output.expect("it starts");
        assert!(
            output.status.success() && output.stdout == b"ok\n",
            "{peer} with {target}, {compression}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    probe.stop();
}

/// A peer as the server of our client, with and without compression on its side.
fn serves_our_client(program: &Path, peer: &'static str) {
    for (mode, deflates) in [("deflate", true), ("plain", false)] {
        let mut command = Command::new(program);
        command.arg(path("tests/interop/peers").join(peer)).arg("server");
        if mode == "plain" {
            command.arg(mode);
        }
        let server = Program::spawn(peer, &mut command);
        let url = format!("ws://{}/", server.address());
        block_on(tries(&url, deflates));
    }
}

async fn tries(url: &str, deflates: bool) {
    let client = waterspout_client::client();
    let noise: Vec<u8> = (0..1_u32 << 20)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let frugal = Compression {
        client_context_takeover: false,
        server_max_window_bits: 10,
        threshold: 0,
        ..Compression::default()
    };
    for compression in [Some(Compression::default()), Some(frugal), None] {
        let request = WebSocketRequest::new(url).options(Options {
            compression,
            ..Options::default()
        });
        let mut socket = client.websocket_connect(request).await.expect("it opens");
        let agreed = socket.headers().contains_key(SEC_WEBSOCKET_EXTENSIONS);
        assert_eq!(
            agreed,
            deflates && compression.is_some(),
            "{:?}",
            socket.headers()
        );
        for text in ["", "Grüße ☂ 🌪", &"again and ".repeat(100_000)] {
            socket.write_message(text).await.expect("open");
            assert_eq!(socket.read_message().await, Some(text.into()));
        }
        for bytes in [&noise[..0], &noise[..70_000], &noise] {
            socket.write_message(bytes.to_vec()).await.expect("open");
            assert_eq!(socket.read_message().await, Some(bytes.to_vec().into()));
        }
        socket.ping("are you there?").await.expect("open");
        socket.close(CloseCode::NORMAL, "done").await;
        assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
    }
    for code in [1001, 1003, 1011, 3000, 4999].map(|code| CloseCode::new(code).expect("a code")) {
        let mut socket = client.websocket_connect(url).await.expect("it opens");
        socket.close(code, "reason ☂").await;
        assert_eq!(socket.close_code(), Some(code));
    }
}

#[test]
fn node_ws() {
    if path("target/tools/node/node_modules/ws").is_dir() {
        let cases = [("ws", "deflate"), ("ws", "plain"), ("ws-plain", "plain")];
        tries_the_probe(Path::new("node"), "ws.mjs", &cases);
        serves_our_client(Path::new("node"), "ws.mjs");
    } else {
        println!("left out: Node's ws is not in target/tools");
    }
}

#[test]
fn tornado() {
    let python = path("target/tools/python/bin/python");
    if python.is_file() {
        let cases = [("ws", "deflate"), ("ws", "plain"), ("ws-plain", "plain")];
        tries_the_probe(&python, "echo_tornado.py", &cases);
        serves_our_client(&python, "echo_tornado.py");
    } else {
        println!("left out: Tornado is not in target/tools");
    }
}

#[test]
fn tornado_reads_our_cookies_and_we_read_its() {
    let python = path("target/tools/python/bin/python");
    if python.is_file() {
        cookies::with_tornado(&python, &path("tests/interop/peers/cookies_tornado.py"));
    } else {
        println!("left out: Tornado is not in target/tools");
    }
}
