/// Text that arrives in pieces and is checked as it comes. A character that is cut between pieces is refused at the first byte
/// that no continuation could save.
#[derive(Debug, Default)]
pub(super) struct Utf8 {
    text: String,
    /// The beginning of a character, whose other bytes have not come.
    tail: [u8; 4],
    held: u8,
}

/// The bytes are no UTF-8, whatever follows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid;

impl Utf8 {
    /// Makes room for `more` bytes.
    pub(super) fn reserve(&mut self, more: usize) {
        self.text.reserve(more);
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Invalid> {
        while self.held > 0
            && let [first, rest @ ..] = bytes
        {
            self.hold(*first)?;
            bytes = rest;
        }
        let (whole, tail) = bytes.split_at(whole(bytes));
        self.text
            .push_str(std::str::from_utf8(whole).map_err(|_| Invalid)?);
        tail.iter().try_for_each(|&byte| self.hold(byte))
    }

    /// Takes one byte of a character that came in pieces.
    fn hold(&mut self, byte: u8) -> Result<(), Invalid> {
        let held = usize::from(self.held);
        *self.tail.get_mut(held).ok_or(Invalid)? = byte;
        self.held += 1;
        let tail = self.tail.get(..=held).unwrap_or_default();
        match std::str::from_utf8(tail) {
            Ok(character) => {
                self.text.push_str(character);
                self.held = 0;
                Ok(())
            }
            Err(error) if error.error_len().is_none() => Ok(()),
            Err(_) => Err(Invalid),
        }
    }

    /// All of the text.
    pub(super) fn finish(self) -> Result<String, Invalid> {
        if self.held == 0 {
            Ok(self.text)
        } else {
            Err(Invalid)
        }
    }
}

/// How many bytes stand before a last character that is cut off. What is invalid need not be told from what is whole.
fn whole(bytes: &[u8]) -> usize {
    for (behind, byte) in bytes.iter().rev().take(3).enumerate() {
        let length = match byte {
            0x00..=0x7f => 1,
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        };
        return if behind + 1 < length {
            bytes.len() - behind - 1
        } else {
            bytes.len()
        };
    }
    bytes.len()
}
