//! No response costs more than its length, whatever it is and however it comes.

use super::*;

/// As for requests: every byte is looked at by the scanner and by the parser, once each.
fn assert_linear(name: &str, input: impl Fn(usize) -> String, step: usize) {
    for scale in [1, 10] {
        let input = input(scale);
        let limits = Limits {
            head: 1 << 24,
            ..Limits::default()
        };
        let mut client = Client::new(limits);
        ask(&mut client, "GET", &[]);
        LOOKED_AT.set(0);
        drive(&mut client, input.as_bytes().chunks(step), false);
        let looked = LOOKED_AT.take();
        assert!(
            looked <= 2 * input.len(),
            "{name}: {looked} looks at {} bytes",
            input.len()
        );
        assert!(looked > 0, "{name} is counted");
    }
}

#[test]
fn heads_and_bodies() {
    for step in [1, 100, usize::MAX] {
        let line = |scale| format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(6500 * scale));
        assert_linear("a long reason", line, step);
        assert_linear("a line without end", |scale| "x".repeat(6500 * scale), step);
        assert_linear(
            "a long field",
            |scale| ok(&format!("X: {}\r\n", "x".repeat(6500 * scale)), ""),
            step,
        );
        assert_linear(
            "a list of lengths",
            |scale| ok(&format!("Content-Length: 0{}\r\n", ",0".repeat(1000 * scale)), ""),
            step,
        );
        assert_linear(
            "chunks of one byte",
            |scale| chunked(&"1\r\nx\r\n".repeat(100 * scale)),
            step,
        );
        assert_linear(
            "informational responses",
            |scale| "HTTP/1.1 103\r\n\r\n".repeat(scale),
            step,
        );
    }
}
