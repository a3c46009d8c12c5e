//! Pings, and waits that end.

use super::*;

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn silence_is_broken_by_a_ping() {
    let mut server = server();
    assert_eq!(server.next_time(), Some(seconds(30)));
    server.poll_time(seconds(29));
    assert!(written(&mut server).is_empty());
    server.poll_time(seconds(30));
    assert_eq!(written(&mut server), [0x89, 0]);
    assert_eq!(server.next_time(), Some(seconds(50)));
    server.receive(&frame(0x8a, b""));
    server.poll_time(seconds(31));
    assert_eq!(brief(&events(&mut server)), "pong()");
    assert_eq!(server.next_time(), Some(seconds(61)));
}

#[test]
fn who_does_not_answer_is_given_up() {
    let mut server = server();
    server.poll_time(seconds(30));
    written(&mut server);
    server.poll_time(seconds(49));
    assert_eq!(events(&mut server), []);
    server.poll_time(seconds(50));
    assert_eq!(server.send(&"x".into()), Err(Closed));
    assert_eq!(brief(&events(&mut server)), "failed(1011) closed");
    assert!(written(&mut server).starts_with(&[0x88, 14, 0x03, 0xf3]));
    assert_eq!(server.next_time(), None);
    assert_eq!(
        server.close_frame().map(|close| close.code),
        Some(CloseCode::ABNORMAL)
    );
}

#[test]
fn what_was_received_before_is_still_given() {
    let mut server = server();
    server.poll_time(seconds(30));
    server.receive(&text(b"late"));
    server.poll_time(seconds(49));
    server.poll_time(seconds(79));
    server.poll_time(seconds(99));
    assert_eq!(brief(&events(&mut server)), "text(late) failed(1011) closed");
}

#[test]
fn no_pings_without_an_interval() {
    let options = Options {
        ping_interval: None,
        ..Options::default()
    };
    let mut server = Connection::new(Role::Server, &options, None, seconds(5), 0);
    assert_eq!(server.next_time(), None);
    server.poll_time(seconds(1_000_000));
    assert!(written(&mut server).is_empty());
}

#[test]
fn the_answer_to_a_close_is_waited_for_and_messages_are_read_away() {
    let mut server = server();
    server.receive(&frame(1, b"half of a mess"));
    server.close(CloseCode::GOING_AWAY.into());
    server.close(CloseCode::NORMAL.into());
    assert_eq!(written(&mut server), [0x88, 2, 0x03, 0xe9]);
    let now = server.next_time().expect("a deadline to be set");
    assert!(now <= seconds(10));
    server.poll_time(seconds(10));
    assert_eq!(server.next_time(), Some(seconds(15)));
    server.receive(&[frame(0x80, b"age \xff"), text(b"more"), frame(0x89, b"ping")].concat());
    assert_eq!(events(&mut server), []);
    assert!(written(&mut server).is_empty());
    server.poll_time(seconds(14));
    assert!(!server.is_closed());
    server.poll_time(seconds(15));
    assert_eq!(events(&mut server), [Event::Closed]);
}

#[test]
fn only_the_newest_ping_is_answered_while_a_pong_waits() {
    let mut server = server();
    for data in [b"1", b"2", b"3"] {
        server.receive(&frame(0x89, data));
        events(&mut server);
    }
    server.send(&"x".into()).unwrap();
    let output = server.output();
    assert_eq!(output.len(), 6);
    output.advance(2);
    assert_eq!(server.output().len(), 4, "the first pong has not left");
    server.output().advance(1);
    assert_eq!(written(&mut server), [0x81, 1, b'x', 0x8a, 1, b'3']);
    server.receive(&frame(0x89, b"4"));
    assert_eq!(written(&mut server), [0x8a, 1, b'4']);
}
