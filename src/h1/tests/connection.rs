//! 1xx responses, and what an unanswered `Expect` does to the connection.

use super::*;

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn expecting(body: &str) -> Server {
    asked(&post("Expect: 100-continue\r\nContent-Length: 2\r\n", body)).0
}

#[test]
fn continue_is_sent_once_and_only_to_who_waits() {
    let mut server = expecting("");
    server.send_continue();
    server.send_continue();
    assert_eq!(written(&mut server), CONTINUE);

    let mut silent = vec![
        expecting("h"),
        asked(&post("Content-Length: 2\r\n", "")).0,
        asked("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").0,
        Server::new(Limits::default()),
    ];
    let mut read = expecting("");
    read.receive(b"h");
    assert_eq!(read.next_event(), Event::Data(bytes("h")));
    silent.push(read);
    let mut started = expecting("");
    started
        .send_response(StatusCode::OK, None, &HeaderMap::new(), BodySize::Empty, &date())
        .unwrap();
    written(&mut started);
    silent.push(started);
    let mut chunk = asked(&post(
        "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
        "1",
    ))
    .0;
    assert_eq!(chunk.next_event(), Event::NeedMore);
    silent.push(chunk);
    for mut server in silent {
        server.send_continue();
        assert!(server.output().is_empty());
    }
}

#[test]
fn a_final_answer_to_who_waits_ends_the_connection() {
    let answer = |server: &mut Server| {
        server
            .send_response(
                StatusCode::FORBIDDEN,
                None,
                &HeaderMap::new(),
                BodySize::Empty,
                &date(),
            )
            .unwrap();
        server.finish(None).unwrap();
        written(server).contains("connection: close")
    };
    assert!(answer(&mut expecting("")));
    assert!(!answer(&mut expecting("hi")), "it did not wait");
    let mut told = expecting("");
    told.send_continue();
    written(&mut told);
    assert!(!answer(&mut told));
}

#[test]
fn informational() {
    let hints = map(&[
        ("link", "</a>"),
        ("content-length", "5"),
        ("connection", "x"),
        ("transfer-encoding", "x"),
    ]);
    let (mut server, _) = asked(&get(""));
    server
        .send_informational(StatusCode::EARLY_HINTS, &hints)
        .unwrap();
    server
        .send_informational(StatusCode::PROCESSING, &HeaderMap::new())
        .unwrap();
    assert_eq!(
        written(&mut server),
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    );
    for status in [StatusCode::OK, StatusCode::SWITCHING_PROTOCOLS] {
        assert_eq!(
            server.send_informational(status, &hints),
            Err(EncodeError::Status)
        );
    }
    let (mut old, _) = asked("GET / HTTP/1.0\r\n\r\n");
    old.send_informational(StatusCode::EARLY_HINTS, &hints).unwrap();
    assert!(old.output().is_empty());

    let mut server = expecting("");
    server
        .send_informational(StatusCode::CONTINUE, &HeaderMap::new())
        .unwrap();
    server.send_continue();
    assert_eq!(written(&mut server), CONTINUE);
}

#[test]
fn dates() {
    use std::time::{Duration, UNIX_EPOCH};
    let text = |time| String::from_utf8(HttpDate::new(time).as_bytes().to_vec()).unwrap();
    assert_eq!(
        text(UNIX_EPOCH + Duration::from_secs(784_111_777)),
        "Sun, 06 Nov 1994 08:49:37 GMT"
    );
    // A clock may be wrong; a panic would be worse than a wrong date.
    assert_eq!(
        text(UNIX_EPOCH - Duration::from_secs(9)),
        "Thu, 01 Jan 1970 00:00:00 GMT"
    );
    assert_eq!(
        text(UNIX_EPOCH + Duration::from_secs(1 << 40)),
        "Fri, 31 Dec 9999 23:59:59 GMT"
    );
}
