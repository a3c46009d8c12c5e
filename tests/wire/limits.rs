//! Deadlines, and sizes that are refused before they have come. (Sizes as such: `table`.)

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, End, Response};
use crate::server::{Kind, each};
use crate::{app, log};

const MOMENT: Duration = Duration::from_millis(300);
const STEP: Duration = Duration::from_millis(40);

/// A refusal by the clock: complete, then the end.
#[track_caller]
fn expect_end(client: &mut Client, status: u16) -> Response {
    let response = client.response();
    assert_eq!(response.status, status, "{response:?}");
    assert!(response.whole && response.field("date").is_some(), "{response:?}");
    assert!(
        response.field("content-length").is_some() && response.says_close(),
        "{response:?}"
    );
    assert_eq!(client.end(), End::Eof);
    response
}

#[test]
fn half_a_head_is_answered_408() {
    each(Kind::Hasty, |_, address| {
        for head in [
            "G",
            "GET /x HTTP/1.1\r\n",
            "GET /x HTTP/1.1\r\nHost: h\r\n",
            "GET /x HTTP/1.1\r\nHost: h\r\n\r",
        ] {
            let start = Instant::now();
            expect_end(&mut Client::ask(address, head), 408);
            assert!(start.elapsed() > MOMENT / 2, "{head:?} came to its end at once");
        }
    });
}

#[test]
fn a_head_that_drips_is_answered_408() {
    each(Kind::Hasty, |_, address| {
        let mut client = Client::ask(address, "GET /x HTTP/1.1\r\nHost: h\r\nX: ");
        let end = Instant::now() + MOMENT * 5;
        while Instant::now() < end && client.try_send(b"a").is_ok() {
            sleep(STEP);
        }
        expect_end(&mut client, 408);
    });
}

#[test]
fn the_second_head_has_its_deadline_too() {
    each(Kind::Hasty, |_, address| {
        let mut client = Client::ask(address, "GET /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\n");
        assert_eq!(client.response().status, 200);
        expect_end(&mut client, 408);
    });
}

#[test]
fn a_silent_connection_is_closed_without_a_word() {
    each(Kind::Hasty, |_, address| {
        assert_eq!(Client::connect(address).end(), End::Eof, "before a request");
        let mut client = Client::ask(address, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.response().status, 200);
        assert_eq!(client.end(), End::Eof, "behind one");
        assert_eq!(
            Client::ask(address, "\r\n").end(),
            End::Eof,
            "behind an empty line"
        );
    });
}

#[test]
fn a_body_that_stands_still_is_answered_408() {
    each(Kind::Hasty, |_, address| {
        for target in ["/buffered", "/x"] {
            for body in [
                "Content-Length: 10\r\n\r\nabc",
                "Content-Length: 10\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
            ] {
                let request = format!("POST {target} HTTP/1.1\r\nHost: h\r\n{body}");
                expect_end(&mut Client::ask(address, request), 408);
            }
        }
    });
}

#[test]
fn a_body_below_the_minimum_rate_is_answered_408() {
    each(Kind::Rate, |_, address| {
        let mut client = Client::ask(
            address,
            "POST /buffered HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
        );
        let end = Instant::now() + Duration::from_secs(3);
        // 250 bytes a second of the 1000 that are asked for.
        while Instant::now() < end && client.try_send(b"0123456789").is_ok() {
            sleep(STEP);
        }
        expect_end(&mut client, 408);
    });
}

#[test]
fn a_body_above_the_minimum_rate_may_take_its_time() {
    each(Kind::Rate, |_, address| {
        let mut client = Client::ask(
            address,
            "POST /buffered HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n",
        );
        for _ in 0..20 {
            client.send(vec![b'a'; 10_000]);
            sleep(STEP);
        }
        assert_eq!(client.response().text(), "buffered 200000\n");
    });
}

/// The clock runs for the client, not for the handler.
#[test]
fn a_slow_handler_is_not_held_against_the_client() {
    each(Kind::Hasty, |stack, address| {
        let mut client = Client::ask(address, "GET /sleep/900 HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.response().text(), "slept\n");
        let id = format!("slow-{}", stack.name());
        let head =
            format!("POST /watched/gate-read/{id} HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
        let mut client = Client::ask(address, head);
        client.send(app::pattern(0, 100_000));
        sleep(MOMENT * 3);
        log::open(&id);
        assert_eq!(client.response().text(), "100000\n");
    });
}

#[test]
fn too_large_is_said_before_the_body_has_come() {
    each(Kind::Small, |_, address| {
        for target in ["/buffered", "/limited/4096"] {
            for expect in ["", "Expect: 100-continue\r\n"] {
                // Above what would be read away, so the answer is the last one.
                let fields = format!("Host: h\r\n{expect}Content-Length: 1000000");
                let mut client = Client::ask(address, format!("POST {target} HTTP/1.1\r\n{fields}\r\n\r\n"));
                expect_end(&mut client, 413);
            }
        }
    });
}

#[test]
fn too_many_chunks_are_answered_413_while_they_come() {
    each(Kind::Plain, |_, address| {
        let mut client = Client::ask(
            address,
            "POST /buffered HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
        );
        let chunk = [b"10000\r\n", app::pattern(0, 0x10000), b"\r\n"].concat();
        for _ in 0..200 {
            client.send(&chunk);
        }
        let response = client.response();
        assert_eq!((response.status, response.whole), (413, true));
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn an_unread_body_that_does_not_come_is_not_waited_for() {
    each(Kind::Hasty, |_, address| {
        let mut client = Client::ask(
            address,
            "POST /noread HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc",
        );
        assert_eq!(client.response().text(), "noread\n");
        assert_eq!(client.end(), End::Eof);
    });
}

#[test]
fn a_client_that_does_not_read_is_cut() {
    each(Kind::Hasty, |stack, address| {
        let id = format!("stall-{}", stack.name());
        let mut client = Client::ask(
            address,
            format!("GET /watched/flood/{id} HTTP/1.1\r\nHost: h\r\n\r\n"),
        );
        log::expect(&id, &["dropped", "closed", "finished"]);
        let whole = client.response_to(false).is_ok_and(|response| response.whole);
        assert!(!whole, "what was cut looks whole");
    });
}

/// A name, and a field line of about that many bytes.
type Line = (&'static str, fn(usize) -> String);

/// Reading what is long costs in proportion to its length.
#[test]
fn parsing_is_linear() {
    fn time(address: std::net::SocketAddr, line: &str) -> Duration {
        let request = format!("GET /X/linear HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{line}\r\n\r\n");
        let one = || {
            let start = Instant::now();
            assert_eq!(Client::ask(address, &request).response().status, 200);
            start.elapsed()
        };
        (0..5).map(|_| one()).min().unwrap_or_default()
    }
    each(Kind::Roomy, |stack, address| {
        let lines: [Line; 4] = [
            ("backslashes (CVE-2024-52804)", |n| {
                format!("Cookie: a=\"b={}\"", "\\".repeat(n))
            }),
            ("octal escapes (CVE-2024-7592)", |n| {
                format!("Cookie: a=\"{}\"", "\\073".repeat(n / 4))
            }),
            ("semicolons", |n| format!("Cookie: {}", ";".repeat(n))),
            ("one value", |n| format!("X: {}", "a, ".repeat(n / 3))),
        ];
        for (name, line) in lines {
            let (short, long) = (time(address, &line(20_000)), time(address, &line(200_000)));
            // Ten times as long: linear is 10, quadratic 100; the constant keeps noise out.
            let most = short * 40 + Duration::from_millis(100);
            assert!(long < most, "{}: {name}: {short:?} and {long:?}", stack.name());
        }
    });
}
