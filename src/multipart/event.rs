use bytes::Bytes;

use super::head::PartHead;

/// What a [`Parser`](super::Parser) has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(PartHead),
    /// Content of the part, never empty.
    Data(Bytes),
    /// The part is whole.
    PartEnd,
    /// The last part has been seen. What still comes is passed over.
    End,
}
