//! A carrier over async-std, a server of each kind, and a plain client.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_std::task;
use waterspout::compat::Host;
use waterspout::{Application, BoxFuture, Carrier};
use waterspout_tcp::{Handle, Server};

/// What a program that hosts an application behind a server of its own writes.
struct AsyncStd(Instant);

impl Carrier for AsyncStd {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(task::sleep(duration))
    }

    fn unblock(&self, work: Box<dyn FnOnce() + Send>) {
        task::spawn_blocking(work);
    }
}

pub(crate) fn host(app: Application) -> Host {
    app.check().expect("an application without problems");
    Host::new(app, Arc::new(AsyncStd(Instant::now()))).upgrades(|future| {
        task::spawn(future);
    })
}

/// Serves the application by async-h1, each connection in a task.
pub(crate) fn async_h1(app: Application) -> SocketAddr {
    let host = host(app);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let listener = async_std::net::TcpListener::from(listener);
    task::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let host = host.clone();
            task::spawn(async move {
                // An error is a connection that has ended.
                let _ = async_h1::accept(stream, |request| {
                    let response = host.respond(request);
                    async move { Ok(response.await) }
                })
                .await;
            });
        }
    });
    address
}

/// Our own server, stopped when it is dropped.
pub(crate) struct Tcp {
    pub(crate) address: SocketAddr,
    handle: Handle,
}

impl Tcp {
    pub(crate) fn start(app: Application) -> Self {
        let server = Server::builder(app)
            .threads(1)
            .bind("127.0.0.1:0")
            .expect("a free port");
        let (address, handle) = (server.local_addr(), server.handle());
        std::thread::spawn(move || server.run());
        Self { address, handle }
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

/// Sends `request`, ends the sending side, and gives what comes until the end.
pub(crate) fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).expect("sent");
    stream.shutdown(Shutdown::Write).expect("ended");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("read");
    String::from_utf8(answer).expect("text")
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    let patience = Some(Duration::from_secs(30));
    stream.set_read_timeout(patience).expect("a timeout");
    stream
}

/// Reads up to and with `end`.
pub(crate) fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(end.as_bytes()) {
        stream.read_exact(&mut byte).expect("more");
        text.extend_from_slice(&byte);
    }
    String::from_utf8(text).expect("text")
}

/// The fields of a head, in lower case and sorted: http-types keeps no order of names.
pub(crate) fn fields(answer: &str) -> Vec<String> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let mut fields: Vec<_> = head.lines().skip(1).map(str::to_ascii_lowercase).collect();
    fields.sort();
    fields
}

pub(crate) fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect("a head").1
}
