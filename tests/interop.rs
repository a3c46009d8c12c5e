//! Other WebSocket implementations as clients of ours: `tests/interop/peers` holds one program each.
//!
//! `cargo test` builds the examples first; `cargo test --test interop` does not. scripts/test-deps installs the peers.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed test is a panic, in its helpers too; one that is left out says so"
)]
#![cfg(unix)]

#[allow(dead_code, reason = "tests/programs.rs asks more of a program")]
#[path = "programs/process.rs"]
mod process;

use std::path::{Path, PathBuf};
use std::process::Command;

use process::Program;

/// Routes of the probe's echo, and how the peer is to speak there.
const CASES: &[(&str, &str)] = &[
    ("ws", "deflate"),
    ("ws", "plain"),
    ("ws-plain", "plain"),
    // Where the probe has it: `cargo test --workspace`.
    #[cfg(feature = "async-tungstenite")]
    ("ws-tungstenite", "plain"),
];

/// A path below the repository's root.
fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// A peer that finds all in order with the probe's echo, with and without compression, and with every engine.
fn tries_the_probe(program: &Path, peer: &str) {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    for (target, compression) in CASES {
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

#[test]
fn node_ws() {
    if path("target/tools/node/node_modules/ws").is_dir() {
        tries_the_probe(Path::new("node"), "ws.mjs");
    } else {
        println!("left out: Node's ws is not in target/tools");
    }
}

#[test]
fn tornado() {
    let python = path("target/tools/python/bin/python");
    if python.is_file() {
        tries_the_probe(&python, "echo_tornado.py");
    } else {
        println!("left out: Tornado is not in target/tools");
    }
}
