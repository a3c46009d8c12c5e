//! Multipart forms: `multipart/form-data` without a socket, and what handlers see of it (RFC 7578, RFC 2046 section 5.1).
//!
//! | part | knows |
//! |---|---|
//! | `boundary` | what a `Content-Type` says |
//! | `parser`, `event`, `fault` | bytes in, events out: [`Parser`] |
//! | `head`, `parameters` | the fields of a part, and what its `Content-Disposition` says |
//! | `stream` | [`Multipart`] and [`Part`]: a handler that reads the body as it comes |
//! | `form`, `file`, `spool` | a form that was read before the handler: arguments and [`HttpFile`]s |
//!
//! As in [`h1`](crate::h1), what is found depends on the bytes alone, never on the pieces they arrived in, each byte is looked
//! at a bounded number of times, and limits are checked before memory is taken.

mod boundary;
mod event;
mod fault;
mod file;
mod form;
mod head;
mod limits;
mod parameters;
mod parser;
mod spool;
mod stream;

pub use boundary::Boundary;
pub(crate) use boundary::is_multipart_form;
pub use event::Event;
pub use fault::Fault;
pub use file::HttpFile;
pub(crate) use form::Form;
pub use head::PartHead;
pub use limits::Limits;
pub use parser::Parser;
pub use stream::{Multipart, Part};

#[cfg(test)]
mod tests;
