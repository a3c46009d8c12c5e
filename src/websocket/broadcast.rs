//! One message for many.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::shared::{Outgoing, Refused, Shared};
use super::{Close, CloseCode, Compression, Message, Prepared, Sender};

/// What a [`Broadcast`] does about a member whose send queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlowReceiver {
    /// The others wait for it.
    Wait,
    /// It misses the message.
    Drop,
    /// It is closed with 1013 (try again later); what it has not read yet is dropped.
    #[default]
    Close,
}

/// A group of WebSockets that all get the same messages, each encoded once for all of them. Clones are the same group.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::websocket::{Broadcast, Membership};
///
/// struct Chat {
///     room: Broadcast,
///     membership: Option<Membership>,
/// }
/// impl WebSocketHandler for Chat {
///     async fn open(&mut self, ws: &mut WebSocket) -> Result {
///         self.membership = Some(self.room.join(&ws.sender()));
///         Ok(())
///     }
///     async fn on_message(&mut self, _ws: &mut WebSocket, message: Message) -> Result {
///         self.room.send(&message).await;
///         Ok(())
///     }
/// }
///
/// let room = Broadcast::default();
/// let app = Application::new().websocket("/chat", move || Chat { room: room.clone(), membership: None });
/// ```
#[derive(Clone)]
pub struct Broadcast {
    members: Arc<Mutex<Members>>,
    slow: SlowReceiver,
    compression: Option<Compression>,
}

#[derive(Default)]
struct Members {
    next: u64,
    open: HashMap<u64, Arc<Shared>>,
}

/// A WebSocket's place in a [`Broadcast`]: dropping it leaves the group.
pub struct Membership {
    members: Weak<Mutex<Members>>,
    number: u64,
}

fn lock(members: &Mutex<Members>) -> MutexGuard<'_, Members> {
    members.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Broadcast {
    /// An empty group with this policy.
    pub fn new(slow: SlowReceiver) -> Self {
        Self {
            members: Arc::default(),
            slow,
            compression: Some(Compression::default()),
        }
    }

    /// How messages are compressed for members with permessage-deflate; `None` for not at all.
    #[must_use]
    pub fn compression(mut self, compression: Option<Compression>) -> Self {
        self.compression = compression;
        self
    }

    /// Adds a WebSocket, until the membership is dropped.
    pub fn join(&self, sender: &Sender) -> Membership {
        let mut members = lock(&self.members);
        let number = members.next;
        members.next += 1;
        members.open.insert(number, sender.0.clone());
        Membership {
            members: Arc::downgrade(&self.members),
            number,
        }
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        lock(&self.members).open.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sends a message to every member; gives to how many. It waits for nobody unless the policy is
    /// [`SlowReceiver::Wait`].
    pub async fn send(&self, message: &Message) -> usize {
        let prepared = Arc::new(Prepared::new(message, self.compression.as_ref()));
        // Out of the lock: nobody who joins or leaves waits for a slow one.
        let members: Vec<_> = lock(&self.members).open.values().cloned().collect();
        let mut reached = 0;
        for member in members {
            let piece = Outgoing::Prepared(prepared.clone());
            let sent = match self.slow {
                SlowReceiver::Wait => member.wait_push(piece).await.is_ok(),
                SlowReceiver::Drop => member.try_push(piece).is_ok(),
                SlowReceiver::Close => match member.try_push(piece) {
                    Err(Refused::Full) => {
                        member.close(Close::new(CloseCode::TRY_AGAIN_LATER, "too slow"), true);
                        false
                    }
                    sent => sent.is_ok(),
                },
            };
            reached += usize::from(sent);
        }
        reached
    }
}

impl Default for Broadcast {
    fn default() -> Self {
        Self::new(SlowReceiver::default())
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(members) = self.members.upgrade() {
            lock(&members).open.remove(&self.number);
        }
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast")
            .field("members", &self.len())
            .field("slow", &self.slow)
            .finish()
    }
}

impl fmt::Debug for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Membership").finish_non_exhaustive()
    }
}
