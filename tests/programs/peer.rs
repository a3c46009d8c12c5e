//! A WebSocket client that sends whatever it is told to, right or wrong, and tells what comes back.

use std::hash::{DefaultHasher, Hasher};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A masked frame with this first byte.
pub(crate) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut frame = head(first, payload.len());
    // Sixteen at a time: this is not optimized.
    let key = u128::from_ne_bytes([KEY; 4].concat().try_into().expect("sixteen bytes"));
    let (blocks, rest) = payload.as_chunks::<16>();
    for block in blocks {
        frame.extend_from_slice(&(u128::from_ne_bytes(*block) ^ key).to_ne_bytes());
    }
    frame.extend(rest.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// The head of a masked frame.
fn head(first: u8, length: usize) -> Vec<u8> {
    let mut head = vec![first];
    match length {
        0..=125 => head.push(0x80 | length as u8),
        126..=0xffff => {
            head.push(0x80 | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(0x80 | 127);
            head.extend((length as u64).to_be_bytes());
        }
    }
    head.extend(KEY);
    head
}

pub(crate) fn text(payload: impl AsRef<[u8]>) -> Vec<u8> {
    frame(0x81, payload)
}

pub(crate) fn close(code: u16) -> Vec<u8> {
    frame(0x88, code.to_be_bytes())
}

/// A message as frames of at most `size` bytes.
pub(crate) fn fragments(first: u8, payload: &[u8], size: usize) -> Vec<u8> {
    let mut wire = Vec::new();
    let count = payload.len().div_ceil(size).max(1);
    for at in 0..count {
        let opcode = if at == 0 { first & 0x0f } else { 0 };
        let last = if at + 1 == count { 0x80 } else { 0 };
        let part = payload.get(at * size..).unwrap_or_default();
        wire.extend(frame(opcode | last, &part[..size.min(part.len())]));
    }
    wire
}

/// A frame in a word: `text(hello)`, `pong()`, `close(1000 bye)`; of a long one its length and a sum.
pub(crate) fn word(opcode: u8, payload: &[u8]) -> String {
    let shown = if payload.len() > 130 {
        let mut sum = DefaultHasher::new();
        sum.write(payload);
        let sum = sum.finish();
        format!("{} bytes, {sum:x}", payload.len())
    } else {
        payload.escape_ascii().to_string()
    };
    match (opcode, payload) {
        (1, _) => format!("text({shown})"),
        (2, _) => format!("binary({shown})"),
        (8, []) => "close()".into(),
        (8, [high, low, reason @ ..]) => {
            let code = u16::from_be_bytes([*high, *low]);
            format!("close({} {})", code, reason.escape_ascii()).replace(" )", ")")
        }
        (9, _) => format!("ping({shown})"),
        (10, _) => format!("pong({shown})"),
        _ => format!("opcode {opcode}({shown})"),
    }
}

pub(crate) struct Peer {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Peer {
    /// Opens a WebSocket without any extension.
    pub(crate) fn open(address: SocketAddr, target: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("it accepts");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a time-out");
        stream.set_nodelay(true).expect("an option");
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: probe\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut peer = Self {
            stream,
            buffer: Vec::new(),
        };
        let end = loop {
            if let Some(at) = peer.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(peer.fill(), "the handshake is cut off");
        };
        let head: Vec<u8> = peer.buffer.drain(..end).collect();
        assert!(
            head.starts_with(b"HTTP/1.1 101 "),
            "{}",
            String::from_utf8_lossy(&head)
        );
        peer
    }

    /// What is wrong with a write shows in what is read.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    fn fill(&mut self) -> bool {
        let from = self.buffer.len();
        self.buffer.resize(from + (64 << 10), 0);
        let read = self.stream.read(&mut self.buffer[from..]);
        let length = read.expect("a clean end, and no reset");
        self.buffer.truncate(from + length);
        length > 0
    }

    /// The next frame as a word; `None` at the end.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            if let Some((length, word)) = self.whole() {
                self.buffer.drain(..length);
                return Some(word);
            }
            if !self.fill() {
                assert!(self.buffer.is_empty(), "a frame is cut off");
                return None;
            }
        }
    }

    /// The length of the first frame, if all of it has come, and its word.
    fn whole(&self) -> Option<(usize, String)> {
        let [first, second, rest @ ..] = &self.buffer[..] else {
            return None;
        };
        assert!(
            second & 0x80 == 0 && first & 0xf0 == 0x80,
            "a server sends whole, plain frames without a mask"
        );
        let (head, length) = match second {
            126 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
            127 => (10, u64::from_be_bytes(*rest.first_chunk()?) as usize),
            short => (2, usize::from(*short)),
        };
        let payload = self.buffer.get(head..head + length)?;
        Some((head + length, word(first & 0x0f, payload)))
    }

    /// All frames up to the end of the connection, which must be a clean one.
    pub(crate) fn rest(mut self) -> String {
        let mut words = Vec::new();
        while let Some(word) = self.hear() {
            if word.starts_with("close") {
                // It is heard: nobody need wait for us.
                let _ = self.stream.shutdown(Shutdown::Write);
            }
            words.push(word);
        }
        words.join(" ")
    }
}
