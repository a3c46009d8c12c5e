use http::header::{
    ALLOW, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, Version};

use crate::error::{Error, Result};
use crate::h1::is_token;
use crate::request::Request;

use super::super::deflate::{Agreed, negotiate_server};
use super::super::options::Options;
use super::{VERSION, accept, connection_upgrades, members, single, upgrades};

/// A handshake as the server sees it: a request that may become a WebSocket.
#[derive(Debug, Clone)]
pub struct ServerHandshake {
    accept: String,
    protocols: Vec<String>,
    extensions: Vec<HeaderValue>,
}

impl ServerHandshake {
    /// Reads the client's part (RFC 6455 section 4.2.1). `Origin` is not looked at.
    ///
    /// # Errors
    /// With the answer: 405 if it is no GET, 426 with `Sec-WebSocket-Version: 13` for another version, else 400: for
    /// a request of HTTP/1.0, one that asks for no upgrade to WebSocket, and one whose key is missing, there twice, or
    /// not 16 bytes in base64.
    pub fn read(request: &Request) -> Result<Self> {
        let fields = request.headers();
        let bad = |detail: &'static str| Err(Error::new(400).message(detail));
        if *request.method() != Method::GET {
            let get = HeaderValue::from_static("GET");
            return Err(Error::new(405)
                .message("a WebSocket is opened by GET")
                .header(ALLOW, get));
        }
        if request.version() != Version::HTTP_11 {
            return bad("a WebSocket needs HTTP/1.1");
        }
        if !upgrades(fields) {
            return bad("this is a WebSocket: the request has no \"Upgrade: websocket\"");
        }
        if !connection_upgrades(fields) {
            return bad("this is a WebSocket: the request has no \"Connection: Upgrade\"");
        }
        if single(fields, &SEC_WEBSOCKET_VERSION) != Some(VERSION.as_bytes()) {
            return Err(Error::new(426)
                .message("this server speaks version 13 of the WebSocket protocol")
                .header(SEC_WEBSOCKET_VERSION, VERSION)
                .header(UPGRADE, HeaderValue::from_static("websocket")));
        }
        let key = match single(fields, &SEC_WEBSOCKET_KEY) {
            Some(key) if is_key(key) => key,
            _ => return bad("Sec-WebSocket-Key is to be there once, 16 bytes in base64"),
        };
        let mut protocols = Vec::new();
        for protocol in members(fields, &SEC_WEBSOCKET_PROTOCOL) {
            match std::str::from_utf8(protocol) {
                Ok(name) if is_token(protocol) => protocols.push(name.to_owned()),
                _ => return bad("Sec-WebSocket-Protocol has a name that is no token"),
            }
        }
        Ok(Self {
            accept: accept(key),
            protocols,
            extensions: fields.get_all(SEC_WEBSOCKET_EXTENSIONS).iter().cloned().collect(),
        })
    }

    /// The subprotocols that the client offers, the one it likes best first.
    pub fn protocols(&self) -> &[String] {
        &self.protocols
    }

    /// Adds the server's part to the fields of a 101 (RFC 6455 section 4.2.2), all but `Upgrade` and `Connection`, which
    /// [`Response::upgrade`](crate::Response::upgrade) has. Gives what the connection is to be made with.
    ///
    /// # Errors
    /// 500 for a subprotocol that the client has not offered. Nothing is added then.
    pub fn accept(
        &self,
        protocol: Option<&str>,
        options: &Options,
        fields: &mut HeaderMap,
    ) -> Result<Option<Agreed>> {
        let invalid = |_| Error::new(500).message("a field of the handshake is invalid");
        if let Some(protocol) = protocol {
            if !self.protocols.iter().any(|offered| offered == protocol) {
                return Err(Error::new(500).message("a subprotocol was selected that was not offered"));
            }
            let value = HeaderValue::from_str(protocol).map_err(invalid)?;
            fields.insert(SEC_WEBSOCKET_PROTOCOL, value);
        }
        let value = HeaderValue::from_str(&self.accept).map_err(invalid)?;
        fields.insert(SEC_WEBSOCKET_ACCEPT, value);
        let settings = options.compression.as_ref();
        let agreed = settings.and_then(|settings| negotiate_server(&self.extensions, settings));
        Ok(agreed.map(|(agreed, value)| {
            fields.insert(SEC_WEBSOCKET_EXTENSIONS, value);
            agreed
        }))
    }
}

/// Whether it is 16 bytes in base64: the last four bits are not looked at, as elsewhere.
fn is_key(key: &[u8]) -> bool {
    key.len() == 24
        && key.strip_suffix(b"==").is_some_and(|digits| {
            digits
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
        })
}
