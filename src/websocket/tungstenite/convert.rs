//! Our words in tungstenite's, and back.

use async_tungstenite::tungstenite::protocol::CloseFrame;
use async_tungstenite::tungstenite::protocol::frame::Frame;
use async_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use async_tungstenite::tungstenite::{Error, Message as Theirs};

use super::super::frame::Opcode;
use super::super::shared::Outgoing;
use super::super::{Close, CloseCode, Message, Prepared};

pub(super) fn outgoing(piece: Outgoing) -> Theirs {
    match piece {
        Outgoing::Message(Message::Text(text)) => Theirs::text(text),
        Outgoing::Message(Message::Binary(bytes)) => Theirs::Binary(bytes),
        Outgoing::Prepared(message) => prepared(&message),
        Outgoing::Ping(data) => Theirs::Ping(data),
        Outgoing::Close(close) => closing(&close),
    }
}

/// As a frame: that its text is text has been checked, and its bytes are those of all the others.
fn prepared(message: &Prepared) -> Theirs {
    let data = match message.opcode() {
        Opcode::Text => Data::Text,
        _ => Data::Binary,
    };
    Theirs::Frame(Frame::message(
        message.payload().clone(),
        OpCode::Data(data),
        true,
    ))
}

/// A close frame: empty for a code that is never sent.
pub(super) fn closing(close: &Close) -> Theirs {
    Theirs::Close(CloseCode::new(close.code.as_u16()).map(|code| CloseFrame {
        code: code.as_u16().into(),
        reason: close.sent_reason().into(),
    }))
}

/// What the peer's close frame said; nothing where its code is one that may not be sent.
pub(super) fn said(frame: Option<CloseFrame>) -> Option<Close> {
    let Some(frame) = frame else {
        return Some(CloseCode::NO_STATUS.into());
    };
    let code = CloseCode::new(frame.code.into())?;
    Some(Close::new(code, frame.reason.as_str()))
}

/// What a peer that caused this error is told.
pub(super) fn blame(error: &Error) -> Close {
    match error {
        Error::Capacity(error) => Close::new(CloseCode::MESSAGE_TOO_BIG, error.to_string()),
        Error::Utf8(_) => Close::new(CloseCode::INVALID_PAYLOAD, "text is not UTF-8"),
        Error::Protocol(error) => Close::new(CloseCode::PROTOCOL_ERROR, error.to_string()),
        // All others are of handshakes and of writing.
        _ => CloseCode::INTERNAL_ERROR.into(),
    }
}
