//! One server, one client: that it works at all. The many ways in which servers misbehave stand in `tests/servers`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;

use bytes::Bytes;
use futures_lite::{future::block_on, stream};
use waterspout::{Body, ClientErrorKind, FetchRequest};

use super::*;

/// What a server got, a text for each connection.
type Seen = Arc<Mutex<Vec<String>>>;

/// Reads a request with its body, as far as its fields tell; `None` at the end.
fn read_request(io: &mut TcpStream, seen: &Seen, connection: usize) -> Option<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    let complete = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let head = head.to_ascii_lowercase();
        let length = head.split_once("content-length: ");
        let length = length.map_or(0, |(_, rest)| {
            rest.lines().next().map_or(0, |n| n.parse().unwrap_or(0))
        });
        let chunked = head.contains("transfer-encoding: chunked");
        (body.len() >= length && (!chunked || body.ends_with("0\r\n\r\n"))).then_some(())
    };
    while complete(&text).is_none() {
        let len = io.read(&mut buffer).ok().filter(|len| *len > 0)?;
        text.push_str(&String::from_utf8_lossy(&buffer[..len]));
    }
    let mut seen = seen.lock().expect("the list");
    if seen.len() <= connection {
        seen.resize(connection + 1, String::new());
    }
    seen[connection].push_str(&text);
    Some(text)
}

/// Answers the requests of each connection with these texts, then closes it; the last connection's serve for all further.
fn server(answers: &'static [&'static [&'static str]]) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Seen::default();
    let shared = seen.clone();
    thread::spawn(move || {
        for (connection, io) in listener.incoming().enumerate() {
            let Ok(mut io) = io else { return };
            let answers = answers.get(connection).or(answers.last()).expect("answers");
            let shared = shared.clone();
            thread::spawn(move || {
                for answer in *answers {
                    if read_request(&mut io, &shared, connection).is_none() {
                        return;
                    }
                    io.write_all(answer.as_bytes()).expect("the client reads");
                }
            });
        }
    });
    (address, seen)
}

fn client() -> AsyncHttpClient {
    let engine = HttpEngine::builder().proxy_from_env(false).build();
    AsyncHttpClient::new(engine.expect("the defaults are good"))
}

const HI: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n";

fn connections(seen: &Seen) -> Vec<usize> {
    let seen = seen.lock().expect("the list");
    seen.iter()
        .map(|text| text.matches(" HTTP/1.1\r\n").count())
        .collect()
}

#[test]
fn a_connection_serves_again() {
    let (address, seen) = server(&[&[HI, CHUNKED, HI]]);
    let client = client();
    for text in ["hi", "hi!", "hi"] {
        let response = block_on(client.fetch(format!("http://{address}/a?b"))).expect("a response");
        assert_eq!(response.text().expect("text"), text);
        assert_eq!(*response.remote(), address.into());
    }
    assert_eq!(connections(&seen), [3]);
    assert!(seen.lock().expect("the list")[0].starts_with("GET /a?b HTTP/1.1\r\nhost: 127.0.0.1:"));
}

#[test]
fn what_was_closed_meanwhile_is_tried_once_more() {
    // The second request meets the end of the first connection, or has seen it coming.
    let (address, seen) = server(&[&[HI], &[HI]]);
    let client = client();
    for _ in 0..2 {
        let response = block_on(client.fetch(format!("http://{address}/")));
        assert_eq!(response.expect("a response").text().expect("text"), "hi");
    }
    assert_eq!(connections(&seen), [1, 1]);
}

#[test]
fn an_answer_dropped_unread_is_nobody_elses() {
    let (address, seen) = server(&[&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], &[HI]]);
    let client = client();
    drop(block_on(client.stream(format!("http://{address}/"))).expect("a head"));
    let response = block_on(client.fetch(format!("http://{address}/")));
    assert_eq!(response.expect("a response").text().expect("text"), "hi");
    assert_eq!(connections(&seen), [1, 1]);
}

#[test]
fn bodies_go_out_as_bytes_and_as_streams() {
    let (address, seen) = server(&[&[HI, HI]]);
    let client = client();
    let url = format!("http://{address}/");
    block_on(client.fetch(FetchRequest::post(&url).body("abc"))).expect("a response");
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from("de")), Ok(Bytes::from("f"))]);
    let request = FetchRequest::put(&url).body(Body::from_stream(pieces));
    block_on(client.fetch(request)).expect("a response");
    let seen = seen.lock().expect("the list")[0].clone();
    assert!(
        seen.contains("content-length: 3\r\n") && seen.contains("\r\n\r\nabcPUT"),
        "{seen}"
    );
    assert!(seen.ends_with("\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"), "{seen}");
}

#[test]
fn a_body_that_fails_is_told_and_nothing_more_is_sent() {
    let (address, _) = server(&[&[HI]]);
    let pieces = stream::iter([Ok(Bytes::from("de")), Err("broken")]);
    let request = FetchRequest::post(format!("http://{address}/")).body(Body::from_stream(pieces));
    let error = block_on(client().fetch(request)).expect_err("the body failed");
    assert_eq!(error.kind(), ClientErrorKind::RequestBody);
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = block_on(client().fetch(format!("http://{address}/"))).expect_err("refused");
    assert_eq!(error.kind(), ClientErrorKind::Connect);
    let source = std::error::Error::source(&error)
        .expect("the system's word")
        .to_string();
    assert!(source.contains(&address.to_string()), "{source}");
}

#[test]
fn a_proxy_that_refuses_is_told_with_its_status() {
    let (address, seen) = server(&[&["HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"]]);
    let proxy = format!("http://u:p@{address}");
    let engine = HttpEngine::builder().proxy(&proxy).build().expect("an engine");
    let fetch = AsyncHttpClient::new(engine).fetch("https://a.test/secret");
    let error = block_on(fetch).expect_err("no tunnel");
    assert_eq!(error.kind(), ClientErrorKind::Proxy);
    let source = std::error::Error::source(&error).expect("a source").to_string();
    assert!(source.contains("407"), "{source}");
    let seen = seen.lock().expect("the list")[0].clone();
    assert!(
        seen.starts_with("CONNECT a.test:443 HTTP/1.1\r\nhost: a.test:443\r\n"),
        "{seen}"
    );
    assert!(
        seen.contains("proxy-authorization: Basic dTpw\r\n") && !seen.contains("secret"),
        "{seen}"
    );
}

#[test]
fn a_second_for_100_continue() {
    let (address, seen) = server(&[&[HI]]);
    let request = FetchRequest::post(format!("http://{address}/"))
        .body("late")
        .expect_100_continue(true);
    // This server reads all of the request first: it never says 100.
    block_on(client().fetch(request)).expect("a response");
    assert!(seen.lock().expect("the list")[0].ends_with("\r\n\r\nlate"));
}

#[test]
fn the_process_has_one_engine() {
    let proxied = |(name, _): (std::ffi::OsString, _)| {
        let name = name.to_string_lossy().to_ascii_lowercase();
        name == "http_proxy" || name == "all_proxy"
    };
    if std::env::vars_os().any(proxied) {
        return; // it would not come to our server
    }
    let (address, seen) = server(&[&[HI, HI]]);
    for _ in 0..2 {
        block_on(crate::client().fetch(format!("http://{address}/"))).expect("a response");
    }
    assert_eq!(connections(&seen), [2]);
}
