//! The data: what a server answers to the first request, byte by byte, and what the client makes of it.

mod cut;
mod heads;
mod lengths;

use http::Method;
use waterspout::ClientErrorKind;

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) method: Method,
    pub(crate) answer: Vec<u8>,
    pub(crate) end: End,
    pub(crate) want: Want,
    /// The next request goes by the same connection.
    pub(crate) keeps: bool,
    /// The answer must arrive in one piece, else what belongs to which request is a matter of time.
    pub(crate) whole: bool,
    /// Only over TLS: without it nobody can see the difference.
    pub(crate) only_tls: bool,
    /// A field that the response has, byte by byte.
    pub(crate) field: Option<(&'static str, Vec<u8>)>,
}

/// What the server does behind its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It waits for the next request.
    Open,
    Close,
    /// Over TLS: without close_notify.
    Cut,
}

#[derive(Debug, Clone)]
pub(crate) enum Want {
    Response(u16, Vec<u8>),
    Error(ClientErrorKind),
}

/// The detail is the client's own business.
const MALFORMED: ClientErrorKind = ClientErrorKind::Malformed("");

/// An answer that is good, with this body, on a connection that is kept.
fn ok(name: &'static str, source: &'static str, answer: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Row {
    Row {
        name,
        source,
        method: Method::GET,
        answer: answer.as_ref().to_vec(),
        end: End::Open,
        want: Want::Response(200, body.as_ref().to_vec()),
        keeps: true,
        whole: false,
        only_tls: false,
        field: None,
    }
}

fn fails(kind: ClientErrorKind, name: &'static str, source: &'static str, answer: impl AsRef<[u8]>) -> Row {
    Row {
        want: Want::Error(kind),
        keeps: false,
        ..ok(name, source, answer, "")
    }
}

fn malformed(name: &'static str, source: &'static str, answer: impl AsRef<[u8]>) -> Row {
    fails(MALFORMED, name, source, answer)
}

impl Row {
    fn status(mut self, wanted: u16) -> Self {
        if let Want::Response(status, _) = &mut self.want {
            *status = wanted;
        }
        self
    }

    fn head(mut self) -> Self {
        self.method = Method::HEAD;
        self
    }

    fn lost(mut self) -> Self {
        self.keeps = false;
        self
    }

    fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    fn closes(self) -> Self {
        Self {
            end: End::Close,
            ..self.lost()
        }
    }

    fn cuts(self) -> Self {
        Self {
            end: End::Cut,
            ..self.lost()
        }
    }

    fn only_tls(mut self) -> Self {
        self.only_tls = true;
        self
    }

    fn field(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.field = Some((name, value.as_ref().to_vec()));
        self
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = heads::good();
    rows.extend(heads::informational());
    rows.extend(heads::bad());
    rows.extend(heads::sizes());
    rows.extend(lengths::good());
    rows.extend(lengths::bad());
    rows.extend(cut::rows());
    rows
}

/// A 200 with these fields, without their last CRLF, and this content.
fn with(fields: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Vec<u8> {
    let (fields, content) = (fields.as_ref(), content.as_ref());
    [b"HTTP/1.1 200 OK\r\n", fields, b"\r\n\r\n", content].concat()
}

/// A 200 in chunks.
fn chunked(content: impl AsRef<[u8]>) -> Vec<u8> {
    with("Transfer-Encoding: chunked", content)
}

/// A status line with what follows it, and a body of two bytes.
fn line(line: impl AsRef<[u8]>) -> Vec<u8> {
    [line.as_ref(), b"\r\nContent-Length: 2\r\n\r\nhi"].concat()
}
