//! Multipart forms: read whole before the handler, and part by part.

use std::fs;
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{BodyError, HttpFile, Limits};

use crate::support::{Log, poll, request};

const KIND: &str = "multipart/form-data; boundary=BOUNDARY";

/// A form of fields (without a file name) and files.
fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, content) in parts {
        body.extend_from_slice(b"--BOUNDARY\r\nContent-Disposition: form-data; name=\"");
        body.extend_from_slice(name.as_bytes());
        body.push(b'"');
        if let Some(filename) = filename {
            body.extend_from_slice(format!("; filename=\"{filename}\"\r\nContent-Type: a/b").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--BOUNDARY--\r\n");
    body
}

fn send(client: &TestClient, target: &str, body: impl Into<Body>) -> TestResponse {
    client.post(target).header("content-type", KIND).body(body).send()
}

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("waterspout-test-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn settings(folder: &Folder, limits: Limits) -> Settings {
    Settings {
        limits,
        upload_dir: Some(folder.0.clone()),
        ..Settings::default()
    }
}

async fn describe(cx: &mut Context) -> Result {
    let mut lines = Vec::new();
    for (name, value) in cx.body_arguments().iter() {
        lines.push(format!("{name}={value}"));
    }
    for file in cx.files() {
        let content = file.bytes(1 << 20).await?;
        lines.push(format!(
            "{}: {:?} {} {} {:?}",
            file.name(),
            file.filename(),
            file.content_type(),
            file.len(),
            String::from_utf8_lossy(&content)
        ));
    }
    cx.write(lines.join("\n"))
}

#[test]
fn fields_are_arguments_and_files_are_files() {
    let client = TestClient::new(Application::new().any("/", describe));
    let body = form(&[
        ("a", None, b"1"),
        ("f", Some("x.txt"), b"content"),
        ("a", None, " \u{e9}\r\n".as_bytes()),
        ("f", Some("C:\\y"), b""),
        ("none", Some(""), b""),
    ]);
    let expected = "a=1\na= \u{e9}\r\n\nnone=\nf: \"x.txt\" a/b 7 \"content\"\nf: \"C:\\\\y\" a/b 0 \"\"";
    assert_eq!(send(&client, "/", body.clone()).text(), expected);
    let pieces: Vec<_> = body
        .chunks(3)
        .map(|piece| Ok::<_, BodyError>(Bytes::copy_from_slice(piece)))
        .collect();
    let stream = Body::from_stream(futures_lite::stream::iter(pieces));
    assert_eq!(send(&client, "/", stream).text(), expected);
    let kind = "Multipart/FORM-DATA; Boundary=\"BOUNDARY\"";
    let response = client.post("/").header("content-type", kind).body(body).send();
    assert_eq!(response.text(), expected);
}

#[test]
fn arguments_of_a_form_go_before_those_of_the_query() {
    let app = Application::new().post("/", async |cx| {
        assert!(cx.body().is_empty() && cx.file("b").is_none());
        let text = format!("{} {}", cx.get_argument("a")?, cx.get_arguments("a")?.join("|"));
        cx.write(text)
    });
    let client = TestClient::new(app);
    let body = form(&[("a", None, b" f1 "), ("a", None, b"f2")]);
    assert_eq!(send(&client, "/?a=q", body).text(), "f2 q|f1|f2");
    let body = form(&[("a", None, b"\xff")]);
    assert_eq!(send(&client, "/", body).status(), 400);
}

#[test]
fn what_is_wrong_is_said() {
    let limits = Limits {
        body: 4096,
        form_memory: 100,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    let app = Application::new().settings(settings).any("/", describe);
    let client = TestClient::new(app);
    let many: Vec<_> = (0..150).map(|_| ("a", None, &b""[..])).collect();
    let answers = [
        (
            b"--BOUNDARY\r\nContent-Disposition: invalid\r\n\r\n\r\n--BOUNDARY--".to_vec(),
            400,
            "no form-data",
        ),
        (
            b"--BOUNDARY\r\n\r\nx\r\n--BOUNDARY--".to_vec(),
            400,
            "no Content-Disposition",
        ),
        (
            b"--BOUNDARY\r\nContent-Disposition: form-data; name=a\r\n\r\nx".to_vec(),
            400,
            "before its last boundary",
        ),
        (form(&[("a", Some("a\rb.txt"), b"")]), 400, "carriage return"),
        (form(&many), 413, "larger than allowed"),
        (form(&many[..50]), 200, "a="),
        (
            form(&[("a", None, &[b'x'; 101])]),
            413,
            "the part &quot;a&quot; is larger",
        ),
        (
            form(&[("a", None, &[b'x'; 60]), ("b", None, &[b'x'; 41])]),
            413,
            "the part &quot;b&quot;",
        ),
        (
            form(&[("a", Some("f"), &[b'x'; 4096])]),
            413,
            "larger than allowed",
        ),
    ];
    for (body, status, text) in answers {
        let response = send(&client, "/", body);
        assert_eq!(response.status(), status, "{}", response.text());
        assert!(response.text().contains(text), "{}", response.text());
    }
    for kind in ["multipart/form-data", "multipart/form-data; boundary=a@b"] {
        let response = client.post("/").header("content-type", kind).body("x").send();
        assert_eq!(response.status(), 400, "{kind}");
    }
    let twice = client
        .post("/")
        .header("content-type", KIND)
        .header("content-type", "multipart/form-data; boundary=B");
    assert_eq!(twice.body(form(&[])).send().status(), 400);
    let coded = client
        .post("/")
        .header("content-type", KIND)
        .header("content-encoding", "gzip");
    let response = coded.body("x").send();
    assert_eq!(
        (response.status(), response.header("accept-encoding")),
        (415, Some("identity"))
    );
    // A body without a byte is no form that is wrong.
    assert_eq!(send(&client, "/", "").status(), 200);
}

#[test]
fn a_hundred_parts_are_taken_and_one_more_is_400() {
    let client = TestClient::new(Application::new().any("/", describe));
    let parts: Vec<_> = (0..101).map(|_| ("a", None, &b"1"[..])).collect();
    assert_eq!(send(&client, "/", form(&parts[1..])).status(), 200);
    let response = send(&client, "/", form(&parts));
    assert_eq!(response.status(), 400);
    assert!(response.text().contains("too many parts"));
}

#[test]
fn a_large_file_is_on_disk_for_as_long_as_the_request() {
    let folder = Folder::new("spool");
    let limits = Limits {
        file_memory: 1000,
        ..Limits::default()
    };
    let app = Application::new()
        .settings(settings(&folder, limits))
        .post("/", async |cx| {
            let file = cx.file("f").status(400)?;
            if let Some(path) = file.path() {
                assert!(is_private(path) && file.as_bytes().is_none());
            }
            let sum: u64 = file
                .bytes(1 << 20)
                .await?
                .iter()
                .map(|&byte| u64::from(byte))
                .sum();
            let mut body = file.body().await?;
            let mut length = 0;
            while let Some(piece) = body.next_chunk().await {
                length += piece?.len();
            }
            assert_eq!(file.bytes(999).await.expect_err("too large").status_code(), 413);
            let answer = format!("{} {} {length} {sum}", file.path().is_some(), file.len());
            cx.write(answer)
        });
    let client = TestClient::new(app);
    for (length, on_disk) in [(1000, false), (1001, true), (700_000, true)] {
        let body = form(&[("f", Some("x"), &vec![1; length])]);
        let expected = format!("{on_disk} {length} {length} {length}");
        assert_eq!(send(&client, "/", body).text(), expected);
        assert_eq!(folder.files().len(), 0);
    }
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777 == 0o600
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.is_file()
}

#[test]
fn nothing_is_left_of_a_form_that_fails_or_is_given_up() {
    let folder = Folder::new("failed");
    let limits = Limits {
        file_memory: 10,
        ..Limits::default()
    };
    let app = Application::new()
        .settings(settings(&folder, limits))
        .any("/", describe);
    let client = TestClient::new(app.clone());
    let mut body = form(&[("f", Some("x"), &[7; 5000]), ("g", Some("y"), &[7; 5000])]);
    body.truncate(body.len() - 4);
    assert_eq!(send(&client, "/", body.clone()).status(), 400);
    assert_eq!(folder.files().len(), 0);

    let (mut sender, incoming) = Body::channel(None);
    let mut asked = request("POST", "/", incoming);
    asked
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(KIND));
    let mut future = Box::pin(app.respond(asked));
    assert!(poll(future.as_mut()).is_pending());
    sender.send(body.into());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(folder.files().len(), 2, "two files are being written");
    drop(future);
    assert_eq!(folder.files().len(), 0);
}

#[test]
fn files_can_be_kept_and_saved() {
    let folder = Folder::new("kept");
    let limits = Limits {
        file_memory: 10,
        ..Limits::default()
    };
    let kept: std::sync::Arc<std::sync::Mutex<Vec<HttpFile>>> = std::sync::Arc::default();
    let app = Application::new()
        .settings(settings(&folder, limits))
        .post_with("/keep", kept.clone(), async |kept, cx| {
            *kept.lock().expect("no panic") = cx.take_files();
            assert!(cx.files().is_empty());
            Ok(())
        })
        .post_with("/save", folder.0.clone(), async |folder, cx| {
            let mut saved = Vec::new();
            for file in cx.files() {
                saved.push(
                    file.save_to(folder.join(file.safe_filename().status(400)?))
                        .await?,
                );
            }
            cx.write(format!("{saved:?}"))
        });
    let client = TestClient::new(app);
    let body = form(&[("f", Some("../large"), &[7; 20]), ("g", Some("small"), &[8; 5])]);
    assert_eq!(send(&client, "/keep", body.clone()).status(), 200);
    assert_eq!(folder.files().len(), 1);
    kept.lock().expect("no panic").clear();
    assert_eq!(folder.files().len(), 0);

    assert_eq!(send(&client, "/save", body.clone()).text(), "[20, 5]");
    assert_eq!(fs::read(folder.0.join("large")).expect("saved"), [7; 20]);
    assert_eq!(fs::read(folder.0.join("small")).expect("saved"), [8; 5]);
    assert_eq!(
        send(&client, "/save", body).status(),
        500,
        "nothing is overwritten"
    );
    assert_eq!(folder.files().len(), 2);
}

/// Reads parts as they come and notes what it sees.
fn streaming(log: Log) -> Application {
    struct Stream(Log);
    impl RequestHandler for Stream {
        fn stream_request_body(&self) -> bool {
            true
        }

        async fn post(&self, cx: &mut Context) -> Result {
            if cx.has_argument("most") {
                let most = cx.argument("most")?;
                cx.set_max_body_size(most);
            }
            let mut parts = cx.multipart().await?;
            while let Some(mut part) = parts.next_part().await? {
                self.0.add(format!("part {} {:?}", part.name(), part.filename()));
                if part.name() == "skipped" {
                    continue;
                }
                if part.name() == "text" {
                    self.0.add(part.text(3).await?);
                    continue;
                }
                while let Some(chunk) = part.read_chunk().await? {
                    self.0.add(String::from_utf8_lossy(&chunk));
                }
                assert!(part.read_chunk().await?.is_none());
            }
            assert!(parts.next_part().await?.is_none());
            cx.write("done")
        }
    }
    Application::new().route("/", Stream(log))
}

#[test]
fn a_part_is_given_before_the_next_is_read() {
    let log = Log::default();
    let app = streaming(log.clone());
    let (mut sender, body) = Body::channel(None);
    let mut asked = request("POST", "/", body);
    asked
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(KIND));
    let mut future = Box::pin(app.respond(asked));
    assert!(poll(future.as_mut()).is_pending());
    for (piece, seen) in [
        (
            "--BOUNDARY\r\nContent-Disposition: form-data; name=a\r\n",
            &[][..],
        ),
        ("\r\none", &["part a None", "one"]),
        ("two\r\n--BOUND", &["two"]),
        ("ARX\r\n--BOUNDARY\r\n", &["\r\n--BOUNDAR", "X"]),
        (
            "Content-Disposition: form-data; name=b; filename=c\r\n\r\n",
            &["part b Some(\"c\")"],
        ),
        ("x\r\n--BOUNDARY--", &["x"]),
        ("\r\n", &[]),
    ] {
        sender.send(Bytes::from(piece));
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(log.take(), seen, "{piece:?}");
    }
    sender.finish(None);
    let Poll::Ready(response) = poll(future.as_mut()) else {
        panic!("no answer");
    };
    assert_eq!(response.status(), 200);
}

#[test]
fn parts_that_are_not_read_are_passed_over() {
    let log = Log::default();
    let client = TestClient::new(streaming(log.clone()));
    let body = form(&[
        ("skipped", None, b"x--BOUNDARY"),
        ("text", None, b"abc"),
        ("skipped", Some("f"), b"much"),
        ("z", None, b"z"),
    ]);
    let length = body.len();
    assert_eq!(send(&client, "/", body.clone()).text(), "done");
    let seen = [
        "part skipped None",
        "part text None",
        "abc",
        "part skipped Some(\"f\")",
        "part z None",
        "z",
    ];
    assert_eq!(log.take(), seen);
    assert_eq!(
        send(&client, &format!("/?most={length}"), body.clone()).text(),
        "done"
    );
    assert_eq!(
        send(&client, &format!("/?most={}", length - 1), body).status(),
        413
    );
}

#[test]
fn what_is_wrong_with_a_stream_has_its_status() {
    let client = TestClient::new(streaming(Log::default()));
    assert_eq!(send(&client, "/", form(&[("text", None, b"abcd")])).status(), 413);
    assert_eq!(send(&client, "/", form(&[("text", None, b"\xff")])).status(), 400);
    assert_eq!(send(&client, "/", "--BOUNDARY\r\n").status(), 400);
    assert_eq!(send(&client, "/", "").text(), "done");
    let other = client
        .post("/")
        .header("content-type", "multipart/mixed; boundary=B");
    assert_eq!(other.body("x").send().status(), 415);
    assert_eq!(client.post("/").body("x").send().status(), 415);
    for (error, status) in [(BodyError::too_slow(), 408), (BodyError::cut_off(), 400)] {
        let (mut sender, body) = Body::channel(None);
        sender.send(Bytes::from("--BOUNDARY\r\n"));
        sender.abort(error);
        assert_eq!(send(&client, "/", body).status(), status);
    }
    let buffered = Application::new().post("/", async |cx| cx.multipart().await.map(drop));
    assert_eq!(send(&TestClient::new(buffered), "/", form(&[])).status(), 500);
}

#[test]
fn after_an_error_there_is_no_clean_end() {
    let app = Application::new().streaming("/", async |cx| {
        let mut parts = cx.multipart().await?;
        let mut errors = 0;
        for _ in 0..4 {
            match parts.next_part().await {
                Ok(None) => return cx.write("a clean end"),
                Ok(Some(_)) => {}
                Err(_) => errors += 1,
            }
        }
        cx.write(errors.to_string())
    });
    let client = TestClient::new(app);
    let mut body = form(&[("a", None, b"x")]);
    body.truncate(body.len() - 10);
    assert_eq!(send(&client, "/", body).text(), "3");
    let (mut sender, incoming) = Body::channel(None);
    sender.send(form(&[("a", None, b"x")]).into());
    sender.abort(BodyError::cut_off());
    assert_eq!(send(&client, "/", incoming).text(), "3");
}

#[test]
fn a_part_is_saved_as_it_comes_or_not_at_all() {
    let folder = Folder::new("save");
    let app = Application::new().streaming("/{name}", async |cx| {
        let path = cx.state::<PathBuf>()?.join(cx.path_arg("name")?);
        let mut parts = cx.multipart().await?;
        let mut part = parts.next_part().await?.status(400)?;
        let length = part.save_to(path).await?;
        cx.write(length.to_string())
    });
    let client = TestClient::new(app.state(folder.0.clone()));
    let content = vec![9; 600_000];
    let body = form(&[("f", Some("x"), &content)]);
    assert_eq!(send(&client, "/one", body.clone()).text(), "600000");
    assert_eq!(fs::read(folder.0.join("one")).expect("saved"), content);
    assert_eq!(
        send(&client, "/one", body.clone()).status(),
        500,
        "nothing is overwritten"
    );
    assert_eq!(fs::read(folder.0.join("one")).expect("saved"), content);
    assert_eq!(send(&client, "/two", body[..500_000].to_vec()).status(), 400);
    assert_eq!(folder.files(), [folder.0.join("one")]);
}

#[test]
fn the_time_of_a_form_is_limited() {
    let app = Application::new().streaming("/", async |cx| {
        cx.set_body_timeout(Duration::from_secs(5))?;
        let mut parts = cx.multipart().await?;
        while parts.next_part().await?.is_some() {}
        cx.write("done")
    });
    let client = TestClient::new(app);
    let (mut sender, body) = Body::channel(None);
    sender.send(Bytes::from("--BOUNDARY\r\n"));
    assert_eq!(send(&client, "/", body).status(), 408);
    assert_eq!(send(&client, "/", form(&[("a", None, b"x")])).text(), "done");
}
