use std::time::Duration;

/// The settings of a WebSocket: of a route, or of one client. Sizes are in bytes.
///
/// ```
/// use waterspout::websocket::{Compression, Options};
///
/// let options = Options { max_message: 1 << 20, compression: Some(Compression::default()), ..Options::default() };
/// assert_eq!(options.max_fragments, 16_384);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The largest message that is accepted, before and after it is inflated; beyond it the close code is 1009. Default 10 MiB.
    pub max_message: usize,
    /// The largest frame that is accepted; beyond it 1009. Default 10 MiB.
    pub max_frame: usize,
    /// The most frames one message may be cut into; beyond it 1008. Default 16,384.
    pub max_fragments: usize,
    /// How much may wait to be sent before a sender waits, or its policy decides. Default 1 MiB.
    pub send_queue: usize,
    /// permessage-deflate (RFC 7692), where the peer can do it, too. Default: the default [`Compression`]; `None` turns it off.
    pub compression: Option<Compression>,
    /// After how much silence of the peer it is pinged. Default 30 s; `None` turns pings off.
    pub ping_interval: Option<Duration>,
    /// How long the peer may stay silent after a ping; beyond it 1011, and the connection is dropped. Default 20 s.
    pub ping_timeout: Duration,
    /// How long the peer may take to answer a close frame; beyond it the connection is dropped. Default 5 s.
    pub close_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_message: 10 << 20,
            max_frame: 10 << 20,
            max_fragments: 16_384,
            send_queue: 1 << 20,
            compression: Some(Compression::default()),
            ping_interval: Some(Duration::from_secs(30)),
            ping_timeout: Duration::from_secs(20),
            close_timeout: Duration::from_secs(5),
        }
    }
}

/// How permessage-deflate is done (RFC 7692).
///
/// A side with context takeover compresses each message with what it has seen of those before it. That makes small,
/// similar messages smaller, and costs memory for as long as the connection lives, so both default to `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compression {
    /// The effort, 0 to 9. Default 6.
    pub level: u8,
    /// Messages of fewer bytes are sent as they are. Default 64.
    pub threshold: usize,
    /// Whether the server may keep its context from message to message.
    pub server_context_takeover: bool,
    /// Whether the client may keep its context from message to message.
    pub client_context_takeover: bool,
    /// The server's window as a power of two, 9 to 15. Default 15, which is 32 KiB.
    pub server_max_window_bits: u8,
    /// The client's window as a power of two, 9 to 15. Default 15.
    pub client_max_window_bits: u8,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            level: 6,
            threshold: 64,
            server_context_takeover: false,
            client_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}
