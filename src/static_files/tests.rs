//! No input costs more than its length; files are hashed once.

use std::cell::Cell;

thread_local! {
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    static HASHED: Cell<usize> = const { Cell::new(0) };
}

/// Called where input is parsed, with how many bytes: counted instead of timed.
pub(super) fn looked_at(bytes: usize) {
    LOOKED_AT.set(LOOKED_AT.get() + bytes);
}

/// Called where a file is read to be hashed.
pub(super) fn hashed() {
    HASHED.set(HASHED.get() + 1);
}
