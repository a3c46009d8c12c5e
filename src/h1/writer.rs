use bytes::Bytes;
use http::HeaderMap;

use super::encode::{self, EncodeError};
use super::output::Output;
use super::trailers;

/// Puts the framing of one body on its data, for either role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// So many bytes are still due.
    Known(u64),
    Chunked,
    /// Its end is the connection's.
    UntilClose,
    /// Somebody else encodes, framing and all. Behind a head that switches protocols nothing of HTTP follows.
    Encoded {
        switched: bool,
    },
    /// The message has no body whatever the caller sends (HEAD, 204, 205, 304).
    Discard,
    /// The caller broke the promise of the head. The peer must see a message cut off.
    Failed,
}

impl Writer {
    /// Appends `data` to the body. What would exceed the declared length is not written, and no part of it is: a
    /// message that looks whole would hide the fault.
    pub(super) fn data(&mut self, output: &mut Output, data: Bytes) -> Result<(), EncodeError> {
        match self {
            _ if data.is_empty() => {} // an empty chunk would be the last one
            Self::Known(left) => match left.checked_sub(data.len() as u64) {
                Some(rest) => {
                    *left = rest;
                    output.push(data);
                }
                None => {
                    *self = Self::Failed;
                    return Err(EncodeError::TooLong);
                }
            },
            Self::Chunked => {
                chunk_size(output.tail(), data.len());
                output.push(data);
                output.tail().extend_from_slice(b"\r\n");
            }
            Self::UntilClose | Self::Encoded { .. } => output.push(data),
            Self::Discard => {}
            Self::Failed => return Err(EncodeError::TooLong),
        }
        Ok(())
    }

    /// Ends the body. Trailers are written only where they can be, behind chunks.
    pub(super) fn finish(
        &mut self,
        output: &mut Output,
        trailers: Option<&HeaderMap>,
    ) -> Result<(), EncodeError> {
        match self {
            Self::Known(0) | Self::UntilClose | Self::Encoded { .. } | Self::Discard => Ok(()),
            Self::Known(_) | Self::Failed => {
                *self = Self::Failed;
                Err(EncodeError::TooShort)
            }
            Self::Chunked => {
                let tail = output.tail();
                tail.extend_from_slice(b"0\r\n");
                for (name, value) in trailers
                    .into_iter()
                    .flatten()
                    .filter(|(name, _)| trailers::is_allowed(name))
                {
                    encode::field(tail, name.as_str().as_bytes(), value.as_bytes());
                }
                tail.extend_from_slice(b"\r\n");
                Ok(())
            }
        }
    }
}

/// Writes `size CRLF` in hexadecimal, without leading zeros.
fn chunk_size(out: &mut Vec<u8>, size: usize) {
    let digits = (usize::BITS - size.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        let digit = (size >> (place * 4)) as u32 & 15;
        // A digit below 16 always has its character.
        out.push(char::from_digit(digit, 16).map_or(b'0', |digit| digit as u8));
    }
    out.extend_from_slice(b"\r\n");
}
