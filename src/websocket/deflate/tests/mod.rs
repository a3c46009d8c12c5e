//! permessage-deflate, part by part.

mod bounds;
mod client;
mod distance;
mod examples;
mod extension;
mod idle;
mod roundtrip;
mod server;
mod shared;

use http::HeaderValue;

use super::*;
use crate::websocket::{Compression, Role};

/// What both ends make of an offer between these settings.
fn agree(server: &Compression, client: &Compression) -> Agreed {
    let offer = offer_client(client);
    let (agreed, response) = negotiate_server([&offer], server).expect("an offer of ours is acceptable");
    assert_eq!(
        accept_client(client, [&response]),
        Ok(Some(agreed)),
        "{response:?}"
    );
    agreed
}

/// Neither end keeps anything between two messages.
fn frugal() -> Compression {
    Compression {
        client_context_takeover: false,
        ..Compression::default()
    }
}

/// Takeover both ways, the largest windows, and no threshold.
fn generous() -> Compression {
    Compression {
        threshold: 0,
        server_context_takeover: true,
        client_context_takeover: true,
        ..frugal()
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).expect("a legal field value")
}

fn inflater(settings: &Compression) -> Inflater {
    Inflater::new(&agree(settings, settings), Role::Server)
}

fn deflater(settings: &Compression) -> Deflater {
    Deflater::new(&agree(settings, settings), Role::Client, settings)
}

fn inflate(inflater: &mut Inflater, payload: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    inflater.inflate(payload, true, &mut out, 1 << 20)?;
    Ok(out)
}

/// Text that compresses well and repeats itself at all distances, without randomness of its own.
fn text(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut words = Vec::new();
    while words.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        words.extend_from_slice(format!("{} ", (state >> 16) % 700).as_bytes());
    }
    words.truncate(len);
    words
}
