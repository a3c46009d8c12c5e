//! One application for any client, suite or load tool, on any transport: `probe tcp 127.0.0.1:8888`.
//!
//! Responses are compressed for clients that want it.
//!
//! | route | answer |
//! |---|---|
//! | `/` any method | the request body, or `OK` |
//! | `/echo`, `/cookie` | the request's fields as `name: value` lines, its cookies as `name=value` lines |
//! | `/args`, `/info` | the arguments and files, and what is known of the request, as JSON |
//! | `/status/{code}?reason=` | that status |
//! | `/header?name=&value=` | that response field |
//! | `/setcookie?name=&value=&path=...` | that cookie, with any attribute of `SetCookie::attribute` |
//! | `/redirect?url=` | 302 |
//! | `/signed?set=` | sets the signed cookie `signed`; without `set` its value, or 403 |
//! | `/xsrf` | a form with the XSRF token; its POST is `ok`, or 403 |
//! | `/login?next=` | a form; its POST with a `user` logs in, and leads to `next`; POST `/logout` logs out |
//! | `/private` | the user's name; who is none is sent to the login |
//! | `/stream?n=&ms=` | `n` flushed pieces, `ms` apart |
//! | `/upload` POST | how many bytes came and their SHA-256; none is kept |
//! | `/static/...`, `/robots.txt` | the files of `examples/static` |
//! | `/sleep?ms=` | `OK`, later |
//! | `/fetch?url=` | fetches, and answers with that status and body |
//! | `/template?name=&user=` | a page that inherits, with the name escaped and what templates see |
//! | `/sse?n=` | `n` server-sent events |
//! | `/ws`, `/ws-plain` | a WebSocket that echoes, with and without compression; messages to 64 MiB in 65,536 frames |
//! | `/ws-tungstenite` | the same by the engine async-tungstenite, where its feature is on |
//! | `/panic` | a handler that panics: 500, and the process lives |

use std::borrow::Cow;
use std::fmt::Display;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};
use waterspout::cookies::{CookieSecret, SetCookie};
use waterspout::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use waterspout::prelude::*;
use waterspout::session::Sessions;
use waterspout::static_files::StaticFiles;
use waterspout::websocket::Options;
use waterspout::{Arguments, Compression, Url};

#[path = "support/mod.rs"]
mod support;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Of an example. A site's is random, and does not stand in its source.
const SECRET: &str = "the probe has nothing to hide";

/// Uploads up to this size are counted.
const LARGEST: u64 = 8 << 30;

/// Served below `/static/`.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/static");

/// WebSocket messages up to this size are echoed.
const LARGEST_MESSAGE: usize = 64 << 20;

async fn root(cx: &mut Context) -> Result {
    let body = cx.body().clone();
    text(cx, if body.is_empty() { b"OK" } else { &body })
}

async fn echo(cx: &mut Context) -> Result {
    let mut lines = Vec::new();
    for (name, value) in cx.request().headers() {
        lines.extend_from_slice(format!("{name}: ").as_bytes());
        lines.extend_from_slice(value.as_bytes()); // no CR, LF or NUL can be in it, other bytes can
        lines.push(b'\n');
    }
    text(cx, &lines)
}

async fn cookie(cx: &mut Context) -> Result {
    let mut lines = String::new();
    for (name, value) in cx.cookies().iter() {
        lines += &format!("{name}={}\n", support::one_line(value));
    }
    text(cx, lines.as_bytes())
}

async fn args(cx: &mut Context) -> Result {
    let mut files = Vec::new();
    for file in cx.files() {
        let (mut hash, mut body) = (Sha256::new(), file.body().await?);
        while let Some(chunk) = body.next_chunk().await.transpose()? {
            hash.update(&chunk);
        }
        files.push(json!({
            "name": file.name(),
            "filename": file.filename(),
            "type": file.content_type(),
            "size": file.len(),
            "sha256": hex(&hash.finalize()),
        }));
    }
    let answer = json!({
        "query": pairs(cx.query_arguments())?,
        "body": pairs(cx.body_arguments())?,
        "files": files,
    });
    cx.write_json(&answer)
}

async fn info(cx: &mut Context) -> Result {
    let request = cx.request();
    let can = request.abilities();
    let answer = json!({
        "method": request.method().as_str(),
        "raw_target": String::from_utf8_lossy(&request.raw_target()),
        "path": request.path(),
        "query": request.query(),
        "scheme": request.scheme(),
        "host": request.host(),
        "mount": request.mount(),
        "remote_ip": request.peer().and_then(|peer| peer.remote.ip()),
        "version": format!("{:?}", request.version()),
        "abilities": {
            "upgrade": can.upgrade,
            "stream_in": can.stream_in,
            "stream_out": can.stream_out,
            "informational": can.informational,
            "send_file": can.send_file,
            "deadline_ms": cx.deadline().map(|left| left.as_millis()),
        },
    });
    cx.write_json(&answer)
}

async fn status(cx: &mut Context) -> Result {
    let code = cx.path_arg("code")?.parse().map_err(bad)?;
    if !(200..=999).contains(&code) {
        return Err(bad("a final status is 200 to 999"));
    }
    match query(cx, "reason")? {
        Some(reason) => cx.set_status_reason(code, &reason),
        None => cx.set_status(code),
    }
    Ok(())
}

async fn header(cx: &mut Context) -> Result {
    let (name, value) = (needed(cx, "name")?, needed(cx, "value")?);
    cx.set_header(name, value).status(400)?;
    text(cx, b"OK")
}

async fn setcookie(cx: &mut Context) -> Result {
    let mut cookie = SetCookie::new(needed(cx, "name")?, needed(cx, "value")?);
    for (name, value) in pairs(cx.query_arguments())? {
        if !matches!(name, "name" | "value") {
            cookie.attribute(name, &value).map_err(bad)?;
        }
    }
    cx.add_header(SET_COOKIE, cookie.encode().map_err(bad)?)?;
    text(cx, b"OK")
}

async fn redirect(cx: &mut Context) -> Result {
    let url = needed(cx, "url")?;
    cx.redirect(&url).status(400)
}

async fn signed(cx: &mut Context) -> Result {
    if let Some(value) = query(cx, "set")? {
        cx.set_signed_cookie("signed", value)?;
        return text(cx, b"OK");
    }
    let value = cx.get_signed_cookie("signed")?.status(403)?;
    text(cx, &value)
}

struct Xsrf;

impl RequestHandler for Xsrf {
    async fn get(&self, cx: &mut Context) -> Result {
        let field = cx.xsrf_form_html()?;
        cx.write(format!(
            "<form method=\"post\">{field}<button>Send</button></form>"
        ))
    }

    async fn post(&self, cx: &mut Context) -> Result {
        cx.check_xsrf_cookie()?; // the other routes want no token, so it is not `Settings::xsrf_cookies`
        text(cx, b"ok")
    }
}

async fn stream(cx: &mut Context) -> Result {
    let (count, pause) = (number(cx, "n", 3)?, number(cx, "ms", 0)?);
    cx.set_header(CONTENT_TYPE, TEXT)?;
    for i in 0..count {
        if i > 0 && pause > 0 {
            cx.sleep(Duration::from_millis(pause.into())).await?;
        }
        cx.write(format!("chunk {i}\n"))?;
        cx.flush().await?;
    }
    Ok(())
}

struct Upload;

impl RequestHandler for Upload {
    fn stream_request_body(&self) -> bool {
        true
    }

    async fn post(&self, cx: &mut Context) -> Result {
        cx.set_max_body_size(LARGEST);
        let (mut bytes, mut hash) = (0, Sha256::new());
        while let Some(chunk) = cx.read_chunk().await? {
            bytes += chunk.len();
            hash.update(&chunk);
        }
        cx.write_json(&json!({ "bytes": bytes, "sha256": hex(&hash.finalize()) }))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who is logged in, as the session says.
async fn current_user(cx: &mut Context) -> Result<Option<String>> {
    cx.session().await?.get("user")
}

struct Login;

impl RequestHandler for Login {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write("<!doctype html><title>Login</title><form method=\"post\"><input name=\"user\"></form>\n")
    }

    /// Anybody is who he says.
    async fn post(&self, cx: &mut Context) -> Result {
        let user = cx.get_body_argument("user")?;
        let session = cx.session().await?;
        session.renew();
        session.insert("user", &user)?;
        let next = cx.next_url("/private");
        cx.redirect_with(303, &next)
    }
}

async fn logout(cx: &mut Context) -> Result {
    cx.session().await?.destroy();
    cx.redirect_with(303, "/login")
}

async fn private(cx: &mut Context) -> Result {
    let user = cx.authenticated_user::<String>().await?;
    text(cx, user.as_bytes())
}

async fn sleep(cx: &mut Context) -> Result {
    let time = number(cx, "ms", 0)?;
    cx.sleep(Duration::from_millis(time.into())).await?;
    text(cx, b"OK")
}

/// What `/template` shows: its base has the rest.
#[derive(Template)]
#[template(path = "greeting.html")]
struct Greeting {
    name: String,
}

async fn template(cx: &mut Context) -> Result {
    let name = query(cx, "name")?.unwrap_or_else(|| "world".into());
    if let Some(user) = query(cx, "user")? {
        cx.set_value("current_user", user);
    }
    cx.render(Greeting { name })
}

async fn sse(cx: &mut Context) -> Result {
    let count = number(cx, "n", 3)?;
    cx.set_header(CONTENT_TYPE, EVENTS)?;
    cx.set_header(CACHE_CONTROL, NO_CACHE)?;
    for i in 0..count {
        cx.write(format!("data: {i}\n\n"))?;
        cx.flush().await?;
    }
    Ok(())
}

async fn fetch(cx: &mut Context) -> Result {
    let url: Url = cx.argument("url")?;
    let request = FetchRequest::from(url).raise_error(false);
    let response = cx.client().fetch(request).await?;
    cx.set_status(response.status().as_u16());
    if let Some(kind) = response.headers().get(CONTENT_TYPE) {
        cx.set_header(CONTENT_TYPE, kind)?;
    }
    cx.write(response.body())
}

#[expect(clippy::panic, reason = "that is what it is for")]
async fn panics(_: &mut Context) -> Result {
    panic!("as was asked for")
}

/// Says what it hears.
struct Echo;

impl WebSocketHandler for Echo {
    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(message).await
    }
}

fn text(cx: &mut Context, body: &[u8]) -> Result {
    if !cx.headers().contains_key(CONTENT_TYPE) {
        cx.set_header(CONTENT_TYPE, TEXT)?;
    }
    cx.write(body)
}

fn bad(why: impl Display) -> Error {
    Error::new(400).message(why.to_string())
}

/// The arguments exactly as they came: `get_argument` would turn control characters into spaces, and so hide from a
/// suite what becomes of them.
fn pairs(arguments: &Arguments) -> Result<Vec<(&str, Cow<'_, str>)>> {
    let pairs: Vec<_> = arguments.iter().collect();
    // Lossy decoding owns only what it had to mend.
    match pairs.iter().find(|(_, value)| matches!(value, Cow::Owned(_))) {
        Some((name, _)) => Err(bad(format!("argument {name:?} is not UTF-8"))),
        None => Ok(pairs),
    }
}

fn query(cx: &Context, name: &str) -> Result<Option<String>> {
    let found = pairs(cx.query_arguments())?
        .into_iter()
        .rfind(|(other, _)| *other == name);
    Ok(found.map(|(_, value)| value.into_owned()))
}

fn needed(cx: &Context, name: &str) -> Result<String> {
    query(cx, name)?.ok_or_else(|| bad(format!("missing argument {name}")))
}

fn number(cx: &Context, name: &str, default: u32) -> Result<u32> {
    if cx.has_argument(name) {
        cx.argument(name)
    } else {
        Ok(default)
    }
}

fn main() -> ExitCode {
    let large = Options {
        max_message: LARGEST_MESSAGE,
        max_frame: LARGEST_MESSAGE,
        max_fragments: 65_537, // Autobahn's 9.3.1 ends 65,536 with an empty one
        ..Options::default()
    };
    let plain = Options {
        compression: None,
        ..large.clone()
    };
    let app = Application::new();
    #[cfg(feature = "async-tungstenite")]
    let app = app.websocket_with(
        "/ws-tungstenite",
        Options {
            engine: waterspout::websocket::Engine::AsyncTungstenite,
            ..plain.clone()
        },
        || Echo,
    );
    let settings = Settings {
        cookie_secret: Some(CookieSecret::new(SECRET)),
        login_url: Some("/login".into()),
        ..Settings::default()
    };
    let app = app
        .settings(settings)
        .middleware(Compression::new())
        .sessions(Sessions::default())
        .get_current_user(current_user)
        .any("/", root)
        .any("/echo", echo)
        .any("/cookie", cookie)
        .any("/args", args)
        .any("/info", info)
        .any("/status/{code}", status)
        .name("status")
        .any("/header", header)
        .any("/setcookie", setcookie)
        .any("/redirect", redirect)
        .any("/signed", signed)
        .route("/xsrf", Xsrf)
        .route("/login", Login)
        .post("/logout", logout)
        .any("/private", private)
        .authenticated()
        .any("/stream", stream)
        .route("/upload", Upload)
        .any("/sleep", sleep)
        .any("/fetch", fetch)
        .static_files("/static/", StaticFiles::new(FILES).default_file("index.html"))
        .template_value("site", "A & B")
        .any("/template", template)
        .name("template")
        .any("/sse", sse)
        .websocket_with("/ws", large, || Echo)
        .websocket_with("/ws-plain", plain, || Echo)
        .any("/panic", panics);
    support::serve("probe", app)
}
