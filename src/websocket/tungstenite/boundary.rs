//! Where in the peer's frames a connection stands.

use super::super::Role;
use super::super::frame::{HeadReader, Rules};

/// Follows the frames that pass, without their payload. Whether they are right is tungstenite's to say: one that is not
/// ends the following.
#[derive(Default)]
pub(super) struct Boundary {
    head: HeadReader,
    /// What is still to come of a payload.
    left: u64,
    /// A message has begun and its last frame has not come.
    fragmented: bool,
    lost: bool,
}

impl Boundary {
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while !self.lost && !bytes.is_empty() {
            let skipped = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
            if skipped > 0 {
                self.left -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            let rules = Rules {
                role: Role::Server,
                rsv1: false,
                fragmented: self.fragmented,
                max_frame: u64::MAX,
                room: u64::MAX,
            };
            match self.head.read(&mut bytes, rules) {
                Ok(None) => {}
                Ok(Some(head)) => {
                    self.left = head.left;
                    if !head.opcode.is_control() {
                        self.fragmented = !head.last;
                    }
                }
                Err(_) => self.lost = true,
            }
        }
    }

    /// Whether no frame and no message is under way.
    pub(super) fn is_reached(&self) -> bool {
        !self.lost && self.left == 0 && self.head.is_idle() && !self.fragmented
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [1, 2, 3, 4];

    fn frame(head: &[u8], len: usize) -> Vec<u8> {
        [head, &KEY, &vec![0x81; len]].concat()
    }

    #[test]
    fn it_stands_behind_whole_messages_alone() {
        let pieces = [
            (frame(&[0x81, 0x80 | 5], 5), true),
            (frame(&[0x82, 0x80 | 126, 1, 0], 256), true),
            (frame(&[0x82, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536), true),
            (frame(&[0x81, 0x80], 0), true),
            // A message in fragments, and a ping in between.
            (frame(&[0x01, 0x80 | 3], 3), false),
            (frame(&[0x89, 0x80 | 2], 2), false),
            (frame(&[0x00, 0x80], 0), false),
            (frame(&[0x80, 0x80 | 1], 1), true),
        ];
        for size in [1, 2, 7, 1000, usize::MAX] {
            let mut boundary = Boundary::default();
            for (wire, reached) in &pieces {
                let (last, before) = wire.split_last().expect("bytes");
                for piece in before.chunks(size) {
                    boundary.pass(piece);
                    assert!(!boundary.is_reached(), "inside {:x?}", &wire[..2]);
                }
                boundary.pass(&[*last]);
                assert_eq!(boundary.is_reached(), *reached, "behind {:x?}", &wire[..2]);
            }
        }
    }

    #[test]
    fn what_is_no_frame_is_never_left() {
        let mut boundary = Boundary::default();
        boundary.pass(&[0x81, 0x05]);
        boundary.pass(&frame(&[0x81, 0x80], 0));
        assert!(!boundary.is_reached());
    }
}
