//! Path arguments as redirects want them.

use std::borrow::Cow;

use super::Context;
use crate::redirect::Key;

impl Context {
    fn path_index(&self, key: &Key) -> Option<usize> {
        match key {
            Key::Index(index) => Some(*index),
            Key::Name(name) => self.path.index_of(&self.app, name),
        }
    }

    /// A path argument as it stands in the path, still percent-encoded.
    pub(crate) fn path_raw(&self, key: &Key) -> Option<Cow<'_, str>> {
        let raw = self.path.raw(&self.request, self.path_index(key)?);
        raw.map(Cow::Borrowed)
    }

    /// A path argument, percent-decoded.
    pub(crate) fn path_text(&self, key: &Key) -> Option<Cow<'_, str>> {
        let text = self.path.at(&self.request, self.path_index(key)?);
        text.map(Cow::Borrowed)
    }
}
