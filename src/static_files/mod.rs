//! Static files: Tornado's `StaticFileHandler`, and the parts it is made of.
//!
//! [`Application::static_files`](crate::Application::static_files) serves a directory,
//! [`Context::static_url`](crate::Context::static_url) makes URLs that can be kept for ever,
//! [`Context::send_file`](crate::Context::send_file) answers with one file that the program has chosen. [`Ranges`] and
//! [`Validators`] are without any file: for handlers whose content comes from elsewhere.
//!
//! | part | what it does |
//! |---|---|
//! | `range` | which bytes a `Range` field asks for |
//! | `conditional` | entity tags, dates, and which condition goes before which |
//! | `coding` | `Accept-Encoding`, and what packed siblings are called |
//! | `path` | from a request's path to plain names; what no file may be called |
//! | `root` | opening what is below a directory, and nothing that is not |
//! | `digest` | the hash of a file's content, kept while the file is the same |
//! | `site` | which file answers: all that reads the disk, in one go |
//! | `kind` | content types |
//! | `answer`, `parts` | from an open file to a response; `multipart/byteranges` |
//! | `handler`, `mounted` | the directory as a handler; as part of an application, with versions for its URLs |
//!
//! All work on files goes through the [`Carrier`](crate::Carrier)'s threads. No file is held in memory: a small one is read as
//! it is sent, others piece by piece or by the carrier itself ([`FileBody`](crate::FileBody)).

mod answer;
mod coding;
mod conditional;
mod digest;
mod handler;
mod kind;
mod mounted;
mod parts;
mod path;
mod range;
mod root;
mod send_file;
mod site;

pub use conditional::{Condition, EntityTag, Validators};
pub use handler::StaticFiles;
pub(crate) use mounted::static_url;
pub use range::{ByteRange, MAX_RANGES, Ranges};
pub(crate) use send_file::send_file;

#[cfg(test)]
mod tests;
