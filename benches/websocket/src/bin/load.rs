//! The load: `load idle|deflate|echo|broadcast ADDR PATH CONNECTIONS BYTES SECONDS`.
//!
//! It opens the connections one by one, says `ready`, does the next step at each line of its input, and says what came
//! out. It judges nothing; `run` beside it does.

use std::error::Error;
use std::io::{ErrorKind, Read, Write, stdin};
use std::time::{Duration, Instant};

use flate2::{Compress, Compression, FlushCompress};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// No answer for so long is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mode, address, path, connections, bytes, seconds] = args.as_slice() else {
        return Err("load idle|deflate|echo|broadcast ADDR PATH CONNECTIONS BYTES SECONDS".into());
    };
    let server = Server {
        address,
        path,
        deflate: mode == "deflate",
    };
    let (connections, bytes) = (connections.parse()?, bytes.parse()?);
    match mode.as_str() {
        "idle" | "deflate" => idle(&server, connections, bytes),
        "echo" => echo(&server, connections, bytes, Duration::from_secs(seconds.parse()?)),
        "broadcast" => broadcast(&server, connections, bytes, Duration::from_secs(seconds.parse()?)),
        other => Err(format!("what is {other}?").into()),
    }
}

/// Says it, and waits until the next step is asked for.
fn step(said: &str) -> Result<()> {
    println!("{said}");
    let mut line = String::new();
    if stdin().read_line(&mut line)? == 0 {
        return Err("nobody asks for the next step".into());
    }
    Ok(())
}

/// A client's frame, of one message. The mask is constant: the server cannot tell.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        len @ ..=125 => frame.push(0x80 | len as u8),
        len @ ..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(
        payload
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    frame
}

/// What a server's unmasked frame of that payload takes.
fn received_len(payload: usize) -> usize {
    payload
        + if payload <= 125 {
            2
        } else if payload <= 0xffff {
            4
        } else {
            10
        }
}

struct Server<'a> {
    address: &'a str,
    path: &'a str,
    deflate: bool,
}

impl Server<'_> {
    /// A connection after its handshake.
    fn open(&self) -> Result<std::net::TcpStream> {
        let mut stream = std::net::TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let extension = if self.deflate {
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        } else {
            ""
        };
        let (path, address) = (self.path, self.address);
        stream.write_all(
            format!(
                "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extension}\r\n"
            )
            .as_bytes(),
        )?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        if !head.starts_with("http/1.1 101") || head.contains("permessage-deflate") != self.deflate {
            return Err(format!("it answers: {head}").into());
        }
        Ok(stream)
    }

    fn open_all(&self, connections: usize) -> Result<Vec<std::net::TcpStream>> {
        (0..connections).map(|_| self.open()).collect()
    }
}

/// Opens all and sends one message on each; closes all; and once more.
fn idle(server: &Server<'_>, connections: usize, bytes: usize) -> Result<()> {
    let payload = vec![b'a'; bytes];
    let mut message = frame(1, &payload);
    if server.deflate {
        let mut compressed = Vec::with_capacity(bytes + 64);
        Compress::new(Compression::default(), false).compress_vec(
            &payload,
            &mut compressed,
            FlushCompress::Sync,
        )?;
        compressed.truncate(compressed.len() - 4); // 00 00 ff ff (RFC 7692 section 7.2.1)
        message = frame(0x40 | 1, &compressed);
    }
    for _ in 0..2 {
        let mut open = server.open_all(connections)?;
        for stream in &mut open {
            stream.write_all(&message)?;
            let first = read_frame(stream)?;
            if first & 0x0f != 1 {
                return Err(format!("not a text came back: {first:#x}").into());
            }
        }
        step("open")?;
        for stream in &mut open {
            stream.write_all(&frame(8, &[0x03, 0xe8]))?;
            read_frame(stream)?;
        }
        drop(open);
        step("closed")?;
    }
    Ok(())
}

/// Reads a frame away and answers its first byte.
fn read_frame(stream: &mut std::net::TcpStream) -> Result<u8> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let len = match head[1] {
        126 => {
            let mut long = [0; 2];
            stream.read_exact(&mut long)?;
            u16::from_be_bytes(long).into()
        }
        127 => return Err("a frame longer than any that was sent".into()),
        short => usize::from(short),
    };
    stream.read_exact(&mut vec![0; len])?;
    Ok(head[0])
}

/// One of many connections that expect messages of one size.
struct Connection {
    stream: TcpStream,
    /// Of the frame that is expected next.
    left: usize,
}

struct Many {
    poll: Poll,
    events: Events,
    connections: Vec<Connection>,
    buffer: Vec<u8>,
    /// Of a frame that is received.
    len: usize,
}

impl Many {
    fn open(server: &Server<'_>, connections: usize, bytes: usize) -> Result<Self> {
        let poll = Poll::new()?;
        let len = received_len(bytes);
        let mut all = Vec::with_capacity(connections);
        for (at, stream) in server.open_all(connections)?.into_iter().enumerate() {
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(at), Interest::READABLE)?;
            all.push(Connection { stream, left: len });
        }
        Ok(Self {
            poll,
            events: Events::with_capacity(1024),
            connections: all,
            buffer: vec![0; 1 << 17],
            len,
        })
    }

    fn send(&mut self, at: usize, mut bytes: &[u8]) -> Result<()> {
        let connection = &mut self.connections[at];
        while !bytes.is_empty() {
            match connection.stream.write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits, and answers which connections have received a whole message.
    fn receive(&mut self) -> Result<Vec<usize>> {
        self.poll.poll(&mut self.events, Some(PATIENCE))?;
        if self.events.is_empty() {
            return Err("nothing comes any more".into());
        }
        let mut whole = Vec::new();
        for event in &self.events {
            let at = event.token().0;
            let connection = &mut self.connections[at];
            loop {
                match connection.stream.read(&mut self.buffer) {
                    Ok(0) => return Err("the server has closed a connection".into()),
                    Ok(read) => {
                        if connection.left == self.len && self.buffer[0] != 0x82 {
                            return Err(format!("not a binary frame: {:#x}", self.buffer[0]).into());
                        }
                        connection.left = connection
                            .left
                            .checked_sub(read)
                            .ok_or("more than was asked for")?;
                        if connection.left == 0 {
                            connection.left = self.len;
                            whole.push(at);
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(whole)
    }
}

/// Each connection sends its next message when the last has come back. Says how many came back, in how long.
fn echo(server: &Server<'_>, connections: usize, bytes: usize, during: Duration) -> Result<()> {
    let mut many = Many::open(server, connections, bytes)?;
    let message = frame(2, &vec![7; bytes]);
    step("ready")?;
    let start = Instant::now();
    for at in 0..connections {
        many.send(at, &message)?;
    }
    let (mut count, mut under_way) = (0_u64, connections);
    while under_way > 0 {
        for at in many.receive()? {
            count += 1;
            if start.elapsed() < during {
                many.send(at, &message)?;
            } else {
                under_way -= 1;
            }
        }
    }
    println!("{count} {}", start.elapsed().as_micros());
    Ok(())
}

/// One connection's message reaches all, again and again. Says how many rounds, then how many us each took.
fn broadcast(server: &Server<'_>, connections: usize, bytes: usize, during: Duration) -> Result<()> {
    let mut many = Many::open(server, connections, bytes)?;
    let message = frame(2, &vec![7; bytes]);
    step("ready")?;
    let start = Instant::now();
    let mut rounds = Vec::new();
    while start.elapsed() < during {
        let from = Instant::now();
        many.send(0, &message)?;
        let mut left = connections;
        while left > 0 {
            left -= many.receive()?.len();
        }
        rounds.push(from.elapsed().as_micros().to_string());
    }
    println!("{} {}", rounds.len(), rounds.join(" "));
    Ok(())
}
