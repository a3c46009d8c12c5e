//! Both roles on one connection: what one sends the other reads as it was meant, and both agree on when it ends.

use proptest::prelude::*;

use super::super::roundtrip::{text_fields, to_map};
use super::*;

/// One message, as far as both directions have it.
#[derive(Debug, Clone)]
struct Message {
    fields: Vec<(String, String)>,
    pieces: Vec<Vec<u8>>,
    trailers: Vec<(String, String)>,
    chunked: bool,
    close: bool,
}

impl Message {
    fn size(&self) -> BodySize {
        let total: usize = self.pieces.iter().map(Vec::len).sum();
        match (self.chunked, total) {
            (true, _) => BodySize::Unknown,
            (false, 0) => BodySize::Empty,
            (false, _) => BodySize::Known(total as u64),
        }
    }

    /// The caller's fields, with `host` for a request.
    fn headers(&self, request: bool) -> HeaderMap {
        let mut headers = to_map(&self.fields);
        if request {
            headers.insert("host", HeaderValue::from_static("example.com"));
        }
        if self.close {
            headers.insert("connection", HeaderValue::from_static("close"));
        }
        headers
    }

    /// What the other side must find, of a message that has a body.
    fn found(&self) -> Found {
        Found {
            fields: to_map(&self.fields),
            data: self.pieces.concat(),
            trailers: (self.chunked && !self.trailers.is_empty()).then(|| to_map(&self.trailers)),
        }
    }
}

/// What one side found of a message, without the fields that are the encoder's.
#[derive(Debug, Default, PartialEq)]
struct Found {
    fields: HeaderMap,
    data: Vec<u8>,
    trailers: Option<HeaderMap>,
}

impl Found {
    fn of(fields: &Fields) -> Self {
        let mut fields = fields.to_map();
        for own in [
            "host",
            "date",
            "connection",
            "content-length",
            "transfer-encoding",
        ] {
            fields.remove(own);
        }
        Self {
            fields,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone)]
struct Exchange {
    method: Method,
    request: Message,
    status: StatusCode,
    hints: usize,
    response: Message,
}

fn message() -> impl Strategy<Value = Message> {
    (
        text_fields(),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..900), 0..4),
        text_fields(),
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(fields, pieces, trailers, chunked, close)| Message {
            fields,
            pieces,
            trailers,
            chunked,
            close,
        })
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let method = prop::sample::select(vec![
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
    ]);
    let status = prop::sample::select(vec![200, 201, 204, 205, 206, 304, 404, 500, 599])
        .prop_map(|status| StatusCode::from_u16(status).unwrap());
    (method, message(), status, 0..=10usize, message()).prop_map(
        |(method, request, status, hints, response)| Exchange {
            method,
            request,
            status,
            hints,
            response,
        },
    )
}

fn take(output: &mut Output) -> Bytes {
    let length = output.len();
    output.copy_to_bytes(length)
}

/// Sends the request through `client`, and gives what `server` finds.
fn request(client: &mut Client, server: &mut Server, exchange: &Exchange, step: usize) -> Found {
    let message = &exchange.request;
    client
        .send_request(&exchange.method, "/a?b", &message.headers(true), message.size())
        .unwrap();
    for piece in &message.pieces {
        client.send_data(Bytes::copy_from_slice(piece)).unwrap();
    }
    client.finish(Some(&to_map(&message.trailers))).unwrap();
    let mut found = Found::default();
    for piece in take(client.output()).chunks(step) {
        server.receive(piece);
        loop {
            match server.next_event() {
                Event::NeedMore => break,
                Event::Request(head) => {
                    assert_eq!(head.method, exchange.method);
                    assert_eq!(head.target, "/a?b");
                    assert_eq!(head.keep_alive, !message.close);
                    found = Found::of(&head.fields);
                }
                Event::Data(data) => found.data.extend_from_slice(&data),
                Event::End(trailers) => found.trailers = trailers.map(|map| *map),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(
        !server.body_pending() && server.buffered() == 0,
        "all of it was read"
    );
    found
}

/// Sends the response through `server`, and gives what `client` finds.
fn response(client: &mut Client, server: &mut Server, exchange: &Exchange, step: usize) -> Found {
    let message = &exchange.response;
    for _ in 0..exchange.hints {
        server
            .send_informational(StatusCode::EARLY_HINTS, &to_map(&message.fields))
            .unwrap();
    }
    let size = message.size();
    server
        .send_response(exchange.status, None, &message.headers(false), size, &date())
        .unwrap();
    for piece in &message.pieces {
        server.send_data(Bytes::copy_from_slice(piece)).unwrap();
    }
    server.finish(Some(&to_map(&message.trailers))).unwrap();
    let mut found = Found::default();
    let mut hints = 0;
    for piece in take(server.output()).chunks(step) {
        client.receive(piece);
        loop {
            match client.next_event() {
                Answer::NeedMore | Answer::Closed => break,
                Answer::Informational(head) => {
                    assert_eq!(Found::of(&head.fields).fields, to_map(&message.fields));
                    hints += 1;
                }
                Answer::Response(head) => {
                    assert_eq!(head.status, exchange.status);
                    assert_eq!(
                        head.reason,
                        exchange.status.canonical_reason().unwrap_or_default()
                    );
                    found = Found::of(&head.fields);
                }
                Answer::Data(data) => found.data.extend_from_slice(&data),
                Answer::End(trailers) => found.trailers = trailers.map(|map| *map),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(hints, exchange.hints);
    found
}

proptest! {
    #[test]
    fn agree(exchanges in prop::collection::vec(exchange(), 1..5), step in 1usize..2000) {
        let mut client = Client::new(Limits::default());
        let mut server = Server::new(Limits::default());
        for exchange in &exchanges {
            prop_assert_eq!(request(&mut client, &mut server, exchange, step), exchange.request.found());
            let mut expected = exchange.response.found();
            let status = exchange.status.as_u16();
            if exchange.method == Method::HEAD || [204, 205, 304].contains(&status) {
                expected = Found { fields: expected.fields, ..Found::default() };
            }
            prop_assert_eq!(response(&mut client, &mut server, exchange, step), expected);
            let stays = !exchange.request.close && !exchange.response.close;
            prop_assert_eq!(client.is_reusable(), stays);
            prop_assert_eq!(server.is_idle(), stays);
            if !stays {
                break;
            }
        }
    }
}
