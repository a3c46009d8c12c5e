use bytes::Bytes;

use crate::h1::Output;

use super::close::Close;
use super::frame::{HEAD_MAX, Head, Opcode};
use super::mask::{Mask, Masks};
use super::message::Message;

/// Payloads of at least this many bytes are queued as they are, where they need no mask.
const LARGE: usize = 4096;

/// A payload that is written: one that is large and shared is not copied.
pub(super) enum Payload<'a> {
    Borrowed(&'a [u8]),
    Shared(Bytes),
    Owned(Message),
}

impl Payload<'_> {
    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => bytes,
            Self::Owned(message) => message.as_bytes(),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Borrowed(bytes) => Bytes::copy_from_slice(bytes),
            Self::Shared(bytes) => bytes,
            Self::Owned(message) => message.into_bytes(),
        }
    }
}

/// Writes frames into the output, and sees to it that no more than one pong waits there.
#[derive(Debug)]
pub(super) struct Writer {
    output: Output,
    /// Those of a client.
    masks: Option<Box<Masks>>,
    /// The newest ping that is not answered. Boxed, as it is rare.
    pong: Option<Box<Bytes>>,
    /// Where the last pong ends, counted from the first byte of the output.
    pong_end: u64,
}

impl Writer {
    pub(super) fn new(masks: Option<Masks>) -> Self {
        Self {
            output: Output::frugal(),
            masks: masks.map(Box::new),
            pong: None,
            pong_end: 0,
        }
    }

    /// A whole message, or a control frame.
    pub(super) fn frame(&mut self, opcode: Opcode, compressed: bool, payload: Payload<'_>) {
        let mask = self.masks.as_mut().map(|masks| masks.next());
        let length = payload.as_slice().len();
        let head = Head::whole(opcode, compressed, length, mask);
        let tail = self.output.tail();
        tail.reserve(HEAD_MAX + if length < LARGE { length } else { 0 });
        head.encode(tail);
        match mask {
            _ if length < LARGE => {
                let from = tail.len();
                tail.extend_from_slice(payload.as_slice());
                apply(mask, tail.get_mut(from..).unwrap_or_default());
            }
            None => self.output.push(payload.into_bytes()),
            Some(_) => {
                let mut masked = payload.as_slice().to_vec();
                apply(mask, &mut masked);
                self.output.push(masked.into());
            }
        }
    }

    /// A whole frame that was encoded before, without a mask.
    pub(super) fn encoded(&mut self, frame: &Bytes) {
        self.output.push(frame.clone());
    }

    /// Whether frames are masked.
    pub(super) fn masks(&self) -> bool {
        self.masks.is_some()
    }

    /// Answers a ping: at once, or when the pong before it has left. Then only the newest ping is answered
    /// (RFC 6455 section 5.5.3), so that a peer who pings and does not read costs no memory.
    pub(super) fn answer(&mut self, data: Bytes) {
        if self.pong_has_left() {
            self.write_pong(data);
        } else {
            self.pong = Some(Box::new(data));
        }
    }

    fn pong_has_left(&self) -> bool {
        self.pong_end <= self.output.taken()
    }

    fn write_pong(&mut self, data: Bytes) {
        self.frame(Opcode::Pong, false, Payload::Shared(data));
        self.pong_end = self.output.taken() + self.output.len() as u64;
    }

    /// The last frame that is written.
    pub(super) fn close(&mut self, close: &Close) {
        self.pong = None;
        self.frame(Opcode::Close, false, Payload::Borrowed(&close.payload()));
    }

    /// What is to be written to the peer, as far as it is known.
    pub(super) fn output(&mut self) -> &mut Output {
        if self.pong.is_some()
            && self.pong_has_left()
            && let Some(data) = self.pong.take()
        {
            self.write_pong(*data);
        }
        &mut self.output
    }
}

#[cfg(test)]
impl Writer {
    pub(super) fn is_bare(&self) -> bool {
        self.pong.is_none() && self.output.is_bare()
    }
}

fn apply(mask: Option<Mask>, data: &mut [u8]) {
    if let Some(mut mask) = mask {
        mask.apply(data);
    }
}
