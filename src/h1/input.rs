use bytes::{Buf, Bytes, BytesMut};

/// A buffer this small is kept between messages, so that a busy connection does not allocate for every one.
const KEPT: usize = 4096;

/// The smallest buffer worth asking the allocator for: an ordinary head fits.
const SMALLEST: usize = 1024;

/// Bytes received and not used yet, and whether more will come.
///
/// What is taken out shares the buffer's memory; once all of it has been dropped the same memory is filled again.
#[derive(Debug, Default)]
pub(super) struct Input {
    buffer: BytesMut,
    /// The most room the present buffer had: after bytes are taken its own `capacity` tells less than what is held.
    room: usize,
    /// The peer will send nothing more.
    pub(super) ended: bool,
}

impl Input {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.buffer.capacity() - self.buffer.len() < bytes.len() {
            // `reserve` first tries to fill the same memory again, and doubles it when it must grow.
            self.buffer
                .reserve(bytes.len().max(if self.room == 0 { SMALLEST } else { 0 }));
            self.room = self.room.max(self.buffer.capacity());
        }
        self.buffer.extend_from_slice(bytes);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    pub(super) fn len(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The first `count` bytes, or all if there are fewer, without a copy.
    pub(super) fn take(&mut self, count: usize) -> Bytes {
        self.buffer.split_to(count.min(self.buffer.len())).freeze()
    }

    /// Forgets the first `count` bytes, or all if there are fewer.
    pub(super) fn skip(&mut self, count: usize) {
        self.buffer.advance(count.min(self.buffer.len()));
    }

    /// Gives memory back when nothing is buffered and the buffer has grown beyond what a quiet connection may hold.
    pub(super) fn relax(&mut self) {
        if self.room > KEPT && self.buffer.is_empty() {
            self.discard();
        }
    }

    /// Forgets all bytes and gives the memory back.
    pub(super) fn discard(&mut self) {
        self.buffer = BytesMut::new();
        self.room = 0;
    }
}
