use super::body::Piece;
use super::input::Input;
use super::limits::Limits;
use super::refusal::Refusal;
use super::scan::LineScan;
use super::token::is_tchar;
use super::trailers;

/// How far the extensions of one body may be ahead of its data, in bytes. Without a bound on the sum, a peer makes us
/// read a line of extensions for every byte of data (CVE-2023-39326).
const EXTENSIONS_AHEAD: u64 = 16 * 1024;

/// Decodes the chunked transfer coding (RFC 9112 section 7.1): byte by byte, as a state machine, so that a fault is
/// refused at its byte and no line is ever kept.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    place: Place,
    /// The size of the current chunk while its line is read, then what remains of its data.
    size: u64,
    /// Bytes of the current chunk line, without its CRLF.
    line: usize,
    /// Bytes of extensions in the body so far.
    extensions: u64,
    /// Bytes of data announced so far.
    data: u64,
    trailers: LineScan,
}

/// Where in the grammar the next byte stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first digit of a size.
    #[default]
    SizeStart,
    /// Behind a digit.
    Size,
    /// In the blanks behind a size or an extension: only a `;` makes them legal.
    BeforeSemicolon,
    /// Behind `;`.
    BeforeName,
    Name,
    /// In the blanks behind a name: `=` or `;` makes them legal.
    AfterName,
    /// Behind `=`.
    BeforeValue,
    Value,
    Quoted,
    /// Behind a backslash in a quoted string.
    Escaped,
    /// Behind the closing quote.
    AfterQuoted,
    /// Behind the CR of a chunk line.
    LineFeed,
    Data,
    /// At the CR behind the data.
    DataReturn,
    /// At the LF behind the data.
    DataFeed,
    Trailers,
}

impl Chunked {
    /// Whether nothing of the body has been read.
    pub(super) fn is_fresh(&self) -> bool {
        self.place == Place::SizeStart && self.data == 0 && self.line == 0
    }

    /// The next piece of the body that is complete in `input`.
    pub(super) fn decode(&mut self, input: &mut Input, limits: &Limits) -> Result<Piece, Refusal> {
        if !matches!(self.place, Place::Data | Place::Trailers) {
            let mut used = 0;
            for &byte in input.bytes() {
                used += 1;
                self.place = self.step(byte, limits)?;
                if matches!(self.place, Place::Data | Place::Trailers) {
                    break;
                }
            }
            #[cfg(test)]
            super::tests::looked_at(used);
            input.skip(used);
        }
        match self.place {
            Place::Data if !input.is_empty() => {
                let data = input.take(usize::try_from(self.size).unwrap_or(usize::MAX));
                self.size -= data.len() as u64; // `take` gives at most `size` bytes
                if self.size == 0 {
                    self.place = Place::DataReturn;
                }
                Ok(Piece::Data(data))
            }
            Place::Trailers => {
                match self
                    .trailers
                    .section(input.bytes(), limits.trailers, limits.field_lines())
                    // Within a body there is no head to be too large: all its faults are 400.
                    .map_err(|refusal| Refusal::bad(refusal.detail))?
                {
                    Some(end) => trailers::parse(&input.take(end), self.trailers.count()).map(Piece::End),
                    None => Ok(Piece::NeedMore),
                }
            }
            _ => Ok(Piece::NeedMore),
        }
    }

    /// Takes one byte outside of data and trailers, and says where the next one stands.
    fn step(&mut self, byte: u8, limits: &Limits) -> Result<Place, Refusal> {
        match self.place {
            // Out of the line: its end, and the CRLF behind the data.
            Place::LineFeed => return self.end_line(byte),
            Place::DataReturn if byte == b'\r' => return Ok(Place::DataFeed),
            Place::DataFeed if byte == b'\n' => return Ok(Place::SizeStart),
            Place::DataReturn | Place::DataFeed => return Err(Refusal::bad("no CRLF behind the chunk data")),
            Place::Data | Place::Trailers => return Ok(self.place), // `decode` does not step there
            _ => {}
        }
        if byte == b'\r' {
            return match self.place {
                Place::Size | Place::Name | Place::Value | Place::AfterQuoted => Ok(Place::LineFeed),
                _ => Err(Refusal::bad("invalid chunk line")),
            };
        }
        self.line += 1;
        if self.line > limits.chunk_line {
            return Err(Refusal::bad("chunk line too long"));
        }
        if matches!(self.place, Place::SizeStart | Place::Size) {
            if let Some(digit) = char::from(byte).to_digit(16) {
                return self.digit(digit);
            }
        } else {
            self.extensions += 1;
            if self.extensions > EXTENSIONS_AHEAD.saturating_add(self.data) {
                return Err(Refusal::bad("too many chunk extensions"));
            }
        }
        extension(self.place, byte).ok_or(match self.place {
            Place::SizeStart | Place::Size => Refusal::bad("invalid chunk size"),
            _ => Refusal::bad("invalid chunk extension"),
        })
    }

    /// One more digit of the size, which must fit a non-negative `i64`: what we hold, all others can hold too.
    fn digit(&mut self, digit: u32) -> Result<Place, Refusal> {
        if self.size > (i64::MAX as u64) >> 4 {
            return Err(Refusal::bad("chunk size too large"));
        }
        self.size = self.size << 4 | u64::from(digit);
        Ok(Place::Size)
    }

    /// The byte behind the CR of a chunk line.
    fn end_line(&mut self, byte: u8) -> Result<Place, Refusal> {
        if byte != b'\n' {
            return Err(Refusal::bad("carriage return without line feed"));
        }
        self.line = 0;
        self.data = self.data.saturating_add(self.size);
        Ok(if self.size == 0 {
            Place::Trailers
        } else {
            Place::Data
        })
    }
}

/// The place behind `byte`, if it may stand at `place` of the grammar
/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112 section 7.1.1).
fn extension(place: Place, byte: u8) -> Option<Place> {
    use Place::*;
    let text = matches!(byte, b'\t' | b' '..=0x7e | 0x80..); // of a quoted string, RFC 9110 section 5.6.4
    Some(match (place, byte) {
        (Size | BeforeSemicolon | Name | AfterName | Value | AfterQuoted, b';') => BeforeName,
        (Size | BeforeSemicolon | Value | AfterQuoted, b' ' | b'\t') => BeforeSemicolon,
        (BeforeName, b' ' | b'\t') => BeforeName,
        (Name | AfterName, b' ' | b'\t') => AfterName,
        (BeforeValue, b' ' | b'\t') => BeforeValue,
        (Name | AfterName, b'=') => BeforeValue,
        (BeforeName | Name, _) if is_tchar(byte) => Name,
        (BeforeValue | Value, _) if is_tchar(byte) => Value,
        (BeforeValue, b'"') => Quoted,
        (Quoted, b'"') => AfterQuoted,
        (Quoted, b'\\') => Escaped,
        (Quoted | Escaped, _) if text => Quoted,
        _ => return None,
    })
}
