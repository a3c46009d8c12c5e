//! The lint sees and changes nothing.

use std::time::Duration;

use super::*;
use crate::carrier::Abilities;
use crate::testing::TestClient;
use crate::{Context, FileBody, RequestHandler, Result};

#[test]
fn the_forms_of_a_target_are_known() {
    let forms: &[(&str, Method, &str, &str, &str)] = &[
        ("/a?b=c", Method::GET, "", "/a?b=c", ""),
        ("/a?", Method::GET, "", "/a?", ""),
        ("//a", Method::GET, "", "//a", ""),
        (
            "/m/a",
            Method::GET,
            "/m",
            "/a",
            "mounted, the whole target was received",
        ),
        (
            "/a",
            Method::GET,
            "/m",
            "/a",
            "mounted, the front took the mount away",
        ),
        ("/m", Method::GET, "/m", "/", "mounted, the mount itself"),
        ("*", Method::OPTIONS, "", "*", ""),
        ("http://h.test/a?b", Method::GET, "", "http://h.test/a?b", ""),
        ("http://h.test", Method::GET, "", "http://h.test", ""),
        ("http://h.test?b", Method::GET, "", "http://h.test?b", ""),
        ("h.test:443", Method::CONNECT, "", "h.test:443", ""),
    ];
    for (raw, method, mount, uri, what) in forms {
        let (lint, report) = Lint::new();
        let app = Application::new().middleware(lint);
        let mut parts = Parts::new();
        parts.target(raw, uri);
        parts.method = method.clone();
        parts.link.mount.0 = (*mount).into();
        ManualClock::new().block_on(app.respond(parts.request()));
        assert!(report.is_clean(), "{raw} {what}: {:?}", report.violations());
    }
}

#[test]
fn bytes_stay_bytes_and_files_go_as_files_where_the_carrier_can_send_them() {
    async fn file(cx: &mut Context) -> Result {
        let carrier = cx.carrier()?.clone();
        let file = std::fs::File::open("Cargo.toml")?;
        cx.send(Body::from_file(FileBody::new(file, 0, 9, carrier)))
    }
    for send_file in [false, true] {
        let (lint, report) = Lint::new();
        let app = Application::new()
            .middleware(lint)
            .get("/a", file)
            .post("/a", async |cx| {
                let body = cx.body().clone();
                cx.write(body)
            });
        let clock = ManualClock::new();
        let mut parts = Parts::new();
        parts.link.abilities.send_file = send_file;
        let mut response = clock.block_on(app.respond(parts.request()));
        assert_eq!(response.body().as_file().is_some(), send_file);
        assert_eq!(response.body().len(), Some(9));
        let content = clock
            .block_on(response.take_body().collect(100))
            .expect("the file");
        assert_eq!(content.len(), 9);

        let mut parts = Parts::new();
        (parts.method, parts.body) = (Method::POST, "bytes".into());
        let response = clock.block_on(app.respond(parts.request()));
        assert_eq!(response.body().as_bytes(), Some(&b"bytes"[..]));
        report.assert_clean();
    }
}

/// Writes down which hooks were called.
struct Hooks(Arc<std::sync::Mutex<Vec<&'static str>>>);

impl RequestHandler for Hooks {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write("one")?;
        cx.flush().await?;
        cx.sleep(Duration::from_secs(1)).await?;
        cx.write("two")
    }

    fn on_finish(&self, _: &mut Context) {
        self.0.lock().expect("hooks").push("finish");
    }

    fn on_connection_close(&self, _: &mut Context) {
        self.0.lock().expect("hooks").push("close");
    }
}

#[test]
fn streaming_cancelling_and_head_are_as_without() {
    let hooks = Arc::default();
    let (lint, report) = Lint::new();
    let app = Application::new()
        .middleware(lint)
        .route("/", Hooks(Arc::clone(&hooks)));
    let client = TestClient::new(app).abilities(Abilities {
        stream_out: true,
        ..Abilities::default()
    });
    let take = || std::mem::take(&mut *hooks.lock().expect("hooks"));

    let mut response = client.get("/").start();
    assert_eq!(response.next_chunk().as_deref(), Some(&b"one"[..]));
    assert_eq!(response.next_chunk().as_deref(), Some(&b"two"[..]));
    assert_eq!(response.next_chunk(), None);
    assert_eq!(take(), ["finish"]);

    let mut response = client.get("/").start();
    assert!(response.next_chunk().is_some());
    drop(response);
    assert_eq!(take(), ["close", "finish"]);

    assert_eq!(client.head("/").send().status(), 200);
    assert_eq!(take(), ["finish"]);
    report.assert_clean();
}
