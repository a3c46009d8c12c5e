//! `static_url`, and what is kept under such URLs.

use super::*;

#[derive(Template)]
#[template(ext = "html", source = r#"<link href="{{ static_url("css/a b.css") }}">"#)]
struct Page;

fn url(cx: &Context) -> Result<String> {
    cx.static_url(&cx.get_query_argument("path")?)
}

fn serve(directory: &Directory) -> TestClient {
    let app = Application::new()
        .static_files("/static/", &*directory.0)
        .static_files("/second/", &*directory.0)
        .get("/url", async |cx| cx.write(url(cx)?))
        .get("/page", async |cx| cx.render(Page));
    TestClient::new(app)
}

fn url_of(client: &TestClient, path: &str) -> String {
    let response = client.get(&format!("/url?path={path}")).send();
    assert_eq!(response.status(), 200, "{path}");
    response.text().to_owned()
}

#[test]
fn a_url_names_its_content_and_is_kept_for_ever() {
    let directory = Directory::new();
    directory.write("css/x.css", "one");
    let client = serve(&directory);
    let before = url_of(&client, "css/x.css");
    let (path, version) = before.split_once("?v=").expect("a version");
    assert!(path == "/static/css/x.css" && version.len() == 32, "{before}");
    let cached = |target: &str| {
        client
            .get(target)
            .send()
            .header("cache-control")
            .map(str::to_owned)
    };
    let forever = Some("public, max-age=31536000, immutable".to_owned());
    assert_eq!(cached(&before), forever);
    assert_eq!(cached("/static/css/x.css"), None);
    assert_eq!(
        cached("/static/css/x.css?v=other"),
        None,
        "Tornado keeps that, too"
    );
    assert_eq!(cached("/static/css/x.css?v="), None);
    directory.write("css/x.css", "other");
    assert_eq!(cached(&before), None, "it names no content that is there");
    assert_eq!(
        url_of(&client, "css/x.css"),
        before,
        "within a second nobody looks"
    );
    client.advance(Duration::from_secs(2));
    let after = url_of(&client, "css/x.css");
    assert_ne!(after, before);
    assert_eq!(cached(&after), forever);
}

#[test]
fn the_version_is_that_of_the_plain_content() {
    let directory = Directory::new();
    directory.write("a.css", "plain").write("a.css.gz", "gzip");
    let client = serve(&directory);
    let url = url_of(&client, "a.css");
    let response = ask(&client, "GET", &url, &[("accept-encoding", "gzip")]);
    assert_eq!(response.text(), "gzip");
    assert_eq!(
        response.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
}

#[test]
fn what_has_no_version() {
    let directory = Directory::new();
    directory.write("a.txt", "").write("dir/a.txt", "");
    let huge = File::create(directory.path("huge.bin")).expect("a file");
    huge.set_len((64 << 20) + 1).expect("a hole");
    #[cfg(unix)]
    paths::fifo(&directory.path("fifo"));
    let client = serve(&directory);
    for (path, url) in [
        ("../x", "/static/../x"),
        ("/etc/passwd", "/static/etc/passwd"),
        ("none", "/static/none"),
        ("dir", "/static/dir"),
        ("dir/", "/static/dir/"),
        ("fifo", "/static/fifo"),
        ("huge.bin", "/static/huge.bin"),
        ("a%2520b%3Fc%23%22", "/static/a%2520b%3Fc%23%22"),
        ("", "/static/"),
    ] {
        assert_eq!(url_of(&client, path), url, "{path}");
    }
    assert!(url_of(&client, "/a.txt").starts_with("/static/a.txt?v="));
    let weak = client.head("/static/huge.bin").send();
    assert!(weak.header("etag").is_some_and(|etag| etag.ends_with('"')));
}

#[test]
fn a_larger_file_is_read_elsewhere() {
    let directory = Directory::new();
    directory.write("large.bin", vec![7; (1 << 20) + 1]);
    // This carrier's other thread has done it at once.
    assert!(url_of(&serve(&directory), "large.bin").contains("?v="));
}

#[test]
fn templates_and_mounts() {
    let directory = Directory::new();
    directory.write("css/a b.css", "x");
    let client = serve(&directory).mount("/app");
    let page = client.get("/page").send();
    assert!(
        page.text()
            .starts_with("<link href=\"/app/static/css/a%20b.css?v="),
        "{}",
        page.text()
    );
    let none = TestClient::new(Application::new().get("/url", async |cx| cx.write(url(cx)?)));
    assert_eq!(none.get("/url?path=x").send().status(), 500);
}
