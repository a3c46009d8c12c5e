//! What the fuzz targets share. An input begins with bytes that choose how it is tested; the rest is what is tested, as it
//! stands on the wire, so that a kept input can be read and written by hand.

mod choices;
mod memory;
pub mod websocket;

pub use choices::{Choices, pieces};
pub use memory::{Counting, most};
