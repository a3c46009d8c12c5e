use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// Pieces of at least this many bytes are queued as they are; smaller ones are cheaper to copy than to write alone.
const LARGE: usize = 4096;

/// Buffers up to this capacity are kept while the queue is empty, unless [`Output::frugal`] made it.
const KEPT: usize = 8192;

/// A queue of bytes to be written to the peer, to be read through [`Buf`].
///
/// Heads and small pieces are gathered in one buffer, so that pipelined responses leave in one write; large pieces
/// stand between them without having been copied. Memory goes back when the queue is empty and had grown large.
#[derive(Debug, Default)]
pub struct Output {
    /// No buffer is kept while the queue is empty.
    frugal: bool,
    small: Vec<u8>,
    /// How much of `small` has been read.
    read: usize,
    /// Large pieces, each with the index of `small` it stands before: not below `read`, and in order.
    large: VecDeque<(usize, Bytes)>,
    /// The bytes in `large`.
    large_len: usize,
    /// How many bytes have been taken since the beginning.
    taken: u64,
}

impl Output {
    /// A queue that owns nothing while it is empty, for connections that are silent most of the time.
    pub(crate) fn frugal() -> Self {
        Self {
            frugal: true,
            ..Self::default()
        }
    }

    /// How many bytes wait to be written.
    pub fn len(&self) -> usize {
        self.small.len() - self.read + self.large_len
    }

    /// Whether nothing waits to be written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes have been taken since the beginning.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// The buffer for small pieces, to append to (or to cut back to a length it had) and nothing else.
    pub(crate) fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.small
    }

    /// Appends a piece, by copy only if it is small.
    pub(crate) fn push(&mut self, data: Bytes) {
        if data.len() < LARGE {
            self.small.extend_from_slice(&data);
        } else {
            self.large_len += data.len();
            self.large.push_back((self.small.len(), data));
        }
    }

    /// The unread part of `small` up to the index `end`.
    fn small_until(&self, end: usize) -> &[u8] {
        self.small.get(self.read..end).unwrap_or_default()
    }

    /// Gives room back: all that was read once nothing is left, else the front when it is the larger part, so that
    /// a peer who never reads all of it cannot make the buffer grow, and the moves stay linear in the bytes.
    fn compact(&mut self) {
        if self.is_empty() {
            if self.frugal || self.small.capacity() > KEPT {
                self.small = Vec::new();
            }
            self.small.clear();
            self.read = 0;
            let kept = if self.frugal { 0 } else { 64 };
            if self.large.capacity() > kept {
                self.large = VecDeque::new();
            }
        } else if self.read >= LARGE && self.read >= self.small.len() / 2 {
            self.small.drain(..self.read); // in bounds: `read` is at most the length
            for (at, _) in &mut self.large {
                *at -= self.read; // not below `read`, see the field
            }
            self.read = 0;
        }
    }
}

#[cfg(test)]
impl Output {
    /// Whether it owns no buffer.
    pub(crate) fn is_bare(&self) -> bool {
        self.small.capacity() == 0 && self.large.capacity() == 0
    }
}

impl Buf for Output {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        match self.large.front() {
            Some((at, data)) if *at == self.read => data,
            Some((at, _)) => self.small_until(*at),
            None => self.small_until(self.small.len()),
        }
    }

    /// Takes `count` bytes from the front; more than there are takes all.
    fn advance(&mut self, mut count: usize) {
        let before = self.len();
        if self.large.is_empty() {
            let step = count.min(before);
            self.read += step;
            count = 0;
        }
        while count > 0 {
            let end = match self.large.front_mut() {
                Some((at, data)) if *at == self.read => {
                    let step = count.min(data.len());
                    data.advance(step);
                    count -= step;
                    self.large_len -= step;
                    if data.is_empty() {
                        self.large.pop_front();
                    }
                    continue;
                }
                Some((at, _)) => *at,
                None => self.small.len(),
            };
            let step = count.min(end - self.read);
            if step == 0 {
                break; // the queue is empty
            }
            count -= step;
            self.read += step;
        }
        self.taken += (before - self.len()) as u64;
        self.compact();
    }

    fn chunks_vectored<'a>(&'a self, dst: &mut [IoSlice<'a>]) -> usize {
        let most = dst.len(); // each large piece fills a slot
        let mut slots = dst.iter_mut();
        let mut filled = 0;
        let mut fill = |piece: &'a [u8]| {
            if !piece.is_empty()
                && let Some(slot) = slots.next()
            {
                *slot = IoSlice::new(piece);
                filled += 1;
            }
        };
        let mut from = self.read;
        for (at, data) in self.large.iter().take(most) {
            fill(self.small.get(from..*at).unwrap_or_default());
            fill(data);
            from = *at;
        }
        fill(self.small.get(from..).unwrap_or_default());
        filled
    }
}
