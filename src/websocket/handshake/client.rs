use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};

use crate::h1::is_token;

use super::super::deflate::{Agreed, accept_client, offer_client};
use super::super::options::{Compression, Options};
use super::{VERSION, accept, connection_upgrades, members, single, upgrades};

/// A handshake as the client sees it: what it asks, and whether the answer fits.
#[derive(Debug, Clone)]
pub struct ClientHandshake {
    key: HeaderValue,
    accept: String,
    /// The subprotocols, as offered, and all of them in one field.
    protocols: Vec<String>,
    protocol_field: Option<HeaderValue>,
    compression: Option<Compression>,
}

/// What a handshake has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Established {
    /// The subprotocol that the server has chosen among those offered.
    pub protocol: Option<String>,
    /// What [`Connection::new`](super::super::Connection::new) is to be called with.
    pub deflate: Option<Agreed>,
}

impl ClientHandshake {
    /// A handshake that offers these subprotocols, the best first. `nonce` must be chosen at random for each.
    ///
    /// # Errors
    /// If a subprotocol is no token (RFC 9110 section 5.6.2) or there twice.
    pub fn new(
        nonce: [u8; 16],
        protocols: &[impl AsRef<str>],
        options: &Options,
    ) -> Result<Self, HandshakeError> {
        let invalid = HandshakeError::Invalid("a subprotocol is no token, or offered twice");
        let protocols: Vec<String> = protocols.iter().map(|name| name.as_ref().to_owned()).collect();
        let known = |at: usize, name: &String| protocols.iter().take(at).any(|other| other == name);
        for (at, name) in protocols.iter().enumerate() {
            if !is_token(name.as_bytes()) || known(at, name) {
                return Err(invalid);
            }
        }
        let key = STANDARD.encode(nonce);
        let protocol_field = HeaderValue::from_str(&protocols.join(", ")).map_err(|_| invalid)?;
        Ok(Self {
            accept: accept(key.as_bytes()),
            key: HeaderValue::from_str(&key).map_err(|_| invalid)?,
            protocol_field: (!protocols.is_empty()).then_some(protocol_field),
            protocols,
            compression: options.compression,
        })
    }

    /// Puts the client's part into the fields of a GET (RFC 6455 section 4.1).
    pub fn request(&self, fields: &mut HeaderMap) {
        fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
        fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        fields.insert(SEC_WEBSOCKET_VERSION, VERSION);
        fields.insert(SEC_WEBSOCKET_KEY, self.key.clone());
        if let Some(value) = &self.protocol_field {
            fields.insert(SEC_WEBSOCKET_PROTOCOL, value.clone());
        }
        if let Some(settings) = &self.compression {
            fields.insert(SEC_WEBSOCKET_EXTENSIONS, offer_client(settings));
        }
    }

    /// Checks the server's part.
    ///
    /// # Errors
    /// If the answer is no 101, its `Upgrade`, `Connection` or `Sec-WebSocket-Accept` is not as it has to be, or it
    /// chooses what was not offered. The connection is to be closed then.
    pub fn verify(&self, status: StatusCode, fields: &HeaderMap) -> Result<Established, HandshakeError> {
        let invalid = |detail| Err(HandshakeError::Invalid(detail));
        if status != StatusCode::SWITCHING_PROTOCOLS {
            return Err(HandshakeError::Status(status));
        }
        if !upgrades(fields) || members(fields, &UPGRADE).count() != 1 {
            return invalid("the answer does not upgrade to WebSocket");
        }
        if !connection_upgrades(fields) {
            return invalid("the answer has no \"Connection: Upgrade\"");
        }
        if single(fields, &SEC_WEBSOCKET_ACCEPT) != Some(self.accept.as_bytes()) {
            return invalid("Sec-WebSocket-Accept is not that of our key");
        }
        let protocol = match single(fields, &SEC_WEBSOCKET_PROTOCOL) {
            Some(chosen) => match self.protocols.iter().find(|name| name.as_bytes() == chosen) {
                Some(name) => Some(name.clone()),
                None => return invalid("the server has chosen a subprotocol that was not offered"),
            },
            None if fields.contains_key(SEC_WEBSOCKET_PROTOCOL) => {
                return invalid("the server has chosen several subprotocols");
            }
            None => None,
        };
        let extensions = fields.get_all(SEC_WEBSOCKET_EXTENSIONS);
        let deflate = match &self.compression {
            Some(settings) => {
                accept_client(settings, extensions).map_err(|error| HandshakeError::Invalid(error.0))?
            }
            None if members(fields, &SEC_WEBSOCKET_EXTENSIONS).next().is_some() => {
                return invalid("the server has chosen an extension that was not offered");
            }
            None => None,
        };
        Ok(Established { protocol, deflate })
    }
}

/// Why a handshake has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeError {
    /// The server has answered, but not with a 101.
    Status(StatusCode),
    /// What was offered cannot be, or the answer does not fit it; in a few words of our own.
    Invalid(&'static str),
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "no WebSocket: the server answers {status}"),
            Self::Invalid(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for HandshakeError {}
