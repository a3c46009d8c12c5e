//! Parts of a file: Tornado's matrix over its 26 bytes, several parts, `If-Range`.

use super::*;

fn get(client: &TestClient, fields: Fields<'_>) -> TestResponse {
    ask(client, "GET", "/static/robots.txt", fields)
}

#[test]
fn one_part() {
    let (_directory, client) = robots();
    for (range, status, content_range, text) in [
        ("bytes=0-9", 206, Some("bytes 0-9/26"), &ROBOTS[..10]),
        ("bytes=-4", 206, Some("bytes 22-25/26"), &ROBOTS[22..]),
        ("bytes=10-", 206, Some("bytes 10-25/26"), &ROBOTS[10..]),
        ("bytes=1-99", 206, Some("bytes 1-25/26"), &ROBOTS[1..]),
        ("bytes=25-", 206, Some("bytes 25-25/26"), &ROBOTS[25..]),
        ("bytes=0-", 200, None, ROBOTS),
        ("bytes=0-25", 200, None, ROBOTS),
        ("bytes=0-1000", 200, None, ROBOTS),
        ("bytes=-26", 200, None, ROBOTS),
        ("bytes=-1000", 200, None, ROBOTS),
        ("asdf", 200, None, ROBOTS),
        ("bytes=asdf", 200, None, ROBOTS),
        ("bytes=26", 200, None, ROBOTS),
        ("lines=1-2", 200, None, ROBOTS),
        ("bytes=26-", 416, Some("bytes */26"), ""),
        ("bytes=-0", 416, Some("bytes */26"), ""),
        ("bytes=10-3", 416, Some("bytes */26"), ""),
    ] {
        let get = get(&client, &[("range", range)]);
        assert_eq!((get.status(), get.text()), (status, text), "{range}");
        assert_eq!(get.header("content-range"), content_range, "{range}");
        assert_eq!(
            get.header("content-type"),
            Some("text/plain; charset=UTF-8"),
            "{range}"
        );
        let head = ask(&client, "HEAD", "/static/robots.txt", &[("range", range)]);
        assert_eq!((head.status(), head.text()), (status, ""), "{range}");
        assert_eq!(head.header("content-range"), content_range, "{range}");
        assert_eq!(
            head.header("content-length"),
            Some(&*text.len().to_string()),
            "{range}"
        );
    }
}

#[test]
fn what_cannot_be_given_may_not_be_kept() {
    let directory = Directory::new();
    directory.write("robots.txt", ROBOTS);
    let client = directory.serve_with(|files| files.max_age(Duration::from_secs(60)));
    let response = get(&client, &[("range", "bytes=26-")]);
    for name in ["cache-control", "etag", "last-modified"] {
        assert_eq!(response.header(name), None, "{name}");
    }
}

#[test]
fn several_parts() {
    let directory = Directory::new();
    let content: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    directory.write("a.bin", &content).write("robots.txt", ROBOTS);
    let client = directory.serve();
    let response = get(&client, &[("range", "bytes=0-3, -2, 5-6")]);
    assert_eq!(response.status(), 206);
    assert_eq!(response.header("content-range"), None);
    let kind = response.header("content-type").expect("a type");
    let boundary = kind
        .strip_prefix("multipart/byteranges; boundary=")
        .expect("parts");
    let part = |range: &str, text: &str| {
        format!(
            "--{boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Range: bytes {range}/26\r\n\r\n{text}\r\n"
        )
    };
    let whole =
        part("0-3", "User") + &part("24-25", "/\n") + &part("5-6", "ag") + &format!("--{boundary}--\r\n");
    assert_eq!(response.text(), whole);
    let head = ask(
        &client,
        "HEAD",
        "/static/robots.txt",
        &[("range", "bytes=0-3, -2, 5-6")],
    );
    assert_eq!(head.header("content-length"), Some(&*whole.len().to_string()));
    // Parts of more than one piece each.
    let large = ask(
        &client,
        "GET",
        "/static/a.bin",
        &[("range", "bytes=1-100000,200000-299999")],
    );
    let sizes = large
        .bytes()
        .windows(100_000)
        .any(|part| part == &content[1..100_001]);
    assert!(sizes && large.error().is_none());
    for (range, status, length) in [
        ("bytes=0-3,4-7", 206, 8), // they touch: one part
        ("bytes=0-9,9-25", 200, 26),
        ("bytes=0-3,30-40", 206, 4),
        ("bytes=30-,40-", 416, 0),
    ] {
        let response = get(&client, &[("range", range)]);
        assert_eq!(
            (response.status(), response.bytes().len()),
            (status, length),
            "{range}"
        );
        assert_ne!(
            response.header("content-range").is_some(),
            status == 200,
            "{range}"
        );
    }
    let many: Vec<_> = (0..17).map(|n| format!("{0}-{0}", n * 1000)).collect();
    let many = format!("bytes={}", many.join(","));
    let response = ask(&client, "GET", "/static/a.bin", &[("range", &many)]);
    assert_eq!(
        (response.status(), response.bytes().len()),
        (200, content.len()),
        "too many: the whole"
    );
}

#[test]
fn a_part_of_what_has_changed_is_the_whole() {
    let (_directory, client) = robots();
    let etag = client.get("/static/robots.txt").send();
    let etag = etag.header("etag").expect("a tag");
    for (condition, status) in [
        (etag, 206),
        ("\"x\"", 200),
        (&*format!("W/{etag}"), 200),
        (MODIFIED, 206),
        ("Wed, 01 Jan 2020 00:00:01 GMT", 200),
        ("Tue, 31 Dec 2019 23:59:59 GMT", 200),
        ("junk", 200),
    ] {
        let response = get(&client, &[("range", "bytes=0-9"), ("if-range", condition)]);
        assert_eq!(response.status(), status, "{condition}");
    }
    // A condition that ends in 304 or 412 goes before.
    let not_modified = get(&client, &[("range", "bytes=0-9"), ("if-none-match", etag)]);
    assert_eq!(not_modified.status(), 304);
    let failed = get(&client, &[("range", "bytes=0-9"), ("if-match", "\"x\"")]);
    assert_eq!(failed.status(), 412);
}
