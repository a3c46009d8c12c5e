use std::sync::OnceLock;

use bytes::Bytes;

use super::deflate::compress_shared;
use super::frame::{Head, Opcode};
use super::message::Message;
use super::options::Compression;

/// A message encoded once, to be sent by a server over many connections ([`Connection::send_prepared`](super::Connection::send_prepared)).
///
/// It has up to two forms: as it is, and compressed without reference to what was sent before. The second is made when
/// a connection first asks for it.
#[derive(Debug)]
pub struct Prepared {
    opcode: Opcode,
    payload: Bytes,
    /// Head and payload.
    plain: Bytes,
    compression: Option<Compression>,
    /// Head and payload of the compressed form, unless it is better sent as it is.
    compressed: OnceLock<Option<Bytes>>,
}

impl Prepared {
    /// Encodes `message`; for connections with permessage-deflate also as `compression` says.
    pub fn new(message: &Message, compression: Option<&Compression>) -> Self {
        let opcode = Opcode::of_message(message);
        let plain = encode(opcode, false, message.as_bytes());
        Self {
            opcode,
            payload: plain.slice(plain.len() - message.len()..),
            plain,
            compression: compression.copied(),
            compressed: OnceLock::new(),
        }
    }

    /// How many bytes the message has.
    pub fn len(&self) -> usize {
        self.payload.len()
    }

    /// Whether the message has no bytes.
    pub fn is_empty(&self) -> bool {
        self.payload.is_empty()
    }

    pub(super) fn opcode(&self) -> Opcode {
        self.opcode
    }

    pub(super) fn payload(&self) -> &Bytes {
        &self.payload
    }

    pub(super) fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// The window that the compressed form needs, as a power of two.
    pub(super) fn bits(&self) -> Option<u8> {
        self.compression.as_ref().map(Compression::server_bits)
    }

    pub(super) fn compressed(&self) -> Option<&Bytes> {
        let settings = self.compression.as_ref()?;
        let make = || {
            let payload = compress_shared(&self.payload, settings, settings.server_bits())?;
            Some(encode(self.opcode, true, &payload))
        };
        self.compressed.get_or_init(make).as_ref()
    }
}

fn encode(opcode: Opcode, compressed: bool, payload: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(payload.len() + 10);
    Head::whole(opcode, compressed, payload.len(), None).encode(&mut frame);
    frame.extend_from_slice(payload);
    frame.into()
}
