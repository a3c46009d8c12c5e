//! Each rule is broken once on purpose; the report must hold that rule and no other.

mod adapter;
mod application;
mod clean;

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};

use crate::body::{BodyError, Frame, HttpBody};
use crate::testing::{Lint, ManualClock, Report};
use crate::{Application, Body, Bytes, Carrier, Link, Next, Request, Response};

/// What an adapter makes a request of.
struct Parts {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    body: Body,
    target: Option<Bytes>,
    link: Link,
}

impl Parts {
    fn new() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost"));
        Self {
            method: Method::GET,
            uri: Uri::from_static("/a?b=c"),
            version: Version::HTTP_11,
            headers,
            body: Body::empty(),
            target: Some("/a?b=c".into()),
            link: Link::new(Arc::new(ManualClock::new())),
        }
    }

    fn target(&mut self, raw: &'static str, uri: &'static str) {
        self.target = Some(raw.into());
        self.uri = Uri::from_static(uri);
    }

    fn field(&mut self, name: &str, value: &str) {
        self.headers.append(name_of(name), value_of(value));
    }

    fn request(self) -> Request {
        let link = Arc::new(self.link);
        Request::new(
            self.method,
            self.uri,
            self.version,
            self.headers,
            self.body,
            self.target,
            link,
        )
    }
}

fn name_of(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).expect("a field name")
}

fn value_of(value: &str) -> HeaderValue {
    HeaderValue::from_bytes(value.as_bytes()).expect("a field value")
}

fn trailers(name: &str) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    trailers.insert(name_of(name), value_of("x"));
    Frame::trailers(trailers)
}

fn piece(text: &'static str) -> Step {
    Some(Ok(Frame::data(text.into())))
}

type Step = Option<Result<Frame<Bytes>, BodyError>>;

/// A body that gives exactly what it is told to, `None`s between included.
struct Script(VecDeque<Step>);

impl Script {
    fn body(steps: impl IntoIterator<Item = Step>) -> Body {
        Body::new(Self(steps.into_iter().collect()))
    }
}

impl HttpBody for Script {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Step> {
        Poll::Ready(self.0.pop_front().flatten())
    }
}

/// Asks for pieces until the body ends or fails, and once more.
async fn read(body: &mut Body) {
    while let Some(Ok(_)) = body.next_chunk().await {}
    let _ = body.next_chunk().await;
}

fn codes(report: &Report) -> Vec<&'static str> {
    report
        .violations()
        .iter()
        .map(|violation| violation.code)
        .collect()
}

#[test]
fn every_rule_has_a_test() {
    let rules: BTreeSet<_> = Lint::rules().iter().map(|rule| rule.code).collect();
    let tested: BTreeSet<_> = adapter::codes().chain(application::codes()).collect();
    assert_eq!(rules, tested);
    assert_eq!(rules.len(), Lint::rules().len(), "a code stands for one rule");
}

#[test]
fn a_report_says_who_is_wrong_and_why() {
    let (lint, report) = Lint::new();
    let app = Application::new()
        .middleware(lint)
        .wrap(async |_: Request, _: Next<'_>| Response::text("").with_status(405));
    ManualClock::new().block_on(app.respond(Parts::new().request()));
    assert!(!report.is_clean());
    assert_eq!(
        report.violations()[0].to_string(),
        "no-allow: the application is wrong: 405 without Allow; the rule: 405 has Allow (RFC 9110 section 15.5.6)"
    );
    let panic = std::panic::catch_unwind(|| report.assert_clean()).expect_err("not clean");
    let text = panic.downcast::<String>().expect("text");
    assert!(text.contains("no-allow"), "{text}");
}
