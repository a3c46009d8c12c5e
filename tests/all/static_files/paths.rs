//! Which paths lead to a file, and which lead nowhere: Tornado's cases and the advisories.

use super::*;

#[cfg(unix)]
pub(crate) fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo").success());
}

/// `static/` with files, and `static_foo.txt` beside it.
fn tree() -> Directory {
    let directory = Directory::new();
    directory
        .write("static/robots.txt", ROBOTS)
        .write("static/dir/index.html", "index")
        .write("static/plain/a.txt", "a")
        .write("static/a b\u{e9}.txt", "odd")
        .write("static_foo.txt", "beside");
    directory
}

fn serve(directory: &Directory, prefix: &str) -> TestClient {
    let files = StaticFiles::new(directory.path("static")).default_file("index.html");
    TestClient::new(Application::new().static_files(prefix, files))
}

/// The status of each path, and that no answer but 301 leads anywhere.
fn check(client: &TestClient, rows: &[(&str, u16)]) {
    for (target, status) in rows {
        let response = client.get(target).send();
        assert_eq!(response.status(), *status, "{target}");
        assert_eq!(response.header("location").is_some(), *status == 301, "{target}");
        assert!(!response.text().contains("beside"), "{target}");
    }
}

#[test]
fn nothing_outside_is_reached() {
    let directory = tree();
    check(
        &serve(&directory, "/static/"),
        &[
            ("/static/robots.txt", 200),
            ("/static/a%20b%C3%A9.txt", 200),
            ("/static/../static_foo.txt", 403),
            ("/static/..", 403),
            ("/static/.", 403),
            ("/static/dir/../robots.txt", 403),
            ("/static/%2e%2e/static_foo.txt", 403),
            ("/static/%2E%2E%2Fstatic_foo.txt", 403),
            ("/static/..%2fstatic_foo.txt", 403),
            ("/static/..%5cstatic_foo.txt", 403),
            ("/static/..\\static_foo.txt", 403),
            ("/static//etc/passwd", 403),
            ("/static/%2fetc%2fpasswd", 403),
            ("/static/dir//index.html", 403),
            ("/static/robots.txt%00", 404),
            ("/static/robots.txt%00.html", 404),
            ("/static/%00", 404),
            ("/static/%ff", 400),
            ("/static/robots.txt/", 404),
            ("/static/robots.txt/x", 404),
            ("/static/robots.txt.", 404),
            ("/static/robots.txt%20", 404),
            ("/static/nul", 404),
            ("/static/COM1.txt", 404),
            ("/static/none", 404),
            ("/static/none/none", 404),
            ("/static_foo.txt", 404),
            ("/static/static_foo.txt", 404),
            ("/static", 404),
            ("/x/../static/robots.txt", 400),
            (&format!("/static/{}", "x".repeat(300)), 404),
            (&format!("/static/{}", "x/".repeat(3000)), 404),
        ],
    );
}

/// With the files at `/`, as the security cases of Tornado have them (CVE-2023-28370 and what followed).
#[test]
fn no_redirect_leaves_the_origin() {
    let directory = tree();
    let client = serve(&directory, "/");
    check(
        &client,
        &[
            ("/../static_foo.txt", 403),
            ("//evil.com/../dir", 403),
            ("//evil.com/%2e%2e/dir", 403),
            ("//dir", 403),
            ("///dir", 403),
            ("/\\evil.com/../dir", 403),
            ("/\\dir", 403),
            ("/%5Cevil.com/..%5Cdir", 403),
            ("/%2fdir", 403),
            ("/dir", 301),
            ("/robots.txt", 200),
            ("/", 404),
        ],
    );
}

#[test]
fn a_directory_is_its_default_file() {
    let directory = tree();
    let client = serve(&directory, "/static/");
    for (target, location) in [
        ("/static/dir", "/static/dir/"),
        ("/static/dir?a=b%20c", "/static/dir/?a=b%20c"),
        ("/static/%64ir", "/static/%64ir/"),
        ("/static/plain", "/static/plain/"),
    ] {
        let response = client.get(target).send();
        assert_eq!(
            (response.status(), response.header("location")),
            (301, Some(location))
        );
    }
    let index = client.get("/static/dir/").send();
    assert_eq!((index.status(), index.text()), (200, "index"));
    assert_eq!(index.header("content-type"), Some("text/html; charset=UTF-8"));
    check(
        &client,
        &[
            ("/static/plain/", 404),
            ("/static/", 404),
            ("/static/dir/index.html", 200),
        ],
    );
    let mounted = serve(&directory, "/static/").mount("/app");
    let response = mounted.get("/static/dir").send();
    assert_eq!(response.header("location"), Some("/app/static/dir/"));
    let without = TestClient::new(Application::new().static_files("/static", directory.path("static")));
    check(
        &without,
        &[
            ("/static/dir", 403),
            ("/static/dir/", 403),
            ("/static/", 403),
            ("/static/dir/index.html", 200),
        ],
    );
}

#[test]
fn any_route_with_an_argument_will_do() {
    let directory = tree();
    let files = StaticFiles::new(directory.path("static"));
    let app = Application::new()
        .route("/files/{user}/{*path}", files.clone())
        .route_regex(r"/old/(.*)", files);
    let client = TestClient::new(app);
    check(
        &client,
        &[
            ("/files/7/robots.txt", 200),
            ("/old/robots.txt", 200),
            ("/files/7/..%2f..%2fstatic_foo.txt", 400), // its dots are the router's business
            ("/old/%2fetc%2fpasswd", 403),
        ],
    );
}

#[cfg(unix)]
#[test]
fn links_stay_inside_and_tell_nothing() {
    let (directory, outside, shared) = (tree(), Directory::new(), Directory::new());
    outside
        .write("secret.txt", "beside")
        .write("dir/index.html", "beside");
    shared.write("a.txt", "shared");
    directory
        .link("static/inside.txt", directory.path("static/robots.txt"))
        .link("static/file.txt", outside.path("secret.txt"))
        .link("static/dead.txt", outside.path("none.txt"))
        .link("static/out", outside.path("dir"))
        .link("static/dead", outside.path("none"))
        .link("static/loop", directory.path("static/loop"))
        .link("static/relative.txt", "../static_foo.txt")
        .link("static/shared", shared.path(""));
    fs::create_dir(directory.path("static/linked")).expect("a directory");
    directory.link("static/linked/index.html", outside.path("dir/index.html"));
    let outside_rows = [
        ("/static/file.txt", 403),
        ("/static/dead.txt", 403),
        ("/static/out", 403),
        ("/static/out/", 403),
        ("/static/out/index.html", 403),
        ("/static/out/none.html", 403),
        ("/static/dead", 403),
        ("/static/dead/index.html", 403),
        ("/static/loop", 403),
        ("/static/relative.txt", 403),
        ("/static/linked/", 403),
        ("/static/linked/index.html", 403),
    ];
    let client = serve(&directory, "/static/");
    check(&client, &outside_rows);
    check(
        &client,
        &[
            ("/static/inside.txt", 200),
            ("/static/shared/a.txt", 403),
            ("/static/shared/none", 403),
        ],
    );
    let text = |target: &str| {
        let response = client.get(target).header("x-request-id", "same").send();
        (response.headers().clone(), response.text().to_owned())
    };
    assert_eq!(text("/static/file.txt"), text("/static/dead.txt"));
    let files = StaticFiles::new(directory.path("static"))
        .default_file("index.html")
        .symlinks(shared.path(""));
    let client = TestClient::new(Application::new().static_files("/static/", files));
    check(&client, &outside_rows);
    check(
        &client,
        &[
            ("/static/shared/a.txt", 200),
            ("/static/shared/none", 404),
            ("/static/shared", 301),
        ],
    );
}

/// The root may be a link itself.
#[cfg(unix)]
#[test]
fn the_root_is_where_its_link_led_when_the_application_was_made() {
    let directory = tree();
    directory.link("current", directory.path("static"));
    let client = TestClient::new(Application::new().static_files("/static/", directory.path("current")));
    check(&client, &[("/static/robots.txt", 200)]);
    fs::remove_file(directory.path("current")).expect("the link");
    directory.link("current", directory.path(""));
    check(
        &client,
        &[("/static/robots.txt", 200), ("/static/static_foo.txt", 404)],
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let directory = tree();
    fifo(&directory.path("static/fifo"));
    let _socket = std::os::unix::net::UnixListener::bind(directory.path("static/socket")).expect("a socket");
    directory
        .link("static/null", "/dev/null")
        .link("static/zero", "/dev/zero");
    let client = serve(&directory, "/static/");
    check(
        &client,
        &[
            ("/static/fifo", 403),
            ("/static/socket", 403),
            ("/static/null", 403),
            ("/static/zero", 403),
            ("/static/fifo/", 403),
        ],
    );
}
