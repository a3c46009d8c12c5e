//! A client of HTTP/1.1 that is strict: what is not exactly right fails the test. One connection an exchange.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::carry::{Heard, Talk};
use crate::message::{Field, Payload, RawRequest, RawResponse};

pub(crate) struct Wire {
    stream: TcpStream,
    /// Received and not used yet.
    buffer: Vec<u8>,
    is_head: bool,
    chunked_out: bool,
    trailers_out: Vec<Field>,
    head: Option<RawResponse>,
    framing: Framing,
    trailers: Vec<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// So many bytes are left.
    Length(u64),
    Chunked,
    UntilClose,
    /// After a 101.
    Raw,
}

impl Wire {
    pub(crate) fn open(address: SocketAddr, request: RawRequest) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        stream.set_nodelay(true).expect("nodelay");
        Self::ask(stream, request)
    }

    /// The next exchange on the connection of one that is over.
    pub(crate) fn again(self, request: RawRequest) -> Self {
        assert!(self.buffer.is_empty(), "something stands behind the response");
        Self::ask(self.stream, request)
    }

    fn ask(mut stream: TcpStream, request: RawRequest) -> Self {
        let version = if request.old { "HTTP/1.0" } else { "HTTP/1.1" };
        let mut head = format!("{} {} {version}\r\n", request.method, request.target).into_bytes();
        for (name, value) in &request.fields {
            push_field(&mut head, name, value);
        }
        let (mut chunked_out, mut trailers_out, mut length, mut early) =
            (false, Vec::new(), None, Vec::new());
        match request.payload {
            Payload::None => {}
            Payload::Behind(bytes) => early = bytes,
            Payload::Whole(body) => length = Some(body.len() as u64),
            Payload::OpenWithLength(len) => length = Some(len),
            Payload::Open => chunked_out = true,
            Payload::Pieces(_, trailers) => (chunked_out, trailers_out) = (true, trailers),
        }
        if let Some(length) = length {
            push_field(&mut head, "Content-Length", length.to_string().as_bytes());
        }
        if chunked_out {
            push_field(&mut head, "Transfer-Encoding", b"chunked");
        }
        head.extend(b"\r\n");
        head.extend(early);
        stream.write_all(&head).expect("a head sent");
        Self {
            stream,
            buffer: Vec::new(),
            is_head: request.method == "HEAD",
            chunked_out,
            trailers_out,
            head: None,
            framing: Framing::UntilClose,
            trailers: Vec::new(),
        }
    }

    /// A server that has answered already may close: what is wrong then shows in the answer.
    fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Reads more; false at the end, also a reset one.
    fn fill(&mut self) -> bool {
        let mut piece = [0; 16 << 10];
        match self.stream.read(&mut piece) {
            Ok(len) => {
                self.buffer.extend(piece.get(..len).expect("in bounds"));
                len > 0
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => false,
            Err(error) => panic!("the server says nothing more: {error}"),
        }
    }

    fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).take(end).collect();
                assert!(!line.contains(&b'\n') && !line.contains(&b'\r'), "{line:?}");
                // Latin-1, so that no byte is lost.
                return Some(line.into_iter().map(char::from).collect());
            }
            if !self.fill() {
                return None;
            }
        }
    }

    fn fields(&mut self) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Some(fields);
            }
            let (name, value) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("field line {line:?}"));
            let value = value.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
            fields.push((name.into(), value));
        }
    }

    fn read_head(&mut self) -> RawResponse {
        let line = self.line().expect("a status line");
        let rest = line.strip_prefix("HTTP/1.1 ").expect("HTTP/1.1");
        let (status, reason) = rest.split_once(' ').expect("a blank behind the status");
        RawResponse {
            status: status.parse().expect("a status"),
            reason: reason.into(),
            fields: self.fields().expect("fields"),
            ..RawResponse::default()
        }
    }

    fn frame(&mut self, head: &RawResponse) {
        let (length, coding) = (head.all("content-length"), head.all("transfer-encoding"));
        assert_eq!(head.all("date").len(), 1, "every final response has a Date");
        assert!(
            length.len() + coding.len() <= 1,
            "framed twice: {:?}",
            head.fields
        );
        self.framing = match (length.first(), coding.first()) {
            _ if head.status == 101 => Framing::Raw,
            _ if self.is_head || matches!(head.status, 204 | 304) => Framing::Length(0),
            (Some(length), _) => Framing::Length(length.parse().expect("a length")),
            (_, Some(coding)) => {
                assert_eq!(coding, "chunked");
                Framing::Chunked
            }
            (None, None) => {
                assert_eq!(head.header("connection").as_deref(), Some("close"));
                Framing::UntilClose
            }
        };
    }

    fn chunk(&mut self) -> Option<Heard> {
        let size = usize::from_str_radix(&self.line()?, 16).expect("a chunk size");
        if size == 0 {
            self.trailers = self.fields()?;
            self.framing = Framing::Length(0);
            return Some(Heard::End);
        }
        while self.buffer.len() < size + 2 {
            if !self.fill() {
                return None;
            }
        }
        let chunk: Vec<u8> = self.buffer.drain(..size).collect();
        assert_eq!(self.buffer.drain(..2).collect::<Vec<_>>(), b"\r\n");
        Some(Heard::Piece(chunk))
    }
}

fn push_field(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend(name.as_bytes());
    head.extend(b": ");
    head.extend(value);
    head.extend(b"\r\n");
}

impl Talk for Wire {
    fn send(&mut self, piece: &[u8]) {
        if self.chunked_out && self.framing != Framing::Raw {
            let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
            chunk.extend(piece);
            chunk.extend(b"\r\n");
            self.write(&chunk);
        } else {
            self.write(piece);
        }
    }

    fn end(&mut self) {
        if self.framing == Framing::Raw {
            self.stream.shutdown(Shutdown::Write).expect("a connection");
        } else if self.chunked_out {
            let mut end = b"0\r\n".to_vec();
            for (name, value) in std::mem::take(&mut self.trailers_out) {
                push_field(&mut end, &name, &value);
            }
            end.extend(b"\r\n");
            self.write(&end);
        }
    }

    fn head(&mut self) -> RawResponse {
        while self.head.is_none() {
            let head = self.read_head();
            if head.status >= 200 || head.status == 101 {
                self.frame(&head);
                self.head = Some(head);
            }
        }
        self.head.clone().expect("a head")
    }

    fn hear(&mut self) -> Heard {
        self.head();
        match self.framing {
            Framing::Length(0) => return Heard::End,
            Framing::Chunked => return self.chunk().unwrap_or(Heard::Cut),
            Framing::Length(_) | Framing::UntilClose | Framing::Raw => {}
        }
        if self.buffer.is_empty() && !self.fill() {
            return match self.framing {
                Framing::Length(_) | Framing::Chunked => Heard::Cut,
                Framing::UntilClose | Framing::Raw => Heard::End,
            };
        }
        let piece = std::mem::take(&mut self.buffer);
        if let Framing::Length(left) = &mut self.framing {
            *left = left
                .checked_sub(piece.len() as u64)
                .expect("no more than declared");
        }
        Heard::Piece(piece)
    }

    fn trailers(&self) -> Vec<Field> {
        self.trailers.clone()
    }
}
