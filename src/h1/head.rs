use std::ops::Range;

use bytes::Bytes;
use http::{Method, StatusCode, Uri, Version};

use super::fields::Fields;
use super::framing::{Framing, Length};
use super::host::{self, Port};
use super::input::Input;
use super::limits::Limits;
use super::refusal::Refusal;
use super::scan::{Line, LineScan};
use super::target::{self, Form};
use super::token::list;

/// The head of a request, checked (RFC 9112 sections 2 to 3, 6 and 9).
///
/// Target and field values are slices of the connection's read buffer: keeping one keeps the whole head in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestHead {
    /// Any token, case-sensitive: `get` is not `GET`.
    pub method: Method,
    /// The target, parsed. It has a scheme and an authority if it came in absolute form, and then that authority
    /// counts, not `Host` (RFC 9112 section 3.2.2); an authority alone for CONNECT; else path and query only.
    pub uri: Uri,
    /// The target as received, visible ASCII.
    pub target: Bytes,
    /// `HTTP_10` or `HTTP_11`.
    pub version: Version,
    /// The fields. On HTTP/1.1 there is exactly one valid `Host`; on 1.0 at most one.
    pub fields: Fields,
    /// How long the body is; never [`Length::UntilClose`].
    pub length: Length,
    /// Whether the peer wants the connection to stay open after the response.
    pub keep_alive: bool,
    /// Whether the peer may wait for `100 Continue` before it sends the body.
    pub expect_continue: bool,
    /// Whether a 101 is a possible answer: HTTP/1.1, `Connection: upgrade`, an `Upgrade` field, no body.
    pub upgrade: bool,
}

/// A request line, checked, as indexes into the buffer.
#[derive(Debug)]
struct RequestLine {
    method: Method,
    target: Range<usize>,
    version: Version,
    form: Form,
}

impl RequestLine {
    /// `GET /path HTTP/1.1`, which nearly all request lines are. Visible ASCII has no blank, so what stands between is the
    /// target and nothing else.
    fn parse_usual(line: &[u8], start: usize) -> Option<Self> {
        let target = line.strip_prefix(b"GET ")?.strip_suffix(b" HTTP/1.1")?;
        let usual = target.first() == Some(&b'/') && target::is_text(target);
        usual.then(|| Self {
            method: Method::GET,
            target: start + 4..start + 4 + target.len(),
            version: Version::HTTP_11,
            form: Form::Origin,
        })
    }

    /// Parses `method SP target SP version`, which stands at the index `start` of the buffer.
    fn parse(line: &[u8], start: usize) -> Result<Self, Refusal> {
        if let Some(usual) = Self::parse_usual(line, start) {
            return Ok(usual);
        }
        let mut parts = line.splitn(3, |&byte| byte == b' ');
        let (Some(method), Some(target), Some(version)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::bad("invalid request line"));
        };
        let from = start + method.len() + 1;
        let range = from..from + target.len();
        let method = Method::from_bytes(method).map_err(|_| Refusal::bad("invalid method"))?;
        if !target::is_text(target) {
            return Err(Refusal::bad("invalid request target"));
        }
        // The version before the form: the HTTP/2 preface `PRI * HTTP/2.0` deserves its 505.
        let version = match version {
            b"HTTP/1.1" => Version::HTTP_11,
            b"HTTP/1.0" => Version::HTTP_10,
            [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => {
                return Err(Refusal::new(
                    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                    "HTTP/1.0 and HTTP/1.1 only",
                ));
            }
            _ => return Err(Refusal::bad("invalid HTTP version")),
        };
        let form = Form::parse(&method, target)?;
        Ok(Self {
            method,
            target: range,
            version,
            form,
        })
    }
}

/// Reads one request head, however it is split.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    scan: LineScan,
    /// An empty line before the request line has been skipped; one is the most (RFC 9112 section 2.2).
    skipped: bool,
    line: Option<RequestLine>,
    /// The request line said HEAD; kept beside it, as a refusal may come when the line is used up.
    is_head: bool,
}

impl HeadReader {
    /// Whether the head in progress is known to be one of a HEAD request.
    pub(super) fn is_head_method(&self) -> bool {
        self.is_head
    }

    /// The head, once all of it is in `input`, from which it is then taken.
    pub(super) fn read(
        &mut self,
        input: &mut Input,
        limits: &Limits,
    ) -> Result<Option<RequestHead>, Refusal> {
        if self.line.is_none() {
            if self.scan.is_fresh() && !self.skip_empty_line(input)? {
                return Ok(None);
            }
            // The CRLF does not count as the line, so its LF may stand two further.
            let range = match self
                .scan
                .line(input.bytes(), limits.request_line.saturating_add(2))?
            {
                Line::Found(range) => range,
                Line::Partial => return Ok(None),
                Line::TooLong => return Err(Refusal::new(StatusCode::URI_TOO_LONG, "request line too long")),
            };
            let start = range.start;
            let line = input.bytes().get(range).unwrap_or_default();
            let line = RequestLine::parse(line, start)?;
            self.is_head = line.method == Method::HEAD;
            self.line = Some(line);
        }
        let Some(end) = self
            .scan
            .section(input.bytes(), limits.head, limits.field_lines())?
        else {
            return Ok(None);
        };
        match self.line.take() {
            Some(line) => finish(line, input.take(end), self.scan.count()).map(Some),
            None => Ok(None), // not reached: set above
        }
    }

    /// Skips an empty line before the request line. False while there is no byte to judge by.
    fn skip_empty_line(&mut self, input: &mut Input) -> Result<bool, Refusal> {
        loop {
            match input.bytes() {
                [] | [b'\r'] => return Ok(false),
                [b'\r', b'\n', ..] if self.skipped => {
                    return Err(Refusal::bad("empty lines before the request line"));
                }
                [b'\r', b'\n', ..] => {
                    self.skipped = true;
                    input.skip(2);
                }
                [b'\r', ..] => return Err(Refusal::bad("carriage return without line feed")),
                _ => return Ok(true),
            }
        }
    }
}

/// What only a request's fields say.
#[derive(Default)]
struct RequestFacts {
    hosts: usize,
    host_ok: bool,
    expects_continue: bool,
    expects_other: bool,
}

/// Parses the fields behind the request line and draws the conclusions. Faults of syntax come before all others, and
/// 400 before the statuses that speak of a request we understood.
fn finish(line: RequestLine, bytes: Bytes, count: usize) -> Result<RequestHead, Refusal> {
    let mut framing = Framing::default();
    let mut facts = RequestFacts::default();
    // Behind the target stand `SP HTTP/1.1 CR LF`, eleven bytes.
    let start = line.target.end + 11;
    // In bounds: the line is a part of the head. `slice` only raises the buffer's count of users.
    let target = bytes.slice(line.target);
    let fields = Fields::check(bytes, start, count, |name, value| match name.len() {
        4 if name.eq_ignore_ascii_case("host") => {
            facts.hosts += 1;
            facts.host_ok = host::is_valid(value, Port::Optional);
        }
        6 if name.eq_ignore_ascii_case("expect") => {
            for member in list(value) {
                let known = member.eq_ignore_ascii_case(b"100-continue");
                facts.expects_continue |= known;
                facts.expects_other |= !known;
            }
        }
        _ => framing.note(name, value),
    })?;

    let modern = line.version == Version::HTTP_11;
    match facts.hosts {
        0 if modern => return Err(Refusal::bad("no host")),
        0 => {}
        1 if facts.host_ok => {}
        1 => return Err(Refusal::bad("invalid host")),
        _ => return Err(Refusal::bad("more than one host")),
    }
    let uri = line.form.uri(target.clone())?;
    let length = framing.request_length(modern)?;
    if line.form == Form::Authority && length != Length::Empty {
        // Such content means nothing (RFC 9110 section 9.3.6), and behind a 2xx it would be the tunnel's.
        return Err(Refusal::bad("CONNECT with a body"));
    }
    if facts.expects_other {
        return Err(Refusal::new(
            StatusCode::EXPECTATION_FAILED,
            "unknown expectation",
        ));
    }
    Ok(RequestHead {
        method: line.method,
        uri,
        target,
        version: line.version,
        fields,
        length,
        keep_alive: framing.persists(modern),
        expect_continue: modern && facts.expects_continue && length != Length::Empty,
        upgrade: modern && framing.upgrade && framing.upgrade_field && length == Length::Empty,
    })
}
