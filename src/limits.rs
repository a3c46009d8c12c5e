//! Every limit and default of the framework, in one place.
//!
//! | limit | default | what the client sees |
//! |---|---|---|
//! | request line | 8 KiB | 414 |
//! | header section, number of fields | 64 KiB, 128 | 431 |
//! | body (buffered) | 10 MiB | 413, before reading where Content-Length tells |
//! | chunk-size line, trailers | 256 B, 8 KiB | 400 |
//! | form and query fields | 1000 | 400 |
//! | multipart: parts, head of a part, its fields | 100, 10 KiB, 32 | 400 |
//! | multipart: all fields together, a file in memory | 10 MiB, 256 KiB | 413; on disk beyond it |
//! | header read | 30 s | 408 |
//! | body stall, minimum rate after 30 s | 30 s, 256 B/s | 408 |
//! | write stall | 30 s | close |
//! | keep-alive idle | 75 s | close |
//! | drain at shutdown | 30 s | close |
//! | unread request body drained before keep-alive | 256 KiB | close |
//! | client: connect, request | 20 s, 20 s | a clear error |
//! | client: redirects, body, connections a host | 5, 100 MiB, 64 | a clear error; the 65th waits |
//!
//! All of them can be set through [`Settings::limits`](crate::Settings); none can be unlimited by accident: "no
//! limit" has to be written as an explicit large number.

use std::time::Duration;

use crate::{h1, multipart};

/// The limits of an application; carriers read them from [`Application::limits`](crate::Application::limits).
///
/// ```
/// use waterspout::{Application, Limits, Settings};
///
/// let app = Application::new().settings(Settings {
///     limits: Limits { body: 1 << 20, ..Limits::default() },
///     ..Settings::default()
/// });
/// assert_eq!(app.limits().body, 1 << 20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest request line in bytes (414 beyond it).
    pub request_line: usize,
    /// Longest header section in bytes, request line included (431).
    pub head: usize,
    /// Most header fields (431); 128 is also the hard maximum.
    pub fields: usize,
    /// Longest chunk-size line in bytes, extensions included (400).
    pub chunk_line: usize,
    /// Longest trailer section in bytes (400).
    pub trailers: usize,
    /// Longest buffered request body in bytes (413). A handler that streams sets its own with
    /// [`Context::set_max_body_size`](crate::Context::set_max_body_size).
    pub body: u64,
    /// Most fields in a query string or an urlencoded form (400).
    pub form_fields: usize,
    /// How long a head may take to arrive (408).
    pub header_read: Duration,
    /// How long a body may stand still (408).
    pub body_stall: Duration,
    /// Bytes a second a body must reach on average once it has taken longer than `body_rate_after` (408).
    pub body_rate: u32,
    /// When `body_rate` begins to count.
    pub body_rate_after: Duration,
    /// How long a write may make no progress before the connection is closed.
    pub write_stall: Duration,
    /// How long a connection may stay open between requests.
    pub keep_alive: Duration,
    /// How long running requests may take to end once the server has been told to stop.
    pub drain: Duration,
    /// How much of an unread request body is read away to keep a connection (closed beyond it).
    pub unread_body: u64,
    /// What the HTTP client may take.
    pub client: ClientLimits,
    /// Most parts of a multipart form (400).
    pub parts: usize,
    /// Largest head of a part in bytes (400), and most text around the parts.
    pub part_head: usize,
    /// Most fields in the head of a part (400).
    pub part_fields: usize,
    /// Most bytes that the fields of a multipart form, files left out, may have together (413): they are held in memory.
    pub form_memory: u64,
    /// Largest file of a form in bytes that is held in memory; larger ones go to temporary files.
    pub file_memory: usize,
}

/// The limits of [`AsyncHttpClient`](crate::AsyncHttpClient), unless a request has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimits {
    /// How long connecting may take, TLS included.
    pub connect: Duration,
    /// How long a fetch may take as a whole, the wait for a free connection included.
    pub request: Duration,
    /// How many redirects are followed.
    pub redirects: u32,
    /// Largest body of a response in bytes, decoded.
    pub body: u64,
    /// Most connections to one scheme, host and port; a fetch beyond them waits.
    pub connections_per_host: usize,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            request: Duration::from_secs(20),
            redirects: 5,
            body: 100 << 20,
            connections_per_host: 64,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let h1 = h1::Limits::default();
        let multipart = multipart::Limits::default();
        Self {
            request_line: h1.request_line,
            head: h1.head,
            fields: h1.fields,
            chunk_line: h1.chunk_line,
            trailers: h1.trailers,
            body: 10 << 20,
            form_fields: 1000,
            header_read: Duration::from_secs(30),
            body_stall: Duration::from_secs(30),
            body_rate: 256,
            body_rate_after: Duration::from_secs(30),
            write_stall: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            drain: Duration::from_secs(30),
            unread_body: 256 << 10,
            client: ClientLimits::default(),
            parts: multipart.parts,
            part_head: multipart.head,
            part_fields: multipart.fields,
            form_memory: 10 << 20,
            file_memory: 256 << 10,
        }
    }
}

impl Limits {
    /// The part of the limits that the HTTP/1.1 engine enforces.
    pub fn h1(&self) -> h1::Limits {
        h1::Limits {
            request_line: self.request_line,
            head: self.head,
            fields: self.fields,
            chunk_line: self.chunk_line,
            trailers: self.trailers,
        }
    }

    /// The part of the limits that the parser of multipart forms enforces.
    pub fn multipart(&self) -> multipart::Limits {
        multipart::Limits {
            parts: self.parts,
            head: self.part_head,
            fields: self.part_fields,
        }
    }
}
