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

#[test]
fn node_ws() {
    if path("target/tools/node/node_modules/ws").is_dir() {
        let cases = [("ws", "deflate"), ("ws", "plain"), ("ws-plain", "plain")];
        tries_the_probe(Path::new("node"), "ws.mjs", &cases);
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
    } else {
        println!("left out: Tornado is not in target/tools");
    }
}
