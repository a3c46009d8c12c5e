//! Large bodies through both bridges at once, in a process of its own whose memory stays flat. 128 MiB, with
//! `WATERSPOUT_FULL=1` 1 GiB.

use std::process::Command;

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_lite::io::AsyncReadExt;
use futures_lite::stream::{self, Stream};
use surf::Client;
use waterspout::{AsyncHttpClient, Body, ClientLimits, FetchRequest};
use waterspout_client::HttpEngine;
use waterspout_client::surf::{Backend, SurfEngine};

use crate::server::{Running, pattern};

const VARIABLE: &str = "WATERSPOUT_SURF_BULK";
const PIECE: usize = 64 << 10;
/// How far memory may grow, in KiB.
const GROWTH: u64 = 16 << 10;

fn bytes() -> u64 {
    if std::env::var_os("WATERSPOUT_FULL").is_some() {
        1 << 30
    } else {
        128 << 20
    }
}

/// Not a test of anything: the body of the child, which has client and server. Without the variable it passes at once.
#[test]
fn transfer() {
    let Ok(way) = std::env::var(VARIABLE) else { return };
    let carry: fn(&Running, u64) = match way.as_str() {
        "up" => up,
        "up through the engine" => up_through_engine,
        "down" => down,
        "down through the engine" => down_through_engine,
        other => panic!("no such way: {other}"),
    };
    let server = Running::start();
    carry(&server, 1 << 20);
    let before = kib("VmRSS");
    carry(&server, bytes());
    println!("\ngrown by {}", kib("VmHWM").saturating_sub(before));
}

fn flat(way: &str) {
    let output = Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "bulk::transfer", "--nocapture"])
        .env(VARIABLE, way)
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let grown = said
        .lines()
        .find_map(|line| line.strip_prefix("grown by ")?.parse::<u64>().ok());
    let grown = grown.unwrap_or_else(|| panic!("{way}: {said}{}", String::from_utf8_lossy(&output.stderr)));
    assert!(grown < GROWTH, "{way}: memory grew by {grown} KiB");
}

/// A figure of `/proc/self/status` in KiB: `VmRSS`, `VmHWM`.
fn kib(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("proc");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let figure = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    figure.expect("a figure")
}

fn surf() -> Client {
    let limits = ClientLimits {
        body: u64::MAX,
        ..ClientLimits::default()
    };
    Client::with_http_client(Backend::from(
        AsyncHttpClient::new(HttpEngine::new()).limits(limits),
    ))
}

fn over_surf() -> AsyncHttpClient {
    AsyncHttpClient::new(SurfEngine::new(surf()))
}

fn pieces(total: u64) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Sync + Unpin {
    let ats = (0..total).step_by(PIECE);
    stream::iter(ats.map(move |at| {
        let len = (total - at).min(PIECE as u64) as usize;
        Ok(Bytes::from_static(pattern(at, len)))
    }))
}

fn up(server: &Running, total: u64) {
    let reader = futures_lite::io::BufReader::new(Reader { at: 0, total });
    let body = surf::Body::from_reader(reader, Some(total as usize));
    let text = block_on(surf().post(server.url("/upload")).body(body).recv_string());
    assert_eq!(text.expect("an answer"), total.to_string());
}

/// The pattern, as a reader.
struct Reader {
    at: u64,
    total: u64,
}

impl futures_lite::AsyncRead for Reader {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut [u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        let len = (self.total - self.at).min(buffer.len().min(PIECE) as u64) as usize;
        buffer[..len].copy_from_slice(pattern(self.at, len));
        self.at += len as u64;
        std::task::Poll::Ready(Ok(len))
    }
}

fn up_through_engine(server: &Running, total: u64) {
    let request = FetchRequest::post(server.url("/upload")).body(Body::from_stream(pieces(total)));
    let request = request.request_timeout(std::time::Duration::from_secs(600));
    let response = block_on(over_surf().fetch(request)).expect("an answer");
    assert_eq!(response.text().expect("text"), total.to_string());
}

fn down(server: &Running, total: u64) {
    let url = server.url(&format!("/download/{total}"));
    let mut response = block_on(surf().get(url)).expect("an answer");
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    loop {
        let len = block_on(response.read(&mut buffer)).expect("no error");
        if len == 0 {
            break;
        }
        assert!(buffer[..len] == *pattern(at, len), "other bytes after {at}");
        at += len as u64;
    }
    assert_eq!(at, total);
}

fn down_through_engine(server: &Running, total: u64) {
    let url = server.url(&format!("/download/{total}"));
    let request = FetchRequest::get(url).max_body_size(u64::MAX);
    let mut stream = block_on(over_surf().stream(request)).expect("an answer");
    let mut at = 0;
    while let Some(chunk) = block_on(stream.read_chunk()).expect("no error") {
        for piece in chunk.chunks(1 << 20) {
            assert!(*piece == *pattern(at, piece.len()), "other bytes after {at}");
            at += piece.len() as u64;
        }
    }
    assert_eq!(at, total);
}

#[test]
fn up_is_flat() {
    flat("up");
}

#[test]
fn up_is_flat_through_the_engine() {
    flat("up through the engine");
}

#[test]
fn down_is_flat() {
    flat("down");
}

#[test]
fn down_is_flat_through_the_engine() {
    flat("down through the engine");
}
