//! Several addresses for one name (RFC 8305): the first that answers wins, whatever the others do.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use waterspout::{AsyncHttpClient, ClientErrorKind, FetchRequest};

use crate::dead::{Hanging, refusing};
use crate::fetch::{Names, builder, chain, client_over, failure, kind, text};
use crate::identity::Identity;
use crate::server::{Server, each};

fn client(addresses: &[SocketAddr]) -> AsyncHttpClient {
    client_over(builder().resolver(Names::default().with("a.test", addresses)))
}

fn server(identity: Option<Identity>) -> Server {
    Server::start(identity, |connection| connection.serve(|_| "hi".into()))
}

/// Much less than the operating system would wait for an address that does not answer, and than our own time to connect.
const SOON: Duration = Duration::from_secs(10);

#[test]
fn the_first_is_dead() {
    each(|identity| {
        let server = server(identity);
        let dead = refusing();
        for addresses in [vec![dead, server.address], vec![dead, dead, dead, server.address]] {
            assert_eq!(text(&client(&addresses), server.url("/")), "hi");
        }
        assert_eq!(server.connections(), 2);
    });
}

#[test]
fn the_first_hangs() {
    each(|identity| {
        let server = server(identity);
        let hanging = Hanging::new();
        let begun = Instant::now();
        let addresses = [hanging.address, hanging.address, server.address];
        assert_eq!(text(&client(&addresses), server.url("/")), "hi");
        assert!(begun.elapsed() < SOON, "they were tried one after the other");
        assert_eq!(server.connections(), 1);
    });
}

/// The good one is not waited for by the bad ones behind it.
#[test]
fn the_last_hangs() {
    let server = server(None);
    let hanging = Hanging::new();
    assert_eq!(
        text(&client(&[server.address, hanging.address]), server.url("/")),
        "hi"
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn version_6_is_tried_first() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return;
    };
    let six = Server::on(listener, None, |connection| connection.serve(|_| "six".into()));
    let four = Server::plain(|connection| connection.serve(|_| "four".into()));
    assert_eq!(
        text(&client(&[four.address, six.address]), "http://a.test/"),
        "six"
    );
    let mut dead = refusing();
    dead.set_ip(six.address.ip());
    assert_eq!(text(&client(&[dead, four.address]), "http://a.test/"), "four");
}

#[test]
fn all_are_dead() {
    let (first, second) = (refusing(), refusing());
    let error = failure(&client(&[first, second]), "http://a.test/");
    assert_eq!(error.kind(), ClientErrorKind::Connect);
    for address in [first, second] {
        assert!(chain(&error).contains(&address.to_string()), "{}", chain(&error));
    }
}

#[test]
fn all_hang() {
    let hanging = Hanging::new();
    let request = FetchRequest::get("http://a.test/").connect_timeout(Duration::from_millis(600));
    let client = client(&[hanging.address, hanging.address]);
    assert_eq!(kind(&client, request), ClientErrorKind::ConnectTimeout);
}

/// The certificate counts, not who is quick: a connection with a bad one is not an address to pass over.
#[test]
fn a_bad_certificate_is_no_dead_address() {
    let bad = server(Some(Identity::Stranger));
    let good = server(Some(Identity::Good));
    let client = client(&[bad.address, good.address]);
    assert_eq!(kind(&client, "https://a.test/"), ClientErrorKind::Certificate);
    assert_eq!(good.connections(), 0);
}
