//! A small blocking client on a raw socket. It repairs nothing: what is wrong on the wire is an error here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Long enough for a loaded machine; only a server that hangs makes a test wait so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Outcome<T = ()> = Result<T, String>;

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
    /// How many reads found bytes.
    pub(crate) reads: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// Names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The framing of the body has been followed to its end.
    pub(crate) whole: bool,
}

impl Response {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(other, _)| other == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn says_close(&self) -> bool {
        self.field("connection")
            .is_some_and(|value| value.split(',').any(|member| member.trim() == "close"))
    }
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Eof,
    Reset,
    /// Bytes that nobody asked for.
    Bytes(String),
    Open,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        Self::with(stream)
    }

    pub(crate) fn with(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket option");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket option");
        let mut client = Self {
            stream,
            buffer: Vec::new(),
            reads: 0,
        };
        client.patience(PATIENCE);
        client
    }

    pub(crate) fn patience(&mut self, time: Duration) {
        self.stream.set_read_timeout(Some(time)).expect("a socket option");
    }

    /// Connects and sends.
    pub(crate) fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> Self {
        let mut client = Self::connect(address);
        client.send(bytes);
        client
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes.as_ref()).expect("the server takes it");
    }

    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sends in pieces of `size` bytes.
    pub(crate) fn send_split(&mut self, bytes: &[u8], size: usize) -> io::Result<()> {
        for piece in bytes.chunks(size) {
            self.stream.write_all(piece)?;
            std::thread::yield_now();
        }
        Ok(())
    }

    /// Says that nothing more will come.
    pub(crate) fn half_close(&self) {
        self.stream.shutdown(Shutdown::Write).expect("still connected");
    }

    /// Reads more; false at the end.
    fn fill(&mut self) -> Outcome<bool> {
        let mut piece = [0; 64 << 10];
        let len = self.stream.read(&mut piece).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "timeout".to_owned(),
            io::ErrorKind::ConnectionReset => "reset".to_owned(),
            _ => error.to_string(),
        })?;
        self.buffer.extend_from_slice(&piece[..len]);
        self.reads += usize::from(len > 0);
        Ok(len > 0)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        self.buffer.drain(..count).collect()
    }

    /// The bytes up to `end`, which is taken as well.
    pub(crate) fn until(&mut self, end: &[u8]) -> Outcome<Vec<u8>> {
        let mut from = 0;
        loop {
            if let Some(at) = self.buffer[from..]
                .windows(end.len())
                .position(|bytes| bytes == end)
            {
                let text = self.take(from + at + end.len());
                return Ok(text[..text.len() - end.len()].to_vec());
            }
            from = (self.buffer.len() + 1).saturating_sub(end.len());
            if !self.fill()? {
                return Err(format!("EOF behind {:?}", String::from_utf8_lossy(&self.buffer)));
            }
        }
    }

    /// What is there, at least one byte; none at the peer's end.
    pub(crate) fn some(&mut self) -> Outcome<Vec<u8>> {
        if self.buffer.is_empty() {
            self.fill()?;
        }
        Ok(self.take(self.buffer.len()))
    }

    /// Exactly `count` bytes; fewer at the peer's end.
    pub(crate) fn bytes(&mut self, count: usize) -> Outcome<Vec<u8>> {
        while self.buffer.len() < count && self.fill()? {}
        Ok(self.take(count.min(self.buffer.len())))
    }

    /// Status line and fields, checked for what no response may have.
    pub(crate) fn head(&mut self) -> Outcome<Response> {
        let head = self.until(b"\r\n\r\n")?;
        let head: String = head.iter().copied().map(char::from).collect();
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let rest = line
            .strip_prefix("HTTP/1.1 ")
            .ok_or_else(|| format!("bad status line {line:?}"))?;
        let (status, reason) = rest
            .split_once(' ')
            .ok_or_else(|| format!("bad status line {line:?}"))?;
        let mut fields = Vec::new();
        for line in lines {
            let field = line.split_once(": ").filter(|_| !line.contains(['\r', '\n']));
            let (name, value) = field.ok_or_else(|| format!("bad field {line:?}"))?;
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Ok(Response {
            status: status.parse().map_err(|_| format!("bad status {status:?}"))?,
            reason: reason.to_owned(),
            fields,
            body: Vec::new(),
            whole: false,
        })
    }

    /// A response; without its body if it answers HEAD. 1xx are responses of their own.
    pub(crate) fn response_to(&mut self, is_head: bool) -> Outcome<Response> {
        let response = self.head()?;
        self.rest(response, is_head)
    }

    /// The body behind a head.
    pub(crate) fn rest(&mut self, mut response: Response, is_head: bool) -> Outcome<Response> {
        let length = response.field("content-length").map(str::to_owned);
        let coding = response.field("transfer-encoding").map(str::to_owned);
        if length.is_some() && coding.is_some() {
            return Err("both content-length and transfer-encoding".into());
        }
        if is_head || response.status < 200 || matches!(response.status, 204 | 304) {
            response.whole = true;
        } else if let Some(length) = length {
            let length = length.parse().map_err(|_| format!("bad length {length:?}"))?;
            response.body = self.bytes(length)?;
            response.whole = response.body.len() == length;
        } else if coding.as_deref() == Some("chunked") {
            self.chunks(&mut response)?;
        } else {
            while self.fill()? {}
            response.body = std::mem::take(&mut self.buffer);
            response.whole = true;
        }
        Ok(response)
    }

    /// A chunked body; `whole` stays false when it is cut off.
    fn chunks(&mut self, response: &mut Response) -> Outcome {
        while let Ok(line) = self.until(b"\r\n") {
            let line = String::from_utf8_lossy(&line).into_owned();
            let size = usize::from_str_radix(&line, 16).map_err(|_| format!("bad chunk size {line:?}"))?;
            if size == 0 {
                while let line @ [_, ..] = self.until(b"\r\n")?.as_slice() {
                    let line = String::from_utf8_lossy(line).into_owned();
                    let (name, value) = line.split_once(": ").ok_or("bad trailer")?;
                    response.fields.push((name.to_owned(), value.to_owned()));
                }
                response.whole = true;
                return Ok(());
            }
            let data = self.bytes(size)?;
            let cut = data.len() < size;
            response.body.extend(data);
            if cut {
                return Ok(());
            }
            if self.bytes(2)? != b"\r\n" {
                return Err("no CRLF behind a chunk".into());
            }
        }
        Ok(())
    }

    pub(crate) fn response(&mut self) -> Response {
        self.response_to(false).expect("a response")
    }

    /// What comes behind the last response.
    pub(crate) fn end(&mut self) -> End {
        if self.buffer.is_empty() {
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return End::Eof,
                Err(error) if error == "timeout" => return End::Open,
                Err(error) if error == "reset" => return End::Reset,
                Err(error) => return End::Bytes(error),
            }
        }
        End::Bytes(String::from_utf8_lossy(&self.buffer).into_owned())
    }

    /// Whether nothing comes for a moment.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        self.patience(time);
        let end = self.end();
        self.patience(PATIENCE);
        end == End::Open
    }
}
