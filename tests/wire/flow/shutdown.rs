//! An orderly end.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use waterspout::Limits;

use crate::child::Process;
use crate::client::{Client, End, PATIENCE};
use crate::log;
use crate::server::start;
use crate::stack::Stack;

fn at_once(test: impl Fn(Stack) + Sync) {
    std::thread::scope(|scope| {
        for &stack in Stack::ALL {
            let test = &test;
            scope.spawn(move || test(stack));
        }
    });
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")
}

#[test]
fn what_runs_ends_and_what_is_idle_is_closed() {
    at_once(|stack| {
        let server = start(stack, Limits::default());
        let address = server.address;
        let mut fresh = Client::connect(address);
        let mut used = Client::ask(address, get("/x"));
        assert_eq!(used.response().status, 200);
        let id = format!("stop-{}", stack.name());
        let mut running = Client::ask(
            address,
            get(&format!("/watched/gate-read/{id}")) + &get("/behind"),
        );
        let mut streaming = Client::ask(address, get("/download/20000000"));
        let head = streaming.head().expect("a head");
        assert!(log::eventually(|| log::count(&format!("{id} started")) == 1));

        let start = Instant::now();
        server.handle.shutdown();
        assert_eq!(
            (fresh.end(), used.end()),
            (End::Eof, End::Eof),
            "idle connections"
        );
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "idle ones are closed at once"
        );
        assert!(
            log::eventually(|| TcpStream::connect(address).is_err()),
            "new ones are refused"
        );
        assert!(
            !server.running.is_finished(),
            "{}: a request still runs",
            stack.name()
        );

        log::open(&id);
        let response = running.response();
        assert_eq!((response.text().as_str(), response.says_close()), ("0\n", true));
        assert_eq!(running.end(), End::Eof, "what is behind it is not answered");
        let response = streaming.rest(head, false).expect("a body");
        assert_eq!((response.body.len(), response.whole), (20_000_000, true));
        assert_eq!(streaming.end(), End::Eof);
        assert!(
            log::eventually(|| server.running.is_finished()),
            "{}: run returns",
            stack.name()
        );
        server.running.join().expect("no panic").expect("no error");
    });
}

#[test]
fn what_does_not_end_is_left_behind() {
    at_once(|stack| {
        let drain = Duration::from_millis(400);
        let server = start(
            stack,
            Limits {
                drain,
                ..Limits::default()
            },
        );
        let id = format!("never-{}", stack.name());
        let _client = Client::ask(server.address, get(&format!("/watched/sleep/{id}")));
        assert!(log::eventually(|| log::count(&format!("{id} started")) == 1));
        let start = Instant::now();
        server.handle.shutdown();
        assert!(
            log::eventually(|| server.running.is_finished()),
            "{}: run returns",
            stack.name()
        );
        assert!(start.elapsed() > drain / 2 && start.elapsed() < PATIENCE);
    });
}

#[test]
fn half_a_request_is_still_answered() {
    at_once(|stack| {
        let server = start(stack, Limits::default());
        let mut client = Client::ask(server.address, "GET /x HTTP/1.1\r\nHost");
        std::thread::sleep(Duration::from_millis(200));
        server.handle.shutdown();
        std::thread::sleep(Duration::from_millis(50));
        client.send(": h\r\n\r\n");
        let response = client.response();
        assert!(response.status == 200 && response.says_close(), "{response:?}");
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn sigterm_lets_a_running_request_end() {
    at_once(|stack| {
        let mut process = Process::start(stack);
        let mut idle = Client::ask(process.address, get("/x"));
        assert_eq!(idle.response().status, 200);
        let mut running = Client::ask(process.address, get("/sleep/1000"));
        // Its handler has begun once the answer to an earlier request is there and no other comes.
        assert!(running.is_silent(Duration::from_millis(200)));
        process.terminate();
        assert_eq!(idle.end(), End::Eof);
        let response = running.response();
        assert_eq!(
            (response.text().as_str(), response.says_close()),
            ("slept\n", true)
        );
        drop((idle, running));
        assert!(process.ended_well());
    });
}
