//! WebSocket handlers, over the application's own function, with the engine that the module around has.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestWebSocket};
use waterspout::websocket::{
    Broadcast, CloseCode, Closed, Membership, Options, Sender, SlowReceiver, TrySendError,
};
use waterspout::{Abilities, Bytes, Carrier as _};

use super::ENGINE;
use crate::exceptions::judge;
use crate::support::Log;

/// Writes down what happens to it, and does as it is told.
struct Told {
    log: Log,
    room: String,
}

impl WebSocketHandler for Told {
    async fn prepare(&mut self, cx: &mut Context) -> Result {
        self.room = cx.path_arg("room")?.to_owned();
        cx.set_header("x-room", self.room.as_str())?;
        if self.room == "private" {
            return Err(Error::new(401));
        }
        if self.room == "elsewhere" {
            return cx.redirect("/login");
        }
        Ok(())
    }

    fn select_subprotocol(&mut self, offered: &[&str]) -> Option<String> {
        if self.room == "liar" {
            return Some("never-offered".to_owned());
        }
        offered
            .iter()
            .find(|one| **one == "chat")
            .map(ToString::to_string)
    }

    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        self.log.add(format!("open {}", self.room));
        if self.room == "greeting" {
            ws.write_message("welcome").await?;
        }
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        self.log.add(format!("message {message}"));
        match message.as_text() {
            Some("fail") => Err(Error::new(500).message("as told")),
            Some("panic") => panic!("as told"),
            Some("bye") => {
                ws.close(CloseCode::new(4001).expect("a code"), "as told");
                let late = ws.write_message("late").await.expect_err("closing");
                assert!(matches!(late.cause(), Some(cause) if cause.is::<Closed>()));
                Err(late)
            }
            Some("never") => std::future::pending().await,
            _ => ws.write_message(message).await,
        }
    }

    async fn on_ping(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.log.add(format!("ping {}", String::from_utf8_lossy(&data)));
        Ok(())
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        let code = ws.close_code().map(CloseCode::as_u16);
        self.log.add(format!("close {code:?} {:?}", ws.close_reason()));
        if self.room == "stubborn" {
            std::future::pending::<()>().await;
        }
        assert!(self.room != "panics-last", "as told");
    }
}

/// The defaults, with the engine.
fn options() -> Options {
    Options {
        engine: ENGINE,
        ..Options::default()
    }
}

fn client() -> (TestClient, Log) {
    let log = Log::default();
    let of_app = log.clone();
    let app = Application::new().websocket_with("/ws/{room}", options(), move || Told {
        log: of_app.clone(),
        room: String::new(),
    });
    (TestClient::new(app), log)
}

#[test]
fn the_life_of_a_connection() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/greeting").connect();
    assert_eq!(socket.receive(), Some("welcome".into()));
    socket.send("one");
    socket.send(vec![1, 2]);
    assert_eq!(socket.receive(), Some("one".into()));
    assert_eq!(socket.receive(), Some(vec![1, 2].into()));
    socket.close(CloseCode::NORMAL, "done");
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
    assert_eq!(
        log.take(),
        [
            "open greeting",
            "message one",
            "message \u{1}\u{2}",
            "close Some(1000) Some(\"done\")"
        ]
    );
}

#[test]
fn a_close_is_answered_with_its_code() {
    judge(ENGINE, "a close is answered with its code alone", || {
        let (client, _) = client();
        let mut socket = client.websocket("/ws/a").connect();
        socket.close(CloseCode::GOING_AWAY, "done");
        assert_eq!(socket.receive(), None);
        assert_eq!(
            (socket.close_code(), socket.close_reason()),
            (Some(CloseCode::GOING_AWAY), Some(""))
        );
    });
}

#[test]
fn what_came_before_the_close_is_heard() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.send("one");
    socket.send("two");
    socket.close(CloseCode::GOING_AWAY, "");
    while socket.receive().is_some() {}
    assert_eq!(
        log.take(),
        [
            "open a",
            "message one",
            "message two",
            "close Some(1001) Some(\"\")"
        ]
    );
}

#[test]
fn an_error_and_a_panic_close_with_1011_and_on_close_comes_once() {
    for order in ["fail", "panic"] {
        let (client, log) = client();
        let mut socket = client.websocket("/ws/a").connect();
        socket.send(order);
        socket.send("not heard");
        assert_eq!(socket.receive(), None, "{order}");
        assert_eq!(socket.close_code(), Some(CloseCode::INTERNAL_ERROR), "{order}");
        let heard = log.take();
        assert_eq!(heard.len(), 3, "{heard:?}");
        assert_eq!(heard[1], format!("message {order}"));
        assert!(heard[2].starts_with("close "), "{heard:?}");
    }
}

#[test]
fn on_close_comes_once_when_the_client_vanishes_or_is_dropped() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/panics-last").connect();
    socket.send("one");
    assert_eq!(socket.receive(), Some("one".into()));
    socket.lose();
    assert_eq!(
        log.take().last().map(String::as_str),
        Some("close Some(1006) Some(\"\")")
    );

    let mut socket = client.websocket("/ws/a").connect();
    socket.send("one");
    assert_eq!(socket.receive(), Some("one".into()));
    drop(socket);
    assert_eq!(
        log.take(),
        ["open a", "message one", "close Some(1006) Some(\"\")"]
    );

    drop(client.websocket("/ws/a").connect());
    assert_eq!(log.take(), Vec::<String>::new(), "it was never opened");
}

#[test]
fn a_handler_closes_with_its_own_code() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.send("bye");
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_code().map(CloseCode::as_u16), Some(4001));
    assert_eq!(socket.close_reason(), Some("as told"));
    assert_eq!(
        log.take(),
        ["open a", "message bye", "close Some(4001) Some(\"\")"]
    );
}

#[test]
fn pings_are_answered_while_a_callback_waits() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.send("never");
    socket.ping(b"alive?");
    assert_eq!(socket.receive_pong(), "alive?");
    // The callback is given up when the connection is over.
    socket.close(CloseCode::NORMAL, "");
    assert_eq!(socket.receive(), None);
    assert_eq!(
        log.take(),
        ["open a", "message never", "close Some(1000) Some(\"\")"]
    );
}

#[test]
fn a_ping_is_told() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.ping(b"hi");
    assert_eq!(socket.receive_pong(), "hi");
    socket.close(CloseCode::NORMAL, "");
    assert_eq!(socket.receive(), None);
    assert_eq!(log.take(), ["open a", "ping hi", "close Some(1000) Some(\"\")"]);
}

#[test]
fn on_close_may_not_hold_a_connection_for_ever() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/stubborn").connect();
    socket.send("one");
    assert_eq!(socket.receive(), Some("one".into()));
    socket.lose();
    assert_eq!(log.take().len(), 3);
}

#[test]
fn a_server_that_stops_says_so() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.send("one");
    assert_eq!(socket.receive(), Some("one".into()));
    socket.stop_server();
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_code(), Some(CloseCode::GOING_AWAY));
    assert_eq!(
        log.take(),
        ["open a", "message one", "close Some(1001) Some(\"\")"]
    );
}

#[test]
fn a_broken_rule_is_answered_with_its_code() {
    let (client, log) = client();
    let mut socket = client.websocket("/ws/a").connect();
    socket.send_bytes(&[0x81, 0x01, b'x']); // not masked
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_code(), Some(CloseCode::PROTOCOL_ERROR));
    assert_eq!(log.take(), ["open a", "close Some(1006) Some(\"\")"]);
}

#[test]
fn a_silent_peer_is_pinged_then_given_up() {
    let (client, log) = client();
    let mut connection = client
        .get("/ws/a")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .upgrade();
    assert_eq!(connection.receive(), [0x89, 0]);
    assert_eq!(connection.receive().get(..4), Some(&[0x88, 14, 0x03, 0xf3][..]));
    assert_eq!(connection.receive(), b"");
    assert_eq!(log.take(), ["open a", "close Some(1006) Some(\"\")"]);
    assert!(client.clock().monotonic() >= Duration::from_secs(50));
}

#[test]
fn prepare_refuses_as_any_handler() {
    let (client, log) = client();
    assert_eq!(client.websocket("/ws/private").send().status(), 401);
    let elsewhere = client.websocket("/ws/elsewhere").send();
    assert_eq!(
        (elsewhere.status(), elsewhere.header("location")),
        (302, Some("/login"))
    );
    assert_eq!(elsewhere.header("sec-websocket-accept"), None);
    assert_eq!(log.take(), Vec::<String>::new());
}

#[test]
fn the_head_of_the_101() {
    let (client, _) = client();
    let response = client
        .get("/ws/a")
        .header("connection", "keep-alive, Upgrade")
        .header("upgrade", "WebSocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-protocol", "other, chat")
        .start();
    assert_eq!(response.status(), 101);
    for (name, value) in [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("sec-websocket-protocol", "chat"),
        ("x-room", "a"),
    ] {
        assert_eq!(response.header(name), Some(value), "{name}");
    }
}

#[test]
fn a_subprotocol_is_one_of_those_offered() {
    let (client, _) = client();
    let offering = |path| client.websocket(path).header("sec-websocket-protocol", "chat");
    assert_eq!(offering("/ws/a").connect().subprotocol(), Some("chat"));
    assert_eq!(client.websocket("/ws/a").connect().subprotocol(), None);
    assert_eq!(offering("/ws/liar").send().status(), 500);
}

#[test]
fn what_is_no_handshake_is_told_so() {
    let (client, _) = client();
    let plain = client.get("/ws/a").send();
    assert!(matches!(plain.status(), 400 | 426), "{}", plain.status());
    assert_eq!(client.post("/ws/a").send().status(), 405);
    let unable = TestClient::new(Application::new().websocket_with("/", options(), || Silent))
        .abilities(Abilities::default());
    assert_eq!(unable.websocket("/").send().status(), 501);
}

/// Says nothing.
struct Silent;

impl WebSocketHandler for Silent {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

#[test]
fn only_pages_of_this_host_may_connect() {
    let (client, _) = client();
    let status = |origin| client.websocket("/ws/a").header("origin", origin).send().status();
    for allowed in ["http://localhost", "https://localhost", "http://LOCALHOST"] {
        assert_eq!(status(allowed), 101, "{allowed}");
    }
    for refused in [
        "http://localhost:81",
        "http://evil.example",
        "http://localhost.evil.example",
        "null",
        "",
        "localhost",
    ] {
        assert_eq!(status(refused), 403, "{refused}");
    }
    let file = client.websocket("/ws/a").header("origin", "null").send();
    assert!(file.text().contains("opened from a file"), "{}", file.text());
}

#[test]
fn other_origins_can_be_allowed() {
    let settings = Settings {
        allowed_origins: vec!["https://www.example.com".into(), "null".into()],
        ..Settings::default()
    };
    let client = TestClient::new(Application::new().settings(settings).websocket_with(
        "/",
        options(),
        || Silent,
    ));
    let status = |origin| client.websocket("/").header("origin", origin).send().status();
    assert_eq!(status("https://www.example.com"), 101);
    assert_eq!(status("null"), 101);
    assert_eq!(status("http://www.example.com"), 403);
    assert_eq!(status("https://example.com"), 403);
}

#[test]
fn a_message_over_the_limit_is_1009() {
    let options = Options {
        max_message: 4,
        ..options()
    };
    let app = Application::new().websocket_with("/", options, || Silent);
    let client = TestClient::new(app);
    let mut socket = client.websocket("/").connect();
    socket.send("12345");
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_code(), Some(CloseCode::MESSAGE_TOO_BIG));
}

/// Gives its sender away, and joins a group.
struct Member {
    senders: Arc<Mutex<Vec<Sender>>>,
    room: Broadcast,
    membership: Option<Membership>,
}

impl WebSocketHandler for Member {
    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        self.senders.lock().expect("no panic").push(ws.sender());
        self.membership = Some(self.room.join(&ws.sender()));
        Ok(())
    }

    async fn on_message(&mut self, _: &mut WebSocket, message: Message) -> Result {
        self.room.send(&message).await;
        Ok(())
    }
}

/// A client, the group, and the senders in the order in which they were opened.
fn members(slow: SlowReceiver) -> (TestClient, Broadcast, Arc<Mutex<Vec<Sender>>>) {
    let (room, senders) = (Broadcast::new(slow), Arc::<Mutex<Vec<Sender>>>::default());
    let (of_app, given) = (room.clone(), senders.clone());
    let options = Options {
        send_queue: 1000,
        ..options()
    };
    let app = Application::new().websocket_with("/", options, move || Member {
        senders: given.clone(),
        room: of_app.clone(),
        membership: None,
    });
    (TestClient::new(app), room, senders)
}

/// A connection that has begun to run.
fn joined(client: &TestClient) -> TestWebSocket {
    let mut socket = client.websocket("/").connect();
    socket.ping(b"");
    assert_eq!(socket.receive_pong(), "");
    socket
}

#[test]
fn a_sender_sends_from_anywhere_within_its_queue() {
    let (client, _, senders) = members(SlowReceiver::Drop);
    let mut socket = joined(&client);
    let sender = senders.lock().expect("no panic").remove(0);
    assert_eq!(sender.try_send("x".repeat(900)), Ok(()));
    assert_eq!(sender.try_send("y".repeat(900)), Err(TrySendError::Full));
    assert_eq!(sender.ping(vec![0; 126]), Err(TrySendError::TooLong));
    let waiting = sender.clone();
    let other = std::thread::spawn(move || futures_lite::future::block_on(waiting.send("z".repeat(900))));
    assert_eq!(socket.receive(), Some("x".repeat(900).into()));
    assert_eq!(socket.receive(), Some("z".repeat(900).into()));
    assert_eq!(other.join().expect("no panic"), Ok(()));
    sender.close(CloseCode::NORMAL, "enough");
    assert!(sender.is_closed());
    assert_eq!(sender.try_send("late"), Err(TrySendError::Closed));
    assert_eq!(socket.receive(), None);
    assert_eq!(socket.close_reason(), Some("enough"));
}

#[test]
fn one_that_is_larger_than_the_queue_goes_alone() {
    let (client, _, senders) = members(SlowReceiver::Drop);
    let mut socket = joined(&client);
    let sender = senders.lock().expect("no panic").remove(0);
    assert_eq!(sender.try_send("x".repeat(5000)), Ok(()));
    assert_eq!(sender.try_send("y"), Err(TrySendError::Full));
    assert_eq!(socket.receive(), Some("x".repeat(5000).into()));
}

#[test]
fn a_broadcast_reaches_all_until_they_leave() {
    let (client, room, _) = members(SlowReceiver::Close);
    let (mut one, mut two) = (joined(&client), joined(&client));
    assert_eq!(room.len(), 2);
    one.send("hello");
    assert_eq!(one.receive(), Some("hello".into()));
    assert_eq!(two.receive(), Some("hello".into()));
    two.close(CloseCode::NORMAL, "");
    assert_eq!(two.receive(), None);
    assert_eq!(room.len(), 1);
    one.send("again");
    assert_eq!(one.receive(), Some("again".into()));
    one.lose();
    assert!(room.is_empty());
}

#[test]
fn what_happens_to_slow_receivers_is_chosen() {
    let long = Message::from("x".repeat(900));
    for (slow, second, close) in [
        (SlowReceiver::Drop, 0, None),
        (SlowReceiver::Close, 0, Some(1013)),
    ] {
        let (client, room, senders) = members(slow);
        let mut socket = joined(&client);
        let send = || futures_lite::future::block_on(room.send(&long));
        assert_eq!((send(), send()), (1, second), "{slow:?}");
        if let Some(code) = close {
            assert!(senders.lock().expect("no panic")[0].is_closed());
            assert_eq!(socket.receive(), None, "{slow:?}");
            assert_eq!(socket.close_code().map(CloseCode::as_u16), Some(code));
        } else {
            assert_eq!(socket.receive(), Some(long.clone()), "{slow:?}");
            assert_eq!(send(), 1, "{slow:?}");
        }
    }
}

#[test]
fn messages_are_compressed_where_both_can() {
    judge(ENGINE, "messages are compressed where both can", || {
        let app = Application::new().websocket_with("/", options(), || Repeat);
        let client = TestClient::new(app);
        let response = |offer| {
            client
                .websocket("/")
                .header("sec-websocket-extensions", offer)
                .send()
        };
        let agreed = response("permessage-deflate; client_max_window_bits");
        let agreed = agreed.header("sec-websocket-extensions").expect("an agreement");
        assert!(agreed.starts_with("permessage-deflate"), "{agreed}");
        assert_eq!(
            response("permessage-nonsense").header("sec-websocket-extensions"),
            None
        );
    });
}

/// Says what it hears.
struct Repeat;

impl WebSocketHandler for Repeat {
    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(message).await
    }
}
