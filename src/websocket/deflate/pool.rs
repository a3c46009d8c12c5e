//! Contexts that no message uses now, kept by the thread: a connection without takeover owns none while it is idle.

use std::cell::RefCell;

use flate2::{Compress, Compression as Level, Decompress};

/// How many idle contexts of each kind a thread keeps. A message is compressed in one go, so one would be enough for
/// one kind of settings; inflating may stop between the fragments of several connections.
const KEPT: usize = 4;

thread_local! {
    static COMPRESSORS: RefCell<Vec<Compressor>> = const { RefCell::new(Vec::new()) };
    static DECOMPRESSORS: RefCell<Vec<Decompressor>> = const { RefCell::new(Vec::new()) };
}

/// A raw-deflate context and what it was made with.
#[derive(Debug)]
pub(super) struct Compressor {
    level: u8,
    bits: u8,
    pub(super) context: Box<Compress>,
}

impl Compressor {
    /// One that has compressed nothing yet. `bits` from 8 to 15, `level` up to 9.
    pub(super) fn take(level: u8, bits: u8) -> Self {
        let level = level.min(9);
        // No implementation has a window of 8 bits. With 9 it looks back by 512 bytes less the longest match and some,
        // which is never beyond the 256 of 8 bits; a test holds it to that.
        let bits = bits.clamp(9, 15);
        COMPRESSORS
            .try_with(|pool| {
                let mut pool = pool.try_borrow_mut().ok()?;
                let fits = |kept: &Self| kept.level == level && kept.bits == bits;
                let at = pool.iter().position(fits)?;
                Some(pool.swap_remove(at))
            })
            .ok()
            .flatten()
            .unwrap_or_else(|| Self {
                level,
                bits,
                context: Box::new(Compress::new_with_window_bits(
                    Level::new(u32::from(level)),
                    false,
                    bits,
                )),
            })
    }

    /// Gives it back to the thread, with nothing left of what it has compressed.
    pub(super) fn put(mut self) {
        self.context.reset();
        // A thread that is ending keeps nothing.
        let _ = COMPRESSORS.try_with(|pool| {
            if let Ok(mut pool) = pool.try_borrow_mut() {
                if pool.len() >= KEPT {
                    pool.remove(0);
                }
                pool.push(self);
            }
        });
    }
}

/// A raw-inflate context with the largest window, which serves every smaller one.
#[derive(Debug)]
pub(super) struct Decompressor {
    pub(super) context: Box<Decompress>,
}

impl Decompressor {
    /// One that has seen nothing yet.
    pub(super) fn take() -> Self {
        DECOMPRESSORS
            .try_with(|pool| pool.try_borrow_mut().ok()?.pop())
            .ok()
            .flatten()
            .unwrap_or_else(|| Self {
                context: Box::new(Decompress::new(false)),
            })
    }

    /// Gives it back to the thread, with nothing left of what it has seen.
    pub(super) fn put(mut self) {
        self.context.reset(false);
        let _ = DECOMPRESSORS.try_with(|pool| {
            if let Ok(mut pool) = pool.try_borrow_mut()
                && pool.len() < KEPT
            {
                pool.push(self);
            }
        });
    }
}
