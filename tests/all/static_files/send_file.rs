//! `send_file`: one file that the program has chosen.

use super::*;

fn serve(directory: &Directory) -> TestClient {
    let path = directory.path("a.txt");
    let app = Application::new()
        .get_with("/plain", path.clone(), async |path: PathBuf, cx: &mut Context| {
            cx.send_file(path).await
        })
        .get_with("/own", path.clone(), async |path: PathBuf, cx: &mut Context| {
            cx.set_header("etag", "\"own\"")?;
            cx.set_header("content-type", "application/x-own")?;
            cx.send_file(path).await
        })
        .get_with("/gone", path.clone(), async |path: PathBuf, cx: &mut Context| {
            cx.set_status(410);
            cx.send_file(path).await
        })
        .post_with("/plain", path, async |path: PathBuf, cx: &mut Context| {
            cx.send_file(path).await
        });
    TestClient::new(app)
}

#[test]
fn it_has_a_type_validators_and_ranges() {
    let directory = Directory::new();
    directory.write("a.txt", ROBOTS);
    let client = serve(&directory);
    let whole = client.get("/plain").send();
    assert_eq!((whole.status(), whole.text()), (200, ROBOTS));
    assert_eq!(whole.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(whole.header("last-modified"), Some(MODIFIED));
    let etag = whole.header("etag").expect("a tag");
    for (fields, status) in [
        ([("range", "bytes=1-2"), ("x", "")], 206),
        ([("range", "bytes=26-"), ("x", "")], 416),
        ([("if-none-match", etag), ("x", "")], 304),
        ([("if-match", "\"x\""), ("x", "")], 412),
        ([("range", "bytes=1-2"), ("if-range", "\"x\"")], 200),
        ([("if-modified-since", MODIFIED), ("x", "")], 304),
    ] {
        assert_eq!(
            ask(&client, "GET", "/plain", &fields).status(),
            status,
            "{fields:?}"
        );
    }
    directory.write("a.txt", ROBOTS);
    let again = client.get("/plain").send();
    assert_ne!(
        again.header("etag"),
        Some(etag),
        "another file, whatever it holds"
    );
}

#[test]
fn what_the_handler_has_set_stays() {
    let directory = Directory::new();
    directory.write("a.txt", ROBOTS);
    let client = serve(&directory);
    let own = client.get("/own").send();
    assert_eq!(
        (own.header("etag"), own.header("content-type")),
        (Some("\"own\""), Some("application/x-own"))
    );
    assert_eq!(
        ask(&client, "GET", "/own", &[("if-none-match", "\"own\"")]).status(),
        304
    );
    let fields = [("range", "bytes=1-2"), ("if-none-match", "*")];
    let gone = ask(&client, "GET", "/gone", &fields);
    assert_eq!(
        (gone.status(), gone.text()),
        (410, ROBOTS),
        "only a 200 has conditions"
    );
    let posted = ask(&client, "POST", "/plain", &fields);
    assert_eq!(
        (posted.status(), posted.text()),
        (200, ROBOTS),
        "only GET and HEAD have"
    );
}

#[cfg(unix)]
#[test]
fn a_fifo_is_not_waited_for() {
    let directory = Directory::new();
    paths::fifo(&directory.path("a.txt"));
    assert_eq!(serve(&directory).get("/plain").send().status(), 404);
}
