//! The raw contract for wire suites: `echo tcp 127.0.0.1:8888`.
//!
//! `/noread*` answers `noread` and never reads the body; `/status/NNN` that status with no content; `/stream` writes
//! `abc` in three flushes; anything else, any method, reads the whole body and answers `METHOD TARGET HOST LENGTH` and
//! the body, under `/X/` the request fields and cookies instead of the body. Every path is taken, dots and all.

use std::process::ExitCode;

use waterspout::http::header::CONTENT_TYPE;
use waterspout::prelude::*;

#[path = "support/mod.rs"]
mod support;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain");

/// Bodies up to this size are echoed.
const LARGEST: u64 = 64 << 20;

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
    cx.set_header(CONTENT_TYPE, TEXT)?;
    for piece in ["a", "b", "c"] {
        cx.write(piece)?;
        cx.flush().await?;
    }
    Ok(())
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
    let host = request
        .headers()
        .get("host")
        .map_or(&b"-"[..], HeaderValue::as_bytes);
    answer.extend_from_slice(b" ");
    answer.extend_from_slice(host);
    answer.extend_from_slice(format!(" {}\n", body.len()).as_bytes());
    if request.path().starts_with("/X/") {
        for (name, value) in request.headers() {
            answer.extend_from_slice(format!("{name}: ").as_bytes());
            answer.extend_from_slice(value.as_bytes());
            answer.push(b'\n');
        }
        for (name, value) in cx.cookies().iter() {
            answer.extend_from_slice(format!("cookie {name}={}\n", support::one_line(value)).as_bytes());
        }
    } else {
        answer.append(&mut body);
    }
    cx.set_header(CONTENT_TYPE, TEXT)?;
    cx.write(answer)
}

fn main() -> ExitCode {
    let app = Application::new()
        .streaming("/noread{*rest}", noread)
        .raw_paths()
        .streaming("/status/{code:[0-9]{3}}", status)
        .streaming("/stream", stream)
        .streaming("/{*rest}", echo)
        .raw_paths()
        .streaming("*", echo);
    support::serve("echo", app)
}
