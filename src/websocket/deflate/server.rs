use http::HeaderValue;

use super::super::Compression;
use super::agreed::{Agreed, Direction};
use super::extension::extensions;
use super::parameters::{Bits, NAME, Parameters};

/// Chooses the first offer that a server can accept, and says so in the value of the response's field.
///
/// `offers` are all fields `Sec-WebSocket-Extensions` of the request. An offer that is malformed or has unknown or
/// impossible parameters is declined and the next is looked at, as are other extensions; with none left the connection
/// goes on without compression (RFC 7692 section 5.1).
pub(crate) fn negotiate_server<'a>(
    offers: impl IntoIterator<Item = &'a HeaderValue>,
    settings: &Compression,
) -> Option<(Agreed, HeaderValue)> {
    let offer = offers
        .into_iter()
        .flat_map(|value| extensions(value.as_bytes()))
        .flatten()
        .filter(|extension| extension.name == NAME.as_bytes())
        .find_map(|extension| Parameters::read(&extension))?;
    let response = answer(&offer, settings);
    let agreed = Agreed {
        server: Direction {
            takeover: !response.server_no_context_takeover,
            bits: response.server_max_window_bits.unwrap_or(15),
        },
        client: Direction {
            takeover: !response.client_no_context_takeover,
            bits: match response.client_max_window_bits {
                Some(Bits::Max(bits)) => bits,
                Some(Bits::Any) | None => 15,
            },
        },
    };
    Some((agreed, response.write()))
}

/// A server may forbid either takeover and limit its own window without being asked; the client's window only where
/// the offer lets it (RFC 7692 sections 7.1.1 and 7.1.2).
fn answer(offer: &Parameters, settings: &Compression) -> Parameters {
    let server_bits = settings
        .server_bits()
        .min(offer.server_max_window_bits.unwrap_or(15));
    let client_bits = offer.client_max_window_bits.map(|asked| match asked {
        Bits::Any => settings.client_bits(),
        Bits::Max(bits) => settings.client_bits().min(bits),
    });
    Parameters {
        server_no_context_takeover: offer.server_no_context_takeover || !settings.server_context_takeover,
        client_no_context_takeover: offer.client_no_context_takeover || !settings.client_context_takeover,
        server_max_window_bits: (offer.server_max_window_bits.is_some() || server_bits < 15)
            .then_some(server_bits),
        // To say 15 where the client named no number would say nothing.
        client_max_window_bits: match (offer.client_max_window_bits, client_bits) {
            (None, _) | (_, None) | (Some(Bits::Any), Some(15)) => None,
            (Some(_), Some(bits)) => Some(Bits::Max(bits)),
        },
    }
}
