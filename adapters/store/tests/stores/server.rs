//! A database server as a process of the test.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take until it answers, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// `nobody` and `nogroup` of Debian.
const NOBODY: u32 = 65534;

/// A server and its folder; both go when it is dropped.
pub(crate) struct Server {
    child: Option<Child>,
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    signal: &'static str,
}

impl Server {
    /// Starts `command` for a folder and a port, and waits until `ready` says so. `signal` stops it at once.
    pub(crate) fn start(
        folder: TempDir,
        port: Option<u16>,
        signal: &'static str,
        command: impl Fn(&Path, u16) -> Command,
        ready: impl Fn(u16) -> bool,
    ) -> Self {
        let port = port.unwrap_or_else(free_port);
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let mut command = command(folder.path(), port);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a handle"))
            .stderr(log);
        let child = Some(command.spawn().expect("the server starts"));
        let mut server = Self {
            child,
            folder,
            port,
            signal,
        };
        let since = Instant::now();
        while !ready(port) {
            let gone = server
                .child
                .as_mut()
                .and_then(|child| child.try_wait().expect("a child"));
            if gone.is_some() || since.elapsed() > PATIENCE {
                let log = fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
                panic!("the server does not answer ({gone:?}): {log}");
            }
            sleep(Duration::from_millis(50));
        }
        server
    }

    /// Stops it, and gives its folder and its port for another.
    pub(crate) fn stop(mut self) -> (TempDir, u16) {
        self.end();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().expect("a folder"));
        (folder, self.port)
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill")
                .args([self.signal, &child.id().to_string()])
                .status();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A folder for a server, and the command as a user that it does not refuse: PostgreSQL does not run as root.
pub(crate) fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    if is_root() {
        chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("root may");
    }
    folder
}

pub(crate) fn unprivileged(mut command: Command) -> Command {
    if is_root() {
        command.gid(NOBODY).uid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}
