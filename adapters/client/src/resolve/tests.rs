use futures_lite::future::block_on;

use super::*;

fn nowhere(_: &str, _: u16) -> std::future::Ready<io::Result<Vec<SocketAddr>>> {
    std::future::ready(Ok(Vec::new()))
}

fn found(host: &str) -> Vec<String> {
    let host = Host::parse(host).expect("a host");
    let found = block_on(resolve(&nowhere, &host, 80)).unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn addresses_and_this_machine_need_nobody() {
    assert_eq!(found("127.0.0.1"), ["127.0.0.1:80"]);
    assert_eq!(found("[::1]"), ["[::1]:80"]);
    for name in ["localhost", "LocalHost", "localhost.", "a.localhost"] {
        assert_eq!(found(name), ["[::1]:80", "127.0.0.1:80"], "{name}");
    }
}

#[test]
fn all_other_names_are_asked_for() {
    for name in ["notlocalhost", "localhost.example", "example.com"] {
        assert!(found(name).is_empty(), "{name}");
    }
}

#[test]
fn the_system_knows_addresses() {
    let found = block_on(System.resolve("127.0.0.1", 81)).expect("an address is its own");
    assert_eq!(found, [SocketAddr::from(([127, 0, 0, 1], 81))]);
}
