//! Large bodies through a server in a process of its own, whose memory stays flat. 128 MiB, with `WATERSPOUT_FULL=1`
//! 2 GiB.

use std::io::Write;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::app::pattern;
use crate::child::Process;
use crate::client::Client;
use crate::stack::Stack;

const PIECE: usize = 1 << 20;
/// How far memory may grow, in KiB.
const GROWTH: u64 = 16 << 10;

fn bytes() -> u64 {
    if std::env::var_os("WATERSPOUT_FULL").is_some() {
        2 << 30
    } else {
        128 << 20
    }
}

/// Starts a process for each stack and asks how far its memory has grown at most.
fn flat(test: impl Fn(&Process) + Sync) {
    bounded(GROWTH, Process::start, test);
}

fn bounded(growth: u64, start: impl Fn(Stack) -> Process + Sync, test: impl Fn(&Process) + Sync) {
    thread::scope(|scope| {
        for &stack in Stack::ALL {
            let (start, test) = (&start, &test);
            scope.spawn(move || {
                let process = start(stack);
                let mut warm = Client::ask(
                    process.address,
                    "GET /download/1000000 HTTP/1.1\r\nHost: h\r\n\r\n",
                );
                assert_eq!(warm.response().body.len(), 1_000_000);
                let before = process.kib("VmRSS");
                test(&process);
                let grown = process.kib("VmHWM").saturating_sub(before);
                assert!(grown < growth, "{}: memory grew by {grown} KiB", stack.name());
            });
        }
    });
}

/// Sends the pattern as a body with this framing.
fn upload(process: &Process, chunked: bool) {
    let total = bytes();
    let framing = if chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {total}")
    };
    let mut client = Client::ask(
        process.address,
        format!("POST /upload HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n"),
    );
    for at in (0..total).step_by(PIECE) {
        let piece = pattern(at, PIECE);
        if chunked {
            client.send(format!("{PIECE:x}\r\n"));
        }
        client.send(piece);
        if chunked {
            client.send("\r\n");
        }
    }
    if chunked {
        client.send("0\r\n\r\n");
    }
    assert_eq!(client.response().text(), format!("{total}\n"));
}

#[test]
fn up() {
    flat(|process| upload(process, false));
}

#[test]
fn up_in_chunks() {
    flat(|process| upload(process, true));
}

/// Sends a form whose file is the pattern, and gives the answer.
fn upload_form(process: &Process, target: &str, total: u64) -> String {
    let before = "--B\r\nContent-Disposition: form-data; name=f; filename=\"f\"\r\n\r\n";
    let behind = "\r\n--B--\r\n";
    let length = total + (before.len() + behind.len()) as u64;
    let kind = "Content-Type: multipart/form-data; boundary=B";
    let mut client = Client::ask(
        process.address,
        format!("POST {target} HTTP/1.1\r\nHost: h\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{before}"),
    );
    for at in (0..total).step_by(PIECE) {
        client.send(pattern(at, PIECE));
    }
    client.send(behind);
    client.response().text()
}

#[test]
fn up_in_parts() {
    flat(|process| {
        assert_eq!(
            upload_form(process, "/parts", bytes()),
            format!("f {}\n", bytes())
        );
    });
}

/// To a temporary file and back.
#[test]
fn up_by_way_of_the_disk() {
    let total = bytes() / 2;
    flat(|process| assert_eq!(upload_form(process, "/form", total), format!("f {total} true\n")));
}

/// 16 times the limit comes out of it, and at most three times the limit is held.
#[test]
fn a_bomb_is_stopped_at_the_limit() {
    const LIMIT: u64 = 16 << 20;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&vec![0; 1 << 20]).expect("memory");
    let member = encoder.finish().expect("memory");
    let start = |stack| Process::start_limited(stack, LIMIT);
    bounded(3 * LIMIT / 1024, start, |process| {
        let coded = "Content-Encoding: gzip\r\nContent-Length:";
        for (members, status) in [(16, 200), (16 * 16, 413)] {
            let bomb = member.repeat(members);
            let head = format!(
                "POST /buffered HTTP/1.1\r\nHost: h\r\n{coded} {}\r\n\r\n",
                bomb.len()
            );
            let mut client = Client::ask(process.address, head);
            client.send(bomb);
            assert_eq!(client.response().status, status);
        }
    });
}

#[test]
fn down() {
    flat(|process| {
        let total = bytes();
        let target = format!("/download/{total}");
        let mut client = Client::ask(process.address, format!("GET {target} HTTP/1.0\r\n\r\n"));
        assert_eq!(client.head().expect("a head").status, 200);
        for at in (0..total).step_by(PIECE) {
            let piece = client.bytes(PIECE).expect("bytes");
            assert!(piece == pattern(at, PIECE), "other bytes in the piece at {at}");
        }
        assert_eq!(client.end(), crate::client::End::Eof);
    });
}

#[test]
fn down_in_chunks() {
    flat(|process| {
        let total = bytes();
        let request = format!("GET /download/{total} HTTP/1.1\r\nHost: h\r\n\r\n");
        let mut client = Client::ask(process.address, request);
        assert_eq!(client.head().expect("a head").status, 200);
        let mut at = 0;
        loop {
            let line = client.until(b"\r\n").expect("a chunk line");
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(&size, 16).expect("a size");
            let chunk = client.bytes(size + 2).expect("a chunk");
            assert_eq!(&chunk[size..], b"\r\n");
            if size == 0 {
                break;
            }
            assert!(
                chunk[..size] == *pattern(at, size),
                "other bytes in the chunk at {at}"
            );
            at += size as u64;
        }
        assert_eq!(at, total);
    });
}

/// A client that asks for much and reads nothing.
#[test]
fn pipelined_answers_are_not_piled_up() {
    flat(|process| {
        let mut client = Client::ask(
            process.address,
            "GET /big HTTP/1.1\r\nHost: h\r\n\r\n".repeat(200),
        );
        thread::sleep(Duration::from_secs(1));
        for _ in 0..200 {
            assert!(client.response().body == pattern(0, PIECE));
        }
    });
}

/// Many at once, each on its own connection, chunked both ways.
#[test]
fn many_at_once() {
    flat(|process| {
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let request = "GET /download/2000000 HTTP/1.1\r\nHost: h\r\n\r\n";
                    let response = Client::ask(process.address, request).response();
                    assert!(response.whole && response.body == pattern(0, 2_000_000));
                });
            }
        });
    });
}
