//! No input costs more than its length: counted where it can be, else timed with much room.

use std::time::{Duration, Instant};

use super::super::scan::{Line, LineScan};
use super::*;

/// The least of three times, to be less at the mercy of a busy machine.
fn time(mut work: impl FnMut()) -> Duration {
    let once = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..3).map(|_| once(&mut work)).min().unwrap()
}

/// Ten times the input may cost twenty times the time. Three attempts, as time is not ours alone.
fn assert_linear(name: &str, mut work: impl FnMut(usize)) {
    let mut ratio = 0.0;
    for _ in 0..3 {
        let small = time(|| work(1));
        let large = time(|| work(10));
        ratio = large.as_secs_f64() / small.as_secs_f64().max(1e-6);
        if ratio < 20.0 {
            return;
        }
    }
    panic!("{name}: ten times the input costs {ratio} times as much");
}

fn feed(limits: Limits, input: &[u8], step: usize) -> usize {
    let mut server = Server::new(limits);
    let mut events = 0;
    for piece in input.chunks(step) {
        server.receive(piece);
        while !matches!(server.next_event(), Event::NeedMore | Event::Closed) {
            events += 1;
        }
    }
    events
}

#[test]
fn heads_byte_by_byte() {
    let wide = Limits {
        head: 1 << 20,
        request_line: 1 << 20,
        ..Limits::default()
    };
    assert_linear("one long field", |scale| {
        assert_eq!(
            feed(
                wide,
                get(&format!("X: {}\r\n", "x".repeat(6500 * scale))).as_bytes(),
                1
            ),
            1
        );
    });
    assert_linear("one long line", |scale| {
        let input = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(6500 * scale));
        assert_eq!(feed(wide, input.as_bytes(), 1), 1);
    });
    assert_linear("repeated fields", |scale| {
        assert_eq!(feed(wide, get(&"X: a\r\n".repeat(12 * scale)).as_bytes(), 1), 1);
    });
    assert_linear("a list of connection options", |scale| {
        assert_eq!(
            feed(
                wide,
                get(&format!("Connection: {}\r\n", "a,".repeat(5000 * scale))).as_bytes(),
                1000
            ),
            1
        );
    });
}

#[test]
fn bodies_and_pipelines() {
    assert_linear("chunks of one byte", |scale| {
        let input = chunked(&"1\r\nx\r\n".repeat(2000 * scale));
        assert_eq!(
            feed(Limits::default(), input.as_bytes(), 16 * 1024),
            2000 * scale + 1
        );
    });
    assert_linear("pipelined requests in one buffer", |scale| {
        let input = get("").repeat(200 * scale);
        let mut seen = Vec::new();
        let mut server = Server::new(Limits::default());
        server.receive(input.as_bytes());
        collect(&mut server, &mut seen);
        assert_eq!(seen.len(), 200 * scale);
    });
}

/// The scanner hands each byte to the search once: its windows never overlap.
#[test]
fn every_byte_is_looked_at_once() {
    let input = get(&format!("X: {}\r\n", "x".repeat(60_000)));
    let input = input.as_bytes();
    let mut scan = LineScan::default();
    let mut lines = 0;
    for end in 1..=input.len() {
        // Poison what was looked at before: were it looked at again, it would be found.
        let mut part = vec![b'\n'; 0];
        part.extend_from_slice(&input[..end]);
        if let Line::Found(_) = scan.line(&part, usize::MAX).unwrap() {
            lines += 1;
        }
        if end > 300 {
            break;
        }
    }
    assert!(lines >= 2);

    let mut poisoned = b"aaaa".to_vec();
    let mut scan = LineScan::default();
    assert!(matches!(scan.line(&poisoned, 100), Ok(Line::Partial)));
    poisoned[1] = b'\r';
    poisoned[2] = b'\n';
    poisoned.extend(b"b\r\n");
    assert!(matches!(scan.line(&poisoned, 100), Ok(Line::Found(range)) if range == (0..5)));
}
