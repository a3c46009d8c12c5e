//! The server: an application on a port of its own, and for what no application would send, a socket with a script.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout_tcp::{Handle, Server};

pub(crate) struct Running {
    address: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<Result>>,
}

impl Running {
    pub(crate) fn start() -> Self {
        let server = Server::builder(app())
            .threads(2)
            .bind("127.0.0.1:0")
            .expect("a free port");
        Self {
            address: server.local_addr(),
            handle: server.handle(),
            thread: Some(std::thread::spawn(move || server.run())),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic").expect("a good end");
        }
    }
}

/// Bytes whose period is no power of two, so that what is lost, doubled or out of place is seen.
pub(crate) fn pattern(from: u64, len: usize) -> &'static [u8] {
    const PERIOD: u64 = 251;
    static BYTES: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| (0..=250).cycle().take((1 << 20) + 251).collect());
    &BYTES[(from % PERIOD) as usize..][..len]
}

fn app() -> Application {
    Application::new()
        .any("/echo", echo)
        .get("/many", many)
        .any("/status/{code}", status)
        .get("/moved", async |cx| cx.redirect("/many"))
        .get("/latin1", latin1)
        .get("/fails", fails)
        .streaming("/upload", upload)
        .streaming("/duplex", duplex)
        .get("/download/{bytes}", download)
}

/// The request: its line, its fields called `x-...` in their order, its body.
async fn echo(cx: &mut Context) -> Result {
    let mut head = format!("{} {}\n", cx.request().method(), cx.request().uri());
    for (name, value) in cx.request().headers() {
        if name.as_str().starts_with("x-") {
            head += &format!("{name}: {}\n", value.to_str().unwrap_or("?"));
        }
    }
    let body = cx.body().clone();
    cx.write(head)?;
    cx.write(body)
}

async fn many(cx: &mut Context) -> Result {
    for cookie in ["a=1", "b=2", "a=3"] {
        cx.add_header("set-cookie", cookie)?;
    }
    cx.set_header("content-type", "application/octet-stream")?;
    cx.write(pattern(128, 1000))
}

async fn status(cx: &mut Context) -> Result {
    let code = cx.path::<u16>()?;
    cx.set_status(code);
    cx.write("what happened")
}

async fn latin1(cx: &mut Context) -> Result {
    let value = HeaderValue::from_bytes(b"caf\xe9")?;
    cx.set_header("x-drink", value)
}

/// Ends in the middle of what it announced.
async fn fails(cx: &mut Context) -> Result {
    cx.set_header("content-length", 10)?;
    cx.write("half")?;
    cx.flush().await?;
    Err(std::io::Error::other("the disk is gone").into())
}

async fn upload(cx: &mut Context) -> Result {
    cx.set_max_body_size(u64::MAX);
    let mut at = 0;
    while let Some(chunk) = cx.read_chunk().await? {
        for piece in chunk.chunks(1 << 20) {
            if piece != pattern(at, piece.len()) {
                return Err(Error::new(400).message(format!("other bytes after {at}")));
            }
            at += piece.len() as u64;
        }
    }
    cx.write(at.to_string())
}

/// Sends back each piece as it comes.
async fn duplex(cx: &mut Context) -> Result {
    cx.flush().await?;
    while let Some(chunk) = cx.read_chunk().await? {
        cx.write(chunk)?;
        cx.flush().await?;
    }
    Ok(())
}

async fn download(cx: &mut Context) -> Result {
    let bytes: u64 = cx.path()?;
    let mut at = 0;
    while at < bytes {
        let len = (bytes - at).min(64 << 10);
        cx.write(pattern(at, len as usize))?;
        at += len;
        cx.flush().await?;
    }
    Ok(())
}

/// A server that reads one head and answers with these bytes, then closes.
pub(crate) fn scripted(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut io, _) = listener.accept()?;
        io.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            io.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        io.write_all(answer)
    });
    format!("http://{address}/")
}
