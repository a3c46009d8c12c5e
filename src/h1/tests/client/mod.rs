//! Tests of the client role. The tables are the acceptance cases: raw bytes of a server, and what must be seen.

mod both;
mod calls;
mod connection;
mod heads;
mod informational;
mod lengths;
mod linear;
mod requests;
mod split;

use super::*;
use http::Method;

/// A client that has sent this request, whose body is empty, with these fields besides `Host`.
fn asking_with(method: &str, fields: &[(&str, &str)]) -> Client {
    let mut client = Client::new(Limits::default());
    ask(&mut client, method, fields);
    client
}

/// A client that has sent this request without a body.
fn asking(method: &str) -> Client {
    asking_with(method, &[])
}

/// Sends one request without a body, as if all of it had been written.
fn ask(client: &mut Client, method: &str, fields: &[(&str, &str)]) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let target = if method == Method::CONNECT { "a:1" } else { "/" };
    client
        .send_request(&method, target, &with_host(fields), BodySize::Empty)
        .unwrap();
    client.finish(None).unwrap();
    sent(client);
}

/// These fields and `Host: a`.
fn with_host(fields: &[(&str, &str)]) -> HeaderMap {
    map(&[&[("host", "a")], fields].concat())
}

/// All that waits to be written, which is taken.
fn sent(client: &mut Client) -> String {
    let output = client.output();
    let length = output.len();
    let bytes = output.copy_to_bytes(length);
    assert!(output.is_empty());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything that comes out of `client` for `pieces` followed, if `eof`, by the end; neighbouring data is merged.
fn drive<'a>(client: &mut Client, pieces: impl IntoIterator<Item = &'a [u8]>, eof: bool) -> Vec<Answer> {
    let mut seen = Vec::new();
    for piece in pieces {
        client.receive(piece);
        collect(client, &mut seen);
    }
    if eof {
        client.receive_eof();
        collect(client, &mut seen);
    }
    seen
}

/// Takes answers until nothing more comes.
fn collect(client: &mut Client, seen: &mut Vec<Answer>) {
    loop {
        let answer = client.next_event();
        match &answer {
            Answer::NeedMore => return,
            Answer::Closed => {
                if seen.last() != Some(&Answer::Closed) {
                    seen.push(answer);
                }
                assert_eq!(client.buffered(), 0, "a closed connection keeps nothing");
                return;
            }
            Answer::Data(data) => {
                assert!(!data.is_empty(), "data is never empty");
                if let Some(Answer::Data(last)) = seen.last_mut() {
                    *last = [&last[..], &data[..]].concat().into();
                    continue;
                }
            }
            _ => {}
        }
        seen.push(answer);
    }
}

/// Answers in short: `200` for a final head, `(103)` for an informational one, `[data]`, `end` or `end{name: value}`,
/// `<why>` for a refusal, `cut`, `closed`.
fn brief(answers: &[Answer]) -> String {
    let words: Vec<String> = answers
        .iter()
        .map(|answer| match answer {
            Answer::NeedMore => "more".into(),
            Answer::Informational(head) => format!("({})", head.status.as_u16()),
            Answer::Response(head) => head.status.as_u16().to_string(),
            Answer::Data(data) => format!("[{}]", data.escape_ascii()),
            Answer::End(None) => "end".into(),
            Answer::End(Some(map)) => {
                let fields: Vec<String> = map
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", value.as_bytes().escape_ascii()))
                    .collect();
                format!("end{{{}}}", fields.join(", "))
            }
            Answer::Refused(fault) => format!("<{fault}>"),
            Answer::CutOff => "cut".into(),
            Answer::Closed => "closed".into(),
        })
        .collect();
    words.join(" ")
}

/// What is seen for `input`, which must be the same whole and byte by byte, and `+` if another request may follow.
fn seen(client: impl Fn() -> Client, input: &[u8], eof: bool) -> String {
    let run = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut client = client();
        let words = brief(&drive(&mut client, pieces, eof));
        words + if client.is_reusable() { " +" } else { "" }
    };
    let whole = run(&mut std::iter::once(input));
    let bytewise = run(&mut input.chunks(1));
    assert_eq!(
        whole,
        bytewise,
        "split changes {:?}",
        input.escape_ascii().to_string()
    );
    whole
}

/// Checks a table of what a server sends to a request with this method. ` closed` at the end may be left out.
fn check_for<T: AsRef<[u8]>>(method: &str, table: &[(T, &str)]) {
    for (input, expected) in table {
        let input = input.as_ref();
        let seen = seen(|| asking(method), input, false);
        let seen = seen
            .strip_suffix(" closed")
            .filter(|_| !expected.ends_with("closed"))
            .unwrap_or(&seen);
        assert_eq!(seen, *expected, "to {method}: {}", input.escape_ascii());
    }
}

/// Checks a table of what a server sends to a GET.
fn check<T: AsRef<[u8]>>(table: &[(T, &str)]) {
    check_for("GET", table);
}

/// A 200 with these lines, and what follows the head.
fn ok(fields: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n{body}")
}

/// A chunked 200.
fn chunked(body: &str) -> String {
    ok("Transfer-Encoding: chunked\r\n", body)
}

/// The head of the final response that is all of `input`.
fn head_of(mut client: Client, input: impl AsRef<[u8]>) -> ResponseHead {
    client.receive(input.as_ref());
    match client.next_event() {
        Answer::Response(head) => head,
        other => panic!("{other:?} for {}", input.as_ref().escape_ascii()),
    }
}
