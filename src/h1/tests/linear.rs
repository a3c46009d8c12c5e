//! No input costs more than its length, whatever it is and however it comes.

use super::super::scan::{Line, LineScan};
use super::*;

/// How many bytes `work` made the engine look at.
fn count(work: impl FnOnce()) -> usize {
    LOOKED_AT.set(0);
    work();
    LOOKED_AT.take()
}

/// Every byte is looked at by the scanner and by the parser, once each (those of a request line by the former only);
/// ten times the input is then ten times the work.
fn assert_linear(name: &str, input: impl Fn(usize) -> String, step: usize) {
    for scale in [1, 10] {
        let input = input(scale);
        let looked = count(|| {
            feed(input.as_bytes(), step);
        });
        assert!(
            looked <= 2 * input.len(),
            "{name}: {looked} looks at {} bytes",
            input.len()
        );
        assert!(looked > 0, "{name} is counted");
    }
}

/// Feeds `input` in steps, answering every request. Limits stay out of the way.
fn feed(input: &[u8], step: usize) -> usize {
    let limits = Limits {
        head: 1 << 24,
        request_line: 1 << 24,
        ..Limits::default()
    };
    let mut server = Server::new(limits);
    let mut requests = 0;
    for piece in input.chunks(step) {
        server.receive(piece);
        loop {
            match server.next_event() {
                Event::Request(_) => {
                    requests += 1;
                    server
                        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
                        .unwrap();
                    server.finish(None).unwrap();
                    written(&mut server);
                }
                Event::NeedMore | Event::Closed => break,
                _ => {}
            }
        }
    }
    requests
}

#[test]
fn heads_byte_by_byte() {
    assert_linear(
        "a long field",
        |scale| get(&format!("X: {}\r\n", "x".repeat(6500 * scale))),
        1,
    );
    assert_linear(
        "a long line",
        |scale| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(6500 * scale)),
        1,
    );
    assert_linear("a line without end", |scale| "x".repeat(6500 * scale), 1);
    assert_linear("repeated fields", |scale| get(&"X: a\r\n".repeat(2 * scale)), 1);
    assert_linear(
        "a list of options",
        |scale| get(&format!("Connection: {}\r\n", "a,".repeat(5000 * scale))),
        7,
    );
}

#[test]
fn bodies_and_pipelines() {
    for step in [1, 100, usize::MAX] {
        assert_linear(
            "chunks of one byte",
            |scale| chunked(&"1\r\nx\r\n".repeat(100 * scale)),
            step,
        );
        assert_linear(
            "a trailer section",
            |scale| chunked(&format!("0\r\nX: {}\r\n\r\n", "x".repeat(100 * scale))),
            step,
        );
        assert_linear("pipelined requests", |scale| get("").repeat(20 * scale), step);
    }
    assert_eq!(feed(get("").repeat(1000).as_bytes(), usize::MAX), 1000);
}

/// The scanner never looks back: a line end written over what it has seen is not found.
#[test]
fn every_byte_is_looked_at_once() {
    let mut bytes = vec![b'a'; 1000];
    let mut scan = LineScan::default();
    for end in 1..=bytes.len() {
        assert!(matches!(scan.line(&bytes[..end], 5000), Ok(Line::Partial)));
        bytes[..end].fill(b'\n');
    }
    bytes[..1000].fill(b'a');
    bytes.extend(b"\r\n");
    assert!(matches!(scan.line(&bytes, 5000), Ok(Line::Found(range)) if range == (0..1000)));
}
