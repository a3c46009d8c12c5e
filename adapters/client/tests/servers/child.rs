//! A client in a process of its own: this very test binary, told by variables what to fetch. For what is measured of a
//! process (its memory), or belongs to one (its environment).

use std::fs;
use std::future::poll_fn;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use futures_lite::future::block_on;
use waterspout::{AsyncHttpClient, Body, BodyError, ClientError, FetchRequest, Frame, HttpBody, SizeHint};
use waterspout_client::HttpEngine;

use crate::fetch::{Names, fetch};

const VARIABLE: &str = "WATERSPOUT_CLIENT_CHILD";
const ROOT: &str = "WATERSPOUT_CLIENT_ROOT";
const PROXIES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

const PERIOD: u64 = 251;
const PIECE: usize = 64 << 10;

/// A piece of an endless pattern in which no two places near each other look the same.
pub(crate) fn pattern(from: u64, len: usize) -> &'static [u8] {
    static BYTES: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| (0..=250).cycle().take((4 << 20) + 251).collect());
    &BYTES[(from % PERIOD) as usize..][..len]
}

/// Runs this binary with these words, in an environment that has no proxies but those given; what it says.
pub(crate) fn run(words: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command
        .args(["--exact", "child::serve", "--nocapture"])
        .env(VARIABLE, words.join(" "))
        .env(ROOT, crate::identity::root_pem())
        .env_remove("REQUEST_METHOD")
        .stderr(Stdio::inherit());
    for name in PROXIES {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    let output = String::from_utf8(output.stdout).expect("text");
    let said = output.lines().find_map(|line| line.strip_prefix("said: "));
    said.unwrap_or_else(|| panic!("nothing said: {output}"))
        .to_owned()
}

/// Not a test of anything: the body of the child. Without the variable it passes at once.
#[test]
fn serve() {
    let Ok(words) = std::env::var(VARIABLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let root = std::env::var(ROOT).expect("a certificate");
    let mut engine = HttpEngine::builder()
        .root_certificate(root.as_bytes())
        .native_roots(false)
        .resolver(Names::default());
    if words[0] == "obey" {
        engine = engine.proxy_from_env(true);
    }
    let client = AsyncHttpClient::new(engine.build().expect("an engine"));
    let said = match words[..] {
        ["fetch" | "obey", url] => match fetch(&client, url) {
            Ok(response) => response.text().expect("text"),
            Err(error) => format!("{:?}", error.kind()),
        },
        ["slowly", url] => slowly(&client, url),
        [what, url, bytes] => {
            let bytes = bytes.parse().expect("a number");
            let warm = fetch(&client, format!("{url}/warm")).expect("a response");
            assert_eq!(warm.body().len(), 1 << 20);
            drop(warm);
            let before = kib("VmRSS");
            match what {
                "down" => down(&client, url, bytes),
                "up" => up(&client, url, bytes),
                "bomb" => bomb(&client, url, bytes),
                _ => panic!("{what}?"),
            }
            kib("VmHWM").saturating_sub(before).to_string()
        }
        _ => panic!("{words:?}?"),
    };
    println!("\nsaid: {said}");
}

/// What a stream gives to an executor that is slow to poll whoever has been woken.
fn slowly(client: &AsyncHttpClient, url: &str) -> String {
    let mut read = Box::pin(async {
        let request = FetchRequest::get(url).request_timeout(Duration::from_secs(5));
        let mut stream = client.stream(request).await?;
        let mut text = String::new();
        while let Some(piece) = stream.read_chunk().await? {
            text.push_str(std::str::from_utf8(&piece).expect("text"));
        }
        Ok::<_, ClientError>(text)
    });
    let read = block_on(poll_fn(|cx| {
        thread::sleep(Duration::from_micros(500));
        read.as_mut().poll(cx)
    }));
    read.unwrap_or_else(|error| format!("{:?}", error.kind()))
}

/// A figure of `/proc/self/status` in KiB.
fn kib(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let figure = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    figure.expect("a figure")
}

fn long(request: FetchRequest) -> FetchRequest {
    request
        .request_timeout(Duration::from_secs(600))
        .max_body_size(u64::MAX)
}

fn down(client: &AsyncHttpClient, url: &str, bytes: u64) {
    block_on(async {
        let mut stream = client.stream(long(FetchRequest::get(url))).await.expect("a head");
        let mut at = 0;
        while let Some(piece) = stream.read_chunk().await.expect("a piece") {
            assert!(piece == pattern(at, piece.len()), "other bytes at {at}");
            at += piece.len() as u64;
        }
        assert_eq!(at, bytes);
    });
}

fn up(client: &AsyncHttpClient, url: &str, bytes: u64) {
    let chunked = url.ends_with("/chunks");
    let body = Body::new(Pattern {
        at: 0,
        bytes,
        chunked,
    });
    let response = fetch(client, long(FetchRequest::post(url).body(body))).expect("a response");
    assert_eq!(response.text().expect("text"), bytes.to_string());
}

fn bomb(client: &AsyncHttpClient, url: &str, limit: u64) {
    let error = fetch(client, FetchRequest::get(url).max_body_size(limit)).expect_err("too large");
    assert_eq!(error.kind(), waterspout::ClientErrorKind::BodyTooLarge);
}

/// A body of so many bytes of the pattern.
struct Pattern {
    at: u64,
    bytes: u64,
    chunked: bool,
}

impl HttpBody for Pattern {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let len = (self.bytes - self.at).min(PIECE as u64) as usize;
        let piece = Bytes::from_static(pattern(self.at, len));
        self.at += len as u64;
        Poll::Ready((len > 0).then(|| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.bytes - self.at)
        }
    }
}
