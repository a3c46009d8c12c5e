//! permessage-deflate (RFC 7692).

/// What both sides have agreed on. Nothing can be agreed on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {}
