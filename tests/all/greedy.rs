//! Peers that take more than their share of a WebSocket's server: who sends without end, and who never reads.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context as TaskContext, Poll, Waker};

use futures_lite::{AsyncRead, AsyncWrite};
use waterspout::http::{HeaderMap, Version};
use waterspout::prelude::*;
use waterspout::testing::ManualClock;
use waterspout::websocket::Options;
use waterspout::{Abilities, Link};

use super::ENGINE;
use crate::support::respond;

struct Silent;

impl WebSocketHandler for Silent {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

/// Sends the same frame for ever, and reads nothing or all.
struct Flood {
    frame: &'static [u8],
    at: usize,
    reads: bool,
    read: Arc<AtomicUsize>,
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        for byte in buf.iter_mut() {
            *byte = self.frame[self.at % self.frame.len()];
            self.at += 1;
        }
        self.read.fetch_add(buf.len(), Ordering::Relaxed);
        Poll::Ready(Ok(buf.len()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(self: Pin<&mut Self>, _: &mut TaskContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.reads {
            Poll::Ready(Ok(buf.len()))
        } else {
            Poll::Pending
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// How much is read in each of these polls.
fn flooded(frame: &'static [u8], reads: bool, polls: usize) -> Vec<usize> {
    let options = Options {
        engine: ENGINE,
        ..Options::default()
    };
    let app = Application::new().websocket_with("/", options, || Silent);
    let mut link = Link::new(Arc::new(ManualClock::new()));
    link.abilities = Abilities {
        upgrade: true,
        ..Abilities::default()
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let target = "/".parse().expect("a target");
    let request = Request::new(
        Method::GET,
        target,
        Version::HTTP_11,
        headers,
        Body::empty(),
        None,
        Arc::new(link),
    );
    let upgrade = respond(&app, request).take_upgrade().expect("a WebSocket");
    let read = Arc::new(AtomicUsize::new(0));
    let flood = Flood {
        frame,
        at: 0,
        reads,
        read: read.clone(),
    };
    let mut running = pin!(upgrade.run(Box::new(flood)));
    let mut cx = TaskContext::from_waker(Waker::noop());
    (0..polls)
        .map(|_| {
            assert!(running.as_mut().poll(&mut cx).is_pending(), "it is over");
            read.swap(0, Ordering::Relaxed)
        })
        .collect()
}

#[test]
fn who_sends_without_end_lets_others_have_their_turn() {
    // Pongs that nobody asked for, messages, and a message of 10 MiB.
    let frames: [&[u8]; 3] = [
        &[0x8a, 0x80, 0, 0, 0, 0],
        &[0x82, 0x81, 0, 0, 0, 0, b'x'],
        &[0x82, 0xff, 0, 0, 0, 0, 0, 0xa0, 0, 0, 0, 0, 0, 0],
    ];
    for frame in frames {
        for read in flooded(frame, true, 3) {
            assert!(read <= 4 << 20, "{read} bytes in one turn of {frame:x?}");
        }
    }
}

#[test]
fn who_never_reads_is_not_read_for_ever() {
    // Pings, of which each is to be answered.
    let polls = flooded(&[0x89, 0x80, 0, 0, 0, 0], false, 200);
    assert_eq!(polls.last(), Some(&0), "{polls:?}");
    let all: usize = polls.iter().sum();
    assert!(all <= 4 << 20, "{all} bytes");
}
