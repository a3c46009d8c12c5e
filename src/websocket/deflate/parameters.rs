//! The parameters of permessage-deflate (RFC 7692 section 7.1).

use std::fmt::Write as _;

use http::HeaderValue;

use super::extension::Extension;

/// The name the extension is registered under.
pub(super) const NAME: &str = "permessage-deflate";

/// One offer or one response. Both have the same parameters; only which need a value differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Parameters {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<u8>,
    pub(super) client_max_window_bits: Option<Bits>,
}

/// `client_max_window_bits`, which an offer may have without a value (RFC 7692 section 7.1.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bits {
    /// The client can be told to use fewer than 15.
    Any,
    Max(u8),
}

impl Parameters {
    /// Reads the parameters of an extension of our name. `None` if one is unknown, comes twice or has a value that it
    /// may not have: then all of it is to be declined (RFC 7692 section 7.1).
    pub(super) fn read(extension: &Extension<'_>) -> Option<Self> {
        let mut read = Self::default();
        for (name, value) in &extension.parameters {
            let value = value.as_deref();
            let is_new = match *name {
                b"server_no_context_takeover" => {
                    value.is_none() && !std::mem::replace(&mut read.server_no_context_takeover, true)
                }
                b"client_no_context_takeover" => {
                    value.is_none() && !std::mem::replace(&mut read.client_no_context_takeover, true)
                }
                b"server_max_window_bits" => read.server_max_window_bits.replace(bits(value?)?).is_none(),
                b"client_max_window_bits" => {
                    let asked = match value {
                        None => Bits::Any,
                        Some(value) => Bits::Max(bits(value)?),
                    };
                    read.client_max_window_bits.replace(asked).is_none()
                }
                _ => false,
            };
            if !is_new {
                return None;
            }
        }
        Some(read)
    }

    /// The field's value.
    pub(super) fn write(&self) -> HeaderValue {
        let mut text = String::from(NAME);
        if self.server_no_context_takeover {
            text.push_str("; server_no_context_takeover");
        }
        if self.client_no_context_takeover {
            text.push_str("; client_no_context_takeover");
        }
        // Writing to a string does not fail.
        if let Some(bits) = self.server_max_window_bits {
            let _ = write!(text, "; server_max_window_bits={bits}");
        }
        match self.client_max_window_bits {
            None => {}
            Some(Bits::Any) => text.push_str("; client_max_window_bits"),
            Some(Bits::Max(bits)) => {
                let _ = write!(text, "; client_max_window_bits={bits}");
            }
        }
        // Letters, digits and the marks above are legal in any field.
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(NAME))
    }
}

/// 8 to 15, in decimal without leading zeros.
fn bits(value: &[u8]) -> Option<u8> {
    match value {
        [digit @ b'8'..=b'9'] => Some(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Some(10 + (digit - b'0')),
        _ => None,
    }
}
