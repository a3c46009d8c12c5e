//! Directories of files: what is sent, with what fields, and what is not.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use waterspout::prelude::*;
use waterspout::static_files::StaticFiles;
use waterspout::testing::{Lint, TestClient, TestResponse};

mod paths;
mod ranges;
mod send_file;
mod siblings;
mod urls;

/// Tornado's own: 26 bytes.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// When the files here were changed last.
const MODIFIED: &str = "Wed, 01 Jan 2020 00:00:00 GMT";

/// A directory that is there for as long as a test.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("waterspout-static-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a directory");
        Self(fs::canonicalize(path).expect("a directory"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file that was changed in 2020.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below")).expect("a directory");
        // Another file and not the same one: what was open stays what it was.
        let _ = fs::remove_file(&path);
        fs::write(&path, content).expect("written");
        let file = File::options().write(true).open(&path).expect("the file");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_836_800))
            .expect("set");
        self
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, name: &str, target: impl AsRef<Path>) -> &Self {
        std::os::unix::fs::symlink(target, self.path(name)).expect("a link");
        self
    }

    pub(crate) fn serve(&self) -> TestClient {
        self.serve_with(|files| files)
    }

    pub(crate) fn serve_with(&self, set: impl FnOnce(StaticFiles) -> StaticFiles) -> TestClient {
        let files = set(StaticFiles::new(&*self.0));
        TestClient::new(Application::new().static_files("/static/", files))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn robots() -> (Directory, TestClient) {
    let directory = Directory::new();
    directory.write("robots.txt", ROBOTS);
    let client = directory.serve();
    (directory, client)
}

/// The fields that a test sends.
type Fields<'a> = &'a [(&'a str, &'a str)];

fn ask(client: &TestClient, method: &str, target: &str, fields: Fields<'_>) -> TestResponse {
    let request = client.request(method, target);
    fields
        .iter()
        .fold(request, |request, (name, value)| request.header(name, value))
        .send()
}

#[test]
fn a_file_with_all_its_fields() {
    let (_directory, client) = robots();
    for target in ["/static/robots.txt", "/robots.txt", "/static/%72obots.txt"] {
        let response = client.get(target).send();
        assert_eq!((response.status(), response.text()), (200, ROBOTS), "{target}");
        for (name, value) in [
            ("content-type", Some("text/plain; charset=UTF-8")),
            ("last-modified", Some(MODIFIED)),
            ("accept-ranges", Some("bytes")),
            ("vary", Some("accept-encoding")),
            ("cache-control", None),
            ("content-encoding", None),
            ("content-range", None),
            ("x-content-type-options", Some("nosniff")),
        ] {
            assert_eq!(response.header(name), value, "{name} of {target}");
        }
        let etag = response.header("etag").expect("a tag");
        assert!(
            etag.len() == 34 && etag.starts_with('"') && etag.ends_with('"'),
            "{etag}"
        );
    }
    assert_eq!(client.get("/favicon.ico").send().status(), 404);
}

#[test]
fn conditions_ask_about_what_is_there() {
    let (_directory, client) = robots();
    let etag = client.get("/static/robots.txt").send();
    let etag = etag.header("etag").expect("a tag");
    let (weak, list) = (format!("W/{etag}"), format!("\"x\", {etag}"));
    let rows: &[(Fields<'_>, u16)] = &[
        (&[("if-none-match", etag)], 304),
        (&[("if-none-match", &weak)], 304),
        (&[("if-none-match", &list)], 304),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"x\"")], 200),
        (
            &[("if-none-match", "\"x\""), ("if-modified-since", MODIFIED)],
            200,
        ),
        (
            &[
                ("if-none-match", etag),
                ("if-modified-since", "Fri, 01 Jan 1960 00:00:00 GMT"),
            ],
            304,
        ),
        (&[("if-modified-since", MODIFIED)], 304),
        (&[("if-modified-since", "Wed, 01 Jan 2020 00:00:01 GMT")], 304),
        (&[("if-modified-since", "Tue, 31 Dec 2019 23:59:59 GMT")], 200),
        (&[("if-modified-since", "Fri, 01 Jan 1960 00:00:00 GMT")], 200),
        (&[("if-modified-since", "junk")], 200),
        (&[("if-modified-since", "")], 200),
        (&[("if-match", etag)], 200),
        (&[("if-match", &weak)], 412),
        (&[("if-match", "\"x\"")], 412),
        (&[("if-unmodified-since", MODIFIED)], 200),
        (&[("if-unmodified-since", "Tue, 31 Dec 2019 23:59:59 GMT")], 412),
    ];
    for (fields, status) in rows {
        for method in ["GET", "HEAD"] {
            let response = ask(&client, method, "/static/robots.txt", fields);
            assert_eq!(response.status(), *status, "{method} {fields:?}");
            if *status == 304 {
                for name in ["content-type", "content-length", "content-encoding"] {
                    assert_eq!(response.header(name), None, "{name}");
                }
                assert_eq!(response.header("etag"), Some(etag));
                assert_eq!(response.header("last-modified"), Some(MODIFIED));
                assert_eq!(response.header("vary"), Some("accept-encoding"));
                assert_eq!(response.text(), "");
            }
        }
    }
}

#[test]
fn the_tag_is_that_of_the_content() {
    let directory = Directory::new();
    directory
        .write("a.txt", "one")
        .write("b.txt", "one")
        .write("c.txt", "two");
    let client = directory.serve();
    let tag = |name: &str| {
        let response = client.get(&format!("/static/{name}")).send();
        response.header("etag").expect("a tag").to_owned()
    };
    let before = tag("a.txt");
    assert_eq!(before, tag("b.txt"), "wherever it stands");
    assert_ne!(before, tag("c.txt"));
    directory.write("a.txt", "two");
    assert_eq!(tag("a.txt"), tag("c.txt"), "it follows the content");
    directory.write("a.txt", "one");
    assert_eq!(tag("a.txt"), before, "and comes back with it");
}

#[test]
fn head_has_the_fields_of_get() {
    let directory = Directory::new();
    directory
        .write("small.txt", ROBOTS)
        .write("large.bin", vec![7; 200_000]);
    let client = directory.serve();
    for (target, length) in [("/static/small.txt", "26"), ("/static/large.bin", "200000")] {
        let (get, head) = (client.get(target).send(), client.head(target).send());
        assert_eq!((head.status(), head.bytes()), (200, &b""[..]));
        assert_eq!(head.header("content-length"), Some(length));
        for name in ["content-type", "etag", "last-modified", "accept-ranges", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
}

#[test]
fn other_methods_are_not_allowed() {
    let (_directory, client) = robots();
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let response = ask(&client, method, "/static/robots.txt", &[]);
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
    assert_eq!(ask(&client, "OPTIONS", "/static/robots.txt", &[]).status(), 204);
}

#[test]
fn a_large_file_comes_in_pieces() {
    let directory = Directory::new();
    let content: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
    directory.write("large.bin", &content).write("empty.txt", "");
    let client = directory.serve();
    let mut response = client.get("/static/large.bin").start();
    let mut pieces = 0;
    while let Some(piece) = response.next_chunk() {
        assert!(piece.len() <= 64 << 10);
        pieces += 1;
    }
    assert_eq!(pieces, 16);
    assert!(response.bytes() == content);
    let empty = client.get("/static/empty.txt").send();
    assert_eq!((empty.status(), empty.bytes()), (200, &b""[..]));
    assert_eq!(empty.header("content-type"), Some("text/plain; charset=UTF-8"));
}

#[test]
fn a_file_that_shrinks_is_cut_off() {
    let directory = Directory::new();
    directory.write("large.bin", vec![7; 200_000]);
    let client = directory.serve();
    let mut response = client.get("/static/large.bin").start();
    response.next_chunk();
    let file = File::options()
        .write(true)
        .open(directory.path("large.bin"))
        .expect("the file");
    file.set_len(100_000).expect("shorter");
    while response.next_chunk().is_some() {}
    assert!(response.error().is_some());
}

#[test]
fn caching_is_as_it_was_set() {
    let directory = Directory::new();
    directory.write("a.txt", ROBOTS);
    let client = directory.serve_with(|files| files.max_age(Duration::from_secs(3600)).precompressed(false));
    let response = client.get("/static/a.txt").send();
    assert_eq!(response.header("cache-control"), Some("public, max-age=3600"));
    assert_eq!(response.header("vary"), None);
}

#[test]
fn a_directory_that_is_none_is_a_problem() {
    let directory = Directory::new();
    directory.write("file", "");
    for name in ["missing", "file"] {
        let app = Application::new().static_files("/static/", directory.path(name));
        let error = app.check().expect_err("a problem");
        assert!(error.to_string().contains("static files"), "{error}");
    }
    let files = StaticFiles::new(&*directory.0).symlinks(directory.path("missing"));
    assert!(
        Application::new()
            .static_files("/static/", files)
            .check()
            .is_err()
    );
    let app = Application::new().static_files("static", &*directory.0);
    assert!(app.check().is_err(), "a prefix begins with a slash");
}

#[test]
fn the_applications_own_routes_answer_before_the_two_names() {
    let directory = Directory::new();
    directory.write("robots.txt", ROBOTS);
    let app = Application::new()
        .static_files("/static", &*directory.0)
        .get("/robots.txt", async |cx| cx.write("own"));
    let client = TestClient::new(app);
    assert_eq!(client.get("/robots.txt").send().text(), "own");
    assert_eq!(client.get("/static/robots.txt").send().text(), ROBOTS);
}

#[test]
fn the_contract_is_kept() {
    let directory = Directory::new();
    directory
        .write("a.txt", vec![b'x'; 1000])
        .write("dir/index.html", "<p>");
    let (lint, report) = Lint::new();
    let files = StaticFiles::new(&*directory.0).default_file("index.html");
    let client = TestClient::new(
        Application::new()
            .middleware(lint)
            .static_files("/static/", files),
    );
    let rows: &[(&str, Fields<'_>)] = &[
        ("/static/a.txt", &[]),
        ("/static/a.txt", &[("range", "bytes=1-2")]),
        ("/static/a.txt", &[("range", "bytes=1-2,5-6")]),
        ("/static/a.txt", &[("range", "bytes=1000-")]),
        ("/static/a.txt", &[("if-none-match", "*")]),
        ("/static/a.txt", &[("if-match", "\"x\"")]),
        ("/static/dir", &[]),
        ("/static/dir/", &[]),
        ("/static/none", &[]),
        ("/static/../x", &[]),
    ];
    for (target, fields) in rows {
        for method in ["GET", "HEAD", "POST"] {
            ask(&client, method, target, fields);
        }
    }
    let found: Vec<_> = report.violations().iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
