//! A server that does what a script says, byte by byte, and remembers what it was sent.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::identity::Identity;

/// Long enough for a loaded machine; only what hangs makes a test wait so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A request as it was received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// Which connection it came by, from 0.
    pub(crate) connection: usize,
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case, in their order.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(other, _)| other == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a server has seen.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) connections: usize,
    pub(crate) requests: Vec<Request>,
    /// The bytes of each connection, TLS taken off.
    pub(crate) received: Vec<Vec<u8>>,
    /// The connections that the client has closed, as far as the script looked for it.
    pub(crate) closed: Vec<usize>,
    /// The connections whose script has ended.
    pub(crate) ended: usize,
    /// What panicked in a script.
    faults: Vec<String>,
    stop: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    state: Mutex<State>,
    changed: Condvar,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under this lock")
    }

    pub(crate) fn note<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until `done`; false when it takes too long.
    pub(crate) fn eventually(&self, patience: Duration, done: impl Fn(&State) -> bool) -> bool {
        let end = Instant::now() + patience;
        let mut state = self.lock();
        while !done(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .expect("nothing panics under this lock")
                .0;
        }
        true
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    log: Arc<Log>,
}

impl Server {
    /// Runs `script` for each connection, in a thread of its own. When it returns the connection is closed.
    pub(crate) fn start(
        identity: Option<Identity>,
        script: impl Fn(&mut Connection) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Self::on(listener, identity, script)
    }

    /// The same, without TLS.
    pub(crate) fn plain(script: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        Self::start(None, script)
    }

    /// The same, over a listener that is there already.
    pub(crate) fn on(
        listener: TcpListener,
        identity: Option<Identity>,
        script: impl Fn(&mut Connection) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("it is bound");
        let log = Arc::new(Log::default());
        let config = identity.map(Identity::config);
        let (script, server) = (Arc::new(script), log.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let number = server.note(|state| {
                    state.received.push(Vec::new());
                    state.connections += 1;
                    (!state.stop).then_some(state.connections - 1)
                });
                let Some(number) = number else { return };
                let (script, log, config) = (script.clone(), server.clone(), config.clone());
                thread::spawn(move || {
                    let played = catch_unwind(AssertUnwindSafe(|| {
                        // A handshake that fails leaves nothing to play.
                        if let Some(mut connection) = Connection::accept(stream, config, number, log.clone())
                        {
                            script(&mut connection);
                            connection.close();
                        }
                    }));
                    log.note(|state| {
                        state.ended += 1;
                        if let Err(panic) = played {
                            let text = panic.downcast_ref::<String>().cloned();
                            state
                                .faults
                                .push(text.unwrap_or_else(|| "a script panicked".into()));
                        }
                    });
                });
            }
        });
        Self {
            address,
            scheme: if identity.is_some() { "https" } else { "http" },
            log,
        }
    }

    /// An URL of this server by the name `a.test`.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_of("a.test", path)
    }

    /// An URL of this server by any name.
    pub(crate) fn url_of(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// `a.test:PORT`, as in a `Host` field.
    pub(crate) fn authority(&self) -> String {
        format!("a.test:{}", self.address.port())
    }

    pub(crate) fn connections(&self) -> usize {
        self.log.lock().connections
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.lock().requests.clone()
    }

    /// `METHOD target` of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |request: &Request| format!("{} {}", request.method, request.target);
        self.log.lock().requests.iter().map(line).collect()
    }

    /// All that a connection has received.
    pub(crate) fn received(&self, connection: usize) -> Vec<u8> {
        self.log.lock().received[connection].clone()
    }

    /// Waits until the client has closed so many connections whose scripts look for it.
    pub(crate) fn sees_closed(&self, count: usize) -> bool {
        self.eventually(|state| state.closed.len() >= count)
    }

    pub(crate) fn eventually(&self, done: impl Fn(&State) -> bool) -> bool {
        self.log.eventually(PATIENCE, done)
    }

    pub(crate) fn eventually_within(&self, patience: Duration, done: impl Fn(&State) -> bool) -> bool {
        self.log.eventually(patience, done)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let faults = self.log.note(|state| {
            state.stop = true;
            std::mem::take(&mut state.faults)
        });
        // The listener waits in `accept`; this wakes it.
        let _ = TcpStream::connect(self.address);
        if !thread::panicking() {
            assert!(faults.is_empty(), "in a script: {faults:?}");
        }
    }
}

/// What a script waits at until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        *self.0.0.lock().expect("no panic under it") = true;
        self.0.1.notify_all();
    }

    pub(crate) fn wait(&self) {
        let open = self.0.0.lock().expect("no panic under it");
        let waited = self.0.1.wait_timeout_while(open, PATIENCE, |open| !*open);
        assert!(*waited.expect("no panic under it").0, "the gate stayed closed");
    }
}

/// Runs a test over plain TCP, then over TLS.
pub(crate) fn each(test: impl Fn(Option<Identity>)) {
    test(None);
    test(Some(Identity::Good));
}
