//! Who is at the other end: texts in http-types.

use crate::carrier::{Endpoint, Peer, Scheme};

/// The text of an address; the same that [`parse`] reads.
fn text(endpoint: &Endpoint) -> Option<String> {
    (*endpoint != Endpoint::Unknown).then(|| endpoint.to_string())
}

fn parse(text: Option<&str>) -> Endpoint {
    let Some(text) = text else {
        return Endpoint::Unknown;
    };
    match (text.parse(), text.strip_prefix("unix:")) {
        (Ok(address), _) => Endpoint::Socket(address),
        (_, Some("")) => Endpoint::Unix(None),
        (_, Some(path)) => Endpoint::Unix(Some(path.into())),
        (Err(_), None) => Endpoint::Unknown,
    }
}

/// Tells an http-types request who is at the other end. All of it, TLS included, stands in the extensions.
pub(super) fn tell(request: &mut http_types::Request, peer: &Peer) {
    request.set_peer_addr(text(&peer.remote));
    request.set_local_addr(text(&peer.local));
    request.ext_mut().insert(peer.clone());
}

/// Who is at the other end of an http-types request.
pub(super) fn of(request: &http_types::Request) -> Peer {
    let scheme = match request.url().scheme() {
        "https" => Scheme::Https,
        _ => Scheme::Http,
    };
    let told = request.ext().get::<Peer>().filter(|peer| {
        let same = |endpoint, address: Option<&str>| text(endpoint).as_deref() == address;
        same(&peer.remote, request.peer_addr()) && same(&peer.local, request.local_addr())
    });
    match told {
        Some(peer) => Peer {
            scheme,
            ..peer.clone()
        },
        None => Peer {
            remote: parse(request.peer_addr()),
            local: parse(request.local_addr()),
            scheme,
            tls: None,
        },
    }
}
