//! What probe, echo and bench share: `NAME TRANSPORT [ADDR] [--threads N] [--runtime NAME]`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "programs: they say on standard output that they are ready, and on standard error what is wrong"
)]

use std::process::ExitCode;

use waterspout::{Application, Result};
use waterspout_tcp::{Engine, Runtime, Server};

/// The transports of docs/SPEC.md; those whose adapter is not written yet say so.
const COMING: &[&str] = &["hyper", "fastcgi", "scgi", "uwsgi", "cgi", "lambda"];

/// Serves `app` on the transport that the command line names.
pub(crate) fn serve(program: &str, app: Application) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [transport @ ("tcp" | "async-h1"), address, options @ ..] => match options_of(options) {
            Ok((threads, runtime)) => {
                let engine = Engine::by_name(transport).unwrap_or_default();
                report(program, tcp(app, engine, address, threads, runtime))
            }
            Err(message) => usage(program, &message),
        },
        [transport, ..] if COMING.contains(transport) => {
            eprintln!("{program}: the transport {transport} does not exist yet");
            ExitCode::from(2)
        }
        ["tcp" | "async-h1"] => usage(program, "which address? 127.0.0.1:0 takes a free port"),
        [transport, ..] => usage(program, &format!("there is no transport {transport}")),
        [] => usage(program, "which transport?"),
    }
}

fn options_of(options: &[&str]) -> std::result::Result<(Option<usize>, Runtime), String> {
    let (mut threads, mut runtime) = (None, Runtime::ALL[0]);
    for pair in options.chunks(2) {
        match pair {
            ["--threads", number] => {
                threads = Some(number.parse().map_err(|_| format!("{number} is no number"))?);
            }
            ["--runtime", name] => {
                runtime = Runtime::by_name(name).ok_or_else(|| format!("there is no runtime {name}"))?;
            }
            other => return Err(format!("what is {}?", other.join(" "))),
        }
    }
    Ok((threads, runtime))
}

fn tcp(app: Application, engine: Engine, address: &str, threads: Option<usize>, runtime: Runtime) -> Result {
    let mut builder = Server::builder(app).runtime(runtime).engine(engine).signals(true);
    if let Some(threads) = threads {
        builder = builder.threads(threads);
    }
    let server = builder.bind(address)?;
    println!("listening on {}", server.local_addr());
    server.run()
}

fn report(program: &str, result: Result) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(program: &str, message: &str) -> ExitCode {
    eprintln!(
        "{program}: {message}\nusage: {program} tcp|async-h1 ADDR [--threads N] [--runtime async-std|smol|tokio]"
    );
    ExitCode::from(2)
}

/// Text as one line: its control characters are escaped. A quoted cookie can hold any.
#[allow(dead_code, reason = "not every program that shares this file shows cookies")]
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}
