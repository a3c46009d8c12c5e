//! Both sides together.

use bytes::Bytes;

use super::*;

#[test]
fn messages_of_all_lengths_arrive_both_ways() {
    let (mut server, mut client) = (server(), client());
    for length in [0, 1, 125, 126, 127, 4095, 4096, 65_535, 65_536, 100_000] {
        let text = Message::from("é".repeat(length / 2) + &"x".repeat(length % 2));
        let binary = Message::from((0..length).map(|i| i as u8).collect::<Vec<u8>>());
        for message in [text, binary] {
            client.send(&message).unwrap();
            carry(&mut client, &mut server);
            assert_eq!(events(&mut server), [Event::Message(message.clone())]);
            server.send(&message).unwrap();
            carry(&mut server, &mut client);
            assert_eq!(events(&mut client), [Event::Message(message)]);
        }
    }
}

#[test]
fn a_ping_is_answered() {
    let (mut server, mut client) = (server(), client());
    let data = Bytes::from_static(b"data");
    client.ping(&data).unwrap();
    carry(&mut client, &mut server);
    assert_eq!(events(&mut server), [Event::Ping(data.clone())]);
    carry(&mut server, &mut client);
    assert_eq!(events(&mut client), [Event::Pong(data)]);
    assert_eq!(server.ping(&[0; 126]), Err(PingError::TooLong));
}

#[test]
fn the_client_closes() {
    let close = Close::new(CloseCode::GOING_AWAY, "wait");
    let (mut server, mut client) = (server(), client());
    client.close(close.clone());
    carry(&mut client, &mut server);
    assert_eq!(
        events(&mut server),
        [Event::Closing(close.clone()), Event::Closed]
    );
    carry(&mut server, &mut client);
    assert_eq!(
        events(&mut client),
        [Event::Closing(CloseCode::GOING_AWAY.into())]
    );
    client.receive_eof();
    assert_eq!(events(&mut client), [Event::Closed]);
}

#[test]
fn the_server_closes() {
    let close = Close::new(CloseCode::GOING_AWAY, "wait");
    let (mut server, mut client) = (server(), client());
    server.close(close.clone());
    carry(&mut server, &mut client);
    assert_eq!(events(&mut client), [Event::Closing(close.clone())]);
    assert!(!client.is_closed(), "the server ends the connection");
    carry(&mut client, &mut server);
    assert_eq!(
        events(&mut server),
        [Event::Closing(CloseCode::GOING_AWAY.into()), Event::Closed]
    );
    assert_eq!(client.close_frame(), Some(&close));
    assert_eq!(client.send(&"late".into()), Err(Closed));
}

#[test]
fn an_idle_connection_is_small() {
    assert!(size_of::<Connection>() <= 330, "{}", size_of::<Connection>());
}
