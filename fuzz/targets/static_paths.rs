//! Any path to static files: none leads out of the directory, no redirect out of the origin.
//!
//! Input: the target of a request, below `/static/` where it begins with no slash.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use http::Uri;
use libfuzzer_sys::fuzz_target;
use waterspout::Application;
use waterspout::static_files::StaticFiles;
use waterspout::testing::TestClient;

const SECRET: &str = "nobody may see this";

/// `below/static` with a file, a directory and links that lead out; the secret beside it, and in `/`'s way.
fn directory() -> PathBuf {
    let above = std::env::temp_dir().join(format!("waterspout-fuzz-{}", std::process::id()));
    let root = above.join("static");
    std::fs::create_dir_all(root.join("dir/deep")).expect("a directory");
    for (name, content) in [
        ("a.txt", "a"),
        ("a.txt.gz", "gz"),
        ("dir/index.html", "index"),
        ("../secret", SECRET),
        ("../static_secret", SECRET),
    ] {
        std::fs::write(root.join(name), content).expect("written");
    }
    for (name, target) in [
        ("link", "../secret"),
        ("dir/up", ".."),
        ("out", "../.."),
        ("dead", "../none"),
    ] {
        let _ = std::os::unix::fs::symlink(target, root.join(name));
    }
    root
}

fn clients() -> &'static [TestClient; 2] {
    static CLIENTS: OnceLock<[TestClient; 2]> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let files = StaticFiles::new(directory()).default_file("index.html");
        ["/static/", "/"]
            .map(|prefix| TestClient::new(Application::new().static_files(prefix, files.clone())))
    })
}

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (client, target) = match text.strip_prefix('/') {
        Some(_) => (&clients()[1], text.to_owned()),
        None => (&clients()[0], format!("/static/{text}")),
    };
    if target.parse::<Uri>().is_err() {
        return;
    }
    let response = client.get(&target).header("accept-encoding", "gzip").send();
    assert!(
        matches!(response.status(), 200 | 301 | 400 | 403 | 404),
        "{} for {target:?}",
        response.status()
    );
    assert!(!response.text().contains(SECRET), "{target:?}");
    if let Some(location) = response.header("location") {
        assert!(response.status() == 301 && location.starts_with('/'));
        assert!(
            !location.starts_with("//") && !location.contains('\\'),
            "{location:?}"
        );
    }
});
