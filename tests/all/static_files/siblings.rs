//! Content packed beforehand, next to the file.

use super::*;

#[test]
fn the_best_sibling_that_is_there_and_taken() {
    let directory = Directory::new();
    directory
        .write("a.css", "plain")
        .write("a.css.br", "brotli")
        .write("a.css.gz", "gzip")
        .write("b.css", "plain")
        .write("dir/index.html", "plain")
        .write("dir/index.html.zst", "zstd");
    fs::create_dir(directory.path("b.css.br")).expect("a directory");
    let client = directory.serve_with(|files| files.default_file("index.html"));
    for (target, accept, coding, text) in [
        ("a.css", None, None, "plain"),
        ("a.css", Some("br, gzip"), Some("br"), "brotli"),
        ("a.css", Some("gzip, deflate, br;q=0.5"), Some("gzip"), "gzip"),
        ("a.css", Some("zstd, gzip;q=0.1"), Some("gzip"), "gzip"),
        ("a.css", Some("gzip;q=0, br;q=0"), None, "plain"),
        ("a.css", Some("*"), Some("br"), "brotli"),
        ("a.css", Some("identity, *;q=0"), None, "plain"),
        ("a.css", Some("identity;q=0"), None, "plain"),
        ("a.css", Some("zstd"), None, "plain"),
        ("b.css", Some("br, gzip"), None, "plain"),
        ("a.css.br", Some("br, gzip"), None, "brotli"),
        ("dir/", Some("br, zstd"), Some("zstd"), "zstd"),
    ] {
        let fields: Vec<_> = accept
            .map(|accept| ("accept-encoding", accept))
            .into_iter()
            .collect();
        let response = ask(&client, "GET", &format!("/static/{target}"), &fields);
        assert_eq!(
            (response.status(), response.text()),
            (200, text),
            "{target} {accept:?}"
        );
        assert_eq!(response.header("content-encoding"), coding, "{target} {accept:?}");
        assert_eq!(response.header("vary"), Some("accept-encoding"));
    }
    let packed = ask(&client, "GET", "/static/a.css", &[("accept-encoding", "br")]);
    assert_eq!(packed.header("content-type"), Some("text/css; charset=UTF-8"));
    let gz = client.get("/static/a.css.gz").send();
    assert_eq!(
        (gz.header("content-type"), gz.header("content-encoding")),
        (Some("application/gzip"), None)
    );
}

/// Also where two of them say the same, byte for byte.
#[test]
fn each_has_a_tag_of_its_own_and_ranges_are_of_what_is_sent() {
    let directory = Directory::new();
    directory
        .write("a.css", "0123456789")
        .write("a.css.br", "0123456789")
        .write("a.css.gz", "abcdef");
    let client = directory.serve();
    let tag = |accept: &str| {
        let response = ask(&client, "GET", "/static/a.css", &[("accept-encoding", accept)]);
        response.header("etag").expect("a tag").to_owned()
    };
    let tags = [tag(""), tag("br"), tag("gzip")];
    assert!(
        tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2],
        "{tags:?}"
    );
    let part = [("accept-encoding", "gzip"), ("range", "bytes=1-2")];
    let response = ask(&client, "GET", "/static/a.css", &part);
    assert_eq!((response.status(), response.text()), (206, "bc"));
    assert_eq!(response.header("content-range"), Some("bytes 1-2/6"));
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    let other = [part[0], part[1], ("if-range", tags[0].as_str())];
    assert_eq!(
        ask(&client, "GET", "/static/a.css", &other).status(),
        200,
        "the tag of another coding"
    );
    let known = [part[0], ("if-none-match", tags[2].as_str())];
    let response = ask(&client, "GET", "/static/a.css", &known);
    assert_eq!(
        (response.status(), response.header("content-encoding")),
        (304, None)
    );
}

#[test]
fn turned_off() {
    let directory = Directory::new();
    directory.write("a.css", "plain").write("a.css.gz", "gzip");
    let client = directory.serve_with(|files| files.precompressed(false));
    let response = ask(&client, "GET", "/static/a.css", &[("accept-encoding", "gzip")]);
    assert_eq!((response.text(), response.header("vary")), ("plain", None));
}

#[cfg(unix)]
#[test]
fn a_sibling_that_leads_out_is_none() {
    let (directory, outside) = (Directory::new(), Directory::new());
    outside.write("secret", "secret");
    directory
        .write("a.css", "plain")
        .link("a.css.gz", outside.path("secret"));
    let response = ask(
        &directory.serve(),
        "GET",
        "/static/a.css",
        &[("accept-encoding", "gzip")],
    );
    assert_eq!((response.status(), response.text()), (200, "plain"));
}
