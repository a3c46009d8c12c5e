//! What is found does not depend on how the bytes were split.

use proptest::prelude::*;

use super::*;

/// Small enough that generated input reaches them.
pub(super) fn tight() -> Limits {
    Limits {
        request_line: 40,
        head: 160,
        fields: 6,
        chunk_line: 24,
        trailers: 40,
    }
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z-]{1,8}: ?[ -~\t]{0,12}\r\n",
        prop::sample::select(vec![
            "Connection: keep-alive\r\n",
            "Connection: close\r\n",
            "Expect: 100-continue\r\n",
            "Expect: x\r\n",
            "Upgrade: websocket\r\nConnection: upgrade\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Length: 3\r\n",
        ])
        .prop_map(str::to_owned),
    ]
}

pub(super) fn chunk() -> impl Strategy<Value = String> {
    let extension = prop::sample::select(vec!["", ";a", ";a=b", " ; a = \"q \\\" q\"", ";a;b=c"]);
    ("[ -~]{1,20}", extension)
        .prop_map(|(data, extension)| format!("{:x}{extension}\r\n{data}\r\n", data.len()))
}

/// A request that is valid but for a few of the fields.
fn request() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "GET / HTTP/1.1",
        "POST /a/b?c=d HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET http://a:80/x HTTP/1.1",
        "HEAD / HTTP/1.0",
        "\r\nPUT /x HTTP/1.1",
    ]);
    let fields = prop::collection::vec(field(), 0..3).prop_map(|fields| fields.concat());
    let body = prop_oneof![
        Just("\r\n".to_owned()),
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
    (line, fields, body).prop_map(|(line, fields, body)| format!("{line}\r\nHost: a\r\n{fields}{body}"))
}

fn pipelined() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(request(), 1..4).prop_map(|requests| requests.concat().into_bytes())
}

/// A byte from those that matter to the grammar.
pub(super) fn sharp() -> impl Strategy<Value = u8> {
    prop::sample::select(b"\r\n\r\n \t\0\xff0123456789af;:,=\"\\/*#x.GHT%[]".to_vec())
}

#[derive(Debug, Clone)]
pub(super) enum Mutation {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Delete(prop::sample::Index),
}

pub(super) fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        (index(), sharp()).prop_map(|(at, byte)| Mutation::Flip(at, byte)),
        (index(), sharp()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        index().prop_map(Mutation::Delete),
    ]
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    (pipelined(), prop::collection::vec(mutation(), 1..4))
        .prop_map(|(input, mutations)| spoil(input, mutations))
}

pub(super) fn spoil(mut input: Vec<u8>, mutations: Vec<Mutation>) -> Vec<u8> {
    for mutation in mutations {
        match mutation {
            _ if input.is_empty() => {}
            Mutation::Flip(at, byte) => *at.get_mut(&mut input) = byte,
            Mutation::Insert(at, byte) => input.insert(at.index(input.len()), byte),
            Mutation::Delete(at) => drop(input.remove(at.index(input.len()))),
        }
    }
    input
}

/// Splits `input` at these points, in any order.
pub(super) fn pieces<'a>(input: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
    cuts.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for cut in cuts.into_iter().chain([input.len()]) {
        pieces.push(&input[from..cut]);
        from = cut;
    }
    pieces
}

fn same_for_all_splits(input: &[u8], cuts: &[prop::sample::Index]) -> Result<(), TestCaseError> {
    for limits in [Limits::default(), tight()] {
        let whole = drive(limits, [input], true);
        prop_assert_eq!(&whole, &drive(limits, input.chunks(1), true));
        prop_assert_eq!(&whole, &drive(limits, pieces(input, cuts), true));
    }
    Ok(())
}

pub(super) fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn of_valid_requests(input in pipelined(), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
    }

    #[test]
    fn of_spoilt_requests(input in mutated(), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
    }

    #[test]
    fn of_bytes_that_matter(input in prop::collection::vec(sharp(), 0..80), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
        let body = [chunked("").as_bytes(), &input].concat();
        same_for_all_splits(&body, &cuts)?;
        let head = [b"GET / HTTP/1.1\r\nHost: a\r\n", &input[..]].concat();
        same_for_all_splits(&head, &cuts)?;
    }

    #[test]
    fn of_any_bytes(input in prop::collection::vec(any::<u8>(), 0..300), cuts in cuts()) {
        same_for_all_splits(&input, &cuts)?;
    }

    /// What we accept a grown parser accepts too, and reads in the same way.
    #[test]
    fn httparse_agrees(input in prop_oneof![pipelined(), mutated()]) {
        let mut server = Server::new(Limits::default());
        server.receive(&input);
        if let Event::Request(head) = server.next_event() {
            let input = input.strip_prefix(b"\r\n").unwrap_or(&input);
            let mut fields = [httparse::EMPTY_HEADER; 128];
            let mut other = httparse::Request::new(&mut fields);
            prop_assert!(other.parse(input).unwrap().is_complete());
            prop_assert_eq!(other.method.unwrap(), head.method.as_str());
            prop_assert_eq!(other.path.unwrap().as_bytes(), &head.target);
            prop_assert_eq!(other.headers.len(), head.fields.len());
            let mut map = HeaderMap::new();
            for field in other.headers.iter() {
                let name = HeaderName::from_bytes(field.name.as_bytes()).unwrap();
                map.append(name, HeaderValue::from_bytes(field.value).unwrap());
            }
            for name in map.keys() {
                prop_assert_eq!(head.fields.get(name.as_str()), map.get(name).map(HeaderValue::as_bytes));
            }
            prop_assert_eq!(map, head.fields.to_map());
        }
    }
}
