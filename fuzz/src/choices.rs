//! From bytes to choices.

/// Takes choices from the front of an input. Where nothing is left, a choice is 0.
pub struct Choices<'a>(pub &'a [u8]);

impl<'a> Choices<'a> {
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[usize::from(self.byte()) % these.len()]
    }

    /// A length, and so many bytes, or what is left.
    pub fn some(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (some, rest) = self.0.split_at(length);
        self.0 = rest;
        some
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Cuts `input` in pieces whose lengths follow from `seed`: mostly short ones, some empty, some long.
pub fn pieces(input: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut state = u64::from(seed) | 0x9e37_79b9_7f4a_7c00;
    let mut rest = input;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let most = [1, 4, 16, 300][(state >> 60) as usize % 4];
        let length = ((state >> 20) as usize % (most + 1)).min(rest.len());
        let (piece, behind) = rest.split_at(length);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}
