//! The data: inputs byte by byte, where each comes from, and what the RFCs want for it (where Tornado differs, the RFCs
//! count; /docs/FROM_TORNADO.md says so).

mod application;
mod bodies;
mod codings;
mod connection;
mod heads;
mod sizes;

use crate::server::Kind;

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) raw: Vec<u8>,
    pub(crate) kind: Kind,
    /// The statuses of all responses, in order.
    pub(crate) statuses: Vec<u16>,
    /// The connection is closed behind the last of them; else it answers another request.
    pub(crate) closes: bool,
    /// The input is no request: the answer must be complete, and nothing behind it may be read as a request.
    pub(crate) refused: bool,
    /// The answers are to HEAD.
    pub(crate) head: bool,
    /// What heads and bodies together must have and must not have; names of fields in lower case.
    pub(crate) has: Vec<&'static str>,
    pub(crate) lacks: Vec<&'static str>,
}

/// Requests that are answered so, on a connection that stays open.
fn answers(statuses: &[u16], name: &'static str, source: &'static str, raw: impl Into<Vec<u8>>) -> Row {
    Row {
        name,
        source,
        raw: raw.into(),
        kind: Kind::Plain,
        statuses: statuses.to_vec(),
        closes: false,
        refused: false,
        head: false,
        has: Vec::new(),
        lacks: Vec::new(),
    }
}

fn ok(name: &'static str, source: &'static str, raw: impl Into<Vec<u8>>) -> Row {
    answers(&[200], name, source, raw)
}

/// What is no request, or one whose end is uncertain: one complete answer, then the end.
fn refused(status: u16, name: &'static str, source: &'static str, raw: impl Into<Vec<u8>>) -> Row {
    Row {
        refused: true,
        ..answers(&[status], name, source, raw).closes()
    }
}

impl Row {
    fn closes(mut self) -> Self {
        self.closes = true;
        self
    }

    fn head(mut self) -> Self {
        self.head = true;
        self
    }

    fn on(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    fn has(mut self, text: &'static str) -> Self {
        self.has.push(text);
        self
    }

    fn lacks(mut self, text: &'static str) -> Self {
        self.lacks.push(text);
        self
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = heads::rows();
    rows.extend(heads::hosts());
    rows.extend(bodies::lengths());
    rows.extend(codings::rows());
    rows.extend(bodies::chunks());
    rows.extend(connection::rows());
    rows.extend(sizes::rows());
    rows.extend(application::rows());
    rows.extend(application::injections());
    rows
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A request with this request line.
fn line(line: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[line.as_ref(), b"\r\nHost: h\r\n\r\n"])
}

/// A request with this field line and no `Host`.
fn host(line: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[b"GET /X/host HTTP/1.1\r\n", line.as_ref(), b"\r\n\r\n"])
}

/// A request with this field line.
fn field(line: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[
        b"GET /X/field HTTP/1.1\r\nHost: h\r\n",
        line.as_ref(),
        b"\r\n\r\n",
    ])
}

/// A POST with these field lines and this body.
fn post(lines: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Vec<u8> {
    post_to("/post", lines, body)
}

fn post_to(target: &str, lines: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Vec<u8> {
    let start = format!("POST {target} HTTP/1.1\r\nHost: h\r\n");
    join(&[start.as_bytes(), lines.as_ref(), b"\r\n\r\n", body.as_ref()])
}

/// A POST with this chunked body.
fn chunked(body: impl AsRef<[u8]>) -> Vec<u8> {
    post("Transfer-Encoding: chunked", body)
}
