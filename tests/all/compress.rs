//! Compressed responses.

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{BodyError, Compression};

use crate::support::{Log, frame, request, respond};

const TEXT: &str = "Ten thousand words and more, all alike. ";

fn text() -> String {
    TEXT.repeat(100)
}

fn client() -> TestClient {
    TestClient::new(routes(Application::new().middleware(Compression::new())))
}

/// Any content, of any type, with any fields: `?type=&n=&name=value...`.
async fn any(cx: &mut Context) -> Result {
    let n: usize = cx.get_argument_or("n", "4000")?.parse()?;
    let fields: Vec<_> = cx
        .query_arguments()
        .iter()
        .map(|(name, value)| (name.to_owned(), value.into_owned()))
        .collect();
    for (name, value) in fields {
        if name == "status" {
            cx.set_status(value.parse()?);
        } else if name != "n" {
            cx.add_header(name, value)?;
        }
    }
    cx.write(&text().as_bytes()[..n])
}

fn routes(app: Application) -> Application {
    app.any("/any", any)
        .get("/stream", async |cx| {
            cx.set_header("content-type", "text/event-stream")?;
            for event in ["data: a\n\n", "data: b\n\n", "data: c\n\n"] {
                cx.write(event)?;
                cx.flush().await?;
                cx.sleep(Duration::from_secs(1)).await?;
            }
            cx.write("data: end\n\n")
        })
        .get("/large", async |cx| cx.write(text().repeat(200)))
        .get("/file", async |cx| {
            cx.set_header("content-type", "text/plain")?;
            cx.set_header("accept-ranges", "bytes")?;
            cx.send_file(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-APACHE"))
                .await
        })
        .get("/trailers", async |cx| {
            cx.write(text())?;
            cx.flush().await?;
            cx.add_trailer("x-sum", "7")
        })
        .get("/promised/{length}", async |cx| {
            cx.set_header("content-type", "text/plain")?;
            let length = cx.path_arg("length")?.to_owned();
            cx.set_header("content-length", length)?;
            let pieces = ["abc", "def"].map(|piece| Ok::<_, BodyError>(Bytes::from(piece)));
            cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
        })
        .get("/noise", async |cx| {
            // What is compressed already does not become shorter.
            let noise: Vec<u8> = (0..2000_u64)
                .map(|n| {
                    (n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                        .rotate_left(23)
                        .wrapping_mul(n)
                        >> 40) as u8
                })
                .collect();
            cx.write(noise)
        })
        .head("/own-head", async |cx| {
            cx.set_header("content-type", "text/plain")?;
            cx.set_header("content-length", "4000")
        })
        .put("/change", async |cx| {
            let lists = cx.request().headers().get_all("if-match").iter();
            let list: Vec<_> = lines(lists);
            cx.write(list.join("|"))
        })
        .get("/later", async |cx| cx.render_later(Page))
}

fn lines<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Vec<String> {
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

#[derive(Template)]
#[template(ext = "html", source = "{% for _ in 0..500 %}a line of a page, {% endfor %}")]
struct Page;

fn get(target: &str, accept: &str) -> TestResponse {
    client().get(target).header("accept-encoding", accept).send()
}

#[track_caller]
fn gunzip(bytes: &[u8]) -> String {
    let mut content = String::new();
    GzDecoder::new(bytes).read_to_string(&mut content).expect("gzip");
    content
}

#[test]
fn a_page_is_compressed_and_says_so() {
    let response = get("/any", "gzip, deflate");
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.header("vary"), Some("Accept-Encoding"));
    assert!(response.bytes().len() < 200, "{}", response.bytes().len());
    assert_eq!(gunzip(response.bytes()), text());
    let later = get("/later", "gzip");
    assert!(gunzip(later.bytes()).ends_with("a line of a page, "));
    assert!(later.header("etag").is_some_and(|tag| tag.ends_with("-gzip\"")));
}

#[test]
fn what_the_client_does_not_want_is_not_done() {
    for accept in [
        "gzip;q=0",
        "identity",
        "br;q=0, deflate",
        "*;q=0",
        "",
        "identity;q=1, gzip;q=0.5",
    ] {
        let response = get("/any", accept);
        assert_eq!(response.header("content-encoding"), None, "{accept}");
        assert_eq!(response.text(), text());
        assert_eq!(response.header("vary"), Some("Accept-Encoding"));
    }
    let silent = client().get("/any").send();
    assert_eq!(
        (silent.header("content-encoding"), silent.header("vary")),
        (None, Some("Accept-Encoding"))
    );
}

#[test]
fn what_is_not_compressed() {
    for query in [
        "n=1023",
        "n=0",
        "status=206",
        "content-range=bytes%200-3999/4000",
        "content-encoding=identity",
        "cache-control=no-transform",
        "cache-control=max-age%3D1,%20No-Transform",
        "content-type=image/png",
        "content-type=font/woff2",
        "repr-digest=sha-256%3D:x:",
    ] {
        let response = get(&format!("/any?{query}"), "gzip");
        assert!(
            response
                .header("content-encoding")
                .is_none_or(|coding| coding == "identity"),
            "{query}"
        );
        assert!(text().starts_with(response.text()), "{query}");
        assert_eq!(response.header("vary"), Some("Accept-Encoding"), "{query}");
    }
    for query in [
        "n=1024",
        "status=404",
        "status=500",
        "content-type=image/svg%2Bxml",
    ] {
        let response = get(&format!("/any?{query}"), "gzip");
        assert_eq!(response.header("content-encoding"), Some("gzip"), "{query}");
    }
    let noise = get("/noise", "gzip");
    assert_eq!(
        (noise.header("content-encoding"), noise.bytes().len()),
        (None, 2000)
    );
    let small = TestClient::new(routes(
        Application::new().middleware(Compression::new().min_size(100)),
    ));
    let response = small.get("/any?n=100").header("accept-encoding", "gzip").send();
    assert_eq!(response.header("content-encoding"), Some("gzip"));
}

/// RFC 9110 section 12.5.3: `identity;q=0` asks not to be sent content as it is.
#[test]
fn content_as_it_is_can_be_refused() {
    for query in ["n=200", "content-type=image/bmp"] {
        let response = get(&format!("/any?{query}"), "identity;q=0, gzip;q=0.1");
        assert_eq!(response.header("content-encoding"), Some("gzip"), "{query}");
    }
    let none = get("/any", "identity;q=0");
    assert_eq!(
        (none.status(), none.text()),
        (200, text().as_str()),
        "better than nothing"
    );
}

#[test]
fn vary_is_merged() {
    for (before, after) in [
        ("vary=Cookie", "Cookie, Accept-Encoding"),
        ("vary=Cookie&vary=Origin", "Cookie, Origin, Accept-Encoding"),
        ("vary=accept-encoding", "accept-encoding"),
        ("vary=*", "*"),
    ] {
        assert_eq!(get(&format!("/any?{before}"), "gzip").header("vary"), Some(after));
    }
}

#[test]
fn each_coding_has_a_tag_and_each_tag_is_understood() {
    let plain = client().get("/any").send();
    let packed = get("/any", "gzip");
    let (plain, packed) = (
        plain.header("etag").expect("a tag"),
        packed.header("etag").expect("a tag"),
    );
    assert_eq!(packed, format!("{}-gzip\"", &plain[..41]));
    for (accept, named, status, tag) in [
        ("gzip", packed, 304, packed),
        ("gzip", plain, 304, plain),
        ("gzip", "\"x-gzip\"", 200, packed),
        ("gzip", &format!("\"a\", W/{packed}"), 304, packed),
        ("gzip", "*", 304, plain),
        ("identity", plain, 304, plain),
        ("identity", packed, 200, plain),
    ] {
        for method in ["GET", "HEAD"] {
            let client = client();
            let request = client.request(method, "/any");
            let request = request.header("accept-encoding", accept);
            let response = request.header("if-none-match", named).send();
            assert_eq!(
                (response.status(), response.header("etag")),
                (status, Some(tag)),
                "{accept} {named}"
            );
            assert_eq!(response.header("vary"), Some("Accept-Encoding"));
        }
    }
    let weak = get("/any?etag=W/%22w%22", "gzip");
    assert_eq!(weak.header("etag"), Some("W/\"w\""));
    let own = get("/any?etag=junk", "gzip");
    assert_eq!(own.header("etag"), Some("junk"));
    let client = client();
    let change = client
        .put("/change")
        .header("if-match", "\"a-gzip\"")
        .header("if-match", "\"b\"");
    assert_eq!(change.send().text(), "\"a-gzip\", \"b\", \"a\"");
}

#[test]
fn each_flush_reaches_the_client() {
    let client = client();
    let mut response = client.get("/stream").header("accept-encoding", "gzip").start();
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.header("content-length"), None);
    for seen in [
        "data: a\n\n",
        "data: a\n\ndata: b\n\n",
        "data: a\n\ndata: b\n\ndata: c\n\n",
    ] {
        response.next_chunk().expect("a chunk");
        let mut content = vec![0; seen.len()];
        GzDecoder::new(response.bytes())
            .read_exact(&mut content)
            .expect("all that was flushed");
        assert_eq!(content, seen.as_bytes());
    }
    while response.next_chunk().is_some() {}
    assert!(gunzip(response.bytes()).ends_with("data: c\n\ndata: end\n\n"));
}

#[test]
fn large_content_is_compressed_bit_by_bit() {
    let client = client();
    let mut response = client.get("/large").header("accept-encoding", "gzip").start();
    assert_eq!(
        (
            response.header("content-encoding"),
            response.header("content-length")
        ),
        (Some("gzip"), None)
    );
    let mut chunks = 0;
    while response.next_chunk().is_some() {
        chunks += 1;
    }
    assert!(chunks > 2, "800 kB are several turns, not {chunks}");
    assert_eq!(gunzip(response.bytes()), text().repeat(200));
    let file = get("/file", "gzip");
    let licence =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-APACHE")).expect("readable");
    assert_eq!(gunzip(file.bytes()), licence);
    assert_eq!(
        (file.header("content-length"), file.header("accept-ranges")),
        (None, None)
    );
}

#[test]
fn head_has_the_fields_of_get() {
    for target in [
        "/any",
        "/any?n=5",
        "/stream",
        "/large",
        "/file",
        "/later",
        "/noise",
        "/any?status=404",
    ] {
        let of = |method: &str| {
            let client = client();
            let response = client
                .request(method, target)
                .header("accept-encoding", "gzip")
                .send();
            let fields = ["content-encoding", "vary", "etag", "content-type"];
            (
                response.status(),
                fields.map(|name| response.header(name).map(str::to_owned)),
            )
        };
        assert_eq!(of("HEAD"), of("GET"), "{target}");
    }
    let client = client();
    let head = client.head("/any").header("accept-encoding", "gzip").send();
    let length = get("/any", "gzip").bytes().len().to_string();
    assert_eq!(
        (head.header("content-length"), head.text()),
        (Some(length.as_str()), "")
    );
    let own = client.head("/own-head").header("accept-encoding", "gzip").send();
    assert_eq!(
        (own.header("content-encoding"), own.header("content-length")),
        (Some("gzip"), None)
    );
    assert_eq!(
        client.head("/own-head").send().header("content-length"),
        Some("4000")
    );
}

#[test]
fn a_length_of_the_handlers_is_dropped_and_still_holds() {
    let whole = get("/any?content-length=4000", "gzip");
    assert_eq!(
        (whole.header("content-length"), gunzip(whole.bytes())),
        (None, text())
    );
    assert_eq!(
        get("/any?content-length=9", "gzip").status(),
        500,
        "as without compression"
    );
    let client = TestClient::new(routes(
        Application::new().middleware(Compression::new().min_size(0)),
    ));
    for (promised, broken) in [(6, false), (9, true), (4, true)] {
        let target = format!("/promised/{promised}");
        let response = client.get(&target).header("accept-encoding", "gzip").send();
        assert_eq!(response.header("content-encoding"), Some("gzip"));
        assert_eq!(response.error().is_some(), broken, "{promised}");
    }
}

#[test]
fn trailers_come_behind_and_a_lost_client_cancels() {
    let app = routes(Application::new().middleware(Compression::new()));
    let mut packed = request("GET", "/trailers", ());
    packed
        .headers_mut()
        .insert("accept-encoding", HeaderValue::from_static("gzip"));
    let mut response = respond(&app, packed);
    let mut frames = Vec::new();
    while frames.last().is_none_or(|last| last != "end") {
        frames.push(frame(response.body_mut()));
    }
    assert_eq!(frames[frames.len() - 2..], ["trailers", "end"]);

    let log = Log::default();
    let app = Application::new().middleware(Compression::new()).get_with(
        "/",
        log.clone(),
        async |log: Log, cx: &mut Context| {
            let _guard = log.guard("dropped");
            cx.write(text())?;
            cx.flush().await?;
            std::future::pending::<()>().await;
            Ok(())
        },
    );
    let mut packed = request("GET", "/", ());
    packed
        .headers_mut()
        .insert("accept-encoding", HeaderValue::from_static("gzip"));
    let mut response = respond(&app, packed);
    assert_ne!(frame(response.body_mut()), "pending");
    assert_eq!(frame(response.body_mut()), "pending");
    drop(response);
    assert_eq!(log.take(), ["dropped"]);
}

#[cfg(all(feature = "brotli", feature = "zstd"))]
#[test]
fn the_other_codings_too() {
    let decode = |coding: &str, bytes: &[u8]| {
        let mut content = String::new();
        match coding {
            "br" => brotli::Decompressor::new(bytes, 4096).read_to_string(&mut content),
            _ => zstd::Decoder::new(bytes)
                .expect("zstd")
                .read_to_string(&mut content),
        }
        .expect(coding);
        content
    };
    for coding in ["br", "zstd"] {
        for (target, content) in [("/any", text()), ("/large", text().repeat(200))] {
            let response = get(target, coding);
            assert_eq!(response.header("content-encoding"), Some(coding));
            assert!(
                response
                    .header("etag")
                    .is_some_and(|tag| tag.ends_with(&format!("-{coding}\"")))
            );
            assert_eq!(decode(coding, response.bytes()), content);
        }
        let client = client();
        let mut response = client.get("/stream").header("accept-encoding", coding).start();
        response.next_chunk().expect("a chunk");
        let mut first = [0; 9];
        match coding {
            "br" => brotli::Decompressor::new(response.bytes(), 4096).read_exact(&mut first),
            _ => zstd::Decoder::new(response.bytes())
                .expect("zstd")
                .read_exact(&mut first),
        }
        .expect("all that was flushed");
        assert_eq!(&first, b"data: a\n\n");
        response.next_chunk();
        while response.next_chunk().is_some() {}
        assert!(decode(coding, response.bytes()).ends_with("data: end\n\n"));
    }
    assert_eq!(
        get("/any", "gzip, br, zstd").header("content-encoding"),
        Some("br")
    );
}
