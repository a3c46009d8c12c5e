/// How messages are compressed where the peer agrees: the extension permessage-deflate (RFC 7692).
///
/// The default keeps nothing between two messages: compressors are lent to a connection for one message and stay with
/// the thread, so an idle connection costs no more with the extension than without. Context takeover makes small
/// messages that resemble each other smaller still, at the price of a context for each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compression {
    /// How hard to try, from 0 (not at all) to 9. Default 6. More than 9 counts as 9.
    pub level: u8,
    /// Messages of fewer bytes are sent as they are. Default 64.
    pub threshold: usize,
    /// Whether a server may refer back to its earlier messages. Where it does, its side of the connection holds a
    /// compressor from its first message on, 370 KiB with a window of 15 bits and 240 KiB with one of 9, until it has
    /// rested; the client's side holds the window, 32 KiB at most. Default `false`.
    pub server_context_takeover: bool,
    /// The same for messages of the client, the other way round. Default `false`.
    pub client_context_takeover: bool,
    /// The window of a server's compressor as a power of two, from 8 to 15: how far it may refer back. Other numbers
    /// count as the nearest of these. Default 15.
    pub server_max_window_bits: u8,
    /// The same for a client. A server can only ask for less than 15 where the client lets it (RFC 7692 section
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
            client_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}
