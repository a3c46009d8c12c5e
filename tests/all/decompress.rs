//! Request bodies with a coding (Tornado's `decompress_request`; RFC 9110 section 8.4).

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{BodyError, Limits};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

const LIMIT: u64 = 10_000;

fn client(decompress_request: bool) -> TestClient {
    let settings = Settings {
        decompress_request,
        limits: Limits {
            body: LIMIT,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let app = Application::new()
        .settings(settings)
        .post("/", async |cx| {
            let body = cx.body().clone();
            cx.write(body)
        })
        .post("/fields", async |cx| {
            let fields = [
                "content-encoding",
                "x-consumed-content-encoding",
                "content-length",
            ];
            let fields: Vec<_> = fields.iter().map(|name| cx.header(name).unwrap_or("-")).collect();
            cx.write(fields.join(" "))
        })
        .post("/form", async |cx| {
            let value = cx.get_argument("a")?;
            cx.write(value)
        })
        .post("/json", async |cx| {
            let value: Vec<u8> = cx.json()?;
            cx.write_json(&value)
        })
        .streaming("/stream", async |cx| {
            if cx.has_argument("most") {
                let most = cx.argument("most")?;
                cx.set_max_body_size(most);
            }
            let mut length = 0;
            while let Some(chunk) = cx.read_chunk().await? {
                assert!(chunk.len() <= 16 << 10);
                length += chunk.len();
            }
            cx.write(length.to_string())
        });
    TestClient::new(app)
}

fn send(client: &TestClient, target: &str, coding: &str, body: impl Into<Body>) -> TestResponse {
    client
        .post(target)
        .header("content-encoding", coding)
        .body(body)
        .send()
}

#[test]
fn codings_are_taken_off() {
    let client = client(true);
    let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
    for (coding, body, content) in [
        ("gzip", gzip(b"hello"), "hello"),
        ("GZIP", gzip(b"hello"), "hello"),
        ("x-gzip", gzip(b"hello"), "hello"),
        ("gzip", gzip(b""), ""),
        ("gzip", members, "one two"),
        ("deflate", zlib(b"hello"), "hello"),
        ("identity", b"hello".to_vec(), "hello"),
        ("gzip", Vec::new(), ""),
    ] {
        assert_eq!(
            send(&client, "/", coding, body.clone()).text(),
            content,
            "{coding}"
        );
        let pieces: Vec<_> = body
            .chunks(1)
            .map(Bytes::copy_from_slice)
            .map(Ok::<_, BodyError>)
            .collect();
        let stream = Body::from_stream(futures_lite::stream::iter(pieces));
        assert_eq!(
            send(&client, "/", coding, stream).text(),
            content,
            "{coding} in pieces"
        );
        let length = content.len().to_string();
        assert_eq!(
            send(&client, "/stream", coding, body).text(),
            length,
            "{coding} streamed"
        );
    }
}

#[test]
fn the_field_is_renamed() {
    let client = client(true);
    assert_eq!(send(&client, "/fields", "GZIP", gzip(b"x")).text(), "- GZIP -");
    assert_eq!(send(&client, "/fields", "identity", "x").text(), "identity - 1");
}

#[test]
fn forms_and_json_are_read_behind_it() {
    let client = client(true);
    let send = |target: &str, kind: &str, body: &[u8]| {
        let request = client
            .post(target)
            .header("content-encoding", "gzip")
            .header("content-type", kind);
        request.body(gzip(body)).send()
    };
    assert_eq!(
        send("/form", "application/x-www-form-urlencoded", b"a=b+c").text(),
        "b c"
    );
    let form = b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nd\r\n--B--";
    assert_eq!(send("/form", "multipart/form-data; boundary=B", form).text(), "d");
    assert_eq!(send("/json", "application/json", b"[1,2]").text(), "[1,2]");
}

#[test]
fn damage_is_400() {
    let client = client(true);
    let good = gzip(&b"some content".repeat(20));
    let mut wrong_sum = good.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
    bare.write_all(b"hello").expect("memory");
    for (coding, body) in [
        ("gzip", b"no gzip".to_vec()),
        ("gzip", good[..good.len() - 1].to_vec()),
        ("gzip", good[..20].to_vec()),
        ("gzip", good[..5].to_vec()),
        ("gzip", [&good[..], b"\0"].concat()),
        ("gzip", [&good[..], b"junk behind it"].concat()),
        ("gzip", [&good[..], &good[..12]].concat()),
        ("gzip", wrong_sum),
        ("deflate", [&zlib(b"x")[..], b"x"].concat()),
        ("deflate", zlib(b"hello")[..7].to_vec()),
        ("deflate", bare.finish().expect("memory")),
    ] {
        for target in ["/", "/stream"] {
            let response = send(&client, target, coding, body.clone());
            assert_eq!(response.status(), 400, "{coding} {}", body.escape_ascii());
        }
    }
    let (mut sender, body) = Body::channel(None);
    sender.send(good[..20].to_vec().into());
    sender.abort(BodyError::too_slow());
    assert_eq!(
        send(&client, "/", "gzip", body).status(),
        408,
        "why the body failed"
    );
}

#[test]
fn codings_that_are_not_understood_are_415() {
    let client = client(true);
    for coding in ["br", "zstd", "compress", "gzip, gzip", "", "gzip;q=1"] {
        let response = send(&client, "/", coding, "x");
        let answer = (response.status(), response.header("accept-encoding"));
        assert_eq!(answer, (415, Some("gzip, deflate")), "{coding}");
    }
    let two = client
        .post("/")
        .header("content-encoding", "gzip")
        .header("content-encoding", "gzip");
    assert_eq!(two.body(gzip(&gzip(b"x"))).send().status(), 415);
    // Nothing to decode.
    assert_eq!(send(&client, "/", "br", "").status(), 200);
}

#[test]
fn without_the_setting_a_coded_form_is_415_and_other_bodies_stay_as_they_are() {
    let client = client(false);
    let coded = gzip(b"a=1");
    assert_eq!(send(&client, "/", "gzip", coded.clone()).bytes(), &coded);
    assert_eq!(send(&client, "/fields", "gzip", "x").text(), "gzip - 1");
    for (target, kind) in [
        ("/form", "application/x-www-form-urlencoded"),
        ("/form", "multipart/form-data; boundary=B"),
        ("/json", "application/json"),
    ] {
        let request = client
            .post(target)
            .header("content-encoding", "gzip")
            .header("content-type", kind);
        let response = request.body(coded.clone()).send();
        assert_eq!(
            (response.status(), response.header("accept-encoding")),
            (415, Some("identity"))
        );
    }
    let form = client
        .post("/form")
        .header("content-encoding", "identity")
        .form(&[("a", "1")]);
    assert_eq!(form.send().text(), "1");
}

#[test]
fn the_limit_counts_what_comes_out() {
    let client = client(true);
    let limit = usize::try_from(LIMIT).expect("small");
    for (length, status) in [(limit, 200), (limit + 1, 413), (limit * 1000, 413)] {
        assert_eq!(
            send(&client, "/", "gzip", gzip(&vec![0; length])).status(),
            status,
            "{length}"
        );
        assert_eq!(
            send(&client, "/", "deflate", zlib(&vec![0; length])).status(),
            status,
            "{length}"
        );
        assert_eq!(
            send(&client, "/stream", "gzip", gzip(&vec![0; length])).status(),
            status
        );
    }
    let large = gzip(&vec![0; limit * 2]);
    assert_eq!(
        send(
            &client,
            &format!("/stream?most={}", limit * 2),
            "gzip",
            large.clone()
        )
        .text(),
        "20000"
    );
    assert_eq!(send(&client, "/stream?most=19999", "gzip", large).status(), 413);
}

/// Members without content could be fed for ever and never reach the limit of what comes out.
#[test]
fn the_limit_counts_what_goes_in_too() {
    let client = client(true);
    let empty = gzip(b"");
    let body = empty.repeat(usize::try_from(LIMIT).expect("small") / empty.len() + 1);
    assert_eq!(send(&client, "/", "gzip", body.clone()).status(), 413);
    let pieces: Vec<_> = body.chunks(100).map(Bytes::copy_from_slice).collect();
    let endless = futures_lite::stream::iter(pieces.into_iter().cycle().map(Ok::<_, BodyError>));
    assert_eq!(
        send(&client, "/stream", "gzip", Body::from_stream(endless)).status(),
        413
    );
}
