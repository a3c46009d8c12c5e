//! What is encoded is decoded to what it was.

use proptest::prelude::*;

use super::super::body::{Decoder, Piece};
use super::super::input::Input;
use super::*;

/// Decodes a whole body: its data, its trailers, and how many bytes were left over.
fn decode(length: Length, wire: &[u8], step: usize) -> (Vec<u8>, Option<HeaderMap>, usize) {
    let mut decoder = Decoder::new(length).unwrap();
    let mut input = Input::default();
    let mut data = Vec::new();
    let mut pieces = wire.chunks(step);
    loop {
        match decoder.decode(&mut input, &Limits::default()).unwrap() {
            Piece::Data(piece) => data.extend_from_slice(&piece),
            Piece::End(trailers) => {
                let left = input.len() + pieces.map(<[u8]>::len).sum::<usize>();
                return (data, trailers.map(|map| *map), left);
            }
            Piece::NeedMore => match pieces.next() {
                Some(piece) => input.push(piece),
                None => input.ended = true,
            },
        }
    }
}

pub(super) fn text_fields() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("x-[a-z0-9]{1,8}", "([!-~][ -~\t]{0,10}[!-~])?"), 0..5)
}

pub(super) fn to_map(fields: &[(String, String)]) -> HeaderMap {
    map(&fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn of_responses(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6000), 0..6),
        trailers in text_fields(),
        kind in 0..4,
        step in 1usize..5000,
    ) {
        let total: usize = pieces.iter().map(Vec::len).sum();
        let (request, size, length) = match kind {
            0 => (get(""), BodySize::Known(total as u64), Length::Known(total as u64)),
            1 => (get(""), BodySize::Unknown, Length::Chunked),
            2 => ("GET / HTTP/1.0\r\n\r\n".into(), BodySize::Unknown, Length::UntilClose),
            _ => ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n".into(), BodySize::Unknown, Length::Empty),
        };
        let (mut server, _) = asked(&request);
        server.send_response(StatusCode::OK, None, &HeaderMap::new(), size, &date()).unwrap();
        for piece in &pieces {
            server.send_data(Bytes::copy_from_slice(piece)).unwrap();
        }
        server.finish(Some(&to_map(&trailers))).unwrap();
        let all = server.output().len();
        let wire = server.output().copy_to_bytes(all);
        let head = wire.windows(4).position(|part| part == b"\r\n\r\n").unwrap() + 4;
        if length == Length::Empty {
            prop_assert_eq!(head, wire.len());
            return Ok(());
        }
        let (data, decoded, left) = decode(length, &wire[head..], step);
        prop_assert_eq!(left, 0);
        prop_assert_eq!(data, pieces.concat());
        let expected = (length == Length::Chunked && !trailers.is_empty()).then(|| to_map(&trailers));
        prop_assert_eq!(decoded, expected);
    }

    #[test]
    fn of_requests(
        method in "[A-Z!#$%&'*+.^_`|~-]{1,20}",
        path in "/[a-zA-Z0-9/._~!$&'()*+,;=:@%-]{0,20}(\\?[a-z=&%/?]{0,10})?",
        fields in text_fields(),
        body in prop::collection::vec(any::<u8>(), 0..500),
        chunk in 0usize..100,
    ) {
        prop_assume!(method != "CONNECT");
        let mut wire = format!("{method} {path} HTTP/1.1\r\nHost: example.com\r\n").into_bytes();
        for (name, value) in &fields {
            wire.extend(format!("{name}: {value}\r\n").bytes());
        }
        if chunk == 0 {
            wire.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
            wire.extend(&body);
        } else {
            wire.extend(b"Transfer-Encoding: chunked\r\n\r\n");
            for piece in body.chunks(chunk) {
                wire.extend(format!("{:X}\r\n", piece.len()).bytes());
                wire.extend(piece);
                wire.extend(b"\r\n");
            }
            wire.extend(b"0\r\n\r\n");
        }
        let mut server = Server::new(Limits::default());
        server.receive(&wire);
        let Event::Request(head) = server.next_event() else { panic!("{}", wire.escape_ascii()) };
        prop_assert_eq!(head.method.as_str(), method);
        prop_assert_eq!(&head.target, path.as_bytes());
        let mut map = head.fields.to_map();
        for framing in ["host", "content-length", "transfer-encoding"] {
            map.remove(framing);
        }
        prop_assert_eq!(map, to_map(&fields));
        let mut read = Vec::new();
        while let Event::Data(data) = server.next_event() {
            read.extend_from_slice(&data);
        }
        prop_assert_eq!(read, body);
        prop_assert_eq!(server.buffered(), 0);
    }
}
