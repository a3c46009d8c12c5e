/// What one connection may make the parser hold or look at. All are bytes except [`fields`](Limits::fields).
///
/// They bound heads and framing only; how large a body may be is the reader's business, who sees every piece. The
/// statuses are what a server answers with; a client gives a [`Fault`](super::Fault) instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest request line without its CRLF; a longer one is refused with 414. Default 8192. Servers only.
    pub request_line: usize,
    /// The largest head, from the request or status line to the empty line, both included; beyond it 431. Default 65536.
    pub head: usize,
    /// How many field lines a head, and how many a trailer section may have; beyond it 431, or 400 in a trailer section. Default 128, which is
    /// also the most that is honoured: a larger number counts as 128.
    pub fields: usize,
    /// The longest chunk-size line with its extensions, without its CRLF; beyond it 400. Default 256.
    pub chunk_line: usize,
    /// The largest trailer section, its empty line included; beyond it 400. Default 8192.
    pub trailers: usize,
}

/// More than this many field lines are never accepted, whatever [`Limits::fields`] says.
const FIELDS_MAX: usize = 128;

impl Limits {
    /// `fields`, within its hard maximum.
    pub(super) fn field_lines(&self) -> usize {
        self.fields.min(FIELDS_MAX)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line: 8192,
            head: 65536,
            fields: FIELDS_MAX,
            chunk_line: 256,
            trailers: 8192,
        }
    }
}
