//! WebSockets: over TLS, through proxies, in any pieces.

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf as _;
use futures_lite::future::block_on;
use waterspout::http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use waterspout::testing::ManualClock;
use waterspout::websocket::{
    CloseCode, Connection as WebSocket, Event, Message, Options, Role, ServerHandshake,
    WebSocketClientConnection, WebSocketRequest,
};
use waterspout::{AsyncHttpClient, Body, ClientErrorKind, Link};

use crate::connection::Connection;
use crate::fetch::{builder, client, client_over, text};
use crate::proxies::{address, tunnelling};
use crate::server::{Request, Server, each};

/// The handshake's answer, and the protocol as agreed.
fn agree(request: &Request) -> (String, WebSocket) {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.fields {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        headers.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    let target = request.target.parse().expect("a target");
    let link = Arc::new(Link::new(Arc::new(ManualClock::new())));
    let request = waterspout::Request::new(
        Method::GET,
        target,
        Version::HTTP_11,
        headers,
        Body::empty(),
        None,
        link,
    );
    let handshake = ServerHandshake::read(&request).expect("a handshake");
    let mut fields = HeaderMap::new();
    let agreed = handshake
        .accept(None, &Options::default(), &mut fields)
        .expect("accepted");
    let mut answer =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n".to_owned();
    for (name, value) in &fields {
        answer += &format!("{name}: {}\r\n", value.to_str().expect("text"));
    }
    (
        answer + "\r\n",
        WebSocket::new(Role::Server, &Options::default(), agreed, Duration::ZERO, 0),
    )
}

/// Greets in one go with the 101, then echoes; `bytewise`: each byte by itself.
fn echo(connection: &mut Connection, bytewise: bool) {
    let Some(request) = connection.request() else {
        return;
    };
    if request.field("upgrade").is_none() {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        return;
    }
    let (answer, mut socket) = agree(&request);
    let mut out = answer.into_bytes();
    socket.send(&"welcome".into()).expect("open");
    let mut piece = [0; 64 << 10];
    loop {
        let output = socket.output();
        out.extend_from_slice(&output.copy_to_bytes(output.remaining()));
        if bytewise && out.len() < 1000 {
            for byte in out.drain(..) {
                connection.send([byte]);
            }
        } else {
            connection.send(std::mem::take(&mut out));
        }
        match socket.next_event() {
            Event::Message(message) => socket.send(&message).expect("open"),
            Event::Closed => return,
            Event::NeedMore => match connection.read(&mut piece) {
                Ok(len @ 1..) => socket.receive(&piece[..len]),
                _ => socket.receive_eof(),
            },
            _ => {}
        }
    }
}

fn open(client: &AsyncHttpClient, request: impl Into<WebSocketRequest>) -> WebSocketClientConnection {
    block_on(client.websocket_connect(request)).expect("a WebSocket")
}

async fn tries(socket: &mut WebSocketClientConnection) {
    assert_eq!(socket.read_message().await, Some("welcome".into()));
    for message in [
        Message::from("hello"),
        "x".into(),
        vec![7; 70_000].into(),
        "wörld ".repeat(50_000).into(),
    ] {
        socket.write_message(message.clone()).await.expect("open");
        assert_eq!(socket.read_message().await, Some(message));
    }
    socket.close(CloseCode::NORMAL, "done").await;
    assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
}

#[test]
fn plain_and_over_tls_in_any_pieces() {
    each(|identity| {
        for bytewise in [false, true] {
            let server = Server::start(identity, move |connection| echo(connection, bytewise));
            // `http` and `https` do as well.
            for url in [
                server.url("/a?b=c"),
                server.url("/a?b=c").replacen("http", "ws", 1),
            ] {
                block_on(tries(&mut open(&client(), url.as_str())));
            }
            assert_eq!(server.lines(), ["GET /a?b=c"; 2]);
            let request = &server.requests()[0];
            assert_eq!(request.field("connection"), Some("upgrade"));
            assert_eq!(request.field("accept-encoding"), None);
        }
    });
}

/// RFC 6455 section 4.1: through a proxy by CONNECT, TLS or not.
#[test]
fn through_a_tunnel() {
    each(|identity| {
        let server = Server::start(identity, |connection| echo(connection, false));
        let proxy = tunnelling();
        let client = client_over(builder().proxy(&address(&proxy)));
        block_on(tries(&mut open(&client, server.url("/ws"))));
        assert_eq!(proxy.lines(), [format!("CONNECT {}", server.authority())]);
        assert_eq!(server.lines(), ["GET /ws"]);
    });
}

/// A pool has a place for each fetch to a host; what has left HTTP has left the pool.
#[test]
fn open_ones_take_no_place_in_the_pool() {
    let server = Server::plain(|connection| echo(connection, false));
    let client = client_over(builder().connections_per_host(1));
    let mut open: Vec<_> = (0..10).map(|_| open(&client, server.url("/ws"))).collect();
    assert_eq!(text(&client, server.url("/")), "hi");
    for socket in &mut open {
        block_on(tries(socket));
    }
}

/// A refusal is a response as any other: it has a body, and its connection serves the next.
#[test]
fn a_refusal_keeps_its_connection() {
    let server = Server::plain(|connection| {
        while connection.request().is_some() {
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!");
        }
    });
    let client = client();
    for _ in 0..2 {
        let error = block_on(client.websocket_connect(server.url("/ws"))).expect_err("refused");
        assert!(matches!(error.kind(), ClientErrorKind::Status(status) if status == 403));
        assert_eq!(error.response().expect("it").text().expect("text"), "no!");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_that_never_answers() {
    let server = Server::plain(|connection| while connection.request().is_some() {});
    let fetch = waterspout::FetchRequest::get(server.url("/")).request_timeout(Duration::from_millis(50));
    let error = block_on(client().websocket_connect(fetch)).expect_err("too late");
    assert_eq!(error.kind(), ClientErrorKind::Timeout);
}
