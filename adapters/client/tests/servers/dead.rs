//! Hosts that are not there, not awake, or not what was expected.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use waterspout::{ClientErrorKind, FetchRequest};

use crate::fetch::{Names, builder, chain, client, client_over, failure, kind};
use crate::identity::Identity;
use crate::server::Server;

const SOON: Duration = Duration::from_millis(300);

/// An address where nobody listens.
pub(crate) fn refusing() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it is bound")
}

/// An address that does not answer: its queue is full, so the kernel passes over whoever comes.
pub(crate) struct Hanging {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Hanging {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        rustix::net::listen(&listener, 0).expect("a shorter queue");
        let address = listener.local_addr().expect("it is bound");
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            queue.push(stream);
            assert!(queue.len() < 100, "the queue has no end");
        }
        Self {
            address,
            _listener: listener,
            _queue: queue,
        }
    }
}

#[test]
fn nobody_listens() {
    let url = format!("http://a.test:{}/path", refusing().port());
    let error = failure(&client(), &url);
    assert_eq!(error.kind(), ClientErrorKind::Connect);
    assert!(error.to_string().contains(&url), "{error}");
    assert!(chain(&error).contains("refused"), "{}", chain(&error));
}

#[test]
fn nobody_answers() {
    let host = Hanging::new();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://a.test:{}/", host.address.port());
        let error = failure(&client(), FetchRequest::get(&url).connect_timeout(SOON));
        assert_eq!(error.kind(), ClientErrorKind::ConnectTimeout);
        assert!(error.to_string().contains(&url), "{error}");
        assert_eq!(error.status(), 504);
        // The time of the whole counts as well.
        let hurried = FetchRequest::get(&url).request_timeout(SOON);
        assert_eq!(kind(&client(), hurried), ClientErrorKind::Timeout);
    }
}

/// An address of the documentation's (RFC 5737): where it leads to is the machine's business, nowhere at any rate.
#[test]
fn nobody_is_there() {
    let kind = kind(
        &client(),
        FetchRequest::get("http://192.0.2.1/").connect_timeout(SOON),
    );
    assert!(
        matches!(kind, ClientErrorKind::Connect | ClientErrorKind::ConnectTimeout),
        "{kind:?}"
    );
}

#[test]
fn no_such_name() {
    let error = failure(&client(), "http://nowhere.test/");
    assert_eq!(error.kind(), ClientErrorKind::Dns);
    assert!(chain(&error).contains("no such name here"), "{}", chain(&error));
}

#[test]
fn a_name_without_an_address() {
    let client = client_over(builder().resolver(Names::default().with("void.test", &[])));
    assert_eq!(kind(&client, "http://void.test/"), ClientErrorKind::Dns);
}

#[test]
fn the_servers_own_resolver_knows_this_machine() {
    let server = Server::plain(|connection| connection.serve(|_| "hi".into()));
    let engine = waterspout_client::HttpEngine::builder().proxy_from_env(false);
    let client = client_over(engine);
    assert_eq!(crate::fetch::text(&client, server.url_of("localhost", "/")), "hi");
    assert_eq!(crate::fetch::text(&client, server.url_of("127.0.0.1", "/")), "hi");
}

#[test]
fn an_address_of_version_6() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return;
    };
    let server = Server::on(listener, None, |connection| connection.serve(|_| "hi".into()));
    assert_eq!(crate::fetch::text(&client(), server.url_of("[::1]", "/")), "hi");
    let host = format!("[::1]:{}", server.address.port());
    assert_eq!(server.requests()[0].field("host"), Some(host.as_str()));
}

#[test]
fn plain_text_where_tls_is_due() {
    let server = Server::plain(|connection| {
        connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        connection.wait_closed();
    });
    let url = server.url("/").replace("http:", "https:");
    assert_eq!(kind(&client(), &url), ClientErrorKind::Tls);
    assert!(server.sees_closed(1));
}

#[test]
fn tls_where_plain_text_is_due() {
    let server = Server::start(Some(Identity::Good), |connection| {
        connection.serve(|_| "hi".into());
    });
    let kind = kind(&client(), server.url("/").replace("https:", "http:"));
    // The alert, or the end without one; never a response.
    assert!(
        matches!(
            kind,
            ClientErrorKind::Malformed(_)
                | ClientErrorKind::CutOff
                | ClientErrorKind::NoResponse
                | ClientErrorKind::Io
        ),
        "{kind:?}"
    );
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_handshake_that_nobody_answers() {
    let server = Server::plain(|connection| {
        connection.wait_closed();
    });
    let url = server.url("/").replace("http:", "https:");
    let request = FetchRequest::get(url).connect_timeout(SOON);
    assert_eq!(kind(&client(), request), ClientErrorKind::ConnectTimeout);
    assert!(server.sees_closed(1), "its connection is left open");
}

#[test]
fn a_handshake_that_is_cut_off() {
    let server = Server::plain(|connection| {
        let mut piece = [0; 1];
        let _ = connection.read(&mut piece);
    });
    let url = server.url("/").replace("http:", "https:");
    assert_eq!(kind(&client(), url), ClientErrorKind::Tls);
}

/// Closed with the request unread: a reset instead of an end.
#[test]
fn a_reset() {
    let server = Server::plain(|connection| {
        let mut piece = [0; 1];
        let _ = connection.read(&mut piece);
        connection.abandon();
    });
    let kind = kind(&client(), server.url("/"));
    assert!(
        matches!(kind, ClientErrorKind::NoResponse | ClientErrorKind::Io),
        "{kind:?}"
    );
}
