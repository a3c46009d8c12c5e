//! The servers under test, one for each stack and kind of settings, started when they are first asked for.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use waterspout::{Limits, Settings};
use waterspout_tcp::{Handle, Server};

use crate::app::app;
use crate::stack::Stack;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The defaults.
    Plain,
    /// Small sizes, default times.
    Small,
    /// Short times, default sizes.
    Hasty,
    /// A minimum rate and no haste else.
    Rate,
    /// A head of 4 MiB, to measure what parsing costs.
    Roomy,
}

impl Kind {
    pub(crate) fn limits(self) -> Limits {
        let limits = Limits::default();
        let moment = Duration::from_millis(300);
        match self {
            Self::Plain => limits,
            Self::Small => Limits {
                request_line: 1024,
                head: 4096,
                fields: 20,
                body: 4096,
                ..limits
            },
            Self::Hasty => Limits {
                header_read: moment,
                body_stall: moment,
                keep_alive: moment,
                write_stall: moment,
                body_rate: 1000,
                body_rate_after: moment,
                ..limits
            },
            Self::Rate => Limits {
                body_rate: 1000,
                body_rate_after: moment,
                ..limits
            },
            Self::Roomy => Limits {
                head: 4 << 20,
                ..limits
            },
        }
    }
}

/// A server of a test's own.
pub(crate) struct Own {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) running: JoinHandle<waterspout::Result>,
}

pub(crate) fn start(stack: Stack, limits: Limits) -> Own {
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    let server = Server::builder(app().settings(settings))
        .runtime(stack.runtime)
        .engine(stack.engine)
        .threads(2)
        .bind("127.0.0.1:0")
        .expect("a free port");
    Own {
        address: server.local_addr(),
        handle: server.handle(),
        running: thread::spawn(move || server.run()),
    }
}

/// The shared server of a stack.
pub(crate) fn address(stack: Stack, kind: Kind) -> SocketAddr {
    static STARTED: Mutex<Vec<(Stack, Kind, SocketAddr)>> = Mutex::new(Vec::new());
    let mut started = STARTED.lock().expect("no panic under this lock");
    let found = started.iter().find(|one| (one.0, one.1) == (stack, kind));
    if let Some((.., address)) = found {
        return *address;
    }
    let address = start(stack, kind.limits()).address;
    started.push((stack, kind, address));
    address
}

/// Runs a test against every stack, all at once.
#[track_caller]
pub(crate) fn each(kind: Kind, test: impl Fn(Stack, SocketAddr) + Sync) {
    let test = &test;
    thread::scope(|scope| {
        for &stack in Stack::ALL {
            let address = address(stack, kind);
            thread::Builder::new()
                .name(stack.name().into())
                .spawn_scoped(scope, move || test(stack, address))
                .expect("a thread");
        }
    });
}
