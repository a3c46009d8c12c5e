//! One connection of a scripted server: what a script can do.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::{Log, PATIENCE, Request};

/// One step of a script that is data.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    Pause(Duration),
    /// Ends the connection; over TLS with close_notify.
    Close,
    /// Ends it at once; over TLS without close_notify.
    Cut,
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

pub(crate) struct Connection {
    /// From 0, in the order of arrival.
    pub(crate) number: usize,
    wire: Wire,
    socket: TcpStream,
    buffer: Vec<u8>,
    records: bool,
    over: bool,
    log: Arc<Log>,
}

impl Connection {
    pub(crate) fn accept(
        socket: TcpStream,
        config: Option<Arc<ServerConfig>>,
        number: usize,
        log: Arc<Log>,
    ) -> Option<Self> {
        socket.set_nodelay(true).ok()?;
        socket.set_read_timeout(Some(PATIENCE)).ok()?;
        socket.set_write_timeout(Some(PATIENCE)).ok()?;
        let wire = match config {
            None => Wire::Plain(socket.try_clone().ok()?),
            Some(config) => {
                let mut tls = ServerConnection::new(config).ok()?;
                let mut stream = socket.try_clone().ok()?;
                while tls.is_handshaking() {
                    tls.complete_io(&mut stream).ok()?;
                }
                Wire::Tls(Box::new(StreamOwned::new(tls, stream)))
            }
        };
        Some(Self {
            number,
            wire,
            socket,
            buffer: Vec::new(),
            records: true,
            over: false,
            log,
        })
    }

    /// Keeps no copy of what comes from here on: for bodies larger than memory.
    pub(crate) fn forget(&mut self) {
        self.records = false;
    }

    /// The socket below.
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// The name that the client asked for in its TLS greeting.
    pub(crate) fn server_name(&self) -> Option<String> {
        match &self.wire {
            Wire::Plain(_) => None,
            Wire::Tls(stream) => stream.conn.server_name().map(str::to_owned),
        }
    }

    /// Reads once; 0 at the client's end, whether it said good-bye or not.
    pub(crate) fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.wire {
            Wire::Plain(stream) => stream.read(piece),
            Wire::Tls(stream) => stream.read(piece),
        };
        let len = match read {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
                ) =>
            {
                0
            }
            other => other?,
        };
        if self.records {
            let piece = &piece[..len];
            self.log
                .note(|state| state.received[self.number].extend_from_slice(piece));
        }
        Ok(len)
    }

    fn fill(&mut self) -> bool {
        let mut piece = [0; 64 << 10];
        let len = self.read(&mut piece).unwrap_or(0);
        self.buffer.extend_from_slice(&piece[..len]);
        len > 0
    }

    /// Whether nothing comes for a while.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        if !self.buffer.is_empty() {
            return false;
        }
        let _ = self.socket.set_read_timeout(Some(time));
        let mut piece = [0; 1024];
        let read = self.read(&mut piece);
        let _ = self.socket.set_read_timeout(Some(PATIENCE));
        self.buffer
            .extend_from_slice(&piece[..*read.as_ref().unwrap_or(&0)]);
        read.is_err_and(|error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
    }

    fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.buffer.windows(end.len()).position(|bytes| bytes == end) {
                let mut taken: Vec<u8> = self.buffer.drain(..at + end.len()).collect();
                taken.truncate(at);
                return Some(taken);
            }
            if !self.fill() {
                return None;
            }
        }
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < count {
            if !self.fill() {
                return None;
            }
        }
        Some(self.buffer.drain(..count).collect())
    }

    /// A request with its body; `None` when the client closes instead.
    pub(crate) fn request(&mut self) -> Option<Request> {
        let mut request = self.head()?;
        request.body = self.body(&request)?;
        let noted = request.clone();
        self.log.note(|state| state.requests.push(noted));
        Some(request)
    }

    /// The head of a request, which is noted if the body that follows does not matter.
    pub(crate) fn head(&mut self) -> Option<Request> {
        let head = self.until(b"\r\n\r\n")?;
        let head = String::from_utf8(head).expect("a head is text");
        let mut lines = head.split("\r\n");
        let mut line = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        assert_eq!(line.next(), Some("HTTP/1.1"), "in {head:?}");
        let field = |line: &str| {
            let (name, value) = line.split_once(": ").expect("a field");
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Some(Request {
            connection: self.number,
            method: method.to_owned(),
            target: target.to_owned(),
            fields: lines.map(field).collect(),
            body: Vec::new(),
        })
    }

    /// Notes a request whose body is not read, or not in one piece.
    pub(crate) fn note(&self, request: &Request) {
        self.log.note(|state| state.requests.push(request.clone()));
    }

    /// The body behind a head, by its framing.
    pub(crate) fn body(&mut self, request: &Request) -> Option<Vec<u8>> {
        if request.field("transfer-encoding") == Some("chunked") {
            assert_eq!(request.field("content-length"), None);
            let mut body = Vec::new();
            while let Some(chunk) = self.chunk()? {
                body.extend(chunk);
            }
            return Some(body);
        }
        let length = request.field("content-length").unwrap_or("0");
        self.bytes(length.parse().expect("a length"))
    }

    /// A chunk; `Some(None)` is the last one.
    pub(crate) fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let size = self.until(b"\r\n")?;
        let size = String::from_utf8(size).expect("a size is text");
        let size = usize::from_str_radix(&size, 16).expect("a size");
        if size == 0 {
            while !self.until(b"\r\n")?.is_empty() {}
            return Some(None);
        }
        let data = self.bytes(size)?;
        assert_eq!(self.bytes(2)?, b"\r\n");
        Some(Some(data))
    }

    /// Sends; false when the client has gone.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        let sent = match &mut self.wire {
            Wire::Plain(stream) => stream.write_all(bytes),
            Wire::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        };
        sent.is_ok()
    }

    /// Sends a response with this status line and body, which is not the last.
    pub(crate) fn answer(&mut self, status: &str, body: impl AsRef<[u8]>) -> bool {
        self.answer_with(status, "", body)
    }

    /// The same with more fields, each with its CRLF.
    pub(crate) fn answer_with(&mut self, status: &str, fields: &str, body: impl AsRef<[u8]>) -> bool {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.send([head.as_bytes(), body].concat())
    }

    /// Answers each request with 200 and what `body` makes of it, until the client closes.
    pub(crate) fn serve(&mut self, body: impl Fn(&Request) -> String) {
        while let Some(request) = self.request() {
            if !self.answer("200 OK", body(&request)) {
                return;
            }
        }
        self.note_closed();
    }

    /// Plays data; false when the connection is over behind it.
    pub(crate) fn play(&mut self, steps: &[Step]) -> bool {
        for step in steps {
            match step {
                Step::Send(bytes) if !self.send(bytes) => return false,
                Step::Send(_) => {}
                Step::Pause(time) => thread::sleep(*time),
                Step::Close => self.close(),
                Step::Cut => self.cut(),
            }
        }
        !self.over
    }

    /// Waits for the client's end, and notes it. What comes before is recorded and not looked at.
    pub(crate) fn wait_closed(&mut self) -> bool {
        let mut piece = [0; 16 << 10];
        loop {
            match self.read(&mut piece) {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        self.note_closed();
        true
    }

    fn note_closed(&self) {
        self.log.note(|state| state.closed.push(self.number));
    }

    /// Ends the connection as a good server does.
    pub(crate) fn close(&mut self) {
        if self.over {
            return;
        }
        if let Wire::Tls(stream) = &mut self.wire {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        self.cut();
    }

    /// Ends it by a reset: what the client has sent is not read.
    pub(crate) fn abandon(&mut self) {
        self.over = true;
    }

    /// Ends it at once. The client's bytes are read on for a while, lest a reset destroys what was sent.
    pub(crate) fn cut(&mut self) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        let _ = self.socket.shutdown(Shutdown::Write);
        let _ = self.socket.set_read_timeout(Some(Duration::from_millis(100)));
        let mut piece = [0; 16 << 10];
        while matches!((&self.socket).read(&mut piece), Ok(1..)) {}
    }
}
