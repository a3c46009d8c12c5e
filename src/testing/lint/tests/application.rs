//! Applications that are wrong.

use super::*;
use crate::testing::Side;
use crate::{BodyError, Upgrade};

/// What is wrong, the fields of the request, the response.
type Fault = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn() -> Response,
);

const RANGE: &[(&str, &str)] = &[("range", "bytes=0-1")];
const UPGRADE: &[(&str, &str)] = &[("connection", "Upgrade"), ("upgrade", "echo")];

fn text(status: u16) -> Response {
    Response::text("text").with_status(status)
}

fn empty(status: u16) -> Response {
    Response::default().with_status(status)
}

fn with(mut response: Response, fields: &[(&str, &str)]) -> Response {
    for (name, value) in fields {
        response.headers_mut().append(name_of(name), value_of(value));
    }
    response
}

fn stream(fields: &[(&str, &str)], steps: impl IntoIterator<Item = Step>) -> Response {
    let mut response = Response::text("");
    response.set_body(Script::body(steps));
    with(response, fields)
}

fn switch() -> Response {
    Response::upgrade(value_of("echo"), Upgrade::new(async |_| {}))
}

const FAULTS: &[Fault] = &[
    ("status-range", &[], || text(600)),
    ("informational-final", &[], || empty(103)),
    ("switching-without-upgrade", UPGRADE, || empty(101)),
    ("upgrade-without-switching", UPGRADE, || {
        let mut response = switch().with_status(200);
        response.headers_mut().clear();
        response
    }),
    ("upgrade-not-asked", &[], switch),
    ("upgrade-not-asked", &[("upgrade", "echo")], switch),
    (
        "upgrade-not-asked",
        &[("connection", "upgrade"), ("upgrade", "websocket")],
        switch,
    ),
    ("upgrade-fields", UPGRADE, || {
        let mut response = switch();
        response.headers_mut().remove("upgrade");
        response
    }),
    ("upgrade-fields", UPGRADE, || {
        let mut response = switch();
        response.headers_mut().insert("connection", value_of("close"));
        response
    }),
    ("upgrade-body", UPGRADE, || {
        let mut response = switch();
        response.set_body("early");
        response
    }),
    ("body-forbidden", &[], || text(204)),
    ("body-forbidden", &[], || text(205)),
    ("body-forbidden", &[("if-none-match", "*")], || text(304)),
    ("length-forbidden", &[], || {
        with(empty(204), &[("content-length", "0")])
    }),
    ("length-malformed", &[], || {
        with(text(200), &[("content-length", "4x")])
    }),
    ("length-mismatch", &[], || {
        with(text(200), &[("content-length", "5")])
    }),
    ("length-mismatch", &[], || {
        with(empty(200), &[("content-length", "5")])
    }),
    ("body-short", &[], || {
        stream(&[("content-length", "4")], [piece("abc")])
    }),
    ("body-long", &[], || {
        stream(
            &[("content-length", "4")],
            [piece("abc"), piece("def"), piece("g")],
        )
    }),
    ("after-trailers", &[], || {
        stream(&[], [piece("a"), Some(Ok(trailers("x-sum"))), piece("b")])
    }),
    ("trailer", &[], || {
        stream(&[], [piece("a"), Some(Ok(trailers("set-cookie")))])
    }),
    ("transfer-encoding", &[], || {
        with(text(200), &[("transfer-encoding", "chunked")])
    }),
    ("connection", &[], || with(text(200), &[("connection", "close")])),
    ("connection", &[], || {
        with(text(200), &[("keep-alive", "timeout=5")])
    }),
    ("connection", &[], || with(text(200), &[("te", "trailers")])),
    ("connection", &[], || with(text(200), &[("upgrade", "h2c")])),
    ("repeated-field", &[], || {
        with(text(200), &[("content-type", "text/plain")])
    }),
    ("repeated-field", &[], || {
        with(text(200), &[("content-length", "4"), ("content-length", "4")])
    }),
    ("repeated-field", &[], || {
        with(text(200), &[("etag", "\"a\""), ("etag", "\"b\"")])
    }),
    ("field-blanks", &[], || with(text(200), &[("x-a", " b")])),
    ("no-allow", &[], || text(405)),
    ("no-challenge", &[], || text(401)),
    ("no-challenge", &[], || text(407)),
    ("no-location", &[], || text(301)),
    ("no-location", &[], || text(308)),
    ("no-content-range", RANGE, || text(206)),
    ("no-content-range", RANGE, || {
        let mut response = with(text(206), &[("content-range", "bytes 0-3/9")]);
        response
            .headers_mut()
            .insert("content-type", value_of("multipart/byteranges; boundary=x"));
        response
    }),
    ("partial-not-asked", &[], || {
        with(text(206), &[("content-range", "bytes 0-3/9")])
    }),
    ("no-complete-length", RANGE, || text(416)),
    ("not-modified-not-asked", &[], || empty(304)),
    ("no-upgrade-offer", &[], || text(426)),
    ("no-content-type", &[], || {
        Response::new(http::StatusCode::OK, "text")
    }),
    ("content-type-malformed", &[], || {
        with(empty(200), &[("content-type", "html")])
    }),
    ("date-malformed", &[], || {
        with(text(200), &[("date", "2026-01-01T00:00:00Z")])
    }),
    ("date-malformed", &[], || {
        with(text(200), &[("last-modified", "Sunday, 06-Nov-94 08:49:37 GMT")])
    }),
    ("etag-malformed", &[], || with(text(200), &[("etag", "abc")])),
    ("set-cookie-malformed", &[], || {
        with(text(200), &[("set-cookie", "just text")])
    }),
    ("set-cookie-malformed", &[], || {
        with(text(200), &[("set-cookie", "a b=c")])
    }),
    ("set-cookie-malformed", &[], || {
        with(text(200), &[("set-cookie", "a=b\tc; Path=/")])
    }),
];

/// The codes tested in this file.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().map(|fault| fault.0).chain(["upgrade-unable"])
}

/// The report of one request that is answered so, its body read to the end.
pub(super) fn report(
    method: &Method,
    upgrade: bool,
    fields: &[(&str, &str)],
    answer: fn() -> Response,
) -> Report {
    struct Answer(fn() -> Response);
    impl crate::Middleware for Answer {
        async fn handle(&self, _: Request, _: Next<'_>) -> Response {
            (self.0)()
        }
    }
    let (lint, report) = Lint::new();
    let app = Application::new().middleware(lint).middleware(Answer(answer));
    let mut parts = Parts::new();
    parts.method = method.clone();
    parts.link.abilities.upgrade = upgrade;
    for (name, value) in fields {
        parts.field(name, value);
    }
    let clock = ManualClock::new();
    let mut response = clock.block_on(app.respond(parts.request()));
    clock.block_on(async { while let Some(Ok(_)) = response.body_mut().next_chunk().await {} });
    report
}

#[test]
fn faults_of_applications_are_found() {
    for (code, fields, answer) in FAULTS {
        let report = report(&Method::GET, true, fields, *answer);
        assert_eq!(super::codes(&report), [*code], "{:?}", report.violations());
        assert_eq!(report.violations()[0].side, Side::Application, "{code}");
    }
}

#[test]
fn an_upgrade_where_there_is_no_ability_is_found() {
    let report = report(&Method::GET, false, UPGRADE, switch);
    assert_eq!(super::codes(&report), ["upgrade-unable"]);
}

#[test]
fn what_is_right_is_clean() {
    let right: &[Fault] = &[
        ("", &[], || text(200)),
        ("", &[], || empty(204)),
        ("", &[], || with(empty(205), &[("content-length", "0")])),
        ("", UPGRADE, switch),
        (
            "",
            &[("connection", "keep-alive, Upgrade"), ("upgrade", "h2c, ECHO")],
            switch,
        ),
        ("", RANGE, || with(text(206), &[("content-range", "bytes 0-3/9")])),
        ("", &[("if-none-match", "\"a\"")], || {
            with(empty(304), &[("content-length", "100"), ("etag", "W/\"a\"")])
        }),
        ("", &[], || text(416)),
        ("", &[], || {
            with(text(426), &[("upgrade", "websocket"), ("connection", "upgrade")])
        }),
        ("", &[], || {
            with(text(200), &[("date", "Sun, 06 Nov 1994 08:49:37 GMT")])
        }),
        ("", &[], || {
            with(
                text(200),
                &[("set-cookie", "a=\"b\\073\"; Path=/"), ("set-cookie", "b=")],
            )
        }),
        ("", &[], || {
            stream(&[("content-length", "3")], [piece("a"), piece(""), piece("bc")])
        }),
        ("", &[], || stream(&[], [piece("a"), Some(Ok(trailers("x-sum")))])),
        ("", &[], || {
            stream(
                &[("content-length", "4")],
                [piece("a"), Some(Err(BodyError::cut_off()))],
            )
        }),
        ("", &[], || {
            with(
                text(200),
                &[("x-a", ""), ("x-a", "caf\u{e9}"), ("trailer", "x-sum")],
            )
        }),
    ];
    for (_, fields, answer) in right {
        report(&Method::GET, true, fields, *answer).assert_clean();
    }
    report(&Method::HEAD, true, &[], || {
        with(empty(200), &[("content-length", "100")])
    })
    .assert_clean();
}
