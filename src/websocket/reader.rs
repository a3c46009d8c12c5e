use super::assemble::Assembler;
use super::close::Close;
use super::deflate::Inflater;
use super::frame::{Head, HeadReader, Opcode, Rules};
use super::message::Message;
use super::role::Role;

/// What is accepted.
#[derive(Debug)]
pub(super) struct Bounds {
    pub(super) role: Role,
    pub(super) max_message: usize,
    pub(super) max_frame: usize,
    pub(super) max_fragments: usize,
}

/// What has come in whole.
#[derive(Debug)]
pub(super) enum Piece {
    Control(Opcode, Vec<u8>),
    Message(Message),
}

/// Frames and messages on their way in. Between two of them there is nothing in it.
#[derive(Debug, Default)]
pub(super) struct Reader {
    head: HeadReader,
    /// The frame whose payload is coming.
    frame: Option<Head>,
    /// The payload of a control frame, as far as it has come.
    control: Vec<u8>,
    assembler: Assembler,
    /// Messages are read away.
    away: bool,
}

impl Reader {
    /// One in which nothing is under way. Messages are read away if `away` says so.
    pub(super) fn new(away: bool) -> Self {
        Self {
            away,
            ..Self::default()
        }
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.frame.is_none() && self.head.is_idle() && self.assembler.is_idle()
    }

    /// Takes from the front of `bytes` as much as makes a piece, or all of it.
    ///
    /// # Errors
    /// With what the peer is to be told.
    pub(super) fn read(
        &mut self,
        bytes: &mut &[u8],
        bounds: &Bounds,
        mut inflater: Option<&mut Inflater>,
    ) -> Result<Option<Piece>, Close> {
        loop {
            let Some(frame) = &mut self.frame else {
                let rules = Rules {
                    role: bounds.role,
                    rsv1: inflater.is_some(),
                    fragmented: !self.assembler.is_idle(),
                    max_frame: bounds.max_frame as u64,
                    room: (bounds.max_message as u64).saturating_sub(self.assembler.announced()),
                };
                let Some(mut head) = self.head.read(bytes, rules)? else {
                    return Ok(None);
                };
                if self.is_whole(&head, bounds)
                    && let Some((payload, rest)) =
                        bytes.split_at_checked(usize::try_from(head.left).unwrap_or(usize::MAX))
                {
                    *bytes = rest;
                    let text = head.opcode == Opcode::Text;
                    return Assembler::whole(text, payload, head.mask.as_mut())
                        .map(|message| Some(Piece::Message(message)));
                }
                if !head.opcode.is_control() {
                    self.assembler.begin(&head, bounds, self.away)?;
                }
                self.frame = Some(head);
                continue;
            };
            let most = usize::try_from(frame.left).unwrap_or(usize::MAX);
            let (payload, rest) = bytes.split_at(most.min(bytes.len())); // in bounds
            *bytes = rest;
            frame.left -= payload.len() as u64;
            if frame.opcode.is_control() {
                let from = self.control.len();
                self.control.extend_from_slice(payload);
                if let Some(mask) = &mut frame.mask {
                    mask.apply(self.control.get_mut(from..).unwrap_or_default());
                }
            } else if !payload.is_empty() {
                let inflater = inflater.as_deref_mut();
                self.assembler
                    .push(payload, frame.mask.as_mut(), inflater, bounds.max_message)?;
            }
            let Head {
                opcode,
                last,
                left: 0,
                ..
            } = *frame
            else {
                return Ok(None);
            };
            self.frame = None;
            if opcode.is_control() {
                return Ok(Some(Piece::Control(opcode, std::mem::take(&mut self.control))));
            }
            if last
                && let Some(message) = self
                    .assembler
                    .finish(inflater.as_deref_mut(), bounds.max_message)?
            {
                return Ok(Some(Piece::Message(message)));
            }
        }
    }

    /// Whether a frame is a message, and one that needs no assembling if it is all there.
    fn is_whole(&self, head: &Head, bounds: &Bounds) -> bool {
        let is_first = matches!(head.opcode, Opcode::Text | Opcode::Binary);
        is_first && head.last && !head.compressed && !self.away && bounds.max_fragments > 0
    }

    /// From now on messages are read away, that which is under way first.
    pub(super) fn abandon(&mut self) {
        self.away = true;
        self.assembler.abandon();
    }
}
