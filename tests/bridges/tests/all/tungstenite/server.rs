//! async-tungstenite as the server of a client's side of ours, which has no sockets: the test carries its bytes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::Buf;
use waterspout::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use waterspout::websocket::{
    ClientHandshake, Close, CloseCode, Connection, Established, Event, Message, Options, Role,
};

use super::echo;
use crate::support::{connect, read_until};

struct Socket {
    stream: TcpStream,
    connection: Connection,
}

/// A WebSocket, and what was agreed on.
fn open(protocols: &[&str]) -> (Socket, Established) {
    let mut stream = connect(echo::start());
    // It offers permessage-deflate, which this server does not know.
    let options = Options::default();
    let handshake = ClientHandshake::new(*b"sixteen letters!", protocols, &options).expect("tokens");
    let mut fields = HeaderMap::new();
    handshake.request(&mut fields);
    let mut request = "GET / HTTP/1.1\r\nhost: localhost\r\n".to_owned();
    for (name, value) in &fields {
        request += &format!("{name}: {}\r\n", value.to_str().expect("text"));
    }
    write!(stream, "{request}\r\n").expect("sent");
    let head = read_until(&mut stream, "\r\n\r\n");
    let mut lines = head.trim_end().split("\r\n");
    assert!(
        lines.next().is_some_and(|line| line.starts_with("HTTP/1.1 101 ")),
        "{head}"
    );
    let fields: HeaderMap = lines
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a field");
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            (name, HeaderValue::from_str(value.trim()).expect("a value"))
        })
        .collect();
    let established = handshake.verify(StatusCode::SWITCHING_PROTOCOLS, &fields);
    let established = established.expect("an answer that fits");
    let connection = Connection::new(Role::Client, &options, established.deflate, Duration::ZERO, 7);
    (Socket { stream, connection }, established)
}

impl Socket {
    fn flush(&mut self) {
        let output = self.connection.output();
        let bytes = output.copy_to_bytes(output.remaining());
        self.stream.write_all(&bytes).expect("sent");
    }

    fn next(&mut self) -> Event {
        let mut buffer = [0; 4096];
        loop {
            match self.connection.next_event() {
                Event::NeedMore => match self.stream.read(&mut buffer).expect("read") {
                    0 => self.connection.receive_eof(),
                    len => self.connection.receive(&buffer[..len]),
                },
                event => return event,
            }
        }
    }
}

#[test]
fn an_echo_a_ping_and_a_close() {
    let (mut socket, established) = open(&[]);
    assert_eq!((established.protocol, established.deflate), (None, None));
    for len in [0, 1, 125, 126, 65_535, 65_536, 1 << 20] {
        let data: Vec<u8> = (0..=250).cycle().take(len).collect();
        let message = Message::from(data);
        socket.connection.send(&message).expect("open");
        socket.flush();
        assert!(socket.next() == Event::Message(message), "{len} bytes");
    }
    socket.connection.send(&"h\u{e9}llo".into()).expect("open");
    socket.connection.ping(b"there?").expect("open");
    socket.flush();
    assert_eq!(socket.next(), Event::Message("h\u{e9}llo".into()));
    assert_eq!(socket.next(), Event::Pong("there?".into()));
    let close = Close::new(CloseCode::NORMAL, "done");
    socket.connection.close(close.clone());
    socket.flush();
    assert_eq!(socket.next(), Event::Closing(close));
    assert_eq!(socket.next(), Event::Closed, "the server ends it first");
}

#[test]
fn a_subprotocol_is_chosen() {
    let (mut socket, established) = open(&["other", "chat"]);
    assert_eq!(established.protocol.as_deref(), Some("chat"));
    socket.connection.send(&"x".into()).expect("open");
    socket.flush();
    assert_eq!(socket.next(), Event::Message("x".into()));
}
