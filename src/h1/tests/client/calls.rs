//! No order of calls can panic, write what no server reads, or keep bytes once all is over.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Call {
    Receive(&'static str),
    End,
    Next,
    Ask(&'static str, BodySize, Option<(&'static str, &'static str)>),
    Data(usize),
    Finish,
}

fn call() -> impl Strategy<Value = Call> {
    let input = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 101 x\r\n\r\n",
        "HTTP/1.0 204\r\n\r\n",
        "abc",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "\r\n",
        "\0",
        "",
    ]);
    let method = prop::sample::select(vec!["GET", "HEAD", "POST", "CONNECT"]);
    let size = prop_oneof![
        Just(BodySize::Empty),
        Just(BodySize::Unknown),
        (0..9u64).prop_map(BodySize::Known)
    ];
    let field = prop::sample::select(vec![
        None,
        Some(("expect", "100-continue")),
        Some(("upgrade", "x")),
        Some(("connection", "close")),
        Some(("content-length", "3")),
    ]);
    prop_oneof![
        4 => input.prop_map(Call::Receive),
        1 => Just(Call::End),
        6 => Just(Call::Next),
        4 => (method, size, field).prop_map(|(method, size, field)| Call::Ask(method, size, field)),
        3 => (0..9usize).prop_map(Call::Data),
        4 => Just(Call::Finish),
    ]
}

proptest! {
    #[test]
    fn in_any_order(calls in prop::collection::vec(call(), 0..60)) {
        let mut client = Client::new(Limits::default());
        let mut asked = 0;
        for call in calls {
            let before = client.output().len();
            let result = match call {
                Call::Receive(input) => {
                    client.receive(input.as_bytes());
                    Ok(())
                }
                Call::End => {
                    client.receive_eof();
                    Ok(())
                }
                Call::Next => {
                    if client.next_event() == Answer::Closed {
                        prop_assert_eq!(client.buffered(), 0);
                        prop_assert!(!client.is_reusable() && !client.wants_read());
                    }
                    Ok(())
                }
                Call::Ask(method, size, field) => {
                    let reusable = client.is_reusable();
                    let method = Method::from_bytes(method.as_bytes()).unwrap();
                    let target = if method == Method::CONNECT { "a:1" } else { "/" };
                    let fields: Vec<_> = field.into_iter().collect();
                    let result = client.send_request(&method, target, &with_host(&fields), size);
                    prop_assert_eq!(result == Err(EncodeError::Order), !reusable);
                    asked += usize::from(result.is_ok());
                    result
                }
                Call::Data(length) => client.send_data(vec![b'x'; length].into()),
                Call::Finish => client.finish(None),
            };
            if result.is_err() {
                prop_assert_eq!(client.output().len(), before, "an error writes nothing");
            }
            prop_assert!(!client.is_reusable() || (client.request_finished() && !client.awaits_continue()));
        }
        // A server finds as many requests as were asked, and no fault in them.
        let mut server = Server::new(Limits::default());
        let length = client.output().len();
        server.receive(&client.output().copy_to_bytes(length));
        let mut found = 0;
        loop {
            match server.next_event() {
                Event::Request(_) => {
                    found += 1;
                    server.send_response(StatusCode::NOT_FOUND, None, &HeaderMap::new(), BodySize::Empty, &date()).unwrap();
                    server.finish(None).unwrap();
                }
                Event::NeedMore | Event::Closed => break,
                Event::Data(_) | Event::End(_) => {}
                other => panic!("{other:?}"),
            }
        }
        prop_assert_eq!(found, asked);
    }
}
