//! The WebSocket protocol (RFC 6455) with compression of messages (RFC 7692), without a socket.

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the connection that uses it comes next")
)]
mod deflate;
mod options;
mod role;

pub use deflate::Agreed;
pub use options::Compression;
pub use role::Role;
