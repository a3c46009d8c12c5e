//! Connections that are always busy leave turns to others: one thread, clients that send and read as fast as they can.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::pattern;
use crate::child::Process;
use crate::client::Client;
use crate::stack::Stack;

/// How long clients keep the server busy.
const BUSY: Duration = Duration::from_secs(2);

fn read_all(mut from: impl Read) {
    let end = Instant::now() + BUSY;
    let mut buffer = vec![0; 1 << 20];
    while Instant::now() < end && from.read(&mut buffer).is_ok_and(|len| len > 0) {}
}

fn write_all(mut to: impl Write, bytes: &[u8]) {
    let end = Instant::now() + BUSY;
    while Instant::now() < end && to.write_all(bytes).is_ok() {}
}

fn keep_busy(process: &Process, kind: usize) {
    let mut client = Client::connect(process.address);
    let post = "POST /limited/100000000000 HTTP/1.1\r\nHost: h\r\n";
    match kind {
        0 => {
            client.send("GET /download/1000000000 HTTP/1.1\r\nHost: h\r\n\r\n");
            read_all(&client.stream);
        }
        1 => {
            client.send(format!("{post}Content-Length: 10000000000\r\n\r\n"));
            write_all(&client.stream, pattern(0, 1 << 20));
        }
        // Tornado 3.1, 6.6.0: thousands of tiny chunks at once.
        2 => {
            client.send(format!("{post}Transfer-Encoding: chunked\r\n\r\n"));
            write_all(&client.stream, &b"1\r\n\0\r\n".repeat(10_000));
        }
        _ => thread::scope(|scope| {
            scope.spawn(|| read_all(&client.stream));
            let requests = b"GET /status/204 HTTP/1.1\r\nHost: h\r\n\r\n";
            write_all(&client.stream, &requests.repeat(1000));
        }),
    }
}

/// Without turns the wait is as long as the others are busy, and longer: they have sent ahead.
#[test]
fn the_busy_leave_turns_to_others() {
    for &stack in Stack::ALL {
        let process = Process::start_with(stack, 1, 256);
        let mut longest = Duration::ZERO;
        thread::scope(|scope| {
            let busy: Vec<_> = (0..6)
                .map(|kind| {
                    scope.spawn({
                        let process = &process;
                        move || keep_busy(process, kind)
                    })
                })
                .collect();
            let mut client = Client::connect(process.address);
            while !busy.iter().all(thread::ScopedJoinHandle::is_finished) {
                let start = Instant::now();
                client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
                assert_eq!(client.response().status, 200);
                longest = longest.max(start.elapsed());
            }
        });
        println!("{}: {longest:?}", stack.name());
        assert!(longest < BUSY, "{}: {longest:?}", stack.name());
    }
}
