/// Which end of a connection this is: clients mask what they send, servers do not (RFC 6455 section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one that was asked.
    Server,
    /// The one that asked.
    Client,
}
