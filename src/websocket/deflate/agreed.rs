use super::super::Role;

/// What both ends of a connection have agreed on for permessage-deflate (RFC 7692 section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub(super) server: Direction,
    pub(super) client: Direction,
}

/// What holds for the messages of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Direction {
    /// Messages may refer back to earlier ones.
    pub(super) takeover: bool,
    /// How far back, as a power of two from 8 to 15.
    pub(super) bits: u8,
}

impl Agreed {
    /// What holds for the messages that `role` sends.
    pub(super) fn sent_by(&self, role: Role) -> Direction {
        match role {
            Role::Server => self.server,
            Role::Client => self.client,
        }
    }

    /// What holds for the messages that `role` receives.
    pub(super) fn received_by(&self, role: Role) -> Direction {
        match role {
            Role::Server => self.client,
            Role::Client => self.server,
        }
    }
}
