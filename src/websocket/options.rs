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
    /// What speaks the protocol on the connections of a route. A client's settings have no use for it.
    pub engine: Engine,
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
            engine: Engine::default(),
        }
    }
}

/// An engine: what speaks the protocol on a route's connections after their 101. Handshake, handlers, senders, groups,
/// times and the send queue are the same with each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// [`Connection`](super::Connection): the default.
    #[default]
    Connection,
    /// async-tungstenite, where no compression is wanted: none is offered, whatever [`Options::compression`] says, and
    /// [`Options::max_fragments`] are not counted. Text that is no UTF-8 is found at the end of its frame. The close code
    /// 1014 is refused with 1002, and one that may not be sent is told as 1002.
    ///
    /// A frame takes the memory that its head announces, up to the limits, before its bytes have come. A connection keeps
    /// 8 KiB to read into while it is idle.
    #[cfg(feature = "async-tungstenite")]
    AsyncTungstenite,
}

impl Engine {
    /// Every engine that was compiled in, the default one first.
    pub const ALL: &[Self] = &[
        Self::Connection,
        #[cfg(feature = "async-tungstenite")]
        Self::AsyncTungstenite,
    ];

    /// `connection` or `async-tungstenite`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            #[cfg(feature = "async-tungstenite")]
            Self::AsyncTungstenite => "async-tungstenite",
        }
    }

    /// Whether it can do permessage-deflate.
    pub(super) const fn compresses(self) -> bool {
        matches!(self, Self::Connection)
    }
}

/// How messages are compressed where the peer agrees: the extension permessage-deflate (RFC 7692).
///
/// By default the server keeps no compressor between two messages: they are lent to a connection for one message and stay
/// with the thread. The client may refer back, since there are clients that do not see that they are asked not to
/// (Tornado 6.6.1 passes over parameters without a value); of what it has sent the server keeps a window. Context takeover
/// makes small messages that resemble each other smaller still, and costs memory for each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compression {
    /// How hard to try, from 0 (not at all) to 9. Default 6. More than 9 counts as 9.
    pub level: u8,
    /// Messages of fewer bytes are sent as they are. Default 64.
    pub threshold: usize,
    /// Whether the server may refer back to its earlier messages. Where it does, its side of the connection holds a
    /// compressor from a message to the next ping ([`Options::ping_interval`]): 370 KiB with a window of 15 bits, 240 KiB
    /// with one of 9. The client's side holds the window, 32 KiB at most. Default `false`.
    pub server_context_takeover: bool,
    /// The same for messages of the client, the other way round. Default `true`: the server holds as much as the client has
    /// sent, 32 KiB at most.
    pub client_context_takeover: bool,
    /// The window of the server's compressor as a power of two, from 8 to 15: how far it may refer back. Other numbers
    /// count as the nearest of these. Default 15, which is 32 KiB.
    pub server_max_window_bits: u8,
    /// The same for the client. A server can only ask for less than 15 where the client lets it (RFC 7692 section
    /// 7.1.2.2), and takes the client's window as it is elsewhere. Default 15.
    pub client_max_window_bits: u8,
}

impl Compression {
    /// The window of the server's compressor, within what there is.
    pub(super) fn server_bits(&self) -> u8 {
        self.server_max_window_bits.clamp(8, 15)
    }

    /// The window of the client's compressor, within what there is.
    pub(super) fn client_bits(&self) -> u8 {
        self.client_max_window_bits.clamp(8, 15)
    }
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            level: 6,
            threshold: 64,
            server_context_takeover: false,
            client_context_takeover: true,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}
