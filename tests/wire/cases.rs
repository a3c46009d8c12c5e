//! Runs the table.

use std::net::SocketAddr;
use std::sync::Mutex;

use waterspout_tcp::Engine;

use crate::client::{Client, End, Outcome};
use crate::exceptions::{self, Suite};
use crate::server::{self, Kind};
use crate::stack::Stack;
use crate::table::{Row, rows};

const ALIVE: &[u8] = b"GET /alive HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
const SMUGGLED: &[u8] = b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

/// Runs `case` for every row on every stack; all that fail are told at once.
#[track_caller]
fn run(wanted: impl Fn(&Row) -> bool, case: impl Fn(&Row, SocketAddr) -> Outcome + Sync) {
    let rows: Vec<Row> = rows().into_iter().filter(wanted).collect();
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for &stack in Stack::ALL {
            let (rows, failures, case) = (&rows, &failures, &case);
            scope.spawn(move || {
                for row in rows {
                    let outcome = case(row, server::address(stack, row.kind));
                    let error = match (outcome, is_excepted(stack, row)) {
                        (Ok(()), false) | (Err(_), true) => continue,
                        (Ok(()), true) => "passes, and stands among the exceptions".to_owned(),
                        (Err(error), false) => error,
                    };
                    let text = format!("{}: {} ({}): {error}", stack.name(), row.name, row.source);
                    failures.lock().expect("no panic under it").push(text);
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic under it");
    assert!(
        failures.is_empty(),
        "{}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Whether the engine cannot do what the row wants: then the row must fail.
fn is_excepted(stack: Stack, row: &Row) -> bool {
    let exceptions = exceptions::of(Suite::Wire);
    stack.engine == Engine::AsyncH1 && exceptions.iter().any(|(name, _)| *name == row.name)
}

#[test]
fn exceptions_are_from_rows() {
    let rows = rows();
    for (name, _) in exceptions::of(Suite::Wire) {
        assert_eq!(rows.iter().filter(|row| row.name == name).count(), 1, "{name}");
    }
}

fn ensure(holds: bool, text: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(text()) }
}

/// Reads the answers to a row and what comes behind them.
fn check(row: &Row, client: &mut Client) -> Outcome {
    let mut text = String::new();
    for (number, &status) in row.statuses.iter().enumerate() {
        let response = client
            .response_to(row.head)
            .map_err(|error| format!("response {number}: {error}"))?;
        text += &format!("{} {}\n", response.status, response.reason);
        for (name, value) in &response.fields {
            text += &format!("{name}: {value}\n");
        }
        text += &format!("\n{}", response.text());
        ensure(response.status == status, || format!("not {status}: {text}"))?;
        ensure(response.whole, || format!("cut off: {text}"))?;
        ensure(response.field("date").is_some(), || format!("no date: {text}"))?;
        if row.refused {
            ensure(response.field("content-length").is_some(), || {
                format!("no length: {text}")
            })?;
            ensure(response.says_close(), || format!("no connection: close: {text}"))?;
        }
    }
    for part in &row.has {
        ensure(text.contains(part), || format!("no {part:?} in {text}"))?;
    }
    for part in &row.lacks {
        ensure(!text.contains(part), || format!("{part:?} in {text}"))?;
    }
    if row.closes {
        let end = client.end();
        return ensure(end == End::Eof, || {
            format!("{end:?} and not the end, behind {text}")
        });
    }
    // A sleep would find a close that comes late; an answer finds it as well, and at once.
    client.try_send(ALIVE).map_err(|error| error.to_string())?;
    let alive = client
        .response_to(false)
        .map_err(|error| format!("not kept: {error}"))?;
    ensure(alive.text().starts_with("GET /alive h 0"), || {
        format!("{alive:?}")
    })?;
    let end = client.end();
    ensure(end == End::Eof, || format!("{end:?} behind the last answer"))
}

#[test]
fn whole() {
    run(
        |_| true,
        |row, address| {
            let mut client = Client::connect(address);
            client.try_send(&row.raw).map_err(|error| error.to_string())?;
            check(row, &mut client)
        },
    );
}

#[test]
fn byte_by_byte() {
    run(
        |_| true,
        |row, address| {
            let mut client = Client::connect(address);
            // What is large in pieces: there are about as many.
            let size = row.raw.len().div_ceil(600);
            client
                .send_split(&row.raw, size)
                .map_err(|error| error.to_string())?;
            check(row, &mut client)
        },
    );
}

#[test]
fn a_second_request_behind_a_refusal_is_not_answered() {
    run(
        |row| row.closes,
        |row, address| {
            let mut client = Client::connect(address);
            let raw = [&row.raw, SMUGGLED].concat();
            client.try_send(&raw).map_err(|error| error.to_string())?;
            check(row, &mut client)?;
            // The same when it comes later.
            let mut client = Client::connect(address);
            client.try_send(&row.raw).map_err(|error| error.to_string())?;
            let _ = client.try_send(SMUGGLED);
            check(row, &mut client)
        },
    );
}

#[test]
fn a_refusal_can_be_read_while_the_client_goes_on_sending() {
    let megabyte = vec![b'x'; 1 << 20];
    run(
        |row| row.refused,
        |row, address| {
            let mut client = Client::connect(address);
            client.try_send(&row.raw).map_err(|error| error.to_string())?;
            client
                .try_send(&megabyte)
                .map_err(|error| format!("while sending on: {error}"))?;
            check(row, &mut client)
        },
    );
}

/// Half a request waits; it is not answered, and not refused either.
#[test]
fn a_head_that_is_not_whole_waits() {
    server::each(Kind::Plain, |_, address| {
        let head = b"GET /split HTTP/1.1\r\nHost: h\r\nX-Long: yes\r\n\r\n";
        let mut clients: Vec<Client> = (1..head.len())
            .map(|at| Client::ask(address, &head[..at]))
            .collect();
        for (at, client) in clients.iter_mut().enumerate() {
            client.stream.set_nonblocking(true).expect("a socket option");
            assert!(
                !matches!(client.end(), End::Bytes(text) if text.starts_with("HTTP")),
                "at {at}"
            );
            client.stream.set_nonblocking(false).expect("a socket option");
            client.send(&head[at + 1..]);
            assert_eq!(client.response().status, 200);
        }
    });
}
