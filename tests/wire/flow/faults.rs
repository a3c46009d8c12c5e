//! The faults that separate servers (reliability section 3).

use std::net::TcpStream;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::child::Process;
use crate::client::{Client, End, PATIENCE};
use crate::log;
use crate::server::{Kind, each};
use crate::stack::Stack;

const GET: &str = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

#[test]
fn two_thousand_resets() {
    each(Kind::Plain, |_, address| {
        for number in 0..2000 {
            let client = Client::ask(
                address,
                if number % 2 == 0 {
                    GET
                } else {
                    "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"
                },
            );
            // Closing with unread bytes resets the connection; without any it is a plain end.
            let _ = client.stream.peek(&mut [0]);
        }
        assert_eq!(Client::ask(address, GET).response().status, 200);
    });
}

#[test]
fn two_hundred_aborted_uploads() {
    each(Kind::Plain, |stack, address| {
        let id = format!("abort-{}", stack.name());
        for _ in 0..200 {
            let head =
                format!("POST /watched/read/{id} HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
            let mut client = Client::ask(address, head);
            client.send([b'x'; 5000]);
        }
        let ended = |event| log::events(&id).iter().filter(|other| **other == event).count();
        assert!(
            log::eventually(|| ended("finished") == 200),
            "{} of 200",
            ended("finished")
        );
        assert_eq!(ended("dropped"), 200);
        assert_eq!(Client::ask(address, GET).response().status, 200);
    });
}

/// Out of descriptors the server must wait, not spin, and go on when there are some.
#[test]
fn more_connections_than_descriptors() {
    thread::scope(|scope| {
        for &stack in Stack::ALL {
            scope.spawn(move || {
                let process = Process::start_with(stack, 1, 100);
                let mut first = Client::connect(process.address);
                let crowd: Vec<TcpStream> = (0..400)
                    .map(|_| TcpStream::connect(process.address).expect("the queue is long"))
                    .collect();
                sleep(Duration::from_millis(500));
                let before = process.ticks();
                sleep(Duration::from_secs(2));
                let used = process.ticks() - before;
                // Of 200 ticks; Tornado uses 138.
                assert!(used < 50, "{}: {used} ticks of 10 ms in 2 s", stack.name());
                first.send(GET);
                assert_eq!(first.response().status, 200, "those that are in are served");
                drop(crowd);
                let mut client = Client::ask(process.address, GET);
                assert_eq!(client.response().status, 200, "and then all");
            });
        }
    });
}

/// Reading on behind a refusal is a courtesy, and it ends.
#[test]
fn a_client_that_never_stops_is_dropped() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::ask(address, "nonsense\r\n\r\n");
        let end = Instant::now() + PATIENCE;
        while client.try_send(&[b'x'; 1000]).is_ok() {
            assert!(Instant::now() < end, "it reads on and on");
            sleep(Duration::from_millis(20));
        }
    });
}

/// Connections that stand still in whatever state take no processor time.
#[test]
fn nothing_spins() {
    thread::scope(|scope| {
        for &stack in Stack::ALL {
            scope.spawn(move || {
                let process = Process::start(stack);
                let post = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
                let sleep_on = "POST /sleep/60000 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
                let ahead = format!("{sleep_on}{}", "x".repeat(100_000));
                let states = [
                    "",
                    "GET /x",
                    post,
                    sleep_on,
                    &ahead,
                    "GET /download/100000000 HTTP/1.1\r\nHost: h\r\n\r\n",
                    "GET /watched/flush-sleep/spin HTTP/1.1\r\nHost: h\r\n\r\n",
                    "GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
                ];
                let mut clients = Vec::new();
                for state in states {
                    clients.push(Client::ask(process.address, state));
                    let half = Client::ask(process.address, state);
                    half.half_close();
                    clients.push(half);
                }
                sleep(Duration::from_secs(1));
                let before = process.ticks();
                sleep(Duration::from_secs(2));
                let used = process.ticks() - before;
                assert!(used < 20, "{}: {used} ticks of 10 ms in 2 s", stack.name());
            });
        }
    });
}

/// Rubbish of every kind ends in a 4xx or an end, and the server lives.
#[test]
fn rubbish() {
    each(Kind::Plain, |_, address| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let base = b"POST /X/y?a=b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        for number in 0..300 {
            let mut raw = base.to_vec();
            for _ in 0..=next() % 3 {
                let at = next() as usize % raw.len();
                match next() % 3 {
                    0 => raw[at] = next() as u8,
                    1 => drop(raw.remove(at)),
                    _ => raw.insert(at, b"\r\n\0 :;,"[next() as usize % 7]),
                }
            }
            let mut client = Client::ask(address, &raw);
            client.half_close();
            while let Ok(response) = client.response_to(false) {
                let fine = response.status < 500 || matches!(response.status, 501 | 505);
                assert!(
                    fine && response.whole,
                    "{number}: {response:?} to {}",
                    raw.escape_ascii()
                );
            }
            assert_eq!(client.end(), End::Eof, "{number}: {}", raw.escape_ascii());
        }
    });
}
