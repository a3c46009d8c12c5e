//! Messages encoded once for many connections.

use super::*;

#[test]
fn one_encoding_serves_every_connection() {
    let takeover = Compression {
        server_context_takeover: true,
        client_context_takeover: true,
        ..Compression::default()
    };
    let narrow = Compression {
        server_max_window_bits: 9,
        ..Compression::default()
    };
    let ends = |compression| {
        agreed(&Options {
            compression: Some(compression),
            ..Options::default()
        })
    };
    let long = Message::from("all of you: ".repeat(50));
    let prepared = Prepared::new(&long, Some(&Compression::default()));
    let compressed = 200;
    let table = [
        ((server(), client()), false),
        (ends(Compression::default()), true),
        (ends(takeover), true),
        // Its window is too small for the compressed form.
        (ends(narrow), false),
    ];
    for ((mut server, mut client), smaller) in table {
        // Messages around it still refer to what the peer has.
        for message in [&long, &Message::from("x".repeat(300))] {
            server.send(message).unwrap();
            server.send_prepared(&prepared).unwrap();
            server.send(message).unwrap();
            carry(&mut server, &mut client);
            let expected = [message.clone(), long.clone(), message.clone()].map(Event::Message);
            assert_eq!(events(&mut client), expected);
        }
        server.send_prepared(&prepared).unwrap();
        assert_eq!(written(&mut server).len() < compressed, smaller);
    }
}

#[test]
fn a_client_masks_it() {
    let (mut server, mut client) = (server(), client());
    let message = Message::from(vec![7; 5000]);
    let prepared = Prepared::new(&message, None);
    assert_eq!(prepared.len(), 5000);
    client.send_prepared(&prepared).unwrap();
    carry(&mut client, &mut server);
    assert_eq!(events(&mut server), [Event::Message(message)]);
    client.close(CloseCode::NORMAL.into());
    assert_eq!(client.send_prepared(&prepared), Err(Closed));
}
