use std::fmt;

use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, StatusCode};

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum LengthField {
    /// Nothing, as the status alone says that there is none.
    None,
    Length(u64),
    Chunked,
    /// Nothing, and the connection's end is the body's.
    UntilClose,
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
        let switching = self.status == StatusCode::SWITCHING_PROTOCOLS;
        if self.status.is_informational() && !switching {
            return Err(EncodeError::Status);
        }
        status_line(out, self.status, self.reason);
        // 426 must name what to upgrade to (RFC 9110 section 15.5.22); elsewhere the field would be an offer.
        let may_upgrade = switching || self.status == StatusCode::UPGRADE_REQUIRED;
        let own = fields(out, self.headers, may_upgrade, |_| false)?;

        if switching && !(asked.upgrade && own.upgrade) {
            return Err(EncodeError::Upgrade);
        }
        let switched = switching || (asked.connect && self.status.is_success());
        let (writer, length) = if switched {
            if self.body != BodySize::Empty {
                return Err(EncodeError::Upgrade);
            }
            (Writer::Discard, LengthField::None)
        } else {
            self.framing(asked, own.length)?
        };
        let persistent = persistent && !own.close && length != LengthField::UntilClose;

        if !own.date {
            date(out, self.date);
        }
        match length {
            LengthField::None | LengthField::UntilClose => {}
            LengthField::Length(length) => content_length(out, length),
            LengthField::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        }
        out.extend_from_slice(match (own.upgrade, persistent) {
            _ if switching => b"connection: upgrade\r\n\r\n",
            _ if switched => b"\r\n",
            (true, true) => b"connection: upgrade\r\n\r\n",
            (true, false) => b"connection: upgrade, close\r\n\r\n",
            (false, false) => b"connection: close\r\n\r\n",
            (false, true) if !asked.modern => b"connection: keep-alive\r\n\r\n",
            (false, true) => b"\r\n",
        });
        Ok(Begun {
            writer,
            persistent,
            switched,
        })
    }

    /// How the body is delimited (RFC 9112 section 6, RFC 9110 section 8.6). `declared` is the caller's own length.
    fn framing(&self, asked: &Asked, declared: Option<u64>) -> Result<(Writer, LengthField), EncodeError> {
        match self.status {
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
        let length = match (self.body, declared) {
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

/// Appends the caller's fields but those that frame the message or speak of the connection, which are the encoder's, and
/// those that `skip` picks out.
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
        let text = name.as_str();
        if *name == CONTENT_LENGTH {
            let length = decimal(value.as_bytes()).ok_or(EncodeError::ContentLength)?;
            if own.length.is_some_and(|other| other != length) {
                return Err(EncodeError::ContentLength);
            }
            own.length = Some(length);
            continue;
        } else if *name == CONNECTION {
            own.close |= list(value.as_bytes()).any(|member| member.eq_ignore_ascii_case(b"close"));
            continue;
        } else if *name == UPGRADE {
            if !may_upgrade {
                continue;
            }
            own.upgrade = true;
        } else if *name == DATE {
            own.date = true;
        } else if *name == TRANSFER_ENCODING
            || text == "keep-alive"
            || text == "proxy-connection"
            || skip(name)
        {
            continue;
        }
        field(out, text.as_bytes(), value.as_bytes());
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
