//! async-tungstenite as a client of our server, over sockets and with every engine of ours.

use std::sync::mpsc::{Receiver, Sender, channel};

use async_std::net::TcpStream;
use async_std::stream::StreamExt;
use async_std::task::block_on;
use async_tungstenite::tungstenite::client::IntoClientRequest;
use async_tungstenite::tungstenite::protocol::CloseFrame;
use async_tungstenite::tungstenite::protocol::frame::Frame;
use async_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use async_tungstenite::tungstenite::{Error, Message as Theirs};
use async_tungstenite::{WebSocketStream, client_async};
use bytes::Bytes;
use waterspout::prelude::*;
use waterspout::websocket::{CloseCode, Engine, Options};

use crate::support::Tcp;

/// How a connection ended: the code and the reason.
type End = (Option<u16>, Option<String>);

/// Says what it hears, and does some things when it is told to.
struct Echo(Sender<End>);

impl WebSocketHandler for Echo {
    fn select_subprotocol(&mut self, offered: &[&str]) -> Option<String> {
        offered
            .iter()
            .find(|one| **one == "chat")
            .map(ToString::to_string)
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        match message.as_text() {
            Some("ping me") => Ok(ws.ping("there?")?),
            Some("bye") => {
                ws.close(CloseCode::new(4002).expect("a code"), "as told");
                Ok(())
            }
            _ => ws.write_message(message).await,
        }
    }

    async fn on_pong(&mut self, ws: &mut WebSocket, data: Bytes) -> Result {
        ws.write_message(format!("pong {}", String::from_utf8_lossy(&data)))
            .await
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        // Nobody waits for it in most tests.
        let _ = self.0.send((ws.close_code().map(u16::from), ws.close_reason()));
    }
}

type Socket = WebSocketStream<TcpStream>;

/// A client that offers these subprotocols, and the one that was chosen.
async fn connect(server: &Tcp, offered: Option<&str>) -> (Socket, Option<String>) {
    let stream = TcpStream::connect(server.address).await.expect("it accepts");
    let request = format!("ws://{}/", server.address).into_client_request();
    let mut request = request.expect("a request");
    if let Some(offered) = offered {
        let offered = offered.parse().expect("a value");
        request.headers_mut().insert("sec-websocket-protocol", offered);
    }
    let (socket, response) = client_async(request, stream).await.expect("a WebSocket");
    let chosen = response.headers().get("sec-websocket-protocol");
    let chosen = chosen.map(|name| name.to_str().expect("text").to_owned());
    (socket, chosen)
}

async fn next(socket: &mut Socket) -> Theirs {
    socket.next().await.expect("open").expect("a message")
}

/// Runs a test against every engine: a connection, and what the handler hears of its end.
fn each<F: Future<Output = ()>>(test: impl Fn(Socket, Receiver<End>) -> F) {
    for &engine in Engine::ALL {
        let (sender, ends) = channel();
        let server = start(engine, sender);
        block_on(async {
            let (socket, _) = connect(&server, None).await;
            test(socket, ends).await;
        });
    }
}

fn start(engine: Engine, sender: Sender<End>) -> Tcp {
    let options = Options {
        engine,
        ..Options::default()
    };
    let handler = move || Echo(sender.clone());
    Tcp::start(Application::new().websocket_with("/", options, handler))
}

fn close(code: u16, reason: &'static str) -> Theirs {
    Theirs::Close(Some(CloseFrame {
        code: code.into(),
        reason: reason.into(),
    }))
}

#[test]
fn every_engine_is_there() {
    let names: Vec<_> = Engine::ALL.iter().map(|engine| engine.name()).collect();
    assert_eq!(names, ["connection", "async-tungstenite"]);
}

#[test]
fn messages_of_all_sizes() {
    each(|mut socket, _| async move {
        for text in ["", "Hello", "h\u{e9}llo \u{1f30a}"] {
            socket.send(Theirs::text(text)).await.expect("sent");
            assert_eq!(next(&mut socket).await, Theirs::text(text));
        }
        for len in [0, 1, 125, 126, 65_535, 65_536, 1 << 20] {
            let data: Vec<u8> = (0..=250).cycle().take(len).collect();
            let message = Theirs::binary(data);
            socket.send(message.clone()).await.expect("sent");
            assert!(next(&mut socket).await == message, "{len} bytes");
        }
    });
}

#[test]
fn many_messages_at_once() {
    each(|mut socket, _| async move {
        for number in 0..500 {
            let message = Theirs::text(number.to_string());
            socket.send(message).await.expect("sent");
        }
        for number in 0..500 {
            assert_eq!(next(&mut socket).await, Theirs::text(number.to_string()));
        }
    });
}

#[test]
fn pings_both_ways() {
    each(|mut socket, _| async move {
        socket.send(Theirs::Ping("here?".into())).await.expect("sent");
        assert_eq!(next(&mut socket).await, Theirs::Pong("here?".into()));
        socket.send(Theirs::text("ping me")).await.expect("sent");
        assert_eq!(next(&mut socket).await, Theirs::Ping("there?".into()));
        assert_eq!(next(&mut socket).await, Theirs::text("pong there?"));
    });
}

#[test]
fn fragments_with_a_ping_between_them() {
    let frame =
        |data: &'static str, kind, last| Theirs::Frame(Frame::message(data, OpCode::Data(kind), last));
    each(|mut socket, _| async move {
        let pieces = [
            frame("frag", Data::Text, false),
            Theirs::Ping("between".into()),
            frame("", Data::Continue, false),
            frame("ments", Data::Continue, true),
        ];
        for piece in pieces {
            socket.send(piece).await.expect("sent");
        }
        assert_eq!(next(&mut socket).await, Theirs::Pong("between".into()));
        assert_eq!(next(&mut socket).await, Theirs::text("fragments"));
    });
}

#[test]
fn the_client_closes() {
    each(|mut socket, ends| async move {
        socket.send(close(4001, "done")).await.expect("sent");
        let Theirs::Close(Some(answer)) = next(&mut socket).await else {
            panic!("no close frame");
        };
        assert_eq!(u16::from(answer.code), 4001);
        assert!(socket.next().await.is_none());
        assert_eq!(ends.recv(), Ok((Some(4001), Some("done".into()))));
    });
}

#[test]
fn the_server_closes() {
    each(|mut socket, ends| async move {
        socket.send(Theirs::text("bye")).await.expect("sent");
        assert_eq!(next(&mut socket).await, close(4002, "as told"));
        assert!(socket.next().await.is_none());
        // The client has sent back what it was told.
        assert_eq!(ends.recv().map(|end| end.0), Ok(Some(4002)));
    });
}

#[test]
fn who_breaks_the_rules_is_told() {
    each(|mut socket, ends| async move {
        let stray = Frame::message("x", OpCode::Data(Data::Continue), true);
        socket.send(Theirs::Frame(stray)).await.expect("sent");
        let Theirs::Close(Some(told)) = next(&mut socket).await else {
            panic!("no close frame");
        };
        assert_eq!(u16::from(told.code), 1002);
        // The server reads on for a while, lest a reset overtake its close frame.
        drop(socket);
        assert_eq!(ends.recv().map(|end| end.0), Ok(Some(1006)));
    });
}

#[test]
fn a_subprotocol_is_chosen() {
    for &engine in Engine::ALL {
        let server = start(engine, channel().0);
        block_on(async {
            let (mut socket, chosen) = connect(&server, Some("other, chat")).await;
            assert_eq!(chosen.as_deref(), Some("chat"));
            socket.send(Theirs::text("x")).await.expect("sent");
            assert_eq!(next(&mut socket).await, Theirs::text("x"));
        });
    }
}

#[test]
fn a_page_of_another_host_is_refused() {
    let server = start(Engine::AsyncTungstenite, channel().0);
    block_on(async {
        let stream = TcpStream::connect(server.address).await.expect("it accepts");
        let request = format!("ws://{}/", server.address).into_client_request();
        let mut request = request.expect("a request");
        let origin = "http://evil.example".parse().expect("a value");
        request.headers_mut().insert("origin", origin);
        let refused = client_async(request, stream).await.map(drop);
        assert!(matches!(refused, Err(Error::Http(answer)) if answer.status() == 403));
    });
}
