//! Adapters that are wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::*;
use crate::carrier::{BoxFuture, Scheme, Tls};
use crate::testing::{Side, lint::rules};
use crate::{BodyError, Extensions};

type MakeBody = fn() -> Body;
type Fault = (&'static str, fn(&mut Parts));

const FAULTS: &[Fault] = &[
    ("no-raw-target", |it| it.target = None),
    ("raw-target-fragment", |it| it.target("/a#b", "/a")),
    ("raw-target-blank", |it| it.target("/a b", "/a%20b")),
    ("raw-target-blank", |it| it.target("", "/")),
    ("raw-target-mismatch", |it| it.target("/%41", "/A")),
    ("raw-target-mismatch", |it| it.target("/a?", "/a")),
    ("raw-target-mismatch", |it| it.target("/b/../a", "/a")),
    ("path-not-rooted", |it| it.target("*", "*")),
    ("http09", |it| it.version = Version::HTTP_09),
    ("host-missing", |it| it.headers.clear()),
    ("host-repeated", |it| it.field("host", "localhost")),
    ("host-malformed", |it| {
        it.headers.insert("host", value_of("a,b"));
    }),
    ("mount-malformed", |it| it.link.mount.0 = "app".into()),
    ("mount-malformed", |it| it.link.mount.0 = "/".into()),
    ("tls-without-https", |it| it.link.peer.tls = Some(Tls::default())),
    ("upgrade-on-http10", |it| {
        it.version = Version::HTTP_10;
        it.link.abilities.upgrade = true;
    }),
    ("deadline-passed", |it| {
        let clock = ManualClock::new();
        clock.advance(Duration::from_secs(2));
        it.link = Link::new(Arc::new(clock));
        it.link.abilities.deadline = Some(Duration::from_secs(1));
    }),
    ("connection-in-http2", |it| {
        it.version = Version::HTTP_2;
        it.field("connection", "close");
    }),
    ("connection-in-http2", |it| {
        it.version = Version::HTTP_3;
        it.field("te", "gzip");
    }),
    ("request-field-blanks", |it| it.field("x-a", "b\t")),
    ("request-length-malformed", |it| it.field("content-length", "+1")),
    ("request-length-malformed", |it| {
        it.field("content-length", "1");
        it.field("content-length", "1");
    }),
    ("request-framed-twice", |it| {
        it.field("content-length", "1");
        it.field("transfer-encoding", "chunked");
    }),
    ("request-length-mismatch", |it| {
        it.field("content-length", "3");
        it.body = "four".into();
    }),
    ("request-body-short", |it| {
        it.field("content-length", "4");
        it.body = Script::body([piece("abc")]);
    }),
    ("request-body-long", |it| {
        it.field("content-length", "4");
        it.body = Script::body([piece("abc"), piece("de"), piece("f")]);
    }),
    ("request-after-trailers", |it| {
        it.body = Script::body([piece("a"), Some(Ok(trailers("x-sum"))), piece("b")]);
    }),
    ("request-after-end", |it| {
        it.body = Script::body([piece("a"), None, piece("b")]);
    }),
    ("request-after-error", |it| {
        it.body = Script::body([Some(Err(BodyError::cut_off())), piece("b")]);
    }),
    ("request-trailer", |it| {
        it.body = Script::body([Some(Ok(trailers("content-length")))]);
    }),
];

/// The codes tested in this file: those of the table, and four that need a test of their own.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    let own = [
        "no-link",
        "polled-after-end",
        "polled-after-error",
        "clock-backwards",
    ];
    FAULTS.iter().map(|fault| fault.0).chain(own)
}

/// An application without fault, which reads the request's body.
fn app() -> (Application, Report) {
    let (lint, report) = Lint::new();
    let app = Application::new()
        .middleware(lint)
        .wrap(async |mut request: Request, _: Next<'_>| {
            read(request.body_mut()).await;
            Response::text("fine")
        });
    (app, report)
}

#[test]
fn an_adapter_without_fault_is_clean() {
    let (app, report) = app();
    ManualClock::new().block_on(app.respond(Parts::new().request()));
    report.assert_clean();
}

#[test]
fn faults_of_adapters_are_found() {
    for (code, fault) in FAULTS {
        let (app, report) = app();
        let mut parts = Parts::new();
        fault(&mut parts);
        ManualClock::new().block_on(app.respond(parts.request()));
        assert_eq!(super::codes(&report), [*code], "{:?}", report.violations());
        assert_eq!(report.violations()[0].side, Side::Adapter, "{code}");
    }
}

#[test]
fn a_request_without_link_is_found() {
    let (lint, report) = Lint::new();
    let app = Application::new()
        .wrap(async |mut request: Request, next: Next<'_>| {
            *request.extensions_mut() = Extensions::default();
            next.run(request).await
        })
        .middleware(lint)
        .get("/a", async |cx| cx.write("fine"));
    ManualClock::new().block_on(app.respond(Parts::new().request()));
    assert_eq!(super::codes(&report), ["no-link"]);
}

#[test]
fn a_response_body_polled_after_its_end_or_error_is_found() {
    let steps: [(&str, MakeBody); 2] = [
        (rules::POLLED_AFTER_END.code, || Script::body([piece("a")])),
        (rules::POLLED_AFTER_ERROR.code, || {
            Script::body([piece("a"), Some(Err(BodyError::cut_off()))])
        }),
    ];
    for (code, body) in steps {
        let (lint, report) = Lint::new();
        let app = Application::new().middleware(lint).get_with("/a", body, answer);
        async fn answer(body: MakeBody, cx: &mut crate::Context) -> crate::Result {
            cx.send(body())
        }
        let clock = ManualClock::new();
        let mut response = clock.block_on(app.respond(Parts::new().request()));
        report.assert_clean();
        clock.block_on(read(response.body_mut()));
        assert_eq!(super::codes(&report), [code]);
    }
}

/// A clock that counts down.
struct Backwards(AtomicU64);

impl Carrier for Backwards {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.fetch_sub(1, Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn unblock(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}

#[test]
fn a_clock_that_goes_back_is_found_once_a_request() {
    let (app, report) = app();
    let mut parts = Parts::new();
    parts.link = Link::new(Arc::new(Backwards(AtomicU64::new(100))));
    ManualClock::new().block_on(app.respond(parts.request()));
    assert_eq!(super::codes(&report), ["clock-backwards"]);
}

#[test]
fn https_with_tls_is_fine() {
    let (app, report) = app();
    let mut parts = Parts::new();
    parts.link.peer.tls = Some(Tls::default());
    parts.link.peer.scheme = Scheme::Https;
    ManualClock::new().block_on(app.respond(parts.request()));
    report.assert_clean();
}
