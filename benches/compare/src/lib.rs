//! What every peer shares: its command line, its readiness line, and the bodies it answers.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Body of `/plaintext` and the value of the one member of `/json`.
pub const HELLO: &str = "Hello, World!";

/// Name and value of the cookie that `/signed/set` sets and `/signed` reads.
pub const COOKIE: (&str, &str) = ("sid", "42");

/// The key that it is signed with: 64 bytes, the least that the crate cookie takes.
pub const KEY: &[u8; 64] = b"the keys of a comparison do not have to be a secret, only equal.";

/// The object `/json` answers, written out anew for every request.
#[derive(serde::Serialize)]
pub struct Message {
    pub message: &'static str,
}

impl Message {
    pub const HELLO: Message = Message { message: HELLO };
}

/// The address to listen on: the first and only argument.
pub fn addr() -> SocketAddr {
    let mut args = std::env::args();
    let name = args.next().unwrap_or_default();
    match args.next().map(|arg| arg.parse()) {
        Some(Ok(addr)) => addr,
        _ => {
            eprintln!("usage: {name} ADDR    (such as 127.0.0.1:8080)");
            std::process::exit(2);
        }
    }
}

/// Where the files of `/static` are: `run` makes them, and says it here.
pub fn files() -> Option<PathBuf> {
    std::env::var_os("BENCH_FILES").map(PathBuf::from)
}

/// Says that the peer is ready.
pub fn announce(addr: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {addr}")?;
    out.flush()
}
