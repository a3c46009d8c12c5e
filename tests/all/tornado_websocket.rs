//! What Tornado 6.6.1's WebSocket does or is known to get wrong, row by row, and the test that we are right. Below stand
//! the tests that are nowhere else; `every_test_that_is_named_exists` holds the table to its word.
//!
//! | Tornado | here | shown by |
//! |---|---|---|
//! | handshake: GET | 405 for another method | `src/websocket/tests/handshake.rs` `a_refusal_says_what_would_do` |
//! | `Upgrade` in any case, `Connection` a list, else 400 | the same | `src/websocket/tests/handshake.rs` `what_the_server_reads` |
//! | another version: 426 with `Sec-WebSocket-Version: 13` | the same | `src/websocket/tests/handshake.rs` `what_the_server_reads` `a_refusal_says_what_would_do` |
//! | no key: 400; one of three characters is accepted | 400 | `src/websocket/tests/handshake.rs` `what_the_server_reads` |
//! | over HTTP/1.0: accepted | 400 | `src/websocket/tests/handshake.rs` `a_refusal_says_what_would_do` |
//! | 101 with the key of RFC 6455 | the same | `src/websocket/tests/handshake.rs` `the_key_of_the_rfc` `tests/all/websocket.rs` `the_head_of_the_101` |
//! | Origin always checked, foreign ones 403 | the same | `tests/all/websocket.rs` `only_pages_of_this_host_may_connect` |
//! | a partial Origin, `127.0.0.1:80`: 403 | the same | `tests/all/tornado_websocket.rs` `an_origin_without_a_scheme_is_foreign` |
//! | other origins by setting | `allowed_origins` | `tests/all/websocket.rs` `other_origins_can_be_allowed` |
//! | `check_origin` can be overridden; it runs after `prepare` | before `prepare`, so that no page of others' costs a login | `tests/all/tornado_websocket.rs` `check_origin_is_the_handlers_and_comes_before_prepare` |
//! | `prepare` may refuse | the same | `tests/all/websocket.rs` `prepare_refuses_as_any_handler` |
//! | `open` gets the path arguments | `prepare` does | `tests/all/websocket.rs` `the_life_of_a_connection` |
//! | messages wait for `open` | the same | `tests/all/tornado_websocket.rs` `messages_wait_for_open` |
//! | text is `str`, binary `bytes`, both ways | `Message` | `tests/all/websocket.rs` `the_life_of_a_connection` |
//! | no frame is handled before `on_message` is done | the same; pings are answered | `tests/all/tornado_websocket.rs` `one_message_at_a_time_in_order` `tests/all/websocket.rs` `pings_are_answered_while_a_callback_waits` |
//! | `on_close` with `close_code` and `close_reason` | the same, once | `tests/all/websocket.rs` `the_life_of_a_connection` `on_close_comes_once_when_the_client_vanishes_or_is_dropped` |
//! | the close reason travels both ways | the same | `tests/all/websocket.rs` `the_life_of_a_connection` `a_handler_closes_with_its_own_code` |
//! | `on_ping`, `on_pong` | the same | `tests/all/websocket.rs` `a_ping_is_told` `tests/all/tornado_websocket.rs` `a_ping_of_ours_is_answered_and_told` |
//! | `ping` of at most 125 bytes | the same | `tests/all/websocket.rs` `a_sender_sends_from_anywhere_within_its_queue` |
//! | `WebSocketClosedError` | `Closed` | `tests/all/websocket.rs` `a_handler_closes_with_its_own_code` |
//! | `select_subprotocol` called exactly once | the same | `tests/all/tornado_websocket.rs` `select_subprotocol_is_asked_once` |
//! | a subprotocol that was not offered is sent | 500 | `tests/all/websocket.rs` `a_subprotocol_is_one_of_those_offered` |
//! | an exception in a callback: abort, `on_close` | 1011, `on_close` | `tests/all/websocket.rs` `an_error_and_a_panic_close_with_1011_and_on_close_comes_once` `tests/all/tornado_websocket.rs` `an_error_or_a_panic_in_open_closes_with_1011` |
//! | a callback that is cancelled: abort, `on_close` | dropped when the client is gone, `on_close` | `tests/all/tornado_websocket.rs` `a_callback_is_dropped_when_the_client_is_gone` |
//! | ping interval and timeout: 1000 | 1011 | `src/websocket/tests/time.rs` `who_does_not_answer_is_given_up` `tests/all/websocket.rs` `a_silent_peer_is_pinged_then_given_up` |
//! | only the newest unanswered ping gets a pong | the same | `src/websocket/tests/time.rs` `only_the_newest_ping_is_answered_while_a_pong_waits` |
//! | a ping flood of a peer that does not read: one pong queued | the same | `tests/all/tornado_websocket.rs` `a_flood_of_pings_leaves_one_pong_waiting` |
//! | 5000 tiny frames at once: the loop still ticks | the same | `tests/all/tornado_websocket.rs` `thousands_of_frames_at_once_leave_others_their_turn` |
//! | close wait 5 s, then abort | the same | `src/websocket/tests/time.rs` `the_answer_to_a_close_is_waited_for_and_messages_are_read_away` |
//! | permessage-deflate off unless asked for | on unless turned off | `tests/all/tornado_websocket.rs` `compression_can_be_turned_off` `tests/all/websocket.rs` `messages_are_compressed_where_both_can` |
//! | the first offer is taken | the first that can be | `src/websocket/deflate/tests/server.rs` `the_first_acceptable_offer_wins` |
//! | parameters echoed but a bare `client_max_window_bits` | each pair of wishes has its answer | `src/websocket/deflate/tests/server.rs` `every_pair_of_wishes_has_its_answer` |
//! | an unknown parameter: 500 | the offer is declined, 101 | `src/websocket/tests/handshake.rs` `an_offer_that_cannot_be_read_is_declined` |
//! | inflating bounded by the message limit | the same | `src/websocket/tests/limits.rs` `inflating_ends_at_the_limit` |
//! | a message above 10 MiB: 1009 | the same, by its head alone | `src/websocket/tests/protocol.rs` `frames_and_lengths` `tests/all/websocket.rs` `a_message_over_the_limit_is_1009` |
//! | a frame of 2^64 - 1 or 11 MiB: 1009 before reading | the same | `src/websocket/tests/protocol.rs` `frames_and_lengths` `src/websocket/tests/limits.rs` `a_message_too_big_is_refused_by_its_head` |
//! | control frames between fragments | the same | `src/websocket/tests/protocol.rs` `fragments` |
//! | fragments bounded in total | the same, and in number | `src/websocket/tests/limits.rs` `each_has_its_code` `tests/all/tornado_websocket.rs` `fragments_are_bounded_in_number` |
//! | an unmasked frame: accepted | 1002 | `tests/all/websocket.rs` `a_broken_rule_is_answered_with_its_code` |
//! | RSV bits, opcodes 3 and 11: dropped without a close frame | 1002 | `tests/programs/websocket.rs` `class_3_reserved_bits` `class_4_reserved_opcodes` |
//! | control frames cut or of 126 bytes, a continuation of nothing: dropped | 1002 | `tests/programs/websocket.rs` `class_2_pings_and_pongs` `class_5_fragments` |
//! | bad UTF-8: dropped | 1007 at the byte | `tests/programs/websocket.rs` `class_6_text_is_utf8` `class_6_the_first_wrong_byte_ends_it` |
//! | a bad close reason: dropped; one byte, 999, 1005: answered | 1007; 1002 | `tests/programs/websocket.rs` `class_7_closing` `class_7_codes` |
//! | a stop of the server forgets them | 1001 | `tests/all/websocket.rs` `a_server_that_stops_says_so` `tests/contract/cases/websockets.rs` |
//! | `websocket_connect`: URL or request, fields, subprotocols, compression, ping, size | the same | `tests/all/websocket_client.rs` `what_is_asked_for_and_what_is_chosen` `messages_go_both_ways_and_the_close_is_answered` `a_silent_server_is_given_up` `a_server_that_breaks_the_rules` |
//! | `read_message` is `None` at the close | the same | `tests/all/websocket_client.rs` `the_server_closes` |
//! | `on_message_callback` | `run(handler)` | `tests/all/websocket_client.rs` `a_handler_runs_it` |
//! | no redirects | the same | `tests/all/websocket_client.rs` `a_server_that_does_not_want_to` |
//! | no proxy | `CONNECT`, as RFC 6455 wants it | `adapters/client/tests/servers/websocket.rs` `through_a_tunnel` |
//!
//! Without a test, since they cannot be written: HTTP's response methods after the upgrade (`WebSocket` has none).

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Wake, Waker};

use futures_lite::{AsyncRead, AsyncWrite};
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestWebSocket};
use waterspout::websocket::{CloseCode, Options};

use crate::support::{Log, pause, websocket_upgrade};

#[test]
fn every_test_that_is_named_exists() {
    let mut named = 0;
    for line in include_str!("tornado_websocket.rs").lines() {
        let Some((_, shown)) = line
            .strip_prefix("//! |")
            .and_then(|row| row.trim_end_matches(" |").rsplit_once('|'))
        else {
            continue;
        };
        let mut source = String::new();
        for name in shown.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") {
                let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
                source = std::fs::read_to_string(&path).expect(name);
            } else {
                assert!(source.contains(&format!("fn {name}()")), "{name} in {line}");
                named += 1;
            }
        }
    }
    assert!(named >= 50, "{named}");
}

/// Does in each callback what it is told, and writes it down.
struct Slow {
    log: Log,
    how: String,
}

impl WebSocketHandler for Slow {
    async fn prepare(&mut self, cx: &mut Context) -> Result {
        self.log.add("prepare");
        self.how = cx.path_arg("how")?.to_owned();
        Ok(())
    }

    fn check_origin(&self, origin: &str, _: &Context) -> bool {
        self.log.add(format!("check_origin {origin}"));
        origin == "app://mine"
    }

    fn select_subprotocol(&mut self, offered: &[&str]) -> Option<String> {
        self.log.add(format!("select {offered:?}"));
        None
    }

    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        let _guard = self.log.guard("open ends");
        match self.how.as_str() {
            "slow" => pause().await,
            "error" => return Err(Error::new(500).message("as told")),
            "panic" => panic!("as told"),
            "stuck" => std::future::pending().await,
            "ping" => ws.ping("are you there?")?,
            _ => {}
        }
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        self.log.add(format!("{message} begins"));
        let _guard = self.log.guard("it ends");
        if message.as_text() == Some("stuck") {
            std::future::pending::<()>().await;
        }
        pause().await;
        ws.write_message(message).await
    }

    async fn on_pong(&mut self, _: &mut WebSocket, data: Bytes) -> Result {
        self.log.add(format!("pong {}", String::from_utf8_lossy(&data)));
        Ok(())
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        self.log
            .add(format!("close {:?}", ws.close_code().map(CloseCode::as_u16)));
    }
}

fn client() -> (TestClient, Log) {
    let log = Log::default();
    let of_app = log.clone();
    let app = Application::new().websocket("/{how}", move || Slow {
        log: of_app.clone(),
        how: String::new(),
    });
    (TestClient::new(app), log)
}

/// A connection, and the log from here on.
fn connect(how: &str) -> (TestWebSocket, Log) {
    let (client, log) = client();
    let socket = client.websocket(&format!("/{how}")).connect();
    log.take();
    (socket, log)
}

#[test]
fn an_origin_without_a_scheme_is_foreign() {
    let client = TestClient::new(Application::new().websocket("/", || Slow {
        log: Log::default(),
        how: String::new(),
    }));
    let default = TestClient::new(Application::new().websocket("/", || Quiet));
    for origin in ["127.0.0.1:80", "localhost", "localhost:80", "//localhost"] {
        let status = |client: &TestClient| client.websocket("/").header("origin", origin).send().status();
        assert_eq!((status(&client), status(&default)), (403, 403), "{origin}");
    }
}

struct Quiet;

impl WebSocketHandler for Quiet {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

#[test]
fn check_origin_is_the_handlers_and_comes_before_prepare() {
    let (client, log) = client();
    let status = |origin| client.websocket("/x").header("origin", origin).send().status();
    assert_eq!(status("app://mine"), 101);
    assert_eq!(log.take(), ["check_origin app://mine", "prepare", "select []"]);
    assert_eq!(status("http://localhost"), 403);
    assert_eq!(log.take(), ["check_origin http://localhost"]);
    assert_eq!(client.websocket("/x").send().status(), 101);
    assert_eq!(log.take(), ["prepare", "select []"], "no browser, no question");
}

#[test]
fn select_subprotocol_is_asked_once() {
    let (client, log) = client();
    let offering = client.websocket("/x").header("sec-websocket-protocol", "a, b");
    assert_eq!(offering.connect().subprotocol(), None);
    assert_eq!(log.take(), ["prepare", "select [\"a\", \"b\"]"]);
    assert_eq!(client.websocket("/x").connect().subprotocol(), None);
    assert_eq!(log.take(), ["prepare", "select []"]);
}

#[test]
fn messages_wait_for_open() {
    let (mut socket, log) = connect("slow");
    socket.send("one");
    assert_eq!(socket.receive(), Some("one".into()));
    assert_eq!(log.take(), ["open ends", "one begins", "it ends"]);
}

#[test]
fn one_message_at_a_time_in_order() {
    let (mut socket, log) = connect("x");
    for message in ["one", "two", "three"] {
        socket.send(message);
    }
    for message in ["one", "two", "three"] {
        assert_eq!(socket.receive(), Some(message.into()));
    }
    assert_eq!(
        log.take(),
        [
            "open ends",
            "one begins",
            "it ends",
            "two begins",
            "it ends",
            "three begins",
            "it ends"
        ]
    );
}

#[test]
fn a_ping_of_ours_is_answered_and_told() {
    let (mut socket, log) = connect("ping");
    for message in ["one", "two"] {
        // The test's client answers pings while it waits.
        socket.send(message);
        assert_eq!(socket.receive(), Some(message.into()));
    }
    assert_eq!(
        log.take(),
        [
            "open ends",
            "one begins",
            "it ends",
            "pong are you there?",
            "two begins",
            "it ends"
        ]
    );
}

#[test]
fn an_error_or_a_panic_in_open_closes_with_1011() {
    for how in ["error", "panic"] {
        let (mut socket, log) = connect(how);
        socket.send("not heard");
        assert_eq!(socket.receive(), None, "{how}");
        assert_eq!(socket.close_code(), Some(CloseCode::INTERNAL_ERROR), "{how}");
        let heard = log.take();
        assert!(
            matches!(&heard[..], [open, close] if open == "open ends" && close.starts_with("close ")),
            "{heard:?}"
        );
    }
}

#[test]
fn a_callback_is_dropped_when_the_client_is_gone() {
    let (mut socket, log) = connect("stuck");
    socket.ping(b"");
    assert_eq!(socket.receive_pong(), "");
    socket.lose();
    assert_eq!(log.take(), ["open ends", "close Some(1006)"]);

    let (mut socket, log) = connect("x");
    socket.send("stuck");
    socket.ping(b"");
    assert_eq!(socket.receive_pong(), "");
    socket.lose();
    assert_eq!(
        log.take(),
        ["open ends", "stuck begins", "it ends", "close Some(1006)"]
    );
}

#[test]
fn compression_can_be_turned_off() {
    let options = Options {
        compression: None,
        ..Options::default()
    };
    let client = TestClient::new(Application::new().websocket_with("/", options, || Quiet));
    let response = client
        .websocket("/")
        .header("sec-websocket-extensions", "permessage-deflate")
        .send();
    assert_eq!(response.status(), 101);
    assert_eq!(response.header("sec-websocket-extensions"), None);
}

#[test]
fn fragments_are_bounded_in_number() {
    let most = Options::default().max_fragments;
    for (count, fits) in [(most, true), (most + 1, false)] {
        let (mut socket, _) = connect("x");
        let mut wire = vec![0x01, 0x81, 0, 0, 0, 0, b'x'];
        wire.extend([0x00, 0x81, 0, 0, 0, 0, b'x'].repeat(count - 2));
        wire.extend([0x80, 0x81, 0, 0, 0, 0, b'x']);
        socket.send_bytes(&wire);
        if fits {
            assert_eq!(socket.receive(), Some("x".repeat(count).into()));
        } else {
            assert_eq!(socket.receive(), None);
            assert_eq!(socket.close_code(), Some(CloseCode::POLICY_VIOLATION));
        }
    }
}

/// A peer that has sent all this at once, and reads when it is told to.
#[derive(Clone, Default)]
struct Peer(Arc<Mutex<Wire>>);

#[derive(Default)]
struct Wire {
    to_app: Vec<u8>,
    from_app: Vec<u8>,
    reads: bool,
}

impl AsyncRead for Peer {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        let to_app = &mut self.0.lock().expect("no panic").to_app;
        if to_app.is_empty() {
            return Poll::Pending;
        }
        let len = buf.len().min(to_app.len());
        buf[..len].copy_from_slice(&to_app[..len]);
        to_app.drain(..len);
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(self: Pin<&mut Self>, _: &mut TaskContext<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let mut wire = self.0.lock().expect("no panic");
        if !wire.reads {
            return Poll::Pending;
        }
        wire.from_app.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Counts how often somebody is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts its messages, or pings.
struct Counter(Arc<AtomicUsize>);

impl WebSocketHandler for Counter {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn on_ping(&mut self, _: &mut WebSocket, _: Bytes) -> Result {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn counting() -> (Application, Arc<AtomicUsize>) {
    let count = Arc::<AtomicUsize>::default();
    let counted = count.clone();
    let app = Application::new().websocket("/", move || Counter(counted.clone()));
    (app, count)
}

#[test]
fn thousands_of_frames_at_once_leave_others_their_turn() {
    const FRAMES: usize = 5000;
    let (app, count) = counting();
    let peer = Peer::default();
    peer.0.lock().expect("no panic").to_app = [0x81, 0x81, 0, 0, 0, 0, b'x'].repeat(FRAMES);
    let mut running = websocket_upgrade(&app).run(Box::new(peer));
    let woken = Arc::new(Count::default());
    let waker = Waker::from(woken.clone());
    let mut turns = 0;
    while count.load(Ordering::Relaxed) < FRAMES {
        turns += 1;
        let (heard, wakes) = (count.load(Ordering::Relaxed), woken.0.load(Ordering::Relaxed));
        let polled = running.as_mut().poll(&mut TaskContext::from_waker(&waker));
        assert_eq!(polled, Poll::Pending);
        let heard = count.load(Ordering::Relaxed) - heard;
        assert!((1..=100).contains(&heard), "{heard} in one turn");
        if count.load(Ordering::Relaxed) < FRAMES {
            // It asks for its next turn itself: nothing else would.
            assert!(woken.0.load(Ordering::Relaxed) > wakes);
        }
    }
    assert!(turns >= FRAMES / 100, "{turns}");
}

#[test]
fn a_flood_of_pings_leaves_one_pong_waiting() {
    const PINGS: usize = 5000;
    let (app, count) = counting();
    let peer = Peer::default();
    for number in 0..PINGS {
        let wire = &mut peer.0.lock().expect("no panic").to_app;
        wire.extend([0x89, 0x84, 0, 0, 0, 0]);
        wire.extend((number as u32).to_be_bytes());
    }
    let mut running = websocket_upgrade(&app).run(Box::new(peer.clone()));
    let mut poll = || running.as_mut().poll(&mut TaskContext::from_waker(Waker::noop()));
    while count.load(Ordering::Relaxed) < PINGS {
        assert_eq!(poll(), Poll::Pending);
    }
    peer.0.lock().expect("no panic").reads = true;
    for _ in 0..3 {
        assert_eq!(poll(), Poll::Pending);
    }
    // One that stood in the output already, and the newest.
    let newest = [&[0x8a, 4][..], &(PINGS as u32 - 1).to_be_bytes()].concat();
    let written = peer.0.lock().expect("no panic").from_app.clone();
    assert_eq!(written, [b"\x8a\x04\0\0\0\0", &newest[..]].concat());
}
