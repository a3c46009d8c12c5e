/// What a form may make the parser hold. The sizes of the parts are the reader's business, who sees every piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many parts a form may have. Default 100.
    pub parts: usize,
    /// The largest head of a part in bytes, its empty line included; also how much text may stand before the first
    /// boundary, and behind the last. Default 10 KiB.
    pub head: usize,
    /// How many field lines a head may have; more than 128 count as 128. Default 32.
    pub fields: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parts: 100,
            head: 10 << 10,
            fields: 32,
        }
    }
}
