//! Heads of frames (RFC 6455 section 5.2).

use super::close::{Close, CloseCode};
use super::mask::Mask;
use super::message::Message;
use super::role::Role;

/// The longest payload of a control frame.
pub(super) const CONTROL_MAX: usize = 125;

/// The longest head.
pub(super) const HEAD_MAX: usize = 14;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    pub(super) const fn of_message(message: &Message) -> Self {
        match message {
            Message::Text(_) => Self::Text,
            Message::Binary(_) => Self::Binary,
        }
    }

    fn of(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    pub(super) const fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// A frame without its payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// The last frame of its message.
    pub(super) last: bool,
    /// RSV1: the message is compressed, and this is its first frame (RFC 7692 section 6).
    pub(super) compressed: bool,
    pub(super) opcode: Opcode,
    /// What is still to come of the payload.
    pub(super) left: u64,
    pub(super) mask: Option<Mask>,
}

impl Head {
    /// A frame of ours that is a whole message, or a control frame.
    pub(super) const fn whole(opcode: Opcode, compressed: bool, payload: usize, mask: Option<Mask>) -> Self {
        Self {
            last: true,
            compressed,
            opcode,
            left: payload as u64,
            mask,
        }
    }

    /// Reads a head at the beginning of `bytes`, and gives it with what stands behind it; none if it is not whole, though
    /// what there is of it has been judged.
    ///
    /// # Errors
    /// As those of [`HeadReader::read`].
    fn read(bytes: &[u8], rules: Rules) -> Result<Option<(Self, &[u8])>, Close> {
        let Some((first, rest)) = bytes.split_first() else {
            return Ok(None);
        };
        let opcode = check_first(*first, rules)?;
        let Some((second, rest)) = rest.split_first() else {
            return Ok(None);
        };
        check_second(*second, opcode, rules.role)?;
        let (left, rest) = match second & 0x7f {
            126 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            short => (u64::from(short), rest),
        };
        check_length(second & 0x7f, left, opcode, rules)?;
        let (mask, rest) = match rules.role {
            Role::Client => (None, rest),
            Role::Server => match rest.split_first_chunk() {
                Some((key, rest)) => (Some(Mask::new(*key)), rest),
                None => return Ok(None),
            },
        };
        let head = Self {
            last: first & 0x80 != 0,
            compressed: first & 0x40 != 0,
            opcode,
            left,
            mask,
        };
        Ok(Some((head, rest)))
    }

    /// Appends the frame's first bytes, with the shortest form of the length.
    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        to.push(u8::from(self.last) << 7 | u8::from(self.compressed) << 6 | self.opcode.bits());
        match (u8::try_from(self.left), u16::try_from(self.left)) {
            (Ok(short @ 0..=125), _) => to.push(masked | short),
            (_, Ok(middle)) => {
                to.push(masked | 126);
                to.extend_from_slice(&middle.to_be_bytes());
            }
            _ => {
                to.push(masked | 127);
                to.extend_from_slice(&self.left.to_be_bytes());
            }
        }
        if let Some(mask) = self.mask {
            to.extend_from_slice(&mask.key());
        }
    }
}

/// What a head is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) role: Role,
    /// An extension that uses RSV1 has been agreed on.
    pub(super) rsv1: bool,
    /// A message has begun and its last frame has not come.
    pub(super) fragmented: bool,
    /// The longest payload of a frame that is accepted.
    pub(super) max_frame: u64,
    /// What the present message, or a new one, may still take.
    pub(super) room: u64,
}

/// Reads a head as its bytes come: each fault is found at the byte that makes it, so that nothing depends on how the
/// bytes were split.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    bytes: [u8; HEAD_MAX],
    have: u8,
}

impl HeadReader {
    /// Whether no byte of a head has come.
    pub(super) fn is_idle(&self) -> bool {
        self.have == 0
    }

    /// Takes from the front of `bytes` what belongs to the head, and gives the head once it is whole.
    ///
    /// # Errors
    /// With what the peer is to be told: 1002 where the protocol is broken, 1009 for a frame too long.
    pub(super) fn read(&mut self, bytes: &mut &[u8], rules: Rules) -> Result<Option<Head>, Close> {
        if self.is_idle()
            && let Some((head, rest)) = Head::read(bytes, rules)?
        {
            *bytes = rest;
            return Ok(Some(head));
        }
        let have = usize::from(self.have);
        let room = self.bytes.get_mut(have..).unwrap_or_default();
        let more = room.len().min(bytes.len());
        for (place, byte) in room.iter_mut().zip(*bytes) {
            *place = *byte;
        }
        let known = self.bytes.get(..have + more).unwrap_or_default();
        let Some((head, behind)) = Head::read(known, rules)? else {
            self.have += more as u8; // at most as many as there is room for
            *bytes = &[];
            return Ok(None);
        };
        *bytes = bytes.get(more - behind.len()..).unwrap_or_default();
        self.have = 0;
        Ok(Some(head))
    }
}

fn protocol(detail: &'static str) -> Close {
    Close::new(CloseCode::PROTOCOL_ERROR, detail)
}

fn check_first(first: u8, rules: Rules) -> Result<Opcode, Close> {
    if first & 0x30 != 0 || (first & 0x40 != 0 && !rules.rsv1) {
        return Err(protocol("reserved bit without an extension"));
    }
    let opcode = Opcode::of(first & 0x0f).ok_or_else(|| protocol("reserved opcode"))?;
    let begins = matches!(opcode, Opcode::Text | Opcode::Binary);
    if first & 0x40 != 0 && !begins {
        return Err(protocol("compressed frame that begins no message"));
    }
    if opcode.is_control() && first & 0x80 == 0 {
        return Err(protocol("fragmented control frame"));
    }
    match (opcode, rules.fragmented) {
        (Opcode::Continuation, false) => Err(protocol("continuation of no message")),
        (Opcode::Text | Opcode::Binary, true) => Err(protocol("message inside a message")),
        _ => Ok(opcode),
    }
}

fn check_second(second: u8, opcode: Opcode, role: Role) -> Result<(), Close> {
    match (role, second & 0x80 != 0) {
        (Role::Server, false) => return Err(protocol("unmasked frame of a client")),
        (Role::Client, true) => return Err(protocol("masked frame of a server")),
        _ => {}
    }
    if opcode.is_control() && usize::from(second & 0x7f) > CONTROL_MAX {
        return Err(protocol("control frame too long"));
    }
    Ok(())
}

fn check_length(short: u8, length: u64, opcode: Opcode, rules: Rules) -> Result<(), Close> {
    let least = match short {
        126 => 126,
        127 => 1 << 16,
        _ => 0,
    };
    if length < least {
        return Err(protocol("length in more bytes than it needs"));
    }
    let too_big = |detail: &'static str| Err(Close::new(CloseCode::MESSAGE_TOO_BIG, detail));
    match opcode.is_control() {
        false if length > rules.max_frame => too_big("frame too big"),
        false if length > rules.room => too_big("message too big"),
        false if length >> 63 != 0 => Err(protocol("length of 64 bits")),
        _ => Ok(()),
    }
}
