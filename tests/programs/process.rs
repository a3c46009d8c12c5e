//! One program, its standard output, and one exchange with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a program may take to start and to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The program as `cargo test` has built it, beside the tests: `target/PROFILE/deps` and `target/PROFILE/examples`.
pub(crate) fn command(program: &str) -> Command {
    let mut path = std::env::current_exe().expect("the test's own path");
    path.pop();
    path.pop();
    let path: PathBuf = [path.as_path(), "examples".as_ref(), program.as_ref()]
        .iter()
        .collect();
    assert!(
        path.is_file(),
        "{} is missing: cargo build --examples",
        path.display()
    );
    let mut command = Command::new(path);
    command.env_remove("WATERSPOUT_LOG");
    command
}

/// A running program. It is killed when a test fails.
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    address: SocketAddr,
    /// What it prints after its first line, told when it has closed the output.
    rest: mpsc::Receiver<String>,
}

impl Program {
    /// Starts a program that prints `listening on ADDR`.
    pub(crate) fn start(name: &'static str, args: &[&str]) -> Self {
        Self::spawn(name, command(name).args(args))
    }

    /// The same for a program that is none of ours.
    pub(crate) fn spawn(name: &'static str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let output = child.stdout.take().expect("a pipe");
        let (line, rest) = lines(output, |_| true);
        let address = line
            .recv_timeout(PATIENCE)
            .ok()
            .and_then(|line| line.strip_prefix("listening on ")?.trim_end().parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            panic!("{name} does not say where it listens");
        };
        Self {
            name,
            child,
            address,
            rest,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts a program that says in its log where it listens; `None` if the address is taken.
    pub(crate) fn start_logging(name: &'static str, args: &[&str]) -> Option<Self> {
        let mut child = command(name)
            .args(args)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let log = child.stderr.take().expect("a pipe");
        let (line, rest) = lines(log, |line| {
            line.contains("listening on") || line.contains("in use")
        });
        let ready = line.recv_timeout(PATIENCE).unwrap_or_default();
        if ready.contains("in use") {
            let _ = child.wait();
            return None;
        }
        let said = ready.split_once("listening on http://");
        let Some(address) = said.and_then(|(_, address)| address.trim_end().parse().ok()) else {
            let _ = child.kill();
            panic!("{name} does not say where it listens: {ready:?}");
        };
        Some(Self {
            name,
            child,
            address,
            rest,
        })
    }

    /// One exchange on a connection of its own. `fields` are whole lines.
    pub(crate) fn exchange(&self, method: &str, target: &str, fields: &str, body: &[u8]) -> Answer {
        let mut head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{fields}",
            self.name
        );
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut stream = TcpStream::connect(self.address).expect("it accepts");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a time-out");
        stream
            .write_all(&[head.as_bytes(), b"\r\n", body].concat())
            .expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        Answer::parse(&answer)
    }

    /// The most memory it has had, in KiB, where the system says so.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// SIGTERM ends it in good order and in time, and it has said nothing more.
    pub(crate) fn stop(mut self) {
        let kill = format!("kill -TERM {}", self.child.id());
        let told = Command::new("sh").args(["-c", &kill]).status();
        assert!(told.expect("a shell").success(), "{kill}");
        let rest = self.rest.recv_timeout(PATIENCE);
        let rest = rest.unwrap_or_else(|_| panic!("{} does not stop", self.name));
        assert!(!rest.contains("listening on"), "{} said: {rest}", self.name);
        let status = self.child.wait().expect("its status");
        assert_eq!(status.code(), Some(0), "{}: {status}", self.name);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line that `wanted` takes, and, once the output is closed, all that came after it.
fn lines(
    output: impl Read + Send + 'static,
    wanted: fn(&str) -> bool,
) -> (mpsc::Receiver<String>, mpsc::Receiver<String>) {
    let (first, line) = mpsc::channel();
    let (last, rest) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut text = String::new();
        while output.read_line(&mut text).is_ok_and(|len| len > 0) && !wanted(&text) {
            text.clear();
        }
        let _ = first.send(std::mem::take(&mut text));
        let _ = output.read_to_string(&mut text);
        let _ = last.send(text);
    });
    (line, rest)
}

/// A response as it stands on the wire.
pub(crate) struct Answer {
    /// `200 OK`
    pub(crate) status: String,
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(bytes)));
        let (head, body) = bytes.split_at(end + 4);
        let head = String::from_utf8_lossy(head);
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 "));
        Self {
            status: status.expect("a status line").to_owned(),
            fields: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_vec(),
        }
    }

    /// The only field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(other, _)| other == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}
