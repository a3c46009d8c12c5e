//! What is found of a response does not depend on how its bytes were split.

use proptest::prelude::*;

use super::super::split::{Mutation, chunk, cuts, mutation, pieces, sharp, spoil, tight};
use super::*;

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z-]{1,8}: ?[ -~\t]{0,12}\r\n",
        prop::sample::select(vec![
            "Connection: keep-alive\r\n",
            "Connection: close\r\n",
            "Upgrade: x\r\nConnection: upgrade\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 3, 3\r\n",
        ])
        .prop_map(str::to_owned),
    ]
}

fn fields() -> impl Strategy<Value = String> {
    prop::collection::vec(field(), 0..3).prop_map(|fields| fields.concat())
}

/// A response that is valid but for a few of the fields.
fn response() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "HTTP/1.1 200 OK",
        "HTTP/1.1 404",
        "HTTP/1.1 204 ",
        "HTTP/1.1 304 x",
        "HTTP/1.1 101 x",
        "HTTP/1.0 200 OK",
    ]);
    let before =
        prop::collection::vec((prop::sample::select(vec![100, 103]), fields()), 0..3).prop_map(|heads| {
            let heads = heads
                .iter()
                .map(|(status, fields)| format!("HTTP/1.1 {status}\r\n{fields}\r\n"));
            heads.collect::<String>()
        });
    let body = prop_oneof![
        "\r\n[ -~]{0,30}",
        "[ -~]{0,30}".prop_map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len())),
        (
            prop::collection::vec(chunk(), 0..4),
            prop::sample::select(vec!["", "X-T: 1\r\n", "Host: a\r\n", "Vary: x\r\nA: b\r\n"])
        )
            .prop_map(|(chunks, trailers)| format!(
                "Transfer-Encoding: chunked\r\n\r\n{}0\r\n{trailers}\r\n",
                chunks.concat()
            )),
    ];
    (before, line, fields(), body, "[ -~]{0,3}")
        .prop_map(|(before, line, fields, body, behind)| format!("{before}{line}\r\n{fields}{body}{behind}"))
}

fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    (response(), prop::collection::vec(mutation(), 1..4))
        .prop_map(|(input, mutations): (String, Vec<Mutation>)| spoil(input.into_bytes(), mutations))
}

/// All that can be seen: the answers, whether another request may follow, what is left for another protocol.
fn run(limits: Limits, method: &str, pieces: &[&[u8]]) -> (Vec<Answer>, bool, Bytes) {
    let mut client = Client::new(limits);
    ask(&mut client, method, &[("upgrade", "x")]);
    let mut answers = drive(&mut client, pieces.iter().copied(), false);
    let reusable = client.is_reusable();
    client.receive_eof();
    collect(&mut client, &mut answers);
    (answers, reusable, client.into_parts().0)
}

fn same_for_all_splits(input: &[u8], cuts: &[prop::sample::Index]) -> Result<(), TestCaseError> {
    for (limits, method) in [
        (Limits::default(), "GET"),
        (Limits::default(), "HEAD"),
        (Limits::default(), "CONNECT"),
        (tight(), "GET"),
    ] {
        let whole = run(limits, method, &[input]);
        prop_assert_eq!(&whole, &run(limits, method, &input.chunks(1).collect::<Vec<_>>()));
        prop_assert_eq!(&whole, &run(limits, method, &pieces(input, cuts)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn of_valid_responses(input in response(), cuts in cuts()) {
        same_for_all_splits(input.as_bytes(), &cuts)?;
    }

    #[test]
    fn of_spoilt_responses(input in spoilt(), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
    }

    #[test]
    fn of_bytes_that_matter(input in prop::collection::vec(sharp(), 0..80), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
        same_for_all_splits(&[chunked("").as_bytes(), &input].concat(), &cuts)?;
        same_for_all_splits(&[b"HTTP/1.1 200", &input[..]].concat(), &cuts)?;
        same_for_all_splits(&[b"HTTP/1.1 200 OK\r\n", &input[..]].concat(), &cuts)?;
    }

    #[test]
    fn of_any_bytes(input in prop::collection::vec(any::<u8>(), 0..300), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
    }

    /// What we accept a grown parser accepts too, and reads in the same way.
    #[test]
    fn httparse_agrees(input in prop_oneof![response().prop_map(String::into_bytes), spoilt()]) {
        let mut client = asking_with("GET", &[("upgrade", "x")]);
        client.receive(&input);
        if let Answer::Response(head) | Answer::Informational(head) = client.next_event() {
            let mut fields = [httparse::EMPTY_HEADER; 128];
            let mut other = httparse::Response::new(&mut fields);
            prop_assert!(other.parse(&input).unwrap().is_complete());
            prop_assert_eq!(other.code.unwrap(), head.status.as_u16());
            prop_assert_eq!(other.version.unwrap() == 1, head.version == http::Version::HTTP_11);
            if head.reason.is_ascii() {
                // It gives up a reason with bytes from 0x80 on.
                prop_assert_eq!(other.reason.unwrap().as_bytes(), &head.reason);
            }
            let mut map = HeaderMap::new();
            for field in other.headers.iter() {
                let name = HeaderName::from_bytes(field.name.as_bytes()).unwrap();
                map.append(name, HeaderValue::from_bytes(field.value).unwrap());
            }
            prop_assert_eq!(map, head.fields.to_map());
        }
    }
}
