use std::fmt;

use http::HeaderValue;

use super::super::Compression;
use super::agreed::{Agreed, Direction};
use super::extension::extensions;
use super::parameters::{Bits, NAME, Parameters};

/// The offer of a client: the value of its field `Sec-WebSocket-Extensions`.
pub(crate) fn offer_client(settings: &Compression) -> HeaderValue {
    offer(settings).write()
}

fn offer(settings: &Compression) -> Parameters {
    let (server, client) = (settings.server_bits(), settings.client_bits());
    Parameters {
        server_no_context_takeover: !settings.server_context_takeover,
        client_no_context_takeover: !settings.client_context_takeover,
        server_max_window_bits: (server < 15).then_some(server),
        client_max_window_bits: Some(if client < 15 { Bits::Max(client) } else { Bits::Any }),
    }
}

/// Why a server's answer to [`offer_client`] cannot be: the connection must be failed (RFC 7692 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unacceptable(pub(crate) &'static str);

impl fmt::Display for Unacceptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What the server has made of the offer of the same settings; `None` if it has declined it.
///
/// `responses` are all fields `Sec-WebSocket-Extensions` of the response.
///
/// # Errors
/// If the response has an extension that was not offered, the same one twice, or parameters that do not fit the offer.
pub(crate) fn accept_client<'a>(
    settings: &Compression,
    responses: impl IntoIterator<Item = &'a HeaderValue>,
) -> Result<Option<Agreed>, Unacceptable> {
    let mut members = responses
        .into_iter()
        .flat_map(|value| extensions(value.as_bytes()));
    let Some(first) = members.next() else {
        return Ok(None);
    };
    let extension = first.ok_or(Unacceptable("the server's Sec-WebSocket-Extensions is malformed"))?;
    if extension.name != NAME.as_bytes() {
        return Err(Unacceptable("the server chose an extension that was not offered"));
    }
    if members.next().is_some() {
        return Err(Unacceptable("the server chose more than one extension"));
    }
    let response = Parameters::read(&extension).ok_or(Unacceptable(
        "the server's permessage-deflate has invalid parameters",
    ))?;
    agree(&offer(settings), &response).map(Some).ok_or(Unacceptable(
        "the server's permessage-deflate does not fit the offer",
    ))
}

fn agree(offer: &Parameters, response: &Parameters) -> Option<Agreed> {
    // A server that goes on to refer back although it was asked not to (Tornado 6.6.1 passes over parameters without a
    // value) costs a window of memory and is understood all the same. One that takes a larger window than the client has
    // room for is not.
    if let Some(asked) = offer.server_max_window_bits
        && response.server_max_window_bits.is_none_or(|bits| bits > asked)
    {
        return None;
    }
    let own = match offer.client_max_window_bits {
        Some(Bits::Max(bits)) => bits,
        Some(Bits::Any) | None => 15,
    };
    let client_bits = match response.client_max_window_bits {
        None => own,
        Some(Bits::Max(bits)) if bits <= own => bits,
        // A response must name a number (RFC 7692 section 7.1.2.2), and not a larger one.
        Some(_) => return None,
    };
    Some(Agreed {
        server: Direction {
            takeover: !response.server_no_context_takeover,
            bits: response.server_max_window_bits.unwrap_or(15),
        },
        client: Direction {
            // What we offered for ourselves holds whether it is confirmed or not.
            takeover: !offer.client_no_context_takeover && !response.client_no_context_takeover,
            bits: client_bits,
        },
    })
}
