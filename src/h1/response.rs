use std::ops::Range;

use bytes::Bytes;
use http::{StatusCode, Version};

use super::encode::Asked;
use super::fields::Fields;
use super::framing::{Framing, Length};
use super::input::Input;
use super::limits::Limits;
use super::refusal::Refusal;
use super::scan::{Line, LineScan};

/// The head of a response, checked (RFC 9112 sections 2, 4, 6 and 9).
///
/// Reason and field values are slices of the connection's read buffer: keeping one keeps the whole head in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseHead {
    /// Three digits, 100 to 999: a client must cope with statuses it does not know (RFC 9110 section 15).
    pub status: StatusCode,
    /// The reason phrase as received, often empty. Blanks, visible ASCII and bytes from 0x80 on, of which nobody says
    /// how they are encoded; a client should not look at it (RFC 9112 section 4).
    pub reason: Bytes,
    /// `HTTP_10` or `HTTP_11`.
    pub version: Version,
    /// The fields.
    pub fields: Fields,
    /// How long the body is. [`Length::Empty`] also where fields speak of a body that does not follow: to HEAD, with
    /// 1xx, 204 and 304, and with a 2xx to CONNECT.
    pub length: Length,
    /// Whether the peer leaves the connection open after this response.
    pub keep_alive: bool,
}

/// A status line, checked, as indexes into the buffer.
#[derive(Debug)]
struct StatusLine {
    version: Version,
    status: StatusCode,
    reason: Range<usize>,
}

impl StatusLine {
    /// Parses `version SP status [ SP reason ]`, which ends at the index `end` of the buffer. The blank before an absent
    /// reason is asked for by the grammar and left out by many.
    fn parse(line: &[u8], end: usize) -> Result<Self, Refusal> {
        let (version, rest) = match line {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1', b' ', rest @ ..] => (Version::HTTP_11, rest),
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0', b' ', rest @ ..] => (Version::HTTP_10, rest),
            [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                b'0'..=b'9',
                b'.',
                b'0'..=b'9',
                b' ',
                ..,
            ] => {
                return Err(Refusal::bad("HTTP/1.0 and HTTP/1.1 only"));
            }
            _ => return Err(Refusal::bad("invalid status line")),
        };
        let (status, reason) = rest
            .split_at_checked(3)
            .ok_or(Refusal::bad("invalid status line"))?;
        let status = StatusCode::from_bytes(status).map_err(|_| Refusal::bad("invalid status"))?;
        let reason = match reason {
            [] => reason,
            [b' ', reason @ ..] => reason,
            _ => return Err(Refusal::bad("invalid status line")),
        };
        if !reason
            .iter()
            .all(|&byte| matches!(byte, b'\t' | b' '..=0x7e | 0x80..))
        {
            return Err(Refusal::bad("invalid reason phrase"));
        }
        Ok(Self {
            version,
            status,
            reason: end - reason.len()..end, // not below 0: the reason is the line's last part
        })
    }
}

/// Reads one response head, however it is split.
#[derive(Debug, Default)]
pub(super) struct ResponseReader {
    scan: LineScan,
    line: Option<StatusLine>,
}

impl ResponseReader {
    /// The head, once all of it is in `input`, from which it is then taken. `asked` says what it answers.
    pub(super) fn read(
        &mut self,
        input: &mut Input,
        limits: &Limits,
        asked: &Asked,
    ) -> Result<Option<ResponseHead>, Refusal> {
        if self.line.is_none() {
            let range = match self.scan.line(input.bytes(), limits.head)? {
                Line::Found(range) => range,
                Line::Partial => return Ok(None),
                Line::TooLong => return Err(Refusal::too_large("status line too long")),
            };
            let end = range.end;
            let line = input.bytes().get(range).unwrap_or_default();
            self.line = Some(StatusLine::parse(line, end)?);
        }
        let Some(end) = self
            .scan
            .section(input.bytes(), limits.head, limits.field_lines())?
        else {
            return Ok(None);
        };
        match self.line.take() {
            Some(line) => finish(line, input.take(end), self.scan.count(), asked).map(Some),
            None => Ok(None), // not reached: set above
        }
    }
}

/// Parses the fields behind the status line and draws the conclusions (RFC 9112 section 6.3).
fn finish(line: StatusLine, bytes: Bytes, count: usize, asked: &Asked) -> Result<ResponseHead, Refusal> {
    let mut framing = Framing::default();
    let start = line.reason.end + 2; // behind the CRLF of the line
    // In bounds: the line is a part of the head. `slice` only raises the buffer's count of users.
    let reason = bytes.slice(line.reason);
    let fields = Fields::check(bytes, start, count, |name, value| framing.note(name, value))?;

    let modern = line.version == Version::HTTP_11;
    let status = line.status;
    if status == StatusCode::SWITCHING_PROTOCOLS && !asked.upgrade {
        return Err(Refusal::bad("101 without an upgrade asked for"));
    }
    let mut keep_alive = framing.persists(modern);
    let length = if asked.connect && status.is_success() {
        Length::Empty // whatever the fields say, even nonsense: rule 2
    } else {
        let length = framing.response_length(modern)?;
        let framed = matches!(length, Length::Known(_) | Length::Chunked);
        match status {
            // Whoever sends such a body sends what we would take for the final response.
            _ if status.is_informational() && framed => {
                return Err(Refusal::bad("informational response with a body"));
            }
            _ if status.is_informational() => Length::Empty,
            StatusCode::NO_CONTENT => {
                keep_alive &= !framed; // some do send one, and late: not to be taken for the next response
                Length::Empty
            }
            _ if asked.head || status == StatusCode::NOT_MODIFIED => Length::Empty,
            _ => length,
        }
    };
    Ok(ResponseHead {
        status,
        reason,
        version: line.version,
        fields,
        length,
        keep_alive: keep_alive && length != Length::UntilClose,
    })
}
