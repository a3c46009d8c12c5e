use std::fmt;

/// The longest reason in bytes: a control frame has at most 125, two of which are the code.
const REASON_MAX: usize = 123;

/// That nothing was said before the connection was lost.
pub(super) static ABNORMAL: Close = Close {
    code: CloseCode::ABNORMAL,
    reason: String::new(),
};

/// Why a WebSocket was closed, as one of its sides says it (RFC 6455 section 5.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: CloseCode,
    /// A text for people, often empty. At most 123 bytes of it travel.
    pub reason: String,
}

impl Close {
    /// A close with this code and reason. A reason of more than 123 bytes is cut where it is sent.
    ///
    /// ```
    /// use waterspout::websocket::{Close, CloseCode};
    ///
    /// let close = Close::new(CloseCode::GOING_AWAY, "back in a minute");
    /// assert_eq!(close.to_string(), "1001: back in a minute");
    /// ```
    pub fn new(code: CloseCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// Reads the payload of a close frame: nothing, or a code and a reason in UTF-8.
    ///
    /// # Errors
    /// With what the peer is to be told: 1002 for one byte or a code that may not be sent, 1007 for a reason that is
    /// no UTF-8.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, Self> {
        let protocol = |detail: &str| Self::new(CloseCode::PROTOCOL_ERROR, detail);
        let (code, reason) = match payload {
            [] => return Ok(Self::new(CloseCode::NO_STATUS, "")),
            [_] => return Err(protocol("close frame of one byte")),
            [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        };
        let code = CloseCode::new(code).ok_or_else(|| protocol("close code that may not be sent"))?;
        let reason = std::str::from_utf8(reason)
            .map_err(|_| Self::new(CloseCode::INVALID_PAYLOAD, "close reason is not UTF-8"))?;
        Ok(Self::new(code, reason))
    }

    /// The payload of the frame that says it: empty for a code that is never sent.
    pub(super) fn payload(&self) -> Vec<u8> {
        if CloseCode::new(self.code.0).is_none() {
            return Vec::new();
        }
        let reason = self.sent_reason();
        [&self.code.0.to_be_bytes(), reason.as_bytes()].concat()
    }

    /// As much of the reason as travels.
    pub(super) fn sent_reason(&self) -> &str {
        let reason = &self.reason;
        let cut = (0..=REASON_MAX.min(reason.len()))
            .rev()
            .find(|&at| reason.is_char_boundary(at));
        reason.get(..cut.unwrap_or(0)).unwrap_or_default()
    }
}

impl From<CloseCode> for Close {
    fn from(code: CloseCode) -> Self {
        Self::new(code, "")
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reason.is_empty() {
            self.code.fmt(f)
        } else {
            write!(f, "{}: {}", self.code, self.reason)
        }
    }
}

/// A close code (RFC 6455 section 7.4, and IANA's registry).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose of the connection has been fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: the server goes down, or the browser leaves the page.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a kind of message that is not accepted here, such as bytes where text is wanted.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1005: the peer's close frame had no code. It is told, never sent.
    pub const NO_STATUS: Self = Self(1005);
    /// 1006: the connection ended without a close frame of the peer. It is told, never sent.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: a message that is not what it says, such as text that is no UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// 1008: a message against a policy, where no other code fits.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message too large.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client misses an extension in the server's handshake. Clients alone send it.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: the server, or the handler, met an error.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the server restarts.
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: the server is overloaded; try again later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got no good answer from the server behind it.
    pub const BAD_GATEWAY: Self = Self(1014);

    /// A code that may be sent: 1000 to 1003, 1007 to 1014, 3000 to 3999 (registered by libraries and frameworks) and
    /// 4000 to 4999 (private).
    ///
    /// ```
    /// use waterspout::websocket::CloseCode;
    ///
    /// assert_eq!(CloseCode::new(1000), Some(CloseCode::NORMAL));
    /// assert_eq!(CloseCode::new(4001).map(CloseCode::as_u16), Some(4001));
    /// assert_eq!(CloseCode::new(1006), None);
    /// ```
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(code)),
            _ => None,
        }
    }

    /// The number.
    pub const fn as_u16(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl PartialEq<u16> for CloseCode {
    fn eq(&self, code: &u16) -> bool {
        self.0 == *code
    }
}
