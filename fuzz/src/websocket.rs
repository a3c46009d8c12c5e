//! WebSockets to test with.

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header};
use waterspout::testing::ManualClock;
use waterspout::websocket::{
    Agreed, ClientHandshake, Close, CloseCode, Connection, Established, Event, Options, Role, ServerHandshake,
};
use waterspout::{Body, Link, Request};

pub fn connection(role: Role, options: &Options, agreed: Option<Agreed>) -> Connection {
    Connection::new(role, options, agreed, Duration::ZERO, 1)
}

pub fn other(role: Role) -> Role {
    match role {
        Role::Server => Role::Client,
        Role::Client => Role::Server,
    }
}

/// All that waits to be written, which is taken.
pub fn written(connection: &mut Connection) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Again: a pong may have waited for the one before it to leave.
    while !connection.output().is_empty() {
        let output = connection.output();
        let chunk = output.chunk().len();
        bytes.extend_from_slice(output.chunk());
        output.advance(chunk);
    }
    bytes
}

/// Adds events until nothing more comes. Behind an end there is nothing, nor is anything kept.
pub fn take(connection: &mut Connection, seen: &mut Vec<Event>) {
    loop {
        match connection.next_event() {
            Event::NeedMore => return,
            Event::Closed => {
                assert!(connection.is_closed());
                assert_eq!(connection.buffered(), 0, "a closed connection keeps nothing");
                if seen.last() != Some(&Event::Closed) {
                    seen.push(Event::Closed);
                }
                return;
            }
            event => {
                assert!(
                    !matches!(seen.last(), Some(Event::Closed | Event::Failed(_))),
                    "{event:?} behind an end"
                );
                seen.push(event);
            }
        }
    }
}

/// What one end makes of these pieces followed by the peer's end, and what it writes.
pub fn seen<'a>(
    role: Role,
    options: &Options,
    agreed: Option<Agreed>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Event>, Vec<u8>) {
    let mut connection = connection(role, options, agreed);
    let mut seen = Vec::new();
    for piece in pieces {
        connection.receive(piece);
        take(&mut connection, &mut seen);
    }
    connection.receive_eof();
    take(&mut connection, &mut seen);
    assert_eq!(seen.last(), Some(&Event::Closed));
    (seen, written(&mut connection))
}

/// No message is larger than the limit.
pub fn check_limits(seen: &[Event], options: &Options) {
    for event in seen {
        match event {
            Event::Message(message) => assert!(message.len() <= options.max_message),
            Event::Ping(data) | Event::Pong(data) => assert!(data.len() <= 125),
            Event::Closing(close) => assert!(close.reason.len() <= 123 && is_told(close.code)),
            Event::Failed(close) => assert!(CloseCode::new(close.code.as_u16()).is_some()),
            Event::NeedMore | Event::Closed => {}
        }
    }
}

fn is_told(code: CloseCode) -> bool {
    code == CloseCode::NO_STATUS || CloseCode::new(code.as_u16()).is_some()
}

/// What `role` has written is well-formed: the other end finds no fault in it. Of a failure it is told the code.
pub fn check_written(role: Role, agreed: Option<Agreed>, wire: &[u8], seen: &[Event]) {
    let options = Options {
        max_message: usize::MAX,
        max_frame: usize::MAX,
        ..Options::default()
    };
    let mut peer = connection(other(role), &options, agreed);
    peer.receive(wire);
    let mut heard = Vec::new();
    take(&mut peer, &mut heard);
    let fault = heard.iter().find(|event| matches!(event, Event::Failed(_)));
    assert_eq!(fault, None, "in {}", wire.escape_ascii());
    assert_eq!(peer.buffered(), 0);
    let told = heard.iter().find_map(|event| match event {
        Event::Closing(close) => Some(close.code),
        _ => None,
    });
    if let Some(Event::Failed(Close { code, .. })) = seen.iter().rev().nth(1) {
        assert_eq!(told, Some(*code));
    }
}

/// The key in RFC 6455 is that of this nonce.
pub const NONCE: [u8; 16] = *b"the sample nonce";

/// A request with these fields.
pub fn request(method: Method, uri: Uri, version: Version, fields: HeaderMap) -> Request {
    let link = Arc::new(Link::new(Arc::new(ManualClock::new())));
    Request::new(method, uri, version, fields, Body::empty(), None, link)
}

/// A handshake of two ends of ours; `None` where what one of them wants does not suit the other.
pub fn handshake(client: &Options, server: &Options) -> Option<Established> {
    let asking = ClientHandshake::new(NONCE, &[] as &[&str], client).expect("nothing that could be invalid");
    let mut fields = HeaderMap::new();
    asking.request(&mut fields);
    let asked = request(Method::GET, Uri::from_static("/"), Version::HTTP_11, fields);
    let answering = ServerHandshake::read(&asked).expect("a good handshake");
    let mut fields = upgrade();
    let agreed = answering
        .accept(None, server, &mut fields)
        .expect("no subprotocol");
    let established = asking.verify(StatusCode::SWITCHING_PROTOCOLS, &fields).ok()?;
    assert_eq!(agreed, established.deflate, "both ends have agreed on the same");
    Some(established)
}

/// What an adapter adds to a 101.
pub fn upgrade() -> HeaderMap {
    HeaderMap::from_iter([
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
    ])
}
