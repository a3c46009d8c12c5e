//! A server in a process of its own: this very test binary, told by a variable to serve. For what is measured of a
//! process (memory, processor time, descriptors) while other tests run beside.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use waterspout::{Limits, Settings};
use waterspout_tcp::Server;

use crate::app::app;
use crate::stack::Stack;

const VARIABLE: &str = "WATERSPOUT_WIRE_CHILD";

/// Not a test of anything: the body of the child. Without the variable it passes at once.
#[test]
fn serve() {
    let Ok(name) = std::env::var(VARIABLE) else { return };
    let words: Vec<_> = name.split(' ').collect();
    let [name, threads, body] = words[..] else {
        panic!("three words, not {words:?}");
    };
    let stack = Stack::by_name(name).expect("a stack");
    let app = app().settings(Settings {
        limits: Limits {
            body: body.parse().expect("a number"),
            ..Limits::default()
        },
        decompress_request: true,
        ..Settings::default()
    });
    let server = Server::builder(app)
        .runtime(stack.runtime)
        .engine(stack.engine)
        .threads(threads.parse().expect("a number"))
        .signals(true)
        .bind("127.0.0.1:0")
        .expect("a free port");
    println!("\nlistening on {}", server.local_addr());
    server.run().expect("serves");
}

pub(crate) struct Process {
    child: Child,
    /// Kept, so that what it still has to say does not fail.
    _output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts it with two threads.
    pub(crate) fn start(stack: Stack) -> Self {
        Self::start_with(stack, 2, 256)
    }

    /// Starts it with so many threads and at most so many open files.
    pub(crate) fn start_with(stack: Stack, threads: usize, files: u32) -> Self {
        Self::spawn(stack, threads, files, u64::MAX)
    }

    /// Starts it with two threads and this limit for bodies.
    pub(crate) fn start_limited(stack: Stack, body: u64) -> Self {
        Self::spawn(stack, 2, 256, body)
    }

    fn spawn(stack: Stack, threads: usize, files: u32, body: u64) -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut child = Command::new("sh")
            .args([
                "-c",
                "ulimit -n \"$1\"; exec \"$2\" --exact child::serve --nocapture",
                "-",
            ])
            .arg(files.to_string())
            .arg(program)
            .env(VARIABLE, format!("{} {threads} {body}", stack.name()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh");
        let output = child.stdout.take().expect("piped");
        let mut output = BufReader::new(output);
        let address = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ")?.parse().ok())
            .expect("its address");
        Self {
            child,
            _output: output,
            address,
        }
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits for its end; true for a good one.
    pub(crate) fn ended_well(&mut self) -> bool {
        self.child.wait().expect("it is ours").success()
    }

    /// A figure of `/proc/PID/status` in KiB: `VmRSS`, `VmHWM`.
    pub(crate) fn kib(&self, name: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it lives");
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let figure = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
        figure.expect("a figure")
    }

    /// Processor time that it has used, in ticks of 10 ms.
    pub(crate) fn ticks(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it lives");
        let (_, rest) = text.rsplit_once(')').expect("a name in parentheses");
        let fields: Vec<i64> = rest.split(' ').filter_map(|field| field.parse().ok()).collect();
        // Behind the state letter: ppid is the first number, utime and stime are the 11th and the 12th.
        (fields[10] + fields[11]).try_into().expect("no negative time")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
