//! WebSockets whose handler is slow, or whose peer.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll};

use futures_lite::{AsyncRead, AsyncWrite};
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestWebSocket};
use waterspout::websocket::{Broadcast, CloseCode, Membership, Options, Sender, SlowReceiver};

use crate::support::{poll, websocket_upgrade};

/// A member of a group.
struct Member {
    room: Broadcast,
    membership: Option<Membership>,
    senders: Arc<Mutex<Vec<Sender>>>,
}

impl WebSocketHandler for Member {
    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        self.membership = Some(self.room.join(&ws.sender()));
        self.senders.lock().expect("no panic").push(ws.sender());
        Ok(())
    }

    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        Ok(())
    }
}

/// Two members of a group whose queues have room for one `long` message each.
fn two_members(slow: SlowReceiver) -> (Broadcast, [TestWebSocket; 2], Vec<Sender>) {
    let (room, senders) = (Broadcast::new(slow), Arc::<Mutex<Vec<Sender>>>::default());
    let (of_app, given) = (room.clone(), senders.clone());
    let options = Options {
        send_queue: 1000,
        ..Options::default()
    };
    let app = Application::new().websocket_with("/", options, move || Member {
        room: of_app.clone(),
        membership: None,
        senders: given.clone(),
    });
    let client = TestClient::new(app);
    let sockets = [(); 2].map(|()| {
        let mut socket = client.websocket("/").connect();
        socket.ping(b"");
        assert_eq!(socket.receive_pong(), "");
        socket
    });
    let senders = senders.lock().expect("no panic").clone();
    (room, sockets, senders)
}

fn long(name: char) -> Message {
    Message::from(name.to_string().repeat(900))
}

/// What fits goes at once.
fn send(room: &Broadcast, name: char) -> usize {
    match poll(pin!(room.send(&long(name)))) {
        Poll::Ready(reached) => reached,
        Poll::Pending => panic!("it waits for somebody"),
    }
}

#[test]
fn a_broadcast_that_waits_is_done_when_the_slowest_has_room() {
    let (room, [mut slow, mut quick], _) = two_members(SlowReceiver::Wait);
    assert_eq!(send(&room, 'a'), 2);
    let message = long('b');
    let mut second = pin!(room.send(&message));
    assert_eq!(poll(second.as_mut()), Poll::Pending);
    assert_eq!(quick.receive(), Some(long('a')));
    assert_eq!(poll(second.as_mut()), Poll::Pending, "the other has no room");
    assert_eq!(slow.receive(), Some(long('a')));
    assert_eq!(poll(second.as_mut()), Poll::Ready(2));
    for socket in [&mut slow, &mut quick] {
        assert_eq!(socket.receive(), Some(long('b')), "nobody misses anything");
    }
}

#[test]
fn a_broadcast_that_waits_does_not_wait_for_those_who_go() {
    let (room, [slow, mut quick], senders) = two_members(SlowReceiver::Wait);
    assert_eq!(send(&room, 'a'), 2);
    let message = long('b');
    let mut second = pin!(room.send(&message));
    assert_eq!(poll(second.as_mut()), Poll::Pending);
    assert_eq!(quick.receive(), Some(long('a')));
    drop(slow);
    assert!(senders[0].is_closed());
    assert_eq!(poll(second.as_mut()), Poll::Ready(1));
    assert_eq!(quick.receive(), Some(long('b')));
}

#[test]
fn a_broadcast_that_drops_goes_past_the_slow_ones_alone() {
    let (room, [mut slow, mut quick], _) = two_members(SlowReceiver::Drop);
    assert_eq!(send(&room, 'a'), 2);
    assert_eq!(quick.receive(), Some(long('a')));
    assert_eq!(send(&room, 'b'), 1);
    assert_eq!(quick.receive(), Some(long('b')));
    assert_eq!(slow.receive(), Some(long('a')));
    assert_eq!(send(&room, 'c'), 2, "it is still a member");
    assert_eq!(slow.receive(), Some(long('c')));
    assert_eq!(quick.receive(), Some(long('c')));
}

#[test]
fn a_broadcast_that_closes_gets_rid_of_the_slow_ones_alone() {
    let (room, [mut slow, mut quick], senders) = two_members(SlowReceiver::Close);
    assert_eq!(send(&room, 'a'), 2);
    assert_eq!(quick.receive(), Some(long('a')));
    assert_eq!(send(&room, 'b'), 1);
    assert_eq!(quick.receive(), Some(long('b')));
    assert!(senders[0].is_closed() && !senders[1].is_closed());
    assert_eq!(slow.receive(), None, "what it has not read is dropped");
    assert_eq!(slow.close_code(), Some(CloseCode::TRY_AGAIN_LATER));
    assert_eq!(send(&room, 'c'), 1);
    assert_eq!(quick.receive(), Some(long('c')));
}

/// Never done with its first message, or ping.
struct Stuck;

impl WebSocketHandler for Stuck {
    async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
        std::future::pending().await
    }

    async fn on_ping(&mut self, _: &mut WebSocket, _: Bytes) -> Result {
        std::future::pending().await
    }
}

/// A peer that sends the same frame over and over, as fast as it is read. Told is how much of it was.
struct Flood {
    frame: Vec<u8>,
    taken: Arc<AtomicUsize>,
}

impl AsyncRead for Flood {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        let taken = self.taken.fetch_add(buf.len(), Ordering::Relaxed);
        let bytes = self.frame.iter().cycle().skip(taken % self.frame.len());
        buf.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Poll::Ready(Ok(buf.len()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(self: Pin<&mut Self>, _: &mut TaskContext<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_peer_runs_ahead_of_a_stuck_handler_by_64_kib_and_a_message() {
    const AHEAD: usize = 64 << 10;
    // One buffer of the thread's is read at a time.
    const READ: usize = 64 << 10;
    for first in [0x81, 0x89] {
        for length in [0, 100, 125, 10_000, 1 << 20] {
            if first == 0x89 && length > 125 {
                continue;
            }
            let mut frame = vec![first];
            match length {
                0..=125 => frame.push(0x80 | length as u8),
                126..=0xffff => {
                    frame.push(0x80 | 126);
                    frame.extend((length as u16).to_be_bytes());
                }
                _ => {
                    frame.push(0x80 | 127);
                    frame.extend((length as u64).to_be_bytes());
                }
            }
            frame.extend([0; 4]);
            frame.resize(frame.len() + length, b'x');
            let whole = frame.len();
            let taken = Arc::new(AtomicUsize::new(0));
            let flood = Flood {
                frame,
                taken: taken.clone(),
            };
            let app = Application::new().websocket("/", || Stuck);
            let mut running = websocket_upgrade(&app).run(Box::new(flood));
            for _ in 0..600 {
                assert_eq!(poll(running.as_mut()), Poll::Pending);
            }
            let taken = taken.load(Ordering::Relaxed);
            // The first is with the handler.
            assert!(taken > whole, "{taken} bytes of frames of {whole}");
            assert!(
                taken <= whole + AHEAD + whole + READ,
                "{taken} bytes of frames of {whole}"
            );
        }
    }
}
