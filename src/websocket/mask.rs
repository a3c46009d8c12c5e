//! Masking (RFC 6455 section 5.3).

use std::hash::Hasher;

/// A masking key, turned so that its first byte is for the next byte of the payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mask([u8; 4]);

impl Mask {
    pub(super) const fn new(key: [u8; 4]) -> Self {
        Self(key)
    }

    pub(super) const fn key(self) -> [u8; 4] {
        self.0
    }

    /// Masks or unmasks the next bytes of the payload on their way into a buffer of their own: one pass less over what is
    /// long.
    pub(super) fn applied(&mut self, data: &[u8]) -> Vec<u8> {
        let wide = self.wide();
        let (words, rest) = data.as_chunks::<8>();
        let mut masked: Vec<[u8; 8]> = Vec::with_capacity(data.len().div_ceil(8));
        masked.extend(
            words
                .iter()
                .map(|word| (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes()),
        );
        let mut masked = masked.into_flattened();
        let from = masked.len();
        masked.extend_from_slice(rest);
        self.apply(masked.get_mut(from..).unwrap_or_default());
        masked
    }

    fn wide(self) -> u64 {
        let [a, b, c, d] = self.0;
        u64::from_ne_bytes([a, b, c, d, a, b, c, d])
    }

    /// Masks or unmasks the next bytes of the payload.
    pub(super) fn apply(&mut self, data: &mut [u8]) {
        let [a, b, c, d] = self.0;
        let wide = self.wide();
        let (words, rest) = data.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip([a, b, c, d, a, b, c]) {
            *byte ^= key;
        }
        self.0.rotate_left(rest.len() % 4);
    }
}

/// Keys for what a client sends. They must not be foreseen by whoever chooses the payloads (RFC 6455 section 10.3),
/// not even by a server that has seen all keys before, so they are a keyed hash of a counter.
#[derive(Debug)]
pub(super) struct Masks {
    seed: u64,
    count: u64,
}

impl Masks {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    pub(super) fn next(&mut self) -> Mask {
        let mut hash = std::hash::DefaultHasher::new();
        hash.write_u64(self.seed);
        hash.write_u64(self.count);
        self.count = self.count.wrapping_add(1);
        let [a, b, c, d, ..] = hash.finish().to_ne_bytes();
        Mask([a, b, c, d])
    }
}
