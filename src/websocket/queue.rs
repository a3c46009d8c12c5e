//! A queue that holds one piece or none most of the time.

use std::collections::VecDeque;

/// First in, first out. One piece needs no memory besides, and what more pieces need goes back when they have left.
pub(super) struct Queue<T> {
    first: Option<T>,
    /// Empty unless there is a first.
    rest: VecDeque<T>,
}

impl<T> Queue<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn push(&mut self, piece: T) {
        if self.first.is_none() {
            self.first = Some(piece);
        } else {
            self.rest.push_back(piece);
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let piece = self.first.take()?;
        if self.rest.capacity() > 0 {
            self.first = self.rest.pop_front();
            if self.first.is_none() {
                self.rest = VecDeque::new();
            }
        }
        Some(piece)
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let (first, rest) = (None, VecDeque::new());
        Self { first, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order_and_leaves_nothing() {
        let mut queue = Queue::default();
        assert_eq!(queue.pop(), None::<u8>);
        for count in [1, 2, 5] {
            (0..count).for_each(|piece| queue.push(piece));
            assert_eq!(queue.pop(), Some(0));
            queue.push(count);
            for piece in 1..=count {
                assert!(!queue.is_empty());
                assert_eq!(queue.pop(), Some(piece));
            }
            assert!(queue.is_empty());
            assert_eq!(queue.pop(), None);
            assert_eq!(queue.rest.capacity(), 0);
        }
    }
}
