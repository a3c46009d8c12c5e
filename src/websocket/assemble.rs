use super::close::{Close, CloseCode};
use super::frame::{Head, Opcode};
use super::mask::Mask;
use super::message::Message;
use super::utf8::{Invalid, Utf8};

/// What is unmasked at once.
const BLOCK: usize = 1024;

/// The message that is coming, from its first frame to its last.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    sink: Sink,
    /// How many frames have begun.
    fragments: usize,
    /// The payloads of those frames, in bytes.
    announced: u64,
}

/// Where its bytes go. Memory is taken for what has come, never for what was announced.
#[derive(Debug, Default)]
enum Sink {
    /// No message is coming.
    #[default]
    Idle,
    Text(Utf8),
    Binary(Vec<u8>),
    /// Nobody will read it.
    Away,
}

impl Assembler {
    /// Whether a message has begun.
    pub(super) fn is_inside(&self) -> bool {
        !matches!(self.sink, Sink::Idle)
    }

    /// The payloads of the present message's frames so far, in bytes.
    pub(super) fn announced(&self) -> u64 {
        self.announced
    }

    /// A data frame begins.
    ///
    /// # Errors
    /// With 1008 for a message in too many frames.
    pub(super) fn begin(&mut self, head: &Head, max_fragments: usize, away: bool) -> Result<(), Close> {
        match head.opcode {
            _ if away => self.sink = Sink::Away,
            Opcode::Text => self.sink = Sink::Text(Utf8::default()),
            Opcode::Binary => self.sink = Sink::Binary(Vec::new()),
            _ => {}
        }
        self.fragments += 1;
        self.announced = self.announced.saturating_add(head.left);
        if self.fragments > max_fragments {
            return Err(Close::new(CloseCode::POLICY_VIOLATION, "too many fragments"));
        }
        Ok(())
    }

    /// The next bytes of a frame, masked as they are.
    ///
    /// # Errors
    /// With 1007 for text that is no UTF-8.
    pub(super) fn push(&mut self, bytes: &[u8], mask: Option<&mut Mask>) -> Result<(), Close> {
        match (&mut self.sink, mask) {
            (Sink::Text(text), None) => text.push(bytes).map_err(not_utf8),
            (Sink::Text(text), Some(mask)) => {
                text.reserve(bytes.len());
                let mut block = [0; BLOCK];
                bytes.chunks(BLOCK).try_for_each(|chunk| {
                    let block = block.get_mut(..chunk.len()).unwrap_or_default();
                    block.copy_from_slice(chunk);
                    mask.apply(block);
                    text.push(block).map_err(not_utf8)
                })
            }
            (Sink::Binary(data), mask) => {
                let from = data.len();
                data.extend_from_slice(bytes);
                if let Some(mask) = mask {
                    mask.apply(data.get_mut(from..).unwrap_or_default());
                }
                Ok(())
            }
            (Sink::Idle | Sink::Away, _) => Ok(()),
        }
    }

    /// The last frame has ended. Gives the message, unless nobody reads it.
    ///
    /// # Errors
    /// With 1007 for text that ends inside a character.
    pub(super) fn finish(&mut self) -> Result<Option<Message>, Close> {
        match std::mem::take(self).sink {
            Sink::Text(text) => Ok(Some(Message::Text(text.finish().map_err(not_utf8)?))),
            Sink::Binary(data) => Ok(Some(Message::Binary(data.into()))),
            Sink::Idle | Sink::Away => Ok(None),
        }
    }

    /// Nobody will read what is coming.
    pub(super) fn abandon(&mut self) {
        if self.is_inside() {
            self.sink = Sink::Away;
        }
    }
}

fn not_utf8(Invalid: Invalid) -> Close {
    Close::new(CloseCode::INVALID_PAYLOAD, "text is not UTF-8")
}
