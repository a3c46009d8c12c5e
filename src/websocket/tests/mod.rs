//! Tests of the WebSocket protocol. The tables are the acceptance cases: frames, and what must be seen.

mod exchange;
mod handshake;

use std::time::Duration;

use bytes::Buf;

use super::*;

fn server() -> Connection {
    Connection::new(Role::Server, &Options::default(), None, Duration::ZERO, 0)
}

fn client() -> Connection {
    Connection::new(Role::Client, &Options::default(), None, Duration::ZERO, 1)
}

/// All that waits to be written, which is taken.
fn written(connection: &mut Connection) -> Vec<u8> {
    let output = connection.output();
    let bytes = output.copy_to_bytes(output.remaining());
    bytes.to_vec()
}

/// Carries what waits from one side to the other.
fn carry(from: &mut Connection, to: &mut Connection) {
    to.receive(&written(from));
}

/// Events until nothing more comes.
fn events(connection: &mut Connection) -> Vec<Event> {
    let mut seen = Vec::new();
    loop {
        match connection.next_event() {
            Event::NeedMore => return seen,
            Event::Closed => {
                seen.push(Event::Closed);
                return seen;
            }
            event => seen.push(event),
        }
    }
}
