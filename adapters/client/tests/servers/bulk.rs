//! Large bodies, both ways, by a client in a process of its own, whose memory stays flat. 128 MiB, 32 over TLS; with
//! `WATERSPOUT_FULL=1` 1 GiB.

use crate::child::{self, pattern};
use crate::connection::Connection;
use crate::gzip;
use crate::identity::Identity;
use crate::server::Server;

const PIECE: usize = 256 << 10;
/// How far memory may grow, in KiB.
const GROWTH: u64 = 16 << 10;

fn bytes(identity: Option<Identity>) -> u64 {
    match (std::env::var_os("WATERSPOUT_FULL"), identity) {
        (Some(_), _) => 1 << 30,
        (None, None) => 128 << 20,
        (None, Some(_)) => 32 << 20,
    }
}

/// Answers to `/warm`, what every client begins with; true if it was more than that.
fn more(connection: &mut Connection, target: &str) -> bool {
    if target == "//warm" || target.ends_with("/warm") {
        connection.answer("200 OK", pattern(0, 1 << 20));
        return false;
    }
    true
}

#[track_caller]
fn flat(what: &str, url: &str, bytes: u64, most: u64) {
    let grown = child::run(&[what, url, &bytes.to_string()], &[]);
    let grown: u64 = grown.parse().expect("a number");
    assert!(grown < most, "memory grew by {grown} KiB");
}

fn down(identity: Option<Identity>, chunked: bool) {
    let total = bytes(identity);
    let server = Server::start(identity, move |connection| {
        while let Some(request) = connection.request() {
            if !more(connection, &request.target) {
                continue;
            }
            connection.send(if chunked {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned()
            } else {
                format!("HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n")
            });
            for at in (0..total).step_by(PIECE) {
                let piece = pattern(at, PIECE);
                let sent = if chunked {
                    connection.send([format!("{PIECE:x}\r\n").as_bytes(), piece, b"\r\n"].concat())
                } else {
                    connection.send(piece)
                };
                assert!(sent, "it does not want the rest");
            }
            if chunked {
                connection.send("0\r\n\r\n");
            }
        }
    });
    flat("down", &server.url("/big"), total, GROWTH);
}

fn up(identity: Option<Identity>, chunked: bool) {
    let total = bytes(identity);
    let server = Server::start(identity, move |connection| {
        connection.forget();
        while let Some(request) = connection.head() {
            if !more(connection, &request.target) {
                continue;
            }
            let mut at = 0;
            let mut check = |piece: &[u8]| {
                assert!(piece == pattern(at, piece.len()), "other bytes at {at}");
                at += piece.len() as u64;
            };
            if chunked {
                while let Some(chunk) = connection.chunk().expect("a chunk") {
                    check(&chunk);
                }
            } else {
                assert_eq!(request.field("content-length"), Some(total.to_string().as_str()));
                for _ in 0..total / PIECE as u64 {
                    check(&connection.bytes(PIECE).expect("a piece"));
                }
            }
            connection.answer("200 OK", at.to_string());
        }
    });
    let path = if chunked { "/chunks" } else { "/big" };
    flat("up", &server.url(path), total, GROWTH);
}

#[test]
fn down_plain() {
    down(None, false);
}

#[test]
fn down_plain_in_chunks() {
    down(None, true);
}

#[test]
fn down_tls() {
    down(Some(Identity::Good), false);
}

#[test]
fn up_plain() {
    up(None, false);
}

#[test]
fn up_plain_in_chunks() {
    up(None, true);
}

#[test]
fn up_tls() {
    up(Some(Identity::Good), true);
}

/// CVE-2026-49855: sixteen times the limit, packed; at most three times the limit in memory.
#[test]
fn a_bomb() {
    const LIMIT: usize = 2 << 20;
    let content = gzip::bomb(16 * LIMIT);
    let server = Server::plain(move |connection| {
        while let Some(request) = connection.request() {
            if more(connection, &request.target) {
                connection.answer_with("200 OK", "Content-Encoding: gzip\r\n", &content);
            }
        }
    });
    flat("bomb", &server.url("/"), LIMIT as u64, 3 * (LIMIT as u64 >> 10));
}
