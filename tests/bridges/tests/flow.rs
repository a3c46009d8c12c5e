//! Large bodies through the bridges, each way and both at once, in this process, whose memory stays flat. 128 MiB, with
//! `WATERSPOUT_FULL=1` 1 GiB. One test alone, since it measures the process.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that fails is a panic")]

use std::io;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context as TaskContext, Poll};

use futures_lite::future::block_on;
use futures_lite::io::{AsyncRead, AsyncReadExt, BufReader};
use futures_lite::stream;
use waterspout::compat::{Endpoint, Host, http_types};
use waterspout::http::{HeaderMap, Method, Version};
use waterspout::prelude::*;
use waterspout::testing::ManualClock;
use waterspout::{BodyError, Link};

const PIECE: usize = 64 << 10;
/// How far memory may grow, in KiB.
const GROWTH: u64 = 16 << 10;
/// The period of the pattern: no power of two, so that a piece that is lost or repeated shows.
const PERIOD: usize = 251;

static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..PERIOD + PIECE)
        .map(|at| (at % PERIOD).to_le_bytes()[0])
        .collect()
});

/// At most a piece of the pattern.
fn pattern(at: u64, len: usize) -> &'static [u8] {
    let from = usize::try_from(at % PERIOD as u64).expect("small");
    &PATTERN[from..from + len.min(PIECE)]
}

/// Makes the pattern as it is read.
struct Source {
    at: u64,
    total: u64,
}

impl Source {
    fn next(&mut self, most: usize) -> &'static [u8] {
        let left = usize::try_from(self.total - self.at).expect("a machine of 64 bits");
        let piece = pattern(self.at, most.min(left));
        self.at += piece.len() as u64;
        piece
    }
}

impl AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let piece = self.next(buffer.len());
        buffer[..piece.len()].copy_from_slice(piece);
        Poll::Ready(Ok(piece.len()))
    }
}

fn theirs(total: u64, declared: bool) -> http_types::Body {
    let len = declared.then(|| usize::try_from(total).expect("a machine of 64 bits"));
    http_types::Body::from_reader(BufReader::with_capacity(PIECE, Source { at: 0, total }), len)
}

fn ours(total: u64, declared: bool) -> Body {
    if declared {
        return theirs(total, true).into();
    }
    let mut source = Source { at: 0, total };
    Body::from_stream(stream::poll_fn(move |_| {
        let piece = source.next(PIECE);
        Poll::Ready((!piece.is_empty()).then(|| Ok::<_, BodyError>(Bytes::copy_from_slice(piece))))
    }))
}

/// Counts what comes, and compares it.
#[derive(Default)]
struct Sink(u64);

impl Sink {
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(PIECE));
            assert!(piece == pattern(self.0, piece.len()), "other bytes at {}", self.0);
            self.0 += piece.len() as u64;
            bytes = rest;
        }
    }

    async fn take_theirs(mut self, mut body: http_types::Body) -> io::Result<u64> {
        let mut buffer = vec![0; PIECE];
        loop {
            match body.read(&mut buffer).await? {
                0 => return Ok(self.0),
                count => self.take(&buffer[..count]),
            }
        }
    }

    async fn take_ours(mut self, mut body: Body) -> Result<u64, BodyError> {
        while let Some(piece) = body.next_chunk().await {
            self.take(&piece?);
        }
        Ok(self.0)
    }
}

/// A tide application that takes, gives and echoes.
fn mounted() -> Application {
    let mut tide = tide::new();
    tide.at("/up").post(|mut request: tide::Request<()>| async move {
        Ok(Sink::default()
            .take_theirs(request.take_body())
            .await?
            .to_string())
    });
    tide.at("/down/:total/:declared")
        .get(|request: tide::Request<()>| async move {
            let (total, declared) = (
                request.param("total")?.parse()?,
                request.param("declared")? == "true",
            );
            Ok(theirs(total, declared))
        });
    tide.at("/echo")
        .post(|mut request: tide::Request<()>| async move { Ok(request.take_body()) });
    let endpoint = Endpoint::new(move |request| {
        let tide = tide.clone();
        async move { tide.respond(request).await }
    });
    Application::new().route("/{*rest}", endpoint.max_body_size(u64::MAX))
}

/// The same, of ours.
fn hosted() -> Application {
    Application::new()
        .streaming("/up", async |cx| {
            cx.set_max_body_size(u64::MAX);
            let mut sink = Sink::default();
            while let Some(piece) = cx.read_chunk().await? {
                sink.take(&piece);
            }
            cx.write(sink.0.to_string())
        })
        .get("/down/{total}/{declared}", async |cx| {
            let (total, declared): (u64, bool) = cx.path()?;
            cx.send(ours(total, declared))
        })
        .streaming("/echo", async |cx| {
            cx.set_max_body_size(u64::MAX);
            while let Some(piece) = cx.read_chunk().await? {
                cx.write(&piece)?;
                cx.flush().await?;
            }
            Ok(())
        })
}

/// One exchange with an application of ours: how many right bytes come back, or what they say.
fn ask_ours(app: &Application, method: Method, path: &str, body: Body) -> (u64, Option<Bytes>) {
    let link = Arc::new(Link::new(Arc::new(ManualClock::new())));
    let mut headers = HeaderMap::new();
    headers.insert("host", "h".parse().expect("a value"));
    let uri = path.parse().expect("a target");
    let request = Request::new(method, uri, Version::HTTP_11, headers, body, None, link);
    block_on(async {
        let mut response = app.respond(request).await;
        assert_eq!(response.status(), 200);
        let body = response.take_body();
        if path == "/up" {
            return (0, Some(body.collect(100).await.expect("a number")));
        }
        (Sink::default().take_ours(body).await.expect("whole"), None)
    })
}

/// One exchange with a host.
fn ask_theirs(
    host: &Host,
    method: http_types::Method,
    path: &str,
    body: http_types::Body,
) -> (u64, Option<Bytes>) {
    let mut request = http_types::Request::new(method, &*format!("http://h{path}"));
    request.set_body(body);
    block_on(async {
        let mut response = host.respond(request).await;
        assert_eq!(response.status(), 200);
        let body = response.take_body();
        if path == "/up" {
            return (0, Some(body.into_bytes().await.expect("a number").into()));
        }
        (Sink::default().take_theirs(body).await.expect("whole"), None)
    })
}

/// All directions of both bridges.
fn all(app: &Application, host: &Host, total: u64) {
    let number = Some(Bytes::from(total.to_string()));
    for declared in [true, false] {
        let down = &*format!("/down/{total}/{declared}");
        let (body, none) = (|| ours(total, declared), Body::empty);
        assert_eq!(ask_ours(app, Method::POST, "/up", body()).1, number);
        assert_eq!(ask_ours(app, Method::GET, down, none()).0, total);
        assert_eq!(ask_ours(app, Method::POST, "/echo", body()).0, total);

        let (body, none) = (|| theirs(total, declared), http_types::Body::empty);
        let (get, post) = (http_types::Method::Get, http_types::Method::Post);
        assert_eq!(ask_theirs(host, post, "/up", body()).1, number);
        assert_eq!(ask_theirs(host, get, down, none()).0, total);
        assert_eq!(ask_theirs(host, post, "/echo", body()).0, total);
    }
}

/// A figure of `/proc/self/status` in KiB.
fn kib(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let figure = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    figure.expect("a figure")
}

#[test]
fn large_bodies_pass_through_both_bridges_in_flat_memory() {
    let full = std::env::var_os("WATERSPOUT_FULL").is_some();
    let total = if full { 1 << 30 } else { 128 << 20 };
    let app = mounted();
    let host = Host::new(hosted(), Arc::new(ManualClock::new()));
    all(&app, &host, 1_000_000);
    let before = kib("VmRSS");
    all(&app, &host, total);
    let grown = kib("VmHWM").saturating_sub(before);
    assert!(grown < GROWTH, "memory grew by {grown} KiB");
}
