//! permessage-deflate, part by part.

mod examples;

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

/// Takeover both ways, the largest windows, and no threshold.
fn generous() -> Compression {
    Compression {
        threshold: 0,
        server_context_takeover: true,
        client_context_takeover: true,
        ..Compression::default()
    }
}

fn inflater(settings: &Compression) -> Inflater {
    Inflater::new(&agree(settings, settings), Role::Server)
}

fn inflate(inflater: &mut Inflater, payload: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    inflater.inflate(payload, true, &mut out, 1 << 20)?;
    Ok(out)
}
