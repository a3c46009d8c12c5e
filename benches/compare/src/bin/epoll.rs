//! The floor: a bare epoll loop that understands nothing of HTTP.
//!
//! It counts the blank lines in what it reads and answers that many canned responses in one write. The sixth
//! byte of a request (`/p`, `/j`, `/u`) picks which; `/user/{id}` always answers `42`. The `date` in the canned
//! responses is renewed once a second. Edge-triggered: one wait, one read, one write per burst of requests.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime};

use compare::HELLO;
use memchr::memmem;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::time::{ClockId, clock_gettime};

const BLANK_LINE: &[u8] = b"\r\n\r\n";
/// How much of the last read is kept, to find a blank line cut in two.
const TAIL: usize = BLANK_LINE.len() - 1;
const READ: usize = 16 * 1024;
/// Canned responses in a row per route; more requests than this in one read take more than one write.
const CANNED: usize = 64;

#[derive(Clone, Copy)]
enum Route {
    Plaintext,
    Json,
    User,
}

/// Each route's response, `CANNED` times over, good for one second.
struct Answers {
    second: i64,
    /// Indexed by `Route`: the length of one response, and the bytes of all of them.
    routes: [(usize, Vec<u8>); 3],
}

impl Answers {
    fn new() -> Self {
        let mut answers = Answers {
            second: -1,
            routes: Default::default(),
        };
        answers.renew();
        answers
    }

    fn renew(&mut self) {
        let second = clock_gettime(ClockId::RealtimeCoarse).tv_sec;
        if second == self.second {
            return;
        }
        self.second = second;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap_or(0));
        let json = format!("{{\"message\":\"{HELLO}\"}}");
        let answers = [
            ("text/plain; charset=utf-8", HELLO),
            ("application/json", json.as_str()),
            ("text/plain; charset=utf-8", "42"),
        ];
        for (route, (content_type, body)) in self.routes.iter_mut().zip(answers) {
            let one = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\ndate: {}\r\n\r\n{body}",
                body.len(),
                httpdate::fmt_http_date(now),
            );
            *route = (one.len(), one.repeat(CANNED).into_bytes());
        }
    }
}

struct Connection {
    stream: TcpStream,
    tail: [u8; TAIL],
    route: Route,
    /// Answers the socket had no room for.
    unsent: Vec<u8>,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Connection {
            stream,
            tail: [0; TAIL],
            route: Route::Plaintext,
            unsent: Vec::new(),
        }
    }

    /// Reads and answers all there is; `false` when the connection is over.
    fn ready(&mut self, buf: &mut [u8; TAIL + READ], answers: &Answers) -> bool {
        loop {
            match self.flush() {
                Ok(true) => {}
                Ok(false) => return true,
                Err(_) => return false,
            }
            let read = match rustix::io::read(&self.stream, &mut buf[TAIL..]) {
                Ok(0) => return false,
                Ok(read) => read,
                Err(rustix::io::Errno::AGAIN) => return true,
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return false,
            };
            let requests = self.count(buf, read);
            if !self.answer(requests, answers) {
                return false;
            }
            // A short read emptied the socket: what comes later is a new edge.
            if read < READ && self.unsent.is_empty() {
                return true;
            }
        }
    }

    fn count(&mut self, buf: &mut [u8; TAIL + READ], read: usize) -> usize {
        let end = TAIL + read;
        if self.tail == [0; TAIL] && read > 5 {
            self.route = match buf[TAIL + 5] {
                b'j' => Route::Json,
                b'u' => Route::User,
                _ => Route::Plaintext,
            };
        }
        buf[..TAIL].copy_from_slice(&self.tail);
        let requests = memmem::find_iter(&buf[..end], BLANK_LINE).count();
        if buf[..end].ends_with(BLANK_LINE) {
            self.tail = [0; TAIL];
        } else {
            self.tail.copy_from_slice(&buf[end - TAIL..end]);
        }
        requests
    }

    fn answer(&mut self, mut requests: usize, answers: &Answers) -> bool {
        let (one, canned) = &answers.routes[self.route as usize];
        while requests > 0 {
            let now = requests.min(CANNED);
            requests -= now;
            let bytes = &canned[..now * one];
            let mut sent = 0;
            while sent < bytes.len() && self.unsent.is_empty() {
                match rustix::io::write(&self.stream, &bytes[sent..]) {
                    Ok(written) => sent += written,
                    Err(rustix::io::Errno::AGAIN) => break,
                    Err(rustix::io::Errno::INTR) => {}
                    Err(_) => return false,
                }
            }
            self.unsent.extend_from_slice(&bytes[sent..]);
        }
        true
    }

    /// `Ok(true)` once nothing is left unsent.
    fn flush(&mut self) -> rustix::io::Result<bool> {
        while !self.unsent.is_empty() {
            match rustix::io::write(&self.stream, &self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(rustix::io::Errno::AGAIN) => return Ok(false),
                Err(rustix::io::Errno::INTR) => {}
                Err(err) => return Err(err),
            }
        }
        Ok(true)
    }
}

/// The slot of a connection is its descriptor: small, and free again once the connection is closed.
fn slot(fd: &impl AsRawFd) -> usize {
    usize::try_from(fd.as_raw_fd()).unwrap_or(0)
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(compare::addr())?;
    listener.set_nonblocking(true)?;
    let listening = slot(&listener);
    let poll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(
        &poll,
        &listener,
        EventData::new_u64(listening as u64),
        EventFlags::IN,
    )?;
    compare::announce(listener.local_addr()?)?;

    let mut answers = Answers::new();
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let mut buf = Box::new([0; TAIL + READ]);
    let mut events = Vec::with_capacity(256);
    loop {
        events.clear();
        match epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(err) => return Err(err.into()),
        }
        answers.renew();
        for event in &events {
            let at = event.data.u64() as usize;
            if at == listening {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    let at = slot(&stream);
                    let flags = EventFlags::IN | EventFlags::OUT | EventFlags::ET;
                    epoll::add(&poll, &stream, EventData::new_u64(at as u64), flags)?;
                    if connections.len() <= at {
                        connections.resize_with(at + 1, || None);
                    }
                    connections[at] = Some(Connection::new(stream));
                }
            } else if let Some(connection) = &mut connections[at]
                && !connection.ready(&mut buf, &answers)
            {
                connections[at] = None;
            }
        }
    }
}
