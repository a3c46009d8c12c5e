//! Certificates: whose, until when, by whom.

use waterspout::ClientErrorKind::{Certificate, Tls};
use waterspout_client::HttpEngine;

use crate::fetch::{Names, builder, chain, client, client_over, failure, text};
use crate::identity::{Identity, root_pem};
use crate::server::Server;

fn server(identity: Identity) -> Server {
    Server::start(Some(identity), |connection| {
        let name = connection.server_name();
        connection.serve(|_| format!("{name:?}"));
    })
}

#[test]
fn a_certificate_that_is_not_valid() {
    for (identity, host, why) in [
        (Identity::Expired, "a.test", "Expired"),
        (Identity::SelfSigned, "a.test", "UnknownIssuer"),
        (Identity::Stranger, "a.test", "UnknownIssuer"),
        (Identity::OnlyA, "b.test", "NotValidForName"),
        (Identity::OnlyA, "127.0.0.1", "NotValidForName"),
    ] {
        let server = server(identity);
        let error = failure(&client(), server.url_of(host, "/secret"));
        assert_eq!(error.kind(), Certificate, "{identity:?}");
        assert!(chain(&error).contains(why), "{identity:?}: {}", chain(&error));
        assert!(
            error.to_string().contains(&server.url_of(host, "/secret")),
            "{error}"
        );
        assert_eq!(server.requests(), [], "{identity:?}: it was sent");
    }
}

/// Same address, same port, another name: what was found of the first says nothing about the second.
#[test]
fn each_name_is_checked() {
    let server = server(Identity::OnlyA);
    let client = client();
    assert_eq!(text(&client, server.url("/")), "Some(\"a.test\")");
    assert_eq!(failure(&client, server.url_of("b.test", "/")).kind(), Certificate);
    assert_eq!(text(&client, server.url("/")), "Some(\"a.test\")");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_name_goes_into_the_greeting() {
    let server = server(Identity::Good);
    let client = client();
    assert_eq!(text(&client, server.url_of("b.test", "/")), "Some(\"b.test\")");
    // RFC 6066 section 3: an address is no name.
    assert_eq!(text(&client, server.url_of("127.0.0.1", "/")), "None");
}

#[test]
fn roots_are_taken_as_text_as_well() {
    let engine = HttpEngine::builder()
        .root_certificate(root_pem().as_bytes())
        .native_roots(false)
        .proxy_from_env(false)
        .resolver(Names::default());
    let server = server(Identity::Good);
    assert_eq!(text(&client_over(engine), server.url("/")), "Some(\"a.test\")");
}

#[test]
fn without_roots_nothing_is_valid() {
    let engine = HttpEngine::builder()
        .native_roots(false)
        .proxy_from_env(false)
        .resolver(Names::default());
    let server = server(Identity::Good);
    assert_eq!(failure(&client_over(engine), server.url("/")).kind(), Tls);
    assert_eq!(server.requests(), []);
}

#[test]
fn a_root_that_is_none() {
    assert!(builder().root_certificate(b"no certificate").build().is_err());
}
