use std::fmt;

use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::date::HttpDate;
use super::token::{decimal, list};
use super::writer::Writer;

/// How large the body of a message will be, as far as the caller knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodySize {
    /// There is none.
    Empty,
    /// Exactly so many bytes will be sent.
    Known(u64),
    /// What is sent until `finish`.
    Unknown,
}

/// Why something was not sent. Except for `TooLong` and `TooShort` nothing was written and the connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeError {
    /// A server: no request awaits this, as there is none, or its response has already begun or ended. A client: the
    /// connection cannot carry a request now, or there is none to add to.
    Order,
    /// The request target is none: not visible ASCII, with a fragment, or of a form that the method does not have.
    Target,
    /// There is not exactly one valid `Host`.
    Host,
    /// The status cannot be sent by this call: 1xx is for
    /// [`send_informational`](super::Server::send_informational), and only 1xx is.
    Status,
    /// The caller's `Content-Length` is no number, or not the number of bytes the body has.
    ContentLength,
    /// A switch of protocols (101, or 2xx to CONNECT) that the request does not allow, without `Upgrade`, or with a body;
    /// or a CONNECT with a body.
    Upgrade,
    /// More body than declared. The message is cut off: close the connection.
    TooLong,
    /// Less body than declared. The message is cut off: close the connection.
    TooShort,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Order => "this part of a message is not due now",
            Self::Target => "invalid request target",
            Self::Host => "exactly one valid host is needed",
            Self::Status => "this status cannot be sent here",
            Self::ContentLength => "content-length does not match the body",
            Self::Upgrade => "protocols cannot be switched so",
            Self::TooLong => "more body than declared",
            Self::TooShort => "less body than declared",
        })
    }
}

impl std::error::Error for EncodeError {}

/// What must be known of a request to answer it, and to read its answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    /// HTTP/1.1, so chunks, 1xx and persistence are understood.
    pub(super) modern: bool,
    /// HEAD: the head as for GET and no body.
    pub(super) head: bool,
    /// CONNECT: a 2xx makes the connection a tunnel.
    pub(super) connect: bool,
    /// 101 is possible.
    pub(super) upgrade: bool,
}

/// The head of a final response.
pub(super) struct ResponseHead<'a> {
    pub(super) status: StatusCode,
    pub(super) reason: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: BodySize,
    pub(super) date: &'a HttpDate,
}

/// What was decided while a head was written.
pub(super) struct Begun {
    pub(super) writer: Writer,
    /// The connection stays open.
    pub(super) persistent: bool,
    /// The connection leaves HTTP.
    pub(super) switched: bool,
}

/// What a head says about the length of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthField {
    /// Nothing, as the status alone says that there is none.
    None,
    /// `Content-Length`.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// Nothing, and the connection's end is the body's.
    UntilClose,
}

/// How a response is framed and what becomes of the connection: [`Server::frame_response`](super::Server::frame_response)
/// decides it for those who encode by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseFraming {
    /// What the head must say about the length.
    pub length: LengthField,
    /// Whether a body follows the head. To HEAD, and with 101, 204, 205 and 304, none does.
    pub has_body: bool,
    /// The value of `Connection`, where the head must have one.
    pub connection: Option<&'static str>,
    /// The connection stays open.
    pub(super) persistent: bool,
    /// The connection leaves HTTP.
    pub(super) switched: bool,
}

impl ResponseHead<'_> {
    /// Appends the head to `out`. On an error `out` is as it was.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        asked: &Asked,
        persistent: bool,
    ) -> Result<Begun, EncodeError> {
        let mark = out.len();
        let begun = self.try_write(out, asked, persistent);
        if begun.is_err() {
            out.truncate(mark);
        }
        begun
    }

    fn try_write(&self, out: &mut Vec<u8>, asked: &Asked, persistent: bool) -> Result<Begun, EncodeError> {
        status_line(out, self.status, self.reason);
        let own = fields(out, self.headers, may_upgrade(self.status), |_| false)?;
        let (writer, framing) = decide(self.status, self.body, &own, asked, persistent)?;
        if !own.date {
            date(out, self.date);
        }
        match framing.length {
            LengthField::None | LengthField::UntilClose => {}
            LengthField::Length(length) => content_length(out, length),
            LengthField::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        }
        if let Some(connection) = framing.connection {
            field(out, b"connection", connection.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        Ok(Begun {
            writer,
            persistent: framing.persistent,
            switched: framing.switched,
        })
    }
}

/// Decides for an encoder of someone else's, and takes out of `headers` what is the encoder's to say.
pub(super) fn frame(
    status: StatusCode,
    headers: &mut HeaderMap,
    body: BodySize,
    asked: &Asked,
    persistent: bool,
) -> Result<ResponseFraming, EncodeError> {
    let (mut own, mut taken) = (Own::default(), Vec::new());
    for (name, value) in &*headers {
        if !own.note(name, value, may_upgrade(status))? {
            taken.push(name.clone());
        }
    }
    let (_, framing) = decide(status, body, &own, asked, persistent)?;
    for name in taken {
        headers.remove(name);
    }
    Ok(framing)
}

/// Whether a response of this status may have `Upgrade`: 101, and 426, which must name what to upgrade to (RFC 9110
/// section 15.5.22); elsewhere the field would be an offer.
fn may_upgrade(status: StatusCode) -> bool {
    status == StatusCode::SWITCHING_PROTOCOLS || status == StatusCode::UPGRADE_REQUIRED
}

/// What follows from status, fields and request: how the body is written, and what the head says of it.
#[inline(always)] // on the way of every response
fn decide(
    status: StatusCode,
    body: BodySize,
    own: &Own,
    asked: &Asked,
    persistent: bool,
) -> Result<(Writer, ResponseFraming), EncodeError> {
    let switching = status == StatusCode::SWITCHING_PROTOCOLS;
    if status.is_informational() && !switching {
        return Err(EncodeError::Status);
    }
    if switching && !(asked.upgrade && own.upgrade) {
        return Err(EncodeError::Upgrade);
    }
    let switched = switching || (asked.connect && status.is_success());
    let (writer, length) = if switched {
        if body != BodySize::Empty {
            return Err(EncodeError::Upgrade);
        }
        (Writer::Discard, LengthField::None)
    } else {
        delimit(status, body, asked, own.length)?
    };
    let persistent = persistent && !own.close && length != LengthField::UntilClose;
    let connection = match (own.upgrade, persistent) {
        _ if switching => Some("upgrade"),
        _ if switched => None,
        (true, true) => Some("upgrade"),
        (true, false) => Some("upgrade, close"),
        (false, false) => Some("close"),
        (false, true) if !asked.modern => Some("keep-alive"),
        (false, true) => None,
    };
    let framing = ResponseFraming {
        length,
        has_body: writer != Writer::Discard,
        connection,
        persistent,
        switched,
    };
    Ok((writer, framing))
}

/// How the body is delimited (RFC 9112 section 6, RFC 9110 section 8.6). `declared` is the caller's own length.
fn delimit(
    status: StatusCode,
    body: BodySize,
    asked: &Asked,
    declared: Option<u64>,
) -> Result<(Writer, LengthField), EncodeError> {
    match status {
        StatusCode::NO_CONTENT => return Ok((Writer::Discard, LengthField::None)),
        StatusCode::RESET_CONTENT => return Ok((Writer::Discard, LengthField::Length(0))),
        StatusCode::NOT_MODIFIED => {
            return Ok((
                Writer::Discard,
                declared.map_or(LengthField::None, LengthField::Length),
            ));
        }
        _ => {}
    }
    let length = match (body, declared) {
        (BodySize::Unknown, None) => None,
        (BodySize::Unknown, Some(declared)) => Some(declared),
        (BodySize::Known(length), None) => Some(length),
        (BodySize::Empty, None) => Some(0),
        // The length a GET would have is the caller's to know.
        (_, Some(declared)) if asked.head => Some(declared),
        (BodySize::Known(length), Some(declared)) if length == declared => Some(length),
        (BodySize::Empty, Some(0)) => Some(0),
        (_, Some(_)) => return Err(EncodeError::ContentLength),
    };
    let (writer, field) = match length {
        Some(length) => (Writer::Known(length), LengthField::Length(length)),
        None if asked.modern => (Writer::Chunked, LengthField::Chunked),
        None => (Writer::UntilClose, LengthField::UntilClose),
    };
    Ok((if asked.head { Writer::Discard } else { writer }, field))
}

/// Appends the status line (RFC 9112 section 4). Always HTTP/1.1, the version we speak, whatever was asked with. A
/// reason that could end the line, or hold bytes not all peers read alike, is replaced by the usual one.
pub(super) fn status_line(out: &mut Vec<u8>, status: StatusCode, reason: Option<&str>) {
    let reason = reason
        .filter(|text| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=0x7e)));
    let common: &[u8] = match (reason, status.as_u16()) {
        (None, 200) => b"HTTP/1.1 200 OK\r\n",
        (None, 201) => b"HTTP/1.1 201 Created\r\n",
        (None, 204) => b"HTTP/1.1 204 No Content\r\n",
        (None, 206) => b"HTTP/1.1 206 Partial Content\r\n",
        (None, 301) => b"HTTP/1.1 301 Moved Permanently\r\n",
        (None, 302) => b"HTTP/1.1 302 Found\r\n",
        (None, 303) => b"HTTP/1.1 303 See Other\r\n",
        (None, 304) => b"HTTP/1.1 304 Not Modified\r\n",
        (None, 400) => b"HTTP/1.1 400 Bad Request\r\n",
        (None, 403) => b"HTTP/1.1 403 Forbidden\r\n",
        (None, 404) => b"HTTP/1.1 404 Not Found\r\n",
        (None, 500) => b"HTTP/1.1 500 Internal Server Error\r\n",
        _ => {
            out.extend_from_slice(b"HTTP/1.1 ");
            out.extend_from_slice(status.as_str().as_bytes());
            out.push(b' '); // even before an empty reason
            out.extend_from_slice(
                reason
                    .or(status.canonical_reason())
                    .unwrap_or_default()
                    .as_bytes(),
            );
            b"\r\n"
        }
    };
    out.extend_from_slice(common);
}

/// What the caller's fields said about things that are the encoder's.
#[derive(Default)]
pub(super) struct Own {
    pub(super) length: Option<u64>,
    date: bool,
    pub(super) close: bool,
    pub(super) upgrade: bool,
}

impl Own {
    /// Takes note of one field, and tells whether it is to be sent: those that frame the message or speak of the
    /// connection are the encoder's.
    #[inline(always)] // on the way of every field
    fn note(
        &mut self,
        name: &HeaderName,
        value: &HeaderValue,
        may_upgrade: bool,
    ) -> Result<bool, EncodeError> {
        let text = name.as_str();
        if *name == CONTENT_LENGTH {
            let length = decimal(value.as_bytes()).ok_or(EncodeError::ContentLength)?;
            if self.length.is_some_and(|other| other != length) {
                return Err(EncodeError::ContentLength);
            }
            self.length = Some(length);
            return Ok(false);
        } else if *name == CONNECTION {
            self.close |= list(value.as_bytes()).any(|member| member.eq_ignore_ascii_case(b"close"));
            return Ok(false);
        } else if *name == UPGRADE {
            self.upgrade |= may_upgrade;
            return Ok(may_upgrade);
        } else if *name == DATE {
            self.date = true;
        } else if *name == TRANSFER_ENCODING || text == "keep-alive" || text == "proxy-connection" {
            return Ok(false);
        }
        Ok(true)
    }
}

/// Appends the caller's fields but those that are the encoder's, and those that `skip` picks out.
///
/// Names and values need no check: a `HeaderName` is a token in lower case, and a `HeaderValue` holds no control byte
/// but HTAB, so no line can be ended in it. (It may hold bytes from 0x80 on: obs-text, legal and passed on.)
pub(super) fn fields(
    out: &mut Vec<u8>,
    headers: &HeaderMap,
    may_upgrade: bool,
    skip: impl Fn(&HeaderName) -> bool,
) -> Result<Own, EncodeError> {
    let mut own = Own::default();
    for (name, value) in headers {
        if own.note(name, value, may_upgrade)? && !skip(name) {
            field(out, name.as_str().as_bytes(), value.as_bytes());
        }
    }
    Ok(own)
}

/// Appends one field line.
pub(super) fn field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    // Once for the line, so that the pieces find their room.
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Appends `Content-Length`.
pub(super) fn content_length(out: &mut Vec<u8>, length: u64) {
    field(
        out,
        b"content-length",
        itoa::Buffer::new().format(length).as_bytes(),
    );
}

/// Appends `Date`.
pub(super) fn date(out: &mut Vec<u8>, date: &HttpDate) {
    field(out, b"date", date.as_bytes());
}
