use bytes::Bytes;
use http::HeaderMap;

use super::chunked::Chunked;
use super::framing::Length;
use super::input::Input;
use super::limits::Limits;
use super::refusal::Refusal;

/// What a look for more of a body found.
#[derive(Debug)]
pub(super) enum Piece {
    /// Nothing complete.
    NeedMore,
    /// Some bytes of it, never none.
    Data(Bytes),
    /// Its end, with its trailers if it has any.
    End(Option<Box<HeaderMap>>),
}

/// Takes the framing off one body, for either role.
#[derive(Debug)]
pub(super) enum Decoder {
    /// So many bytes are left.
    Known {
        left: u64,
        fresh: bool,
    },
    Chunked(Chunked),
    /// All there is; the peer's end is the body's. Responses only.
    UntilClose,
}

impl Decoder {
    /// The decoder for a body of this length, `None` if it has none.
    pub(super) fn new(length: Length) -> Option<Self> {
        match length {
            Length::Empty => None,
            Length::Known(left) => Some(Self::Known { left, fresh: true }),
            Length::Chunked => Some(Self::Chunked(Chunked::default())),
            Length::UntilClose => Some(Self::UntilClose),
        }
    }

    /// Whether nothing of the body has been read.
    pub(super) fn is_fresh(&self) -> bool {
        match self {
            Self::Known { fresh, .. } => *fresh,
            Self::Chunked(chunked) => chunked.is_fresh(),
            Self::UntilClose => false,
        }
    }

    /// How many bytes of content are left, if that is known.
    pub(super) fn left(&self) -> Option<u64> {
        match self {
            Self::Known { left, .. } => Some(*left),
            Self::Chunked(_) | Self::UntilClose => None,
        }
    }

    /// The next piece of the body.
    pub(super) fn decode(&mut self, input: &mut Input, limits: &Limits) -> Result<Piece, Refusal> {
        match self {
            Self::Known { left: 0, .. } => Ok(Piece::End(None)),
            Self::UntilClose if input.is_empty() && input.ended => Ok(Piece::End(None)),
            Self::Known { .. } | Self::UntilClose if input.is_empty() => Ok(Piece::NeedMore),
            Self::Known { left, fresh } => {
                let data = input.take(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= data.len() as u64; // `take` gives at most `left` bytes
                *fresh = false;
                Ok(Piece::Data(data))
            }
            Self::UntilClose => Ok(Piece::Data(input.take(usize::MAX))),
            Self::Chunked(chunked) => chunked.decode(input, limits),
        }
    }
}
