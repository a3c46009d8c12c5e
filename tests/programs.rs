//! The example programs as they are run: started as processes, spoken to over TCP, stopped with SIGTERM.
//!
//! `cargo test` builds the examples first; `cargo test --test programs` does not.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too"
)]
#![cfg(unix)]

#[path = "programs/peer.rs"]
mod peer;
#[path = "programs/process.rs"]
mod process;
#[path = "programs/utf8.rs"]
mod utf8;
#[path = "programs/websocket.rs"]
mod websocket;

use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use process::{Program, command};

/// A target, request fields beside `Host`; the status line's end, response fields, the body as it stands on the wire.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

const TEXT: (&str, &str) = ("content-type", "text/plain");
const HTML: (&str, &str) = ("content-type", "text/html; charset=UTF-8");
const JSON: (&str, &str) = ("content-type", "application/json; charset=UTF-8");

/// SHA-1 of `OK`.
const OK_TAG: &str = "\"9ce3bd4224c8c1780db56b4125ecf3f24bf748b7\"";

fn check(program: &Program, cases: &[Case<'_>]) {
    for (target, fields, status, expected, body) in cases {
        let (method, target) = target.split_once(' ').expect("METHOD TARGET");
        let answer = program.exchange(method, target, fields, b"");
        assert_eq!(answer.status, *status, "{method} {target}");
        for (name, value) in *expected {
            assert_eq!(answer.field(name), Some(*value), "{name} of {method} {target}");
        }
        assert_eq!(answer.text(), *body, "{method} {target}");
    }
}

/// The status of targets whose body is an error page.
fn check_refused(program: &Program, targets: &[&str]) {
    for target in targets {
        let answer = program.exchange("GET", target, "", b"");
        assert_eq!(answer.status, "400 Bad Request", "{target}");
        assert!(answer.field("set-cookie").is_none(), "{target}");
    }
}

#[test]
fn probe_answers_every_route() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    check(
        &probe,
        &[
            ("GET /status/299?reason=Quite%20so", "", "299 Quite so", &[], ""),
            ("GET /status/404?reason=a%0d%0ab:c", "", "404 Unknown", &[], ""),
        ],
    );
    probe_answers_on(probe);
}

#[test]
fn probe_answers_every_route_on_async_h1() {
    let probe = Program::start("probe", &["async-h1", "127.0.0.1:0"]);
    // What tests/async_h1/exceptions.rs says of statuses and reasons.
    let failed = "500: Internal Server Error\n";
    check(
        &probe,
        &[
            (
                "GET /status/299?reason=Quite%20so",
                "",
                "500 Internal Server Error",
                &[],
                failed,
            ),
            ("GET /status/404?reason=a%0d%0ab:c", "", "404 Not Found", &[], ""),
        ],
    );
    probe_answers_on(probe);
}

fn probe_answers_on(probe: Program) {
    check(
        &probe,
        &[
            ("GET /", "", "200 OK", &[TEXT], "OK"),
            ("BREW /", "", "200 OK", &[TEXT], "OK"),
            ("HEAD /", "", "200 OK", &[TEXT, ("content-length", "2")], ""),
            (
                "GET /echo",
                "X-B: 1\r\nX-A: \u{e9}\r\nX-B: 2\r\n",
                "200 OK",
                &[TEXT],
                "host: probe\nconnection: close\nx-b: 1\nx-b: 2\nx-a: \u{e9}\n",
            ),
            (
                "GET /cookie",
                "Cookie: a=1; b=\"x\\012y\"; c=it's\r\nCookie: a=2\r\n",
                "200 OK",
                &[TEXT],
                "a=1\nb=x\\ny\nc=it's\na=2\n",
            ),
            (
                "GET /args?a=1&b=+x%0a&a=2&c",
                "",
                "200 OK",
                &[JSON],
                r#"{"body":[],"files":[],"query":[["a","1"],["b"," x\n"],["a","2"],["c",""]]}"#,
            ),
            ("GET /status/204", "", "204 No Content", &[], ""),
            (
                "GET /header?name=X-Y&value=a%20b",
                "",
                "200 OK",
                &[("x-y", "a b")],
                "OK",
            ),
            (
                "GET /setcookie?name=a&value=1&path=/x&httponly=&SameSite=lax&max_age=5",
                "",
                "200 OK",
                &[("set-cookie", "a=1; HttpOnly; Max-Age=5; Path=/x; SameSite=Lax")],
                "OK",
            ),
            (
                "GET /redirect?url=/echo%3Fa",
                "",
                "302 Found",
                &[("location", "/echo?a")],
                "",
            ),
            (
                "GET /sse?n=2",
                "",
                "200 OK",
                &[
                    ("content-type", "text/event-stream"),
                    ("cache-control", "no-cache"),
                ],
                "9\r\ndata: 0\n\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n",
            ),
            ("GET /stream?n=0", "", "200 OK", &[("content-length", "0")], ""),
        ],
    );
    check_refused(
        &probe,
        &[
            "/args?a=%ff",
            "/args?a=%ff&a=1",
            "/status/199",
            "/status/101",
            "/status/1000",
            "/status/99999999",
            "/status/x",
            "/header?name=X%20Y&value=1",
            "/header?name=X-Y&value=1%0d%0aX-Z:%202",
            "/header?name=X-Y&value=%0a",
            "/header?name=X-Y&value=%00",
            "/header?name=&value=1",
            "/header?name=X-Y",
            "/redirect?url=/%0d%0aX-Z:1",
            "/redirect",
            "/setcookie?name=a%3b&value=1",
            "/setcookie?name=a&value=%0d%0a",
            "/setcookie?name=a&value=1&path=/%3bx",
            "/setcookie?name=a&value=1&nosuch=1",
            "/setcookie?name=a&value=1&samesite=none",
            "/sleep?ms=-1",
            "/stream?n=x",
            "/ws",
            "/ws-plain",
        ],
    );
    assert_eq!(probe.exchange("GET", "/nowhere", "", b"").status, "404 Not Found");
    probe_completes_responses(&probe);
    probe.stop();
}

/// What the framework makes of responses: tags and compression.
fn probe_completes_responses(probe: &Program) {
    check(
        probe,
        &[
            (
                "GET /",
                "",
                "200 OK",
                &[("etag", OK_TAG), ("vary", "Accept-Encoding")],
                "OK",
            ),
            ("GET /", "Accept-Encoding: gzip\r\n", "200 OK", &[], "OK"),
        ],
    );
    let again = probe.exchange("GET", "/", &format!("If-None-Match: \"a\", W/{OK_TAG}\r\n"), b"");
    // http-types calls it "Modified".
    assert!(again.status.starts_with("304 "), "{}", again.status);
    assert_eq!((again.field("etag"), &*again.text()), (Some(OK_TAG), ""));
    let long = "x".repeat(5000);
    let packed = probe.exchange(
        "GET",
        "/echo",
        &format!("Accept-Encoding: gzip\r\nX-Long: {long}\r\n"),
        b"",
    );
    assert_eq!(packed.field("content-encoding"), Some("gzip"));
    let mut content = String::new();
    GzDecoder::new(&*packed.body)
        .read_to_string(&mut content)
        .expect("gzip");
    assert!(content.ends_with(&format!("x-long: {long}\n")), "{content}");
    let refused = format!("Accept-Encoding: gzip;q=0\r\nX-Long: {long}\r\n");
    assert_eq!(
        probe
            .exchange("GET", "/echo", &refused, b"")
            .field("content-encoding"),
        None
    );
}

#[test]
fn probe_reads_bodies() {
    for transport in ["tcp", "async-h1"] {
        probe_reads_bodies_on(Program::start("probe", &[transport, "127.0.0.1:0"]));
    }
}

fn probe_reads_bodies_on(probe: Program) {
    assert_eq!(probe.exchange("POST", "/", "", b"\xffbody").body, b"\xffbody");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(
        probe.exchange("POST", "/args?q=1", form, b"a=%C3%A9&a=&b").text(),
        r#"{"body":[["a","é"],["a",""],["b",""]],"files":[],"query":[["q","1"]]}"#
    );
    assert_eq!(
        probe.exchange("POST", "/args", form, b"a=%ff").status,
        "400 Bad Request"
    );
    let kind = "Content-Type: multipart/form-data; boundary=B\r\n";
    let form =
        b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; \
        name=f; filename=\"x;y\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n--B--\r\n";
    assert_eq!(
        probe.exchange("POST", "/args", kind, form).text(),
        r#"{"body":[["a","1"]],"files":[{"filename":"x;y","name":"f","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","size":3,"type":"text/plain"}],"query":[]}"#
    );
    let answer = probe.exchange("POST", "/args", kind, &form[..form.len() - 6]);
    assert_eq!(answer.status, "400 Bad Request");
    let answer = probe.exchange("POST", "/upload", "", b"abc");
    assert_eq!(
        answer.text(),
        r#"{"bytes":3,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#
    );
    let answer = probe.exchange("GET", "/upload", "", b"");
    assert_eq!(
        (answer.status.as_str(), answer.field("allow")),
        ("405 Method Not Allowed", Some("POST, OPTIONS"))
    );
    probe.stop();
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

#[test]
fn probe_signs_cookies_and_checks_forms() {
    for transport in ["tcp", "async-h1"] {
        probe_signs_and_checks(&Program::start("probe", &[transport, "127.0.0.1:0"]));
    }
}

fn probe_signs_and_checks(probe: &Program) {
    let ask = |method: &str, target: &str, cookie: &str, body: &str| {
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let fields = format!("X-Requested-With: XMLHttpRequest\r\n{form}Cookie: {cookie}\r\n");
        probe.exchange(method, target, &fields, body.as_bytes())
    };
    let answer = ask("GET", "/signed?set=v+%C3%A9", "", "");
    let set = answer.field("set-cookie").expect("a cookie");
    let (cookie, attributes) = set.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax");
    assert_eq!(ask("GET", "/signed", cookie, "").text(), "v \u{e9}");
    let moved = cookie.replace("6:signed", "6:singed");
    for bad in ["", "signed=v", &cookie[..cookie.len() - 1], &moved] {
        assert_eq!(ask("GET", "/signed", bad, "").status, "403 Forbidden", "{bad}");
    }

    let answer = ask("GET", "/xsrf", "", "");
    let set = answer.field("set-cookie").expect("a cookie");
    let (cookie, attributes) = set.split_once("; ").expect("attributes");
    assert_eq!(attributes, "Path=/; SameSite=Lax");
    let token = cookie.strip_prefix("_xsrf=").expect("the name");
    assert!(
        answer
            .text()
            .contains(&format!(r#"name="_xsrf" value="{token}""#))
    );
    let good = ask("POST", "/xsrf", cookie, &format!("_xsrf={token}"));
    assert_eq!((good.status.as_str(), &*good.text()), ("200 OK", "ok"));
    let injected = ("a=b]_xsrf=injected", "_xsrf=injected".to_owned());
    for (cookie, body) in [(cookie, String::new()), ("", format!("_xsrf={token}")), injected] {
        assert_eq!(
            ask("POST", "/xsrf", cookie, &body).status,
            "403 Forbidden",
            "{cookie} {body}"
        );
    }
    // The page that is served next has another token, and the client no need of another cookie.
    let next = ask("GET", "/xsrf", cookie, "");
    assert!(next.field("set-cookie").is_none() && !next.text().contains(token));
}

#[test]
fn probe_serves_files() {
    for transport in ["tcp", "async-h1"] {
        let probe = Program::start("probe", &[transport, "127.0.0.1:0"]);
        let (index, style) = (
            include_str!("../examples/static/index.html"),
            include_bytes!("../examples/static/css/site.css.br"),
        );
        let robots = "User-agent: *\nDisallow: /\n";
        check(
            &probe,
            &[
                (
                    "GET /static/robots.txt",
                    "",
                    "200 OK",
                    &[("content-length", "26")],
                    robots,
                ),
                (
                    "GET /robots.txt",
                    "",
                    "200 OK",
                    &[("content-length", "26")],
                    robots,
                ),
                (
                    "HEAD /static/robots.txt",
                    "",
                    "200 OK",
                    &[("content-length", "26")],
                    "",
                ),
                ("GET /static/", "", "200 OK", &[HTML], index),
                (
                    "GET /static/robots.txt",
                    "Range: bytes=0-3\r\n",
                    "206 Partial Content",
                    &[("content-range", "bytes 0-3/26")],
                    "User",
                ),
                (
                    "GET /static/css",
                    "",
                    "301 Moved Permanently",
                    &[("location", "/static/css/")],
                    "",
                ),
            ],
        );
        let packed = probe.exchange("GET", "/static/css/site.css", "Accept-Encoding: br\r\n", b"");
        assert_eq!(packed.field("content-encoding"), Some("br"));
        assert_eq!(packed.body, style);
        for (target, status) in [
            ("/static/none", "404 Not Found"),
            ("/static/../probe.rs", "403 Forbidden"),
            ("/favicon.ico", "404 Not Found"),
        ] {
            assert_eq!(probe.exchange("GET", target, "", b"").status, status, "{target}");
        }
        probe.stop();
    }
}

#[test]
fn probe_logs_in_and_out() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let ask = |method: &str, target: &str, cookie: &str, body: &str| {
        let fields = format!("Content-Type: application/x-www-form-urlencoded\r\nCookie: {cookie}\r\n");
        probe.exchange(method, target, &fields, body.as_bytes())
    };
    let sent = ask("GET", "/private?a=b", "", "");
    assert_eq!(sent.status, "302 Found");
    let location = sent.field("location").expect("the login");
    assert_eq!(location, "/login?next=%2Fprivate%3Fa%3Db");
    assert_eq!(ask("POST", "/private", "", "").status, "403 Forbidden");
    assert!(
        ask("GET", location, "", "")
            .text()
            .contains("<form method=\"post\">")
    );
    let back = ask("POST", location, "", "user=J%C3%B6");
    assert_eq!(
        (back.status.as_str(), back.field("location")),
        ("303 See Other", Some("/private?a=b"))
    );
    let set = back.field("set-cookie").expect("a cookie");
    let (cookie, attributes) = set.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; Path=/; SameSite=Lax");
    assert_eq!(ask("GET", "/private", cookie, "").text(), "J\u{f6}");
    for bad in ["session=", "session=x", &cookie[..cookie.len() - 1]] {
        assert_eq!(ask("GET", "/private", bad, "").status, "302 Found", "{bad}");
    }
    let away = ask("POST", "/login?next=//example.com", "", "user=me");
    assert_eq!(away.field("location"), Some("/private"));
    let out = ask("POST", "/logout", cookie, "");
    let gone = out.field("set-cookie").expect("a cookie");
    assert!(
        gone.starts_with("session=\"\"; ") && gone.contains("Max-Age=0"),
        "{gone}"
    );
    probe.stop();
}

#[test]
fn probe_keeps_no_upload() {
    const SIZE: usize = 32 << 20;
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let before = probe.most_memory();
    let body = vec![7; SIZE];
    let answer = probe.exchange("POST", "/upload", "", &body);
    assert_eq!(
        answer.text(),
        format!(r#"{{"bytes":{SIZE},"sha256":"{}"}}"#, hex(&Sha256::digest(&body)))
    );
    if let (Some(before), Some(after)) = (before, probe.most_memory()) {
        assert!(after - before < 8 << 10, "{before} KiB before, {after} KiB after");
    }
    probe.stop();
}

#[test]
fn bench_keeps_no_file() {
    const SIZE: usize = 100 << 20;
    let directory = std::env::temp_dir().join(format!("waterspout-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = std::fs::File::create(directory.join("large.bin")).expect("a file");
    file.set_len(SIZE as u64).expect("a hole");
    let mut command = command("bench");
    command
        .args(["tcp", "127.0.0.1:0", "--threads", "1"])
        .env("BENCH_FILES", &directory);
    let bench = Program::spawn("bench", &mut command);
    let before = bench.most_memory();
    let answer = bench.exchange("GET", "/static/large.bin", "", b"");
    assert_eq!((answer.status.as_str(), answer.body.len()), ("200 OK", SIZE));
    if let (Some(before), Some(after)) = (before, bench.most_memory()) {
        assert!(after - before < 8 << 10, "{before} KiB before, {after} KiB after");
    }
    bench.stop();
    std::fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn probe_takes_its_time() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    for (target, least, body) in [
        ("/sleep?ms=60", 60, "OK"),
        (
            "/stream?n=3&ms=30",
            60,
            "8\r\nchunk 0\n\r\n8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n0\r\n\r\n",
        ),
    ] {
        let begun = Instant::now();
        assert_eq!(probe.exchange("GET", target, "", b"").text(), body);
        assert!(begun.elapsed() >= Duration::from_millis(least), "{target}");
    }
    probe.stop();
}

#[test]
fn probe_tells_what_it_knows() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let answer = probe.exchange("GET", "/info?a=%20b", "", b"");
    let known: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(
        known,
        serde_json::json!({
            "method": "GET", "raw_target": "/info?a=%20b", "path": "/info", "query": "a=%20b", "scheme": "http",
            "host": "probe", "mount": "", "remote_ip": "127.0.0.1", "version": "HTTP/1.1",
            "abilities": {
                "upgrade": true, "stream_in": true, "stream_out": true,
                "informational": false, "send_file": false, "deadline_ms": null,
            },
        })
    );
    probe.stop();
}

#[test]
fn probe_survives_a_panic() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    for _ in 0..2 {
        let answer = probe.exchange("GET", "/panic", "", b"");
        assert_eq!(answer.status, "500 Internal Server Error");
        assert!(!answer.text().contains("asked"), "{}", answer.text());
    }
    assert_eq!(probe.exchange("GET", "/", "", b"").text(), "OK");
    probe.stop();
}

#[test]
fn echo_is_the_raw_contract() {
    let echo = Program::start("echo", &["tcp", "127.0.0.1:0"]);
    check(
        &echo,
        &[
            ("GET /noread", "", "200 OK", &[TEXT], "noread\n"),
            ("GET /noread/a/../b", "", "200 OK", &[TEXT], "noread\n"),
            ("GET /status/299", "", "299 ", &[], ""),
            (
                "GET /stream",
                "",
                "200 OK",
                &[TEXT],
                "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n",
            ),
            ("GET /a/../b?c", "", "200 OK", &[TEXT], "GET /a/../b?c echo 0\n"),
            ("OPTIONS *", "", "200 OK", &[TEXT], "OPTIONS * echo 0\n"),
            (
                "GET /X/1",
                "Cookie: a=\"\\011'\"\r\n",
                "200 OK",
                &[TEXT],
                "GET /X/1 echo 0\nhost: echo\nconnection: close\ncookie: a=\"\\011'\"\ncookie a=\\t'\n",
            ),
        ],
    );
    assert_eq!(
        echo.exchange("PUT", "/", "", b"body").text(),
        "PUT / echo 4\nbody"
    );
    echo.stop();
}

#[test]
fn bench_runs_on_every_runtime() {
    for (transport, runtime) in [
        ("tcp", "async-std"),
        ("tcp", "smol"),
        ("tcp", "tokio"),
        ("async-h1", "async-std"),
        ("async-h1", "tokio"),
    ] {
        let args = [transport, "127.0.0.1:0", "--threads", "1", "--runtime", runtime];
        let bench = Program::start("bench", &args);
        let text = ("content-type", "text/plain; charset=UTF-8");
        check(
            &bench,
            &[
                ("GET /plaintext", "", "200 OK", &[text], "Hello, World!"),
                (
                    "GET /json",
                    "",
                    "200 OK",
                    &[JSON],
                    r#"{"message":"Hello, World!"}"#,
                ),
                ("GET /user/42", "", "200 OK", &[text], "42"),
                (
                    "GET /fortunes",
                    "",
                    "200 OK",
                    &[HTML],
                    include_str!("../benches/compare/fortunes.html"),
                ),
            ],
        );
        bench.stop();
    }
}

#[test]
fn hello_says_hello() {
    const ADDRESS: &str = "127.0.0.1:8888"; // it takes no other: the slides' first program
    if TcpListener::bind(ADDRESS).is_err() {
        println!("left out: {ADDRESS} is taken");
        return;
    }
    let Some(hello) = Program::start_logging("hello", &[]) else {
        println!("left out: {ADDRESS} was taken meanwhile");
        return;
    };
    check(&hello, &[("GET /", "", "200 OK", &[HTML], "Hello, world")]);
    hello.stop();
}

#[test]
fn fetch_fetches_both_ways() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let url = format!("http://{}/args?a=%3Cb%3E", probe.address());
    let fetch = Program::start_logging("fetch", &[&url, "127.0.0.1:0"]).expect("any port is free");
    let (shown, json) = (
        url.clone(),
        "{&#34;body&#34;:[],&#34;files&#34;:[],&#34;query&#34;:[[&#34;a&#34;,&#34;&#60;b&#62;&#34;]]}",
    );
    let page = format!(
        "<!DOCTYPE html>\n<title>{shown}</title>\n<h1>44 bytes from {shown}</h1>\n<pre>{json}</pre>\n"
    );
    for target in ["GET /await", "GET /callback"] {
        check(&fetch, &[(target, "", "200 OK", &[HTML], &page)]);
    }
    fetch.stop();
    // Nobody is there any more: the failure is a 502, and its text stays in the log.
    let url = format!("http://user:secret@{}/", probe.address());
    probe.stop();
    let fetch = Program::start_logging("fetch", &[&url, "127.0.0.1:0"]).expect("any port is free");
    for target in ["/await", "/callback"] {
        let answer = fetch.exchange("GET", target, "", b"");
        assert_eq!(answer.status, "502 Bad Gateway", "{target}");
        assert!(!answer.text().contains("secret"), "{target}");
    }
    fetch.stop();
}

#[test]
fn probe_fetches() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let own = probe.address();
    let long = format!("GET /fetch?url=http://{own}/stream?n=3");
    let teapot = format!("GET /fetch?url=http://{own}/status/418");
    let redirected = format!("GET /fetch?url=http://{own}/redirect%3Furl%3D/sleep%253Fms%253D1");
    check(
        &probe,
        &[
            (&long, "", "200 OK", &[TEXT], "chunk 0\nchunk 1\nchunk 2\n"),
            (&teapot, "", "418 I'm a teapot", &[], ""),
            (&redirected, "", "200 OK", &[TEXT], "OK"),
        ],
    );
    for (url, status) in [
        ("http://127.0.0.1:1/", "502 Bad Gateway"),
        ("ftp://127.0.0.1/", "502 Bad Gateway"),
        ("nonsense", "400 Bad Request"),
    ] {
        let answer = probe.exchange("GET", &format!("/fetch?url={url}"), "", b"");
        assert_eq!(answer.status, status, "{url}");
    }
    assert_eq!(probe.exchange("GET", "/fetch", "", b"").status, "400 Bad Request");
    probe.stop();
}

#[test]
fn templates_is_a_journal() {
    let journal = Program::start_logging("templates", &["127.0.0.1:0"]).expect("any port is free");
    let get = |target: &str, fields: &str, status: &str| {
        let answer = journal.exchange("GET", target, fields, b"");
        assert_eq!(answer.status, status, "{target}");
        let text = answer.text().into_owned();
        (answer, text)
    };
    let (answer, home) = get("/", "", "200 OK");
    assert_eq!(answer.field("content-type"), Some(HTML.1));
    assert!(home.contains("<title>Waterspout&#39;s journal</title>"), "{home}");
    assert!(
        home.contains("<a href=\"/entry/escaping\">Tags like &#60;b&#62; &#38; &#60;i&#62; are text</a>")
    );
    assert_eq!(
        (
            home.matches("<article>").count(),
            home.matches("You are at /.").count()
        ),
        (3, 1)
    );
    let (_, rows) = get("/rows?q=COMPILED", "", "200 OK");
    assert_eq!(
        (rows.matches("<article>").count(), rows.matches("<title>").count()),
        (1, 0)
    );
    let (_, none) = get("/rows?q=%3Cscript%3E", "", "200 OK");
    assert!(none.contains("Nothing about “&#60;script&#62;”."), "{none}");
    let (_, entry) = get("/entry/waterspout", "", "200 OK");
    assert!(
        entry.contains("<title>What is a waterspout? - Waterspout&#39;s journal</title>"),
        "{entry}"
    );
    let (_, missing) = get("/entry/%3Cb%3E", "", "404 Not Found");
    assert!(
        missing.contains("<p>There is no entry “&#60;b&#62;”.</p>"),
        "{missing}"
    );
    let (_, nowhere) = get("/nowhere", "", "404 Not Found");
    assert!(
        nowhere.contains("<h1>Not Found</h1>") && nowhere.contains("You are at /nowhere."),
        "{nowhere}"
    );
    let (_, json) = get("/nowhere", "Accept: application/json\r\n", "404 Not Found");
    assert!(json.starts_with("{\"error\":"), "{json}");
    journal.stop();
}

#[test]
fn probe_renders_a_template() {
    let probe = Program::start("probe", &["tcp", "127.0.0.1:0"]);
    let page = |name: &str, user: &str| {
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><title>greeting - probe</title></head>\n<body>\n\
             <h1>Hello, {name}</h1>\n<p id=\"path\">/template</p>\n<p id=\"host\">probe</p>\n<p id=\"user\">{user}</p>\n\
             <p id=\"self\">/template</p>\n<p id=\"status\">/status/404</p>\n<p id=\"locale\">en_US</p>\n\
             <p id=\"site\">A &#38; B</p>\n</body>\n</html>"
        )
    };
    let escaped = "&#60;b id=&#39;x&#39;&#62; &#38; &#34;c&#34;";
    for (target, name, user) in [
        ("GET /template", "world", "nobody"),
        (
            "GET /template?name=%3Cb%20id='x'%3E%20%26%20%22c%22&user=%3Cme%3E",
            escaped,
            "&#60;me&#62;",
        ),
    ] {
        check(&probe, &[(target, "", "200 OK", &[HTML], &page(name, user))]);
    }
    let length = page("world", "nobody").len().to_string();
    let head = ("content-length", length.as_str());
    check(&probe, &[("HEAD /template", "", "200 OK", &[HTML, head], "")]);
    check_refused(&probe, &["/template?name=%ff"]);
    probe.stop();
}

#[test]
fn what_cannot_be_served_is_said_and_exits_2() {
    for (args, message) in [
        (&["pigeon", "127.0.0.1:0"][..], "there is no transport pigeon"),
        (&[], "which transport?"),
        (&["tcp"], "which address?"),
        (&["async-h1"], "which address?"),
        (
            &["fastcgi", "127.0.0.1:0"],
            "the transport fastcgi does not exist yet",
        ),
        (&["cgi"], "the transport cgi does not exist yet"),
        (
            &["tcp", "127.0.0.1:0", "--runtime", "glommio"],
            "there is no runtime glommio",
        ),
        (&["tcp", "127.0.0.1:0", "--threads", "x"], "x is no number"),
        (&["tcp", "127.0.0.1:0", "--fast"], "what is --fast?"),
    ] {
        for program in ["probe", "echo", "bench"] {
            let output = command(program)
                .args(args)
                .stdin(Stdio::null())
                .output()
                .expect("it starts");
            assert_eq!(output.status.code(), Some(2), "{program} {args:?}");
            assert!(output.stdout.is_empty(), "{program} {args:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.starts_with(&format!("{program}: {message}")), "{said}");
        }
    }
}
