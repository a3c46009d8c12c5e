//! WebSockets over real sockets (RFC 6455), with every engine that was compiled in.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use waterspout::Limits;
use waterspout::websocket::{Close, CloseCode, Connection, Engine, Event, Message, Options, Role};

use crate::app::pattern;
use crate::client::{Client, End};
use crate::server::{Kind, each, start};
use crate::stack::Stack;

fn handshake(engine: Engine) -> String {
    format!(
        "GET /ws/{} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        engine.name()
    )
}

/// Runs a test against every stack with every engine.
#[track_caller]
fn all(kind: Kind, test: impl Fn(SocketAddr, Engine) + Sync) {
    for &engine in Engine::ALL {
        each(kind, |_, address| test(address, engine));
    }
}

/// The client's side.
struct Socket {
    client: Client,
    connection: Connection,
}

fn connection() -> Connection {
    Connection::new(Role::Client, &Options::default(), None, Duration::ZERO, 1)
}

fn written(connection: &mut Connection) -> Vec<u8> {
    let output = connection.output();
    let mut bytes = Vec::new();
    while !output.is_empty() {
        let chunk = bytes::Buf::chunk(output);
        bytes.extend_from_slice(chunk);
        let len = chunk.len();
        bytes::Buf::advance(output, len);
    }
    bytes
}

impl Socket {
    fn open(address: SocketAddr, engine: Engine) -> Self {
        Self::switched(Client::ask(address, handshake(engine)), connection())
    }

    fn switched(mut client: Client, connection: Connection) -> Self {
        let head = client.response();
        assert_eq!(head.status, 101);
        assert_eq!(
            head.field("sec-websocket-accept"),
            Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        Self { client, connection }
    }

    fn flush(&mut self) {
        let bytes = written(&mut self.connection);
        self.client.send(bytes);
    }

    fn send(&mut self, message: impl Into<Message>) {
        self.connection.send(&message.into()).expect("still open");
        self.flush();
    }

    fn next(&mut self) -> Event {
        loop {
            match self.connection.next_event() {
                Event::NeedMore => {
                    let bytes = self.client.some().expect("it goes on");
                    if bytes.is_empty() {
                        self.connection.receive_eof();
                    }
                    self.connection.receive(&bytes);
                }
                event => return event,
            }
        }
    }

    /// The server has closed, and so must the connection be.
    fn ends(mut self, code: CloseCode) {
        match self.next() {
            Event::Closing(close) => assert_eq!(close.code, code),
            other => panic!("{other:?} where a close was expected"),
        }
        let answer = written(&mut self.connection);
        // The server may have gone on to close already, where it was the peer who broke the rules.
        let _ = self.client.try_send(&answer);
        assert_eq!(self.client.end(), End::Eof);
    }
}

#[test]
fn an_echo_of_all_sizes_a_ping_and_a_close() {
    all(Kind::Plain, |address, engine| {
        let mut socket = Socket::open(address, engine);
        for len in [0, 1, 125, 126, 65_535, 65_536, 3 << 20] {
            let message = Message::from(pattern(0, len).to_vec());
            socket.send(message.clone());
            assert!(socket.next() == Event::Message(message), "{len}");
        }
        socket.send("text \u{1f30a}");
        assert_eq!(socket.next(), Event::Message("text \u{1f30a}".into()));
        socket.connection.ping(b"there?").expect("still open");
        socket.flush();
        assert_eq!(socket.next(), Event::Pong("there?".into()));
        socket.connection.close(Close::new(CloseCode::NORMAL, "done"));
        socket.flush();
        socket.ends(CloseCode::NORMAL);
    });
}

#[test]
fn frames_that_come_with_the_handshake_are_heard() {
    all(Kind::Plain, |address, engine| {
        let mut connection = connection();
        connection.send(&Message::from("early")).expect("open");
        let mut bytes = handshake(engine).into_bytes();
        bytes.extend(written(&mut connection));
        let mut socket = Socket::switched(Client::ask(address, bytes), connection);
        assert_eq!(socket.next(), Event::Message("early".into()));
    });
}

/// The close frame arrives although the peer goes on sending: no reset overtakes it.
#[test]
fn who_breaks_the_rules_is_told_how() {
    let cases: [(&[u8], CloseCode); 4] = [
        (&[0x81, 0x01, b'x'], CloseCode::PROTOCOL_ERROR),
        (&[0xc1, 0x80, 1, 2, 3, 4], CloseCode::PROTOCOL_ERROR),
        (&[0x81, 0x81, 0, 0, 0, 0, 0xff], CloseCode::INVALID_PAYLOAD),
        (
            &[0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4],
            CloseCode::MESSAGE_TOO_BIG,
        ),
    ];
    all(Kind::Plain, |address, engine| {
        for (bytes, code) in cases {
            let mut socket = Socket::open(address, engine);
            let mut bytes = bytes.to_vec();
            bytes.extend_from_slice(pattern(0, 1 << 20));
            socket.client.send(bytes);
            socket.client.half_close();
            socket.ends(code);
        }
    });
}

#[test]
fn a_server_that_stops_says_so() {
    thread::scope(|scope| {
        for &stack in Stack::ALL {
            scope.spawn(move || {
                let server = start(stack, Limits::default());
                let open = |&engine| Socket::open(server.address, engine);
                let mut sockets: Vec<_> = Engine::ALL.iter().map(open).collect();
                for socket in &mut sockets {
                    socket.send("x");
                    assert_eq!(socket.next(), Event::Message("x".into()));
                }
                server.handle.shutdown();
                for socket in sockets {
                    socket.ends(CloseCode::GOING_AWAY);
                }
                let ended = server.running.join().expect("no panic");
                ended.expect("an orderly end");
            });
        }
    });
}

/// A peer that never reads is given up, though its handler would write for ever.
#[test]
fn who_does_not_read_is_given_up() {
    all(Kind::Hasty, |address, engine| {
        let mut socket = Socket::open(address, engine);
        socket.send("flood");
        thread::sleep(Duration::from_millis(1500));
        let mut read = 0;
        while let Ok(bytes) = socket.client.some()
            && !bytes.is_empty()
        {
            read += bytes.len();
            assert!(read < 64 << 20, "it goes on for ever");
        }
    });
}
