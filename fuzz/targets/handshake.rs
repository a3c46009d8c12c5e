//! Any request that might open a WebSocket, as the server reads it; any answer, as the client does.
//!
//! Input: which end, compression of that end, seed of the pieces; then the head.
#![no_main]

use bytes::Buf;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use libfuzzer_sys::fuzz_target;
use waterspout::h1::{Answer, BodySize, Client, Event, HttpDate, Limits, RequestHead, Server};
use waterspout::websocket::{
    self, Agreed, ClientHandshake, Compression, Message, Options, Role, ServerHandshake,
};
use waterspout_fuzz::websocket::{NONCE, connection, request, take, upgrade, written};
use waterspout_fuzz::{Choices, pieces};

const PROTOCOLS: [&str; 2] = ["chat", "superchat"];

fn options(choices: &mut Choices<'_>) -> Options {
    let flags = choices.byte();
    let compression = Compression {
        server_context_takeover: flags & 1 != 0,
        client_context_takeover: flags & 2 != 0,
        server_max_window_bits: if flags & 4 == 0 { 15 } else { 9 },
        client_max_window_bits: if flags & 8 == 0 { 15 } else { 10 },
        threshold: 0,
        ..Compression::default()
    };
    Options {
        compression: (flags & 16 == 0).then_some(compression),
        ..Options::default()
    }
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let role = choices.of(&[Role::Server, Role::Client]);
    let options = options(&mut choices);
    let seed = choices.byte();
    let pieces = pieces(choices.0, seed);
    match role {
        Role::Server => serve(&pieces, &options),
        Role::Client => ask(&pieces, &options),
    }
});

fn serve(pieces: &[&[u8]], options: &Options) {
    let mut server = Server::new(Limits::default());
    pieces.iter().for_each(|piece| server.receive(piece));
    let Event::Request(head) = server.next_event() else {
        return;
    };
    let RequestHead {
        method, uri, version, ..
    } = head.clone();
    let fields = head.fields.to_map();
    let asked = request(method, uri, version, fields.clone());
    let handshake = match ServerHandshake::read(&asked) {
        Ok(handshake) => handshake,
        Err(error) => {
            assert!(matches!(error.status_code().as_u16(), 400 | 405 | 426));
            return;
        }
    };
    assert_eq!((&head.method, head.version), (&Method::GET, Version::HTTP_11));
    let protocol = handshake.protocols().last().map(String::as_str);
    let mut fields = upgrade();
    let agreed = handshake
        .accept(protocol, options, &mut fields)
        .expect("a subprotocol that was offered");
    assert_eq!(
        agreed.is_some(),
        fields.contains_key(header::SEC_WEBSOCKET_EXTENSIONS)
    );
    assert!(agreed.is_none() || options.compression.is_some());
    if head.upgrade {
        // The 101 can be sent, and is one.
        let date = HttpDate::new(std::time::UNIX_EPOCH);
        let status = StatusCode::SWITCHING_PROTOCOLS;
        server
            .send_response(status, None, &fields, BodySize::Empty, &date)
            .expect("a 101");
        let mut client = asking(&upgrade());
        let (_, mut output) = server.into_parts();
        let length = output.len();
        client.receive(&output.copy_to_bytes(length));
        let Answer::Response(answer) = client.next_event() else {
            panic!("the 101 is no response");
        };
        assert_eq!(answer.status, status);
    }
    check(agreed, options);
}

/// A client that has sent its request.
fn asking(fields: &HeaderMap) -> Client {
    let mut client = Client::new(Limits::default());
    let mut fields = fields.clone();
    fields.insert(header::HOST, HeaderValue::from_static("a"));
    client
        .send_request(&Method::GET, "/", &fields, BodySize::Empty)
        .and_then(|()| client.finish(None))
        .expect("a good request");
    client
}

fn ask(pieces: &[&[u8]], options: &Options) {
    let handshake = ClientHandshake::new(NONCE, &PROTOCOLS, options).expect("good names");
    let mut fields = HeaderMap::new();
    handshake.request(&mut fields);
    let mut client = asking(&fields);
    pieces.iter().for_each(|piece| client.receive(piece));
    let head = loop {
        match client.next_event() {
            Answer::Response(head) => break head,
            Answer::Informational(_) => {}
            _ => return,
        }
    };
    let fields = head.fields.to_map();
    let Ok(established) = handshake.verify(head.status, &fields) else {
        return;
    };
    assert_eq!(head.status, StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(
        fields
            .get(header::SEC_WEBSOCKET_ACCEPT)
            .map(HeaderValue::as_bytes),
        Some(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".as_slice())
    );
    if let Some(protocol) = &established.protocol {
        assert!(PROTOCOLS.contains(&protocol.as_str()));
    }
    assert!(established.deflate.is_none() || options.compression.is_some());
    check(established.deflate, options);
}

/// Two ends that have agreed on this understand each other.
fn check(agreed: Option<Agreed>, options: &Options) {
    let mut client = connection(Role::Client, options, agreed);
    let mut server = connection(Role::Server, options, agreed);
    for text in ["hello", "hello", ""] {
        let message = Message::from(text.repeat(20));
        for (from, to) in [(0, 1), (1, 0)] {
            let ends = [&mut client, &mut server];
            ends[from].send(&message).expect("open");
            let wire = written(ends[from]);
            ends[to].receive(&wire);
            let mut seen = Vec::new();
            take(ends[to], &mut seen);
            assert_eq!(seen, [websocket::Event::Message(message.clone())]);
        }
    }
}
