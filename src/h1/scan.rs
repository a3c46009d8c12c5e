use std::ops::Range;

use memchr::memchr;

use super::refusal::Refusal;

/// Finds the ends of lines and of sections in a buffer that grows at its end.
///
/// It remembers how far it has looked, so each byte is looked at once however the input is split, and it judges at a
/// line's LF or at a limit only, so what it finds depends on the bytes before that point and on nothing else.
#[derive(Debug, Default)]
pub(super) struct LineScan {
    /// Where the current line begins.
    line: usize,
    /// How far there is no LF from there.
    scanned: usize,
    /// How many lines of a section have been found.
    count: usize,
}

/// What a look for the next line found.
pub(super) enum Line {
    /// A line, without its CRLF.
    Found(Range<usize>),
    /// The line goes on beyond what has arrived.
    Partial,
    /// No line end within the limit.
    TooLong,
}

impl LineScan {
    /// Whether no byte has been looked at yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.scanned == 0
    }

    /// How many field lines [`section`](Self::section) found.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The next line of `bytes`, if its LF stands before the index `limit`. A LF without its CR is refused.
    pub(super) fn line(&mut self, bytes: &[u8], limit: usize) -> Result<Line, Refusal> {
        let end = bytes.len().min(limit);
        let Some(lf) = bytes
            .get(self.scanned..end)
            .and_then(|window| memchr(b'\n', window))
        else {
            #[cfg(test)]
            super::tests::looked_at(end.saturating_sub(self.scanned));
            self.scanned = self.scanned.max(end);
            return Ok(if bytes.len() >= limit {
                Line::TooLong
            } else {
                Line::Partial
            });
        };
        let start = self.line;
        let lf = self.scanned + lf;
        // The CR must belong to this line: in `CR LF LF` the second line has none.
        let Some([.., b'\r']) = bytes.get(start..lf) else {
            return Err(Refusal::bad("line feed without carriage return"));
        };
        #[cfg(test)]
        super::tests::looked_at(lf + 1 - self.scanned);
        self.line = lf + 1;
        self.scanned = lf + 1;
        Ok(Line::Found(start..lf - 1)) // not below `start`: the CR just seen is there
    }

    /// The index behind the empty line that ends a section of field lines, once it is there. Beyond `limit` bytes
    /// from the start of the buffer, or `fields` lines, it is refused with 431.
    pub(super) fn section(
        &mut self,
        bytes: &[u8],
        limit: usize,
        fields: usize,
    ) -> Result<Option<usize>, Refusal> {
        loop {
            match self.line(bytes, limit)? {
                Line::Found(line) if line.is_empty() => return Ok(Some(self.line)),
                Line::Found(_) if self.count >= fields => {
                    return Err(Refusal::too_large("too many header fields"));
                }
                Line::Found(_) => self.count += 1,
                Line::Partial => return Ok(None),
                Line::TooLong => return Err(Refusal::too_large("header fields too large")),
            }
        }
    }
}
