use http::header::{EXPECT, HOST, TE};
use http::{HeaderMap, Method};

use super::encode::{self, Asked, BodySize, EncodeError, Own};
use super::host::{self, Port};
use super::target::{self, Form};
use super::token::list;
use super::writer::Writer;

/// The head of a request to be sent.
pub(super) struct Request<'a> {
    pub(super) method: &'a Method,
    pub(super) target: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: BodySize,
}

/// What was decided while a head was written.
pub(super) struct Sent {
    pub(super) writer: Writer,
    pub(super) asked: Asked,
    /// The connection is to be closed after the response.
    pub(super) close: bool,
    /// `100 Continue` was asked for.
    pub(super) waits: bool,
}

impl Request<'_> {
    /// Appends the head to `out`. On an error `out` is as it was.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<Sent, EncodeError> {
        let mark = out.len();
        let sent = self.try_write(out);
        if sent.is_err() {
            out.truncate(mark);
        }
        sent
    }

    fn try_write(&self, out: &mut Vec<u8>) -> Result<Sent, EncodeError> {
        let connect = *self.method == Method::CONNECT;
        if connect && self.body != BodySize::Empty {
            return Err(EncodeError::Upgrade);
        }
        self.line(out)?;
        encode::field(out, b"host", self.host()?);
        let own = encode::fields(out, self.headers, true, |name| *name == HOST || *name == EXPECT)?;

        let writer = self.writer(&own)?;
        match writer {
            Writer::Known(0) if !self.says_no_content(&own) => {}
            Writer::Known(length) => encode::content_length(out, length),
            _ => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        }
        let waits = self.expectations(out, writer != Writer::Known(0));
        connection(out, own.upgrade, self.headers.contains_key(TE), own.close);
        out.extend_from_slice(b"\r\n");
        Ok(Sent {
            writer,
            asked: Asked {
                modern: true,
                head: *self.method == Method::HEAD,
                connect,
                upgrade: own.upgrade,
            },
            close: own.close,
            waits,
        })
    }

    /// Appends `method SP target SP version`. What our own server would not read is not sent.
    fn line(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let target = self.target.as_bytes();
        if !target::is_text(target) || Form::parse(self.method, target).is_err() {
            return Err(EncodeError::Target);
        }
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(target);
        out.extend_from_slice(b" HTTP/1.1\r\n");
        Ok(())
    }

    /// The value of the one `Host`, which stands first: whoever routes by it need not read on (RFC 9110 section 7.2).
    fn host(&self) -> Result<&[u8], EncodeError> {
        let mut hosts = self.headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) if host::is_valid(host.as_bytes(), Port::Optional) => Ok(host.as_bytes()),
            _ => Err(EncodeError::Host),
        }
    }

    /// How the body is delimited: chunks where its length is not known, as a request cannot end with the connection.
    fn writer(&self, own: &Own) -> Result<Writer, EncodeError> {
        match (self.body, own.length) {
            (BodySize::Unknown, None) => Ok(Writer::Chunked),
            (BodySize::Unknown, Some(length)) | (BodySize::Known(length), None) => Ok(Writer::Known(length)),
            (BodySize::Known(length), Some(declared)) if length == declared => Ok(Writer::Known(length)),
            (BodySize::Empty, None | Some(0)) => Ok(Writer::Known(0)),
            _ => Err(EncodeError::ContentLength),
        }
    }

    /// Whether a request without content says so: where the caller does, and where content is to be expected
    /// (RFC 9110 section 8.6).
    fn says_no_content(&self, own: &Own) -> bool {
        self.body != BodySize::Empty
            || own.length.is_some()
            || [Method::POST, Method::PUT, Method::PATCH].contains(self.method)
    }

    /// Appends `Expect`; without content nobody may ask to continue (RFC 9110 section 10.1.1). Whether it was asked.
    fn expectations(&self, out: &mut Vec<u8>, has_content: bool) -> bool {
        let mut waits = false;
        for value in self.headers.get_all(EXPECT) {
            let asks = list(value.as_bytes()).any(|member| member.eq_ignore_ascii_case(b"100-continue"));
            if !asks || has_content {
                encode::field(out, b"expect", value.as_bytes());
                waits |= asks;
            }
        }
        waits
    }
}

/// Appends `Connection`, which must name the fields that are for the next hop only (RFC 9110 section 7.6.1).
fn connection(out: &mut Vec<u8>, upgrade: bool, te: bool, close: bool) {
    let mut before: &[u8] = b"connection: ";
    for (wanted, option) in [(upgrade, "upgrade"), (te, "te"), (close, "close")] {
        if wanted {
            out.extend_from_slice(before);
            out.extend_from_slice(option.as_bytes());
            before = b", ";
        }
    }
    if upgrade || te || close {
        out.extend_from_slice(b"\r\n");
    }
}
