//! The application under test: what `examples/echo.rs` does, and routes for what the cases need besides.

use std::time::Duration;

use futures_lite::io::copy;
use waterspout::cookies::SetCookie;
use waterspout::http::header::{CONNECTION, CONTENT_TYPE};
use waterspout::prelude::*;
use waterspout::websocket::{Engine, Options};
use waterspout::{Status, Upgrade};

use crate::watched::Watched;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain");
const LARGEST: u64 = 64 << 20;

/// What `/upload` checks and `/download` sends: a pattern whose period is no power of two, so that bytes that are lost,
/// doubled or out of place are seen.
pub(crate) fn pattern(from: u64, len: usize) -> &'static [u8] {
    const PERIOD: u64 = 251;
    static BYTES: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| (0..=250).cycle().take((4 << 20) + 251).collect());
    &BYTES[(from % PERIOD) as usize..][..len]
}

pub(crate) fn app() -> Application {
    // One route for each engine of a WebSocket, by its name.
    let app = Engine::ALL.iter().fold(Application::new(), |app, &engine| {
        let options = Options {
            engine,
            ..Options::default()
        };
        app.websocket_with(&format!("/ws/{}", engine.name()), options, || Echo)
    });
    app.streaming("/noread{*rest}", noread)
        .raw_paths()
        .streaming("/status/{code:[0-9]{3}}", status)
        .streaming("/stream", stream)
        .any("/buffered", buffered)
        .any("/args", args)
        .any("/header", header)
        .any("/reason", reason)
        .any("/redirect", redirect)
        .any("/setcookie", setcookie)
        .any("/big", async |cx| cx.write(pattern(0, 1 << 20)))
        .any("/close", close)
        .any("/trailers", trailers)
        .streaming("/declared/{declared}/{written}", declared)
        .streaming("/duplex", duplex)
        .get("/only-get", async |cx| cx.write("got"))
        .streaming("/limited/{bytes}", limited)
        .streaming("/upload", upload)
        .streaming("/parts", parts)
        .any("/form", form)
        .streaming("/download/{bytes}", download)
        .streaming("/sleep/{ms}", sleep)
        .streaming("/panic", async |_| panic!("on purpose"))
        .streaming("/panic-late", panic_late)
        .streaming("/flush-then-read", flush_then_read)
        .get("/upgrade", upgrade)
        .route("/watched/{what}/{id}", Watched)
        .streaming("/{*rest}", echo)
        .raw_paths()
        .streaming("*", echo)
}

/// Says what it hears; told to `flood`, it writes for as long as it can.
struct Echo;

impl WebSocketHandler for Echo {
    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        if message.as_text() == Some("flood") {
            loop {
                ws.write_message(pattern(0, 64 << 10).to_vec()).await?;
            }
        }
        ws.write_message(message).await
    }
}

async fn noread(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write("noread\n")
}

async fn status(cx: &mut Context) -> Result {
    let code = cx.path_arg("code")?.parse().unwrap_or(500);
    cx.set_status(code);
    Ok(())
}

async fn stream(cx: &mut Context) -> Result {
    for piece in ["a", "b", "c"] {
        cx.write(piece)?;
        cx.flush().await?;
    }
    Ok(())
}

async fn buffered(cx: &mut Context) -> Result {
    let answer = format!("buffered {}\n", cx.body().len());
    cx.write(answer)
}

/// The argument `a`, of the body or of the query.
async fn args(cx: &mut Context) -> Result {
    let answer = format!("a={:?}\n", cx.get_argument("a")?);
    cx.write(answer)
}

async fn close(cx: &mut Context) -> Result {
    cx.set_header(CONNECTION, "close")?;
    cx.write("closing\n")
}

async fn trailers(cx: &mut Context) -> Result {
    cx.write("body")?;
    cx.flush().await?;
    cx.add_trailer("x-sum", "1")
}

/// Says one length and writes another; one that has `flush` in its query flushes first.
async fn declared(cx: &mut Context) -> Result {
    let (declared, written): (u64, usize) = cx.path()?;
    cx.set_header("content-length", declared)?;
    if cx.has_argument("flush") {
        cx.flush().await?;
    }
    cx.write(pattern(0, written))
}

async fn duplex(cx: &mut Context) -> Result {
    cx.set_max_body_size(u64::MAX);
    cx.flush().await?;
    while let Some(chunk) = cx.read_chunk().await? {
        cx.write(chunk)?;
        cx.flush().await?;
    }
    Ok(())
}

async fn header(cx: &mut Context) -> Result {
    let name = cx.get_argument_or("name", "x-value")?;
    let value = cx.get_argument("value")?;
    cx.set_header(name, value).status(400)
}

async fn reason(cx: &mut Context) -> Result {
    let reason = cx.get_argument("reason")?;
    cx.set_status_reason(200, &reason);
    Ok(())
}

async fn redirect(cx: &mut Context) -> Result {
    let url = cx.get_argument("url")?;
    cx.redirect(&url).status(400)
}

async fn setcookie(cx: &mut Context) -> Result {
    let (mut name, mut value, mut attributes) = (String::new(), String::new(), Vec::new());
    for (key, text) in cx.query_arguments().iter() {
        match key {
            "name" => name = text.into_owned(),
            "value" => value = text.into_owned(),
            _ => attributes.push((key.to_owned(), text.into_owned())),
        }
    }
    let mut cookie = SetCookie::new(name, value);
    for (key, text) in attributes {
        cookie.attribute(&key, &text).status(400)?;
    }
    cx.set_cookie(&cookie).status(400)
}

async fn limited(cx: &mut Context) -> Result {
    let most = cx.path_arg("bytes")?.parse().status(400)?;
    cx.set_max_body_size(most);
    let mut read = 0;
    while let Some(chunk) = cx.read_chunk().await? {
        read += chunk.len();
    }
    cx.write(format!("{read}\n"))
}

async fn upload(cx: &mut Context) -> Result {
    cx.set_max_body_size(u64::MAX);
    let mut read = 0;
    while let Some(chunk) = cx.read_chunk().await? {
        let wanted = pattern(read, chunk.len());
        (*chunk == *wanted).then_some(()).status(422)?;
        read += chunk.len() as u64;
    }
    cx.write(format!("{read}\n"))
}

/// As `/upload`, for each part of a form.
async fn parts(cx: &mut Context) -> Result {
    cx.set_max_body_size(u64::MAX);
    let mut parts = cx.multipart().await?;
    while let Some(mut part) = parts.next_part().await? {
        let mut read = 0;
        while let Some(chunk) = part.read_chunk().await? {
            (*chunk == *pattern(read, chunk.len()))
                .then_some(())
                .status(422)?;
            read += chunk.len() as u64;
        }
        cx.write(format!("{} {read}\n", part.name()))?;
    }
    Ok(())
}

/// The same for the files of a form that has been read.
async fn form(cx: &mut Context) -> Result {
    let mut lines = String::new();
    for file in cx.files() {
        let (mut read, mut body) = (0, file.body().await?);
        while let Some(chunk) = body.next_chunk().await.transpose()? {
            (*chunk == *pattern(read, chunk.len()))
                .then_some(())
                .status(422)?;
            read += chunk.len() as u64;
        }
        lines += &format!("{} {read} {}\n", file.name(), file.path().is_some());
    }
    cx.write(lines)
}

async fn download(cx: &mut Context) -> Result {
    let bytes: u64 = cx.path_arg("bytes")?.parse().status(400)?;
    let mut sent = 0;
    while sent < bytes {
        let len = (bytes - sent).min(64 << 10) as usize;
        cx.write(pattern(sent, len))?;
        cx.flush().await?;
        sent += len as u64;
    }
    Ok(())
}

async fn sleep(cx: &mut Context) -> Result {
    let ms = cx.path_arg("ms")?.parse().status(400)?;
    cx.sleep(Duration::from_millis(ms)).await?;
    cx.write("slept\n")
}

async fn panic_late(cx: &mut Context) -> Result {
    cx.write("before")?;
    cx.flush().await?;
    panic!("on purpose")
}

async fn flush_then_read(cx: &mut Context) -> Result {
    cx.write("head")?;
    cx.flush().await?;
    while let Some(chunk) = cx.read_chunk().await? {
        cx.write(chunk)?;
    }
    Ok(())
}

async fn upgrade(cx: &mut Context) -> Result {
    let echo = Upgrade::new(async |mut io| {
        let (mut reader, mut writer) = futures_lite::io::split(&mut io);
        let _ = copy(&mut reader, &mut writer).await;
    });
    cx.upgrade(HeaderValue::from_static("echo"), echo)
}

async fn echo(cx: &mut Context) -> Result {
    cx.set_max_body_size(LARGEST);
    let mut body = Vec::new();
    while let Some(chunk) = cx.read_chunk().await? {
        body.extend_from_slice(&chunk);
    }
    let request = cx.request();
    let mut answer = format!("{} ", request.method()).into_bytes();
    answer.extend_from_slice(&request.raw_target());
    let host = request.headers().get("host");
    answer.push(b' ');
    answer.extend_from_slice(host.map_or(&b"-"[..], HeaderValue::as_bytes));
    answer.extend_from_slice(format!(" {}\n", body.len()).as_bytes());
    if request.path().starts_with("/X/") {
        for (name, value) in request.headers() {
            answer.extend_from_slice(format!("{name}: ").as_bytes());
            answer.extend_from_slice(value.as_bytes());
            answer.push(b'\n');
        }
        for (name, value) in cx.cookies().iter() {
            answer.extend_from_slice(format!("cookie {name}={}\n", value.escape_debug()).as_bytes());
        }
    } else {
        answer.append(&mut body);
    }
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write(answer)
}
