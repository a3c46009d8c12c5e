use std::time::Duration;

use bytes::Buf;

use super::*;
use crate::websocket::{Connection, Event, Message, Options};

#[test]
fn without_takeover_nothing_is_kept_between_messages() {
    let settings = frugal();
    let (mut writer, mut reader) = (deflater(&settings), inflater(&settings));
    for len in [64, 5000, 200_000] {
        let mut payload = Vec::new();
        assert!(writer.compress(&text(len), &mut payload));
        let (first, second) = payload.split_at(payload.len() / 2);
        let mut out = Vec::new();
        assert_eq!(reader.inflate(first, false, &mut out, len), Ok(()));
        assert!(reader.owns(), "the context stays between fragments");
        assert_eq!(reader.inflate(second, true, &mut out, len), Ok(()));
        assert_eq!(out, text(len));
        assert!(!writer.owns() && !reader.owns());
    }
}

#[test]
fn with_takeover_a_reader_keeps_the_window_and_no_more() {
    for bits in 8..=15 {
        let settings = Compression {
            client_max_window_bits: bits,
            ..generous()
        };
        let (mut writer, mut reader) = (deflater(&settings), inflater(&settings));
        for len in [1, 10, 300, 1 << bits, 100, 70_000, 3] {
            let mut payload = Vec::new();
            assert!(writer.compress(&text(len), &mut payload));
            assert_eq!(inflate(&mut reader, &payload), Ok(text(len)));
            assert!(
                reader.window_capacity() <= 1 << bits,
                "{bits}: {}",
                reader.window_capacity()
            );
        }
    }
}

#[test]
fn a_writer_that_has_rested_begins_anew() {
    let settings = generous();
    let (mut writer, mut reader) = (deflater(&settings), inflater(&settings));
    let message = text(1000);
    let mut send = |writer: &mut Deflater| {
        let mut payload = Vec::new();
        assert!(writer.compress(&message, &mut payload));
        assert_eq!(inflate(&mut reader, &payload), Ok(message.clone()));
        payload.len()
    };
    let first = send(&mut writer);
    let second = send(&mut writer);
    assert!(writer.owns());
    writer.rest();
    assert!(!writer.owns());
    let third = send(&mut writer);
    assert!(second < first / 4, "{second} {first}");
    assert_eq!(third, first);
}

#[test]
fn a_quiet_connection_rests() {
    let options = Options {
        compression: Some(generous()),
        ..Options::default()
    };
    let agreed = agree(&generous(), &generous());
    let mut server = Connection::new(Role::Server, &options, Some(agreed), Duration::ZERO, 0);
    let mut client = Connection::new(Role::Client, &options, Some(agreed), Duration::ZERO, 1);
    let message = Message::from(String::from_utf8(text(1000)).expect("ASCII"));
    let mut send = |server: &mut Connection| {
        server.send(&message).expect("open");
        let output = server.output();
        let wire = output.copy_to_bytes(output.remaining());
        client.receive(&wire);
        assert_eq!(client.next_event(), Event::Message(message.clone()));
        wire.len()
    };
    let (first, second) = (send(&mut server), send(&mut server));
    server.poll_time(Duration::from_secs(30));
    let ping = server.output().remaining();
    server.output().advance(ping);
    let third = send(&mut server);
    assert!(ping > 0 && second < first / 4, "{ping} {second} {first}");
    assert_eq!(third, first);
}

#[test]
fn both_are_small() {
    assert!(size_of::<Deflater>() <= 32, "{}", size_of::<Deflater>());
    assert!(size_of::<Inflater>() <= 48, "{}", size_of::<Inflater>());
}
