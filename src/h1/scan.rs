use std::ops::Range;

use memchr::memchr2;

use super::refusal::Refusal;

/// Finds the ends of lines and of sections in a buffer that grows at its end.
///
/// It remembers how far it has looked, so each byte is looked at once however the input is split, and it judges at line
/// ends, line starts and limits only, so what it finds depends on the bytes before that point and on nothing else.
#[derive(Debug, Default)]
pub(crate) struct LineScan {
    /// Where the current line begins.
    line: usize,
    /// How far there is no line end from there.
    scanned: usize,
    /// A CR has been seen, and its LF must be the next byte.
    cr: bool,
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
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The next line of `bytes`, if its LF stands before the index `limit`. A LF without its CR is refused, and a CR
    /// without its LF, as soon as the byte behind it is there: a line that never ends must not be waited for.
    pub(super) fn line(&mut self, bytes: &[u8], limit: usize) -> Result<Line, Refusal> {
        let end = bytes.len().min(limit);
        let window = bytes.get(self.scanned..end).unwrap_or_default();
        if !self.cr {
            let found = memchr2(b'\r', b'\n', window);
            #[cfg(test)]
            super::tests::looked_at(found.map_or(window.len(), |at| at + 1));
            self.scanned += found.unwrap_or(window.len());
            if window.get(found.unwrap_or(window.len())) == Some(&b'\n') {
                return Err(Refusal::bad("line feed without carriage return"));
            }
            self.cr = found.is_some();
            self.scanned += usize::from(self.cr);
        }
        match bytes.get(self.scanned..end).unwrap_or_default() {
            [b'\n', ..] if self.cr => {
                let line = self.line..self.scanned - 1; // not below `line`: the CR stands between
                self.scanned += 1;
                (self.line, self.cr) = (self.scanned, false);
                Ok(Line::Found(line))
            }
            [_, ..] => Err(Refusal::bad("carriage return without line feed")),
            [] if bytes.len() >= limit => Ok(Line::TooLong),
            [] => Ok(Line::Partial),
        }
    }

    /// The index behind the empty line that ends a section of field lines, once it is there. Beyond `limit` bytes
    /// from the start of the buffer, or `fields` lines, it is refused with 431.
    pub(crate) fn section(
        &mut self,
        bytes: &[u8],
        limit: usize,
        fields: usize,
    ) -> Result<Option<usize>, Refusal> {
        loop {
            // A folded line, or a blank before the first field: nothing that comes after it can mend it.
            if self.line < limit && matches!(bytes.get(self.line), Some(b' ' | b'\t')) {
                return Err(Refusal::bad("field line begins with a blank"));
            }
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
