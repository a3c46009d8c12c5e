//! permessage-deflate: messages compressed one by one (RFC 7692).
//!
//! | part | knows |
//! |---|---|
//! | `extension` | the grammar of `Sec-WebSocket-Extensions` |
//! | `parameters` | the four parameters of permessage-deflate |
//! | `server`, `client` | who offers what, and what is made of it |
//! | `agreed` | what both ends have agreed on |
//! | `deflater`, `inflater` | one direction of one connection each |
//! | `pool` | the contexts of this thread that no message uses now |

mod agreed;
mod client;
mod deflater;
mod extension;
mod inflater;
mod parameters;
mod pool;
mod server;

pub use agreed::Agreed;
pub(crate) use client::{accept_client, offer_client};
pub(crate) use deflater::{Deflater, compress_shared};
pub(crate) use inflater::{InflateError, Inflater};
pub(crate) use server::negotiate_server;

#[cfg(test)]
mod tests;
