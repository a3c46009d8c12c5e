use flate2::{FlushCompress, Status};

use super::super::{Compression, Role};
use super::agreed::Agreed;
use super::pool::Compressor;

/// What every compressed message ends in before this is taken off (RFC 7692 section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// The least room that is offered to the compressor: with less it may repeat the mark of a flush.
const ROOM: usize = 64;

/// Compresses the messages that one end of a connection sends.
#[derive(Debug)]
pub(crate) struct Deflater {
    threshold: usize,
    level: u8,
    bits: u8,
    takeover: bool,
    /// With takeover only, and from the first message on.
    kept: Option<Compressor>,
}

impl Deflater {
    /// For what `role` sends. It owns no memory yet.
    pub(crate) fn new(agreed: &Agreed, role: Role, settings: &Compression) -> Self {
        let direction = agreed.sent_by(role);
        Self {
            threshold: settings.threshold,
            level: settings.level,
            bits: direction.bits,
            takeover: direction.takeover,
            kept: None,
        }
    }

    /// Appends the compressed form of a whole message to `out`: the payload of one message with RSV1 set. `false`, and
    /// nothing appended, if it is better sent as it is: it is below the threshold, or would not get smaller and no later
    /// message could gain from it.
    pub(crate) fn compress(&mut self, message: &[u8], out: &mut Vec<u8>) -> bool {
        if message.len() < self.threshold {
            return false;
        }
        let mut compressor = self
            .kept
            .take()
            .unwrap_or_else(|| Compressor::take(self.level, self.bits));
        let start = out.len();
        let done = deflate(&mut compressor, message, out);
        if done && self.takeover {
            self.kept = Some(compressor);
            return true;
        }
        compressor.put();
        let gains = done && out.len() - start < message.len();
        if !gains {
            out.truncate(start);
        }
        gains
    }

    /// The connection is idle: the compressor goes back to the thread. The next message refers to none before it, which
    /// a sender is free to do.
    pub(crate) fn rest(&mut self) {
        if let Some(compressor) = self.kept.take() {
            compressor.put();
        }
    }

    /// Whether a message from [`compress_shared`] with this window can be sent here. If so it is taken as sent: later
    /// messages do not refer back beyond it.
    pub(crate) fn sends_shared(&mut self, bits: u8) -> bool {
        let fits = bits <= self.bits;
        if fits {
            // The peer's window has a message more than the compressor's.
            self.rest();
        }
        fits
    }
}

#[cfg(test)]
impl Deflater {
    /// Whether a context is held now.
    pub(super) fn owns(&self) -> bool {
        self.kept.is_some()
    }
}

/// Compresses a message once for many connections: it refers to nothing before it, and not further back than `bits`
/// (8 to 15) say. `None` if it is better sent as it is.
pub(crate) fn compress_shared(message: &[u8], settings: &Compression, bits: u8) -> Option<Vec<u8>> {
    if message.len() < settings.threshold {
        return None;
    }
    let mut out = Vec::new();
    let mut compressor = Compressor::take(settings.level, bits);
    let done = deflate(&mut compressor, message, &mut out);
    compressor.put();
    (done && out.len() < message.len()).then_some(out)
}

/// Appends one message in whole blocks, without their tail. `false` if the compressor fails, which it has no reason to.
fn deflate(compressor: &mut Compressor, message: &[u8], out: &mut Vec<u8>) -> bool {
    if message.is_empty() {
        // One empty stored block without its tail (RFC 7692 section 7.2.3.6). A second flush in a row adds nothing.
        out.push(0);
        return true;
    }
    let start = out.len();
    let context = &mut compressor.context;
    out.reserve(message.len() / 4 + ROOM);
    let mut rest = message;
    loop {
        if out.capacity() - out.len() < ROOM {
            out.reserve((out.len() - start).max(ROOM));
        }
        let before = context.total_in();
        let status = context.compress_vec(rest, out, FlushCompress::Sync);
        let used = usize::try_from(context.total_in() - before).unwrap_or(usize::MAX);
        rest = rest.get(used..).unwrap_or_default();
        match status {
            Ok(Status::Ok | Status::BufError) => {}
            Ok(Status::StreamEnd) | Err(_) => return false,
        }
        // All is out once the compressor leaves room.
        if rest.is_empty() && out.len() < out.capacity() {
            break;
        }
    }
    let ends = out.len() - start >= TAIL.len() && out.ends_with(&TAIL);
    if ends {
        out.truncate(out.len() - TAIL.len());
    }
    ends
}
