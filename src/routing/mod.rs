//! Which rule answers a request: path patterns, host patterns, the ordered table, and URLs made back from names.
//!
//! The model is Tornado's `routing.py`: an ordered list of rules of which the first match wins, rules for one
//! host before rules for any, matching on the raw path (so `%2F` in a segment survives), captured text
//! percent-decoded afterwards, and `reverse_url`. The life of a lookup:
//!
//! 1. [`dot_segments`] tells whether the path must be refused before any rule sees it;
//! 2. [`Table::find`] gives the first [`Match`]: its target, and [`Captures`], which are ranges into the path;
//! 3. [`decode`] turns one captured range into text;
//! 4. [`Table::reverse`] goes the other way, from a name and arguments to a path.

mod braces;
mod captures;
mod dots;
mod error;
mod host;
mod lane;
mod part;
mod pattern;
mod reverse;
mod segments;
mod table;
mod template;

pub use captures::{Captures, InvalidUtf8, decode};
pub use dots::dot_segments;
pub use error::{PatternError, PatternErrorKind};
pub use host::{HostPattern, host_without_port};
pub use pattern::Pattern;
pub use reverse::ReverseError;
pub use table::{DuplicateName, Match, Table};
