//! The contract suite: the same application and the same cases over every carrier.
//!
//! An adapter is done when it implements [`Carry`](carry::Carry) and is green here, bar its written exceptions.
//! [`Lint`](waterspout::testing::Lint) stands outermost in the application and must find nothing but the faults that
//! cases make on purpose.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that fails is a panic")]

#[path = "contract/app/mod.rs"]
mod app;
#[cfg(feature = "http-types")]
#[path = "contract/bridged.rs"]
mod bridged;
#[path = "contract/carry.rs"]
mod carry;
#[path = "contract/cases/mod.rs"]
mod cases;
#[path = "async_h1/exceptions.rs"]
mod exceptions;
#[path = "contract/in_process.rs"]
mod in_process;
#[path = "contract/ledger.rs"]
mod ledger;
#[path = "contract/message.rs"]
mod message;
#[path = "contract/pipe.rs"]
mod pipe;
#[path = "contract/tcp.rs"]
mod tcp;
#[path = "contract/wire.rs"]
mod wire;

use std::collections::BTreeSet;

use waterspout::testing::Lint;
use waterspout_tcp::{Engine, Runtime};

#[test]
fn in_process() {
    cases::run(|app| Box::new(in_process::InProcess::new(app, "")));
}

#[test]
fn in_process_below_a_mount() {
    cases::run(|app| Box::new(in_process::InProcess::new(app, "/app")));
}

/// What a gateway without any ability is: nothing streams, nothing upgrades.
#[test]
fn in_process_without_abilities() {
    cases::run(|app| Box::new(in_process::InProcess::new(app, "").without_abilities()));
}

/// Through http-types and back: an endpoint of http-types, mounted in an application of ours, whose server this one is.
#[cfg(feature = "http-types")]
#[test]
fn through_http_types() {
    cases::run(|app| Box::new(bridged::Bridged::new(app)));
}

#[test]
fn tcp_async_std() {
    cases::run(|app| Box::new(tcp::Tcp::start(app, Runtime::AsyncStd, Engine::H1)));
}

#[test]
fn tcp_smol() {
    cases::run(|app| Box::new(tcp::Tcp::start(app, Runtime::Smol, Engine::H1)));
}

#[test]
fn tcp_tokio() {
    cases::run(|app| Box::new(tcp::Tcp::start(app, Runtime::Tokio, Engine::H1)));
}

#[test]
fn async_h1_on_async_std() {
    cases::run(|app| Box::new(tcp::Tcp::start(app, Runtime::AsyncStd, Engine::AsyncH1)));
}

#[test]
fn async_h1_on_tokio() {
    cases::run(|app| Box::new(tcp::Tcp::start(app, Runtime::Tokio, Engine::AsyncH1)));
}

/// docs/SPEC.md names in brackets each rule that the lint checks, and no other.
#[test]
fn the_spec_names_every_rule() {
    let spec = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SPEC.md"));
    let named: BTreeSet<_> = spec
        .split('[')
        .filter_map(|part| part.split_once(']'))
        .flat_map(|(inside, _)| inside.split(','))
        .filter_map(|code| code.trim().strip_prefix('`')?.strip_suffix('`'))
        .collect();
    let checked: BTreeSet<_> = Lint::rules().iter().map(|rule| rule.code).collect();
    assert_eq!(named, checked);
}
