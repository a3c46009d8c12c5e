use super::*;

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

fn done() -> String {
    ok("Content-Length: 0\r\n", "")
}

#[test]
fn before_the_final_response() {
    check(&[
        (HINTS.to_owned() + &done(), "(103) 200 +"),
        (CONTINUE.to_owned() + HINTS + &done(), "(100) (103) 200 +"),
        ("HTTP/1.1 199\r\n\r\n".to_owned() + &done(), "(199) 200 +"),
        (HINTS.to_owned(), "(103)"),
        (
            "HTTP/1.1 100 x\r\nContent-Length: 0\r\n\r\n".to_owned() + &done(),
            "(100) 200 +",
        ),
        ("HTTP/1.0 100 x\r\n\r\n".to_owned() + &done(), "(100) 200"),
        (
            "HTTP/1.1 103 x\r\nConnection: close\r\n\r\n".to_owned() + &done(),
            "(103) 200",
        ),
    ]);
    for framed in ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
        check(&[(
            format!("HTTP/1.1 103 x\r\n{framed}\r\n{}", done()),
            "<informational response with a body>",
        )]);
    }
    // To HEAD and CONNECT, too.
    check_for(
        "HEAD",
        &[(HINTS.to_owned() + &ok("Content-Length: 9\r\n", ""), "(103) 200 +")],
    );
    check_for("CONNECT", &[(HINTS.to_owned() + &ok("", "early"), "(103) 200")]);
    let mut client = asking("GET");
    client.receive(HINTS.as_bytes());
    let Answer::Informational(head) = client.next_event() else {
        panic!()
    };
    assert_eq!(head.fields.get("link"), Some(&b"</a>"[..]));
    assert_eq!((head.length, head.keep_alive), (Length::Empty, true));
}

#[test]
fn ten_are_the_most() {
    check(&[
        (
            HINTS.repeat(10) + &done(),
            format!("{} 200 +", ["(103)"; 10].join(" ")).as_str(),
        ),
        (
            HINTS.repeat(11) + &done(),
            format!("{} <too many informational responses>", ["(103)"; 10].join(" ")).as_str(),
        ),
    ]);
    let mut client = asking("GET");
    client.receive(HINTS.repeat(11).as_bytes());
    let mut seen = Vec::new();
    collect(&mut client, &mut seen);
    assert_eq!(
        seen[10..],
        [Answer::Refused(Fault::TooManyInformational), Answer::Closed]
    );
    // Each request has its own ten.
    let mut client = asking("GET");
    for _ in 0..3 {
        client.receive((HINTS.repeat(10) + &done()).as_bytes());
        collect(&mut client, &mut Vec::new());
        ask(&mut client, "GET", &[]);
    }
}

fn expecting(body: BodySize) -> Client {
    let mut client = Client::new(Limits::default());
    let headers = with_host(&[("expect", "100-Continue")]);
    client.send_request(&Method::POST, "/", &headers, body).unwrap();
    client
}

#[test]
fn awaiting_continue() {
    for body in [BodySize::Known(2), BodySize::Unknown] {
        let mut client = expecting(body);
        assert!(sent(&mut client).contains("\r\nexpect: 100-Continue\r\n"));
        assert!(client.awaits_continue());
        drive(&mut client, [HINTS.as_bytes()], false);
        assert!(client.awaits_continue(), "103 says nothing about the body");
        drive(&mut client, [CONTINUE.as_bytes()], false);
        assert!(!client.awaits_continue());
        client.send_data(bytes("hi")).unwrap();
        client.finish(None).unwrap();
        drive(&mut client, [done().as_bytes()], false);
        assert!(client.is_reusable());
    }
    // A final response, a body that does not wait, a request without one, a peer that is gone.
    let mut client = expecting(BodySize::Known(2));
    assert_eq!(brief(&drive(&mut client, [done().as_bytes()], false)), "200");
    assert!(!client.awaits_continue() && !client.request_finished() && !client.is_reusable());
    let mut client = expecting(BodySize::Known(2));
    client.send_data(Bytes::new()).unwrap();
    assert!(client.awaits_continue());
    client.send_data(bytes("h")).unwrap();
    assert!(!client.awaits_continue());
    for nothing in [BodySize::Empty, BodySize::Known(0)] {
        let mut client = expecting(nothing);
        assert!(!client.awaits_continue());
        assert!(!sent(&mut client).contains("expect"));
    }
    let mut client = expecting(BodySize::Known(2));
    drive(&mut client, [b"x\r\n".as_slice()], false);
    assert!(!client.awaits_continue());
    assert!(!asking("POST").awaits_continue());
}

#[test]
fn leaving_http() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    let upgrading = || asking_with("GET", &[("upgrade", "x")]);
    let input = HINTS.to_owned() + switch + "early";
    assert_eq!(seen(upgrading, input.as_bytes(), false), "(103) 101");
    let mut client = upgrading();
    drive(&mut client, [input.as_bytes()], false);
    client.receive(b" bird");
    assert!(!client.is_reusable() && !client.wants_read());
    assert_eq!(client.next_event(), Answer::NeedMore);
    assert_eq!(
        client.send_request(&Method::GET, "/", &with_host(&[]), BodySize::Empty),
        Err(EncodeError::Order)
    );
    let (rest, output) = client.into_parts();
    assert_eq!(rest, "early bird");
    assert!(output.is_empty());

    // Declined, not asked for, with a body.
    let declined = ok("Content-Length: 2\r\n", "no");
    assert_eq!(seen(upgrading, declined.as_bytes(), false), "200 [no] end +");
    check(&[(switch, "<101 without an upgrade asked for>")]);
    assert_eq!(
        seen(
            upgrading,
            switch
                .replace("Upgrade", "Content-Length: 1\r\nUpgrade")
                .as_bytes(),
            false
        ),
        "<informational response with a body> closed"
    );
}

/// What is left of a body would be read as the new protocol.
#[test]
fn no_switch_within_a_request() {
    let switch = b"HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n";
    for (size, data, expected) in [
        (
            BodySize::Known(2),
            "h",
            "<101 before the end of the request> closed",
        ),
        (
            BodySize::Unknown,
            "hi",
            "<101 before the end of the request> closed",
        ),
        (BodySize::Known(2), "hi", "101"),
        (BodySize::Empty, "", "101"),
    ] {
        let mut client = Client::new(Limits::default());
        let headers = with_host(&[("upgrade", "x")]);
        client.send_request(&Method::POST, "/", &headers, size).unwrap();
        client.send_data(bytes(data)).unwrap();
        assert_eq!(brief(&drive(&mut client, [switch.as_slice()], false)), expected);
    }
}
