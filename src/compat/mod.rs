//! Conversions to and from [`http_types`], the vocabulary of tide, surf and async-h1. Feature `http-types`.
//!
//! Every conversion is lossless or refused: what one side has no place for is a [`Refused`] that names it, and nothing
//! panics, whatever comes in. Bodies stream both ways with back-pressure.

mod body;
mod endpoint;
mod fields;
mod host;
mod peer;
mod refused;
mod request;
mod response;
mod target;
mod upgrade;

pub use http_types;

pub use body::body_with_trailers;
pub use endpoint::Endpoint;
pub use host::Host;
pub use refused::{Part, Refused};
pub use request::request;
pub use response::for_server;

#[cfg(test)]
mod tests;
