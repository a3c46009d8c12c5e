use super::close::{Close, CloseCode};
use super::deflate::{InflateError, Inflater};
use super::frame::{Head, Opcode};
use super::mask::Mask;
use super::message::Message;
use super::reader::Bounds;
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
    Inflated(Inflated),
    /// Nobody will read it.
    Away,
}

/// What has come out of a compressed message.
#[derive(Debug)]
struct Inflated {
    text: bool,
    data: Vec<u8>,
    /// Up to here it is known to be UTF-8, if it has to be.
    checked: usize,
}

impl Assembler {
    /// Whether no message is coming.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.sink, Sink::Idle)
    }

    /// The payloads of the present message's frames so far, in bytes.
    pub(super) fn announced(&self) -> u64 {
        self.announced
    }

    /// A whole message in one frame, which is not compressed, and none is under way.
    ///
    /// # Errors
    /// With 1007 for text that is no UTF-8.
    pub(super) fn whole(text: bool, payload: &[u8], mask: Option<&mut Mask>) -> Result<Message, Close> {
        let data = match mask {
            Some(mask) => mask.applied(payload),
            None => payload.to_vec(),
        };
        if text {
            String::from_utf8(data)
                .map(Message::Text)
                .map_err(|_| not_utf8(Invalid))
        } else {
            Ok(Message::Binary(data.into()))
        }
    }

    /// A data frame begins.
    ///
    /// # Errors
    /// With 1008 for a message in too many frames.
    pub(super) fn begin(&mut self, head: &Head, bounds: &Bounds, away: bool) -> Result<(), Close> {
        let text = head.opcode == Opcode::Text;
        match head.opcode {
            Opcode::Text | Opcode::Binary if away => self.sink = Sink::Away,
            Opcode::Text | Opcode::Binary if head.compressed => {
                self.sink = Sink::Inflated(Inflated {
                    text,
                    data: Vec::new(),
                    checked: 0,
                });
            }
            Opcode::Text => self.sink = Sink::Text(Utf8::default()),
            Opcode::Binary => self.sink = Sink::Binary(Vec::new()),
            _ => {}
        }
        self.fragments += 1;
        self.announced = self.announced.saturating_add(head.left);
        if self.fragments > bounds.max_fragments {
            return Err(Close::new(CloseCode::POLICY_VIOLATION, "too many fragments"));
        }
        Ok(())
    }

    /// The next bytes of a frame, masked as they are.
    ///
    /// # Errors
    /// With 1007 for text that is no UTF-8 and for what cannot be inflated, 1009 for what gets too large by it.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mask: Option<&mut Mask>,
        inflater: Option<&mut Inflater>,
        limit: usize,
    ) -> Result<(), Close> {
        match &mut self.sink {
            Sink::Text(text) => {
                text.reserve(bytes.len());
                unmasked(bytes, mask, |block| text.push(block).map_err(not_utf8))
            }
            Sink::Binary(data) => {
                let from = data.len();
                data.extend_from_slice(bytes);
                if let Some(mask) = mask {
                    mask.apply(data.get_mut(from..).unwrap_or_default());
                }
                Ok(())
            }
            Sink::Inflated(inflated) => {
                let Some(inflater) = inflater else { return Ok(()) };
                unmasked(bytes, mask, |block| inflated.feed(inflater, block, false, limit))
            }
            Sink::Idle | Sink::Away => Ok(()),
        }
    }

    /// The last frame has ended. Gives the message, unless nobody reads it.
    ///
    /// # Errors
    /// As those of [`push`](Self::push).
    pub(super) fn finish(
        &mut self,
        inflater: Option<&mut Inflater>,
        limit: usize,
    ) -> Result<Option<Message>, Close> {
        Ok(Some(match std::mem::take(self).sink {
            Sink::Text(text) => Message::Text(text.finish().map_err(not_utf8)?),
            Sink::Binary(data) => Message::Binary(data.into()),
            Sink::Inflated(mut inflated) => {
                if let Some(inflater) = inflater {
                    inflated.feed(inflater, &[], true, limit)?;
                }
                inflated.finish()?
            }
            Sink::Idle | Sink::Away => return Ok(None),
        }))
    }

    /// Nobody will read what is coming.
    pub(super) fn abandon(&mut self) {
        if !self.is_idle() {
            self.sink = Sink::Away;
        }
    }
}

impl Inflated {
    fn feed(&mut self, inflater: &mut Inflater, bytes: &[u8], last: bool, limit: usize) -> Result<(), Close> {
        let inflated = inflater.inflate(bytes, last, &mut self.data, limit);
        // What has come out before a fault is judged first: else the pieces would decide which of two faults is found.
        if self.text && (!last || inflated.is_err()) {
            self.check(limit)?;
        }
        inflated.map_err(|error| match error {
            InflateError::TooLarge => Close::new(CloseCode::MESSAGE_TOO_BIG, "message too big"),
            InflateError::Corrupt => Close::new(CloseCode::INVALID_PAYLOAD, "message cannot be inflated"),
        })
    }

    /// Looks at the text that is new. What is whole is not looked at again, but for the one look when the text is made of it.
    fn check(&mut self, limit: usize) -> Result<(), Close> {
        let end = self.data.len().min(limit);
        let new = self.data.get(self.checked..end).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(new) => self.checked += new.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(not_utf8(Invalid)),
        }
        Ok(())
    }

    fn finish(self) -> Result<Message, Close> {
        if self.text {
            let text = String::from_utf8(self.data).map_err(|_| not_utf8(Invalid))?;
            Ok(Message::Text(text))
        } else {
            Ok(Message::Binary(self.data.into()))
        }
    }
}

/// Gives `bytes` to `take`, in blocks if they have to be unmasked.
fn unmasked<F>(bytes: &[u8], mask: Option<&mut Mask>, mut take: F) -> Result<(), Close>
where
    F: FnMut(&[u8]) -> Result<(), Close>,
{
    let Some(mask) = mask else { return take(bytes) };
    let mut block = [0; BLOCK];
    bytes.chunks(BLOCK).try_for_each(|chunk| {
        let block = block.get_mut(..chunk.len()).unwrap_or_default();
        block.copy_from_slice(chunk);
        mask.apply(block);
        take(block)
    })
}

fn not_utf8(Invalid: Invalid) -> Close {
    Close::new(CloseCode::INVALID_PAYLOAD, "text is not UTF-8")
}
