//! `websocket_connect`, against applications without sockets.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use bytes::Buf as _;
use futures_lite::{AsyncReadExt as _, AsyncWriteExt as _};
use waterspout::http::HeaderMap;
use waterspout::http::header::{LOCATION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, UPGRADE};
use waterspout::prelude::*;
use waterspout::testing::{ManualClock, TestEngine};
use waterspout::websocket::{
    CloseCode, Closed, Connection, Event, Options, Role, ServerHandshake, WebSocketClientConnection,
    WebSocketRequest,
};
use waterspout::{BoxDuplex, Bytes, ClientError, ClientErrorKind, Upgrade};

use crate::support::Log;

struct Echo(Log);

impl WebSocketHandler for Echo {
    async fn prepare(&mut self, cx: &mut Context) -> Result {
        match cx.path_arg("what")? {
            "private" => Err(Error::new(401).message("who are you?")),
            "moved" => cx.redirect("/ws/echo"),
            _ => cx.set_header(
                "x-seen",
                cx.request()
                    .headers()
                    .get("x-mine")
                    .cloned()
                    .unwrap_or(HeaderValue::from_static("-")),
            ),
        }
    }

    fn select_subprotocol(&mut self, offered: &[&str]) -> Option<String> {
        offered
            .iter()
            .find(|one| **one == "chat")
            .map(ToString::to_string)
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        match message.as_text() {
            Some("close") => ws.close(CloseCode::new(4000).expect("a code"), "as told"),
            Some("ping") => ws.ping("from the server")?,
            Some("many") => {
                for number in 0..1000 {
                    ws.write_message(format!("{number:0>1000}")).await?;
                }
            }
            _ => ws.write_message(message).await?,
        }
        Ok(())
    }

    async fn on_ping(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.0.add(format!("ping {}", String::from_utf8_lossy(&data)));
        Ok(())
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        let code = ws.close_code().map(CloseCode::as_u16);
        self.0.add(format!("close {code:?} {:?}", ws.close_reason()));
    }
}

/// An engine, its clock, and what the server has seen.
fn server() -> (AsyncHttpClient, ManualClock, Log) {
    let (clock, log) = (ManualClock::new(), Log::default());
    let of_app = log.clone();
    let app = Application::new().websocket("/ws/{what}", move || Echo(of_app.clone()));
    (client(app, &clock), clock, log)
}

fn client(app: Application, clock: &ManualClock) -> AsyncHttpClient {
    AsyncHttpClient::new(TestEngine::new().host("a.test", app).clock(clock))
}

/// A server of one's own making: what it does with the bytes behind the handshake.
struct Raw<F>(F);

impl<F, Fut> RequestHandler for Raw<F>
where
    F: Fn(BoxDuplex) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    async fn get(&self, cx: &mut Context) -> Result {
        let handshake = ServerHandshake::read(cx.request())?;
        let options = Options {
            compression: None,
            ..Options::default()
        };
        let mut fields = HeaderMap::new();
        handshake.accept(None, &options, &mut fields)?;
        cx.set_header(SEC_WEBSOCKET_ACCEPT, fields[SEC_WEBSOCKET_ACCEPT].clone())?;
        cx.upgrade(HeaderValue::from_static("websocket"), Upgrade::new(self.0))
    }
}

fn raw<F>(clock: &ManualClock, serve: F) -> AsyncHttpClient
where
    Raw<F>: RequestHandler,
{
    client(Application::new().route("/ws", Raw(serve)), clock)
}

fn refused(result: Result<WebSocketClientConnection, ClientError>) -> ClientError {
    result.expect_err("no WebSocket")
}

#[test]
fn messages_go_both_ways_and_the_close_is_answered() {
    let (client, clock, log) = server();
    clock.block_on(async {
        let mut socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        assert!(
            socket.headers()[SEC_WEBSOCKET_EXTENSIONS]
                .to_str()
                .is_ok_and(|it| it.contains("permessage-deflate"))
        );
        for message in [
            Message::from("hello"),
            "wörld ".repeat(1000).into(),
            vec![0, 159].into(),
            "".into(),
        ] {
            socket.write_message(message.clone()).await.expect("open");
            assert_eq!(socket.read_message().await, Some(message));
        }
        assert_eq!((socket.close_code(), socket.is_closed()), (None, false));
        socket.close(CloseCode::NORMAL, "done").await;
        assert_eq!(socket.close_code(), Some(CloseCode::NORMAL));
        assert_eq!(socket.read_message().await, None);
        assert_eq!(socket.write_message("late").await, Err(Closed));
    });
    assert_eq!(log.take(), ["close Some(1000) Some(\"done\")"]);
}

#[test]
fn the_server_closes() {
    let (client, clock, _) = server();
    clock.block_on(async {
        let mut socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        socket.write_message("close").await.expect("open");
        assert_eq!(socket.read_message().await, None);
        assert_eq!(socket.close_code().map(CloseCode::as_u16), Some(4000));
        assert_eq!(socket.close_reason().as_deref(), Some("as told"));
    });
}

#[test]
fn what_is_asked_for_and_what_is_chosen() {
    let (client, clock, _) = server();
    clock.block_on(async {
        let request = WebSocketRequest::new("http://a.test/ws/echo?a=b#fragment")
            .header("x-mine", "7")
            .subprotocols(["superchat", "chat"])
            .options(Options {
                compression: None,
                ..Options::default()
            });
        let socket = client.websocket_connect(request).await.expect("open");
        assert_eq!(socket.selected_subprotocol(), Some("chat"));
        assert_eq!(socket.headers()["x-seen"], "7");
        assert!(!socket.headers().contains_key(SEC_WEBSOCKET_EXTENSIONS));
        let socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        assert_eq!(socket.selected_subprotocol(), None);
    });
}

/// Redirects are not followed, as in Tornado and in browsers.
#[test]
fn a_server_that_does_not_want_to() {
    let (client, clock, log) = server();
    clock.block_on(async {
        let error = refused(client.websocket_connect("ws://a.test/ws/private").await);
        assert_eq!(error.kind(), ClientErrorKind::Status(StatusCode::UNAUTHORIZED));
        assert!(
            error
                .response()
                .expect("a page")
                .text()
                .expect("text")
                .contains("who are you?")
        );
        let error = refused(client.websocket_connect("ws://a.test/ws/moved").await);
        assert_eq!(error.kind(), ClientErrorKind::Status(StatusCode::FOUND));
        assert_eq!(error.response().expect("a page").headers()[LOCATION], "/ws/echo");
        let foreign = WebSocketRequest::new("ws://a.test/ws/echo").header("origin", "http://evil.test");
        let error = refused(client.websocket_connect(foreign).await);
        assert_eq!(error.kind(), ClientErrorKind::Status(StatusCode::FORBIDDEN));
        let error = refused(client.websocket_connect("wss://b.test/ws/echo").await);
        assert_eq!(
            (error.kind(), error.url()),
            (ClientErrorKind::Dns, Some("https://b.test/ws/echo"))
        );
    });
    assert!(log.take().is_empty());
}

/// RFC 6455 section 4.1: an answer that does not fit fails the connection.
#[test]
fn an_answer_that_does_not_fit() {
    let clock = ManualClock::new();
    let app = Application::new().get("/ws", async |cx: &mut Context| {
        cx.set_header(SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")?;
        cx.upgrade(HeaderValue::from_static("websocket"), Upgrade::new(async |_| ()))
    });
    let error = clock.block_on(client(app, &clock).websocket_connect("ws://a.test/ws"));
    let ClientErrorKind::WebSocket(detail) = refused(error).kind() else {
        panic!("another kind");
    };
    assert_eq!(detail, "Sec-WebSocket-Accept is not that of our key");
}

#[test]
fn what_cannot_be_a_handshake() {
    let (client, clock, _) = server();
    let kind = |request: WebSocketRequest| refused(clock.block_on(client.websocket_connect(request))).kind();
    let post = FetchRequest::post("ws://a.test/ws/echo");
    assert!(matches!(kind(post.into()), ClientErrorKind::InvalidRequest(_)));
    let body = FetchRequest::get("ws://a.test/ws/echo").body("x");
    assert!(matches!(kind(body.into()), ClientErrorKind::InvalidRequest(_)));
    assert_eq!(kind("ftp://a.test/".into()), ClientErrorKind::UnsupportedScheme);
    assert_eq!(kind("ws://".into()), ClientErrorKind::InvalidUrl);
    for names in [["a b", "c"], ["a", "a"]] {
        let twice = WebSocketRequest::new("ws://a.test/ws/echo").subprotocols(names);
        assert!(matches!(kind(twice), ClientErrorKind::WebSocket(_)));
    }
    // A fetch has no use for what is behind a 101.
    let upgrade = FetchRequest::get("http://a.test/ws/echo").header(UPGRADE, "websocket");
    let error = clock.block_on(client.fetch(upgrade)).expect_err("refused");
    assert!(matches!(error.kind(), ClientErrorKind::InvalidRequest(_)));
    let error = clock
        .block_on(client.fetch("ws://a.test/ws/echo"))
        .expect_err("refused");
    assert_eq!(error.kind(), ClientErrorKind::UnsupportedScheme);
}

/// Whoever drops it, and whoever is dropped, is told of at the other side.
#[test]
fn one_that_goes_without_a_word() {
    let (client, clock, log) = server();
    let socket = clock
        .block_on(client.websocket_connect("ws://a.test/ws/echo"))
        .expect("open");
    drop(socket);
    assert_eq!(log.take(), ["close Some(1006) Some(\"\")"]);
    let client = raw(&clock, async |io| drop(io));
    clock.block_on(async {
        let mut socket = client.websocket_connect("ws://a.test/ws").await.expect("open");
        assert_eq!(socket.read_message().await, None);
        assert_eq!(socket.close_code(), Some(CloseCode::ABNORMAL));
    });
}

/// A handler has the connection, as at the server.
#[derive(Default)]
struct Client(Log);

impl WebSocketHandler for Client {
    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        self.0.add("open");
        ws.ping("from the client")?;
        ws.write_message("ping").await?;
        ws.write_message("hello").await
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        self.0.add(message.to_string());
        ws.write_message("close").await
    }

    async fn on_ping(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.0.add(format!("ping {}", String::from_utf8_lossy(&data)));
        Ok(())
    }

    async fn on_pong(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.0.add(format!("pong {}", String::from_utf8_lossy(&data)));
        Ok(())
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        self.0
            .add(format!("close {:?}", ws.close_code().map(CloseCode::as_u16)));
    }
}

#[test]
fn a_handler_runs_it() {
    let (client, clock, served) = server();
    let log = Log::default();
    clock.block_on(async {
        let socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        socket.run(Client(log.clone())).await;
    });
    let seen = log.take();
    assert_eq!(
        seen,
        [
            "open",
            "pong from the client",
            "ping from the server",
            "hello",
            "close Some(4000)"
        ]
    );
    assert_eq!(
        served.take(),
        ["ping from the client", "close Some(4000) Some(\"\")"]
    );
}

/// Nothing is lost by who writes while much comes: it is read ahead, and the rest waits at the server.
#[test]
fn much_comes_while_nobody_reads() {
    let (client, clock, _) = server();
    clock.block_on(async {
        let mut socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        socket.write_message("many").await.expect("open");
        socket.ping("x").await.expect("open");
        for number in 0..1000 {
            let message = socket.read_message().await.expect("a message");
            assert_eq!(message.as_text(), Some(format!("{number:0>1000}").as_str()));
        }
        socket.write_message("last").await.expect("open");
        assert_eq!(socket.read_message().await, Some("last".into()));
    });
}

#[test]
fn somebody_else_sends() {
    let (client, clock, _) = server();
    clock.block_on(async {
        let mut socket = client
            .websocket_connect("ws://a.test/ws/echo")
            .await
            .expect("open");
        let sender = socket.sender();
        let mut reading = pin!(socket.read_message());
        let early = poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx))).await;
        assert!(early.is_pending());
        sender.try_send("from elsewhere").expect("room");
        assert_eq!(reading.await, Some("from elsewhere".into()));
    });
}

/// A server that has gone silent: it is pinged after 30 s, and given up 20 s later (RFC 6455 section 5.5.2).
#[test]
fn a_silent_server_is_given_up() {
    let clock = ManualClock::new();
    let client = raw(&clock, async |mut io: BoxDuplex| {
        let mut buffer = [0; 64];
        while matches!(io.read(&mut buffer).await, Ok(1..)) {}
    });
    clock.block_on(async {
        let mut socket = client.websocket_connect("ws://a.test/ws").await.expect("open");
        let start = waterspout::Carrier::monotonic(&clock);
        assert_eq!(socket.read_message().await, None);
        let took = waterspout::Carrier::monotonic(&clock) - start;
        assert_eq!(socket.close_code(), Some(CloseCode::ABNORMAL));
        assert!(
            took >= Duration::from_secs(50) && took < Duration::from_secs(60),
            "{took:?}"
        );
    });
}

/// What a server must not send: the connection is failed with the code that the RFC has for it.
#[test]
fn a_server_that_breaks_the_rules() {
    static SEEN: Mutex<Vec<Option<CloseCode>>> = Mutex::new(Vec::new());
    const CASES: [(&[u8], CloseCode); 4] = [
        // A masked frame, a reserved opcode, bad UTF-8, and a message over the limit.
        (&[0x81, 0x81, 1, 2, 3, 4, 5], CloseCode::PROTOCOL_ERROR),
        (&[0x83, 0], CloseCode::PROTOCOL_ERROR),
        (&[0x81, 2, 0xc3, 0x28], CloseCode::INVALID_PAYLOAD),
        (&[0x82, 126, 0x10, 0], CloseCode::MESSAGE_TOO_BIG),
    ];
    let clock = ManualClock::new();
    for (at, (_, code)) in CASES.iter().enumerate() {
        let serve = move |mut io: BoxDuplex| async move {
            let options = Options {
                compression: None,
                ..Options::default()
            };
            let mut server = Connection::new(Role::Server, &options, None, Duration::ZERO, 0);
            let _ = io.write_all(CASES[at].0).await;
            let mut buffer = [0; 256];
            while let Ok(len @ 1..) = io.read(&mut buffer).await {
                server.receive(&buffer[..len]);
            }
            let mut seen = None;
            loop {
                match server.next_event() {
                    Event::Closing(close) => seen = Some(close.code),
                    Event::NeedMore | Event::Closed => break,
                    _ => {}
                }
            }
            assert!(server.output().remaining() > 0 || seen.is_none());
            SEEN.lock().expect("no panic").push(seen);
        };
        let client = raw(&clock, serve);
        clock.block_on(async {
            let request = WebSocketRequest::new("ws://a.test/ws");
            let request = request.options(Options {
                max_message: 1000,
                ..Options::default()
            });
            let mut socket = client.websocket_connect(request).await.expect("open");
            assert_eq!(socket.read_message().await, None);
        });
        let seen = std::mem::take(&mut *SEEN.lock().expect("no panic"));
        assert_eq!(seen, [Some(*code)], "case {at}");
    }
}

/// A handler that is itself a client: one application behind another.
#[test]
fn a_handler_that_connects_on() {
    let (clock, log) = (ManualClock::new(), Log::default());
    let of_app = log.clone();
    let back = Application::new().websocket("/ws/{what}", move || Echo(of_app.clone()));
    let engine = Arc::new(TestEngine::new().host("back.test", back).clock(&clock));
    let front = Application::new()
        .get("/ask", async |cx: &mut Context| {
            let mut socket = cx.client().websocket_connect("ws://back.test/ws/echo").await?;
            socket.write_message("through").await?;
            let answer = socket.read_message().await.status(502)?;
            socket.close(CloseCode::NORMAL, "").await;
            cx.write(answer.to_string())
        })
        .client(engine);
    let response = waterspout::testing::TestClient::new(front).get("/ask").send();
    assert_eq!(response.text(), "through");
    assert_eq!(log.take(), ["close Some(1000) Some(\"\")"]);
}
