use flate2::{Decompress, FlushDecompress, Status};

use super::super::Role;
use super::agreed::Agreed;
use super::pool::Decompressor;

/// How much room is made at a time at first: what a bomb can make us hold before it is found out.
const STEP: usize = 16 << 10;

/// The least room that is made.
const ROOM: usize = 64;

/// The largest window.
const WINDOW: usize = 1 << 15;

/// The sender took four bytes off the message (RFC 7692 section 7.2.2): an empty stored block.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// A last block, which shows that the message ended where a block does.
const LAST: [u8; 5] = [1, 0, 0, 0xff, 0xff];

/// Why a message cannot be inflated. The connection is to be failed, and the inflater not to be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// The message is longer than the limit.
    TooLarge,
    /// It is not DEFLATE data, or ends in the middle.
    Corrupt,
}

/// Inflates the messages that one end of a connection receives.
#[derive(Debug)]
pub(crate) struct Inflater {
    /// From the first byte of a message to its last.
    lent: Option<Lent>,
    /// With takeover: how the messages so far end, as far back as the next may refer. Allocated by the first.
    window: Vec<u8>,
    takeover: bool,
    bits: u8,
}

/// A context at work on a message.
#[derive(Debug)]
struct Lent {
    decompressor: Decompressor,
    /// The last block was marked so, and nothing has come after it.
    ended: bool,
}

impl Inflater {
    /// For what `role` receives. It owns no memory yet.
    pub(crate) fn new(agreed: &Agreed, role: Role) -> Self {
        let direction = agreed.received_by(role);
        Self {
            lent: None,
            window: Vec::new(),
            takeover: direction.takeover,
            bits: direction.bits,
        }
    }

    /// Appends what the next bytes of a message stand for to `out`, which holds what has been inflated of the same
    /// message so far and nothing else. `last` with its last bytes, which may be none. `out` gets as long as `limit`
    /// and no longer.
    ///
    /// # Errors
    /// [`TooLarge`](InflateError::TooLarge) as soon as there is one byte too many,
    /// [`Corrupt`](InflateError::Corrupt) as soon as the bytes cannot be right.
    pub(crate) fn inflate(
        &mut self,
        chunk: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), InflateError> {
        let mut lent = match self.lent.take() {
            Some(lent) => lent,
            None => Lent::new(&self.window)?,
        };
        lent.feed(chunk, out, limit, &self.window)?;
        if !last {
            self.lent = Some(lent);
            return Ok(());
        }
        lent.finish(out, limit, &self.window)?;
        lent.decompressor.put();
        if self.takeover {
            keep(&mut self.window, out, 1 << self.bits);
        }
        Ok(())
    }
}

#[cfg(test)]
impl Inflater {
    /// Whether a context is held now, or the memory of a window.
    pub(super) fn owns(&self) -> bool {
        self.lent.is_some() || self.window.capacity() > 0
    }

    pub(super) fn window_capacity(&self) -> usize {
        self.window.capacity()
    }
}

impl Lent {
    fn new(window: &[u8]) -> Result<Self, InflateError> {
        let mut decompressor = Decompressor::take();
        recall(&mut decompressor.context, window)?;
        Ok(Self {
            decompressor,
            ended: false,
        })
    }

    fn feed(
        &mut self,
        mut input: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
        window: &[u8],
    ) -> Result<(), InflateError> {
        if input.is_empty() {
            return Ok(());
        }
        let hint = input.len().saturating_mul(4).clamp(ROOM, STEP);
        while !input.is_empty() {
            if std::mem::take(&mut self.ended) {
                self.restart(out, window)?;
            }
            let (used, status) = self.step(input, out, limit, hint)?;
            input = input.get(used..).unwrap_or_default();
            self.ended = status == Status::StreamEnd;
        }
        // What has been taken in may stand for more than there was room for.
        while !self.ended && out.len() == out.capacity() {
            let before = out.len();
            let (_, status) = self.step(&[], out, limit, hint)?;
            self.ended = status == Status::StreamEnd;
            if out.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// Puts the tail on, and checks that the message is complete with it.
    fn finish(&mut self, out: &mut Vec<u8>, limit: usize, window: &[u8]) -> Result<(), InflateError> {
        if self.ended {
            // Some senders leave their last block without one (RFC 7692 section 7.2.3.4 has it).
            return Ok(());
        }
        self.feed(&TAIL, out, limit, window)?;
        let mut rest = LAST.as_slice();
        while !self.ended && !rest.is_empty() {
            let (used, status) = self.step(rest, out, limit, ROOM)?;
            rest = rest.get(used..).unwrap_or_default();
            self.ended = status == Status::StreamEnd;
        }
        // The end comes with the tail, if that was of a block marked as the last, or with the very last byte.
        if self.ended && (rest.is_empty() || rest == LAST) {
            Ok(())
        } else {
            Err(InflateError::Corrupt)
        }
    }

    /// Goes on behind a block that was marked as the last (RFC 7692 section 7.2.3.4 allows that), with the same window.
    fn restart(&mut self, out: &[u8], window: &[u8]) -> Result<(), InflateError> {
        let context = &mut self.decompressor.context;
        context.reset(false);
        if out.len() < WINDOW {
            recall(context, window)?;
        }
        recall(context, out)
    }

    /// One call of the decompressor, with room for at least one byte; how much input it has used.
    fn step(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
        hint: usize,
    ) -> Result<(usize, Status), InflateError> {
        if out.len() == out.capacity() {
            // Twice as much as before, but at most one byte over the limit: that one tells.
            let most = limit.saturating_sub(out.len()).saturating_add(1);
            out.reserve_exact(out.len().max(hint).min(most));
        }
        let context = &mut self.decompressor.context;
        let before = (context.total_in(), context.total_out());
        let status = context.decompress_vec(input, out, FlushDecompress::None);
        // Of two faults the first counts, however much of the second was at hand.
        if out.len() > limit {
            return Err(InflateError::TooLarge);
        }
        let status = status.map_err(|_| InflateError::Corrupt)?;
        let after = (context.total_in(), context.total_out());
        if before == after && !input.is_empty() && status != Status::StreamEnd {
            // With input and room it always gets on; without this line a defect of it would hang us.
            return Err(InflateError::Corrupt);
        }
        Ok((usize::try_from(after.0 - before.0).unwrap_or(usize::MAX), status))
    }
}

/// Lets what comes next refer back to `text`.
fn recall(context: &mut Decompress, text: &[u8]) -> Result<(), InflateError> {
    let text = text.get(text.len().saturating_sub(WINDOW)..).unwrap_or(text);
    if text.is_empty() {
        return Ok(());
    }
    context
        .set_dictionary(text)
        .map(|_| ())
        .map_err(|_| InflateError::Corrupt)
}

/// Makes `window` the last `size` bytes of what it is and `message` together.
fn keep(window: &mut Vec<u8>, message: &[u8], size: usize) {
    let message = message
        .get(message.len().saturating_sub(size)..)
        .unwrap_or(message);
    let over = (window.len() + message.len()).saturating_sub(size);
    window.drain(..over.min(window.len()));
    // A power of two, and so never more than `size`, which is one.
    let room = (window.len() + message.len()).next_power_of_two();
    window.reserve_exact(room - window.len());
    window.extend_from_slice(message);
}
