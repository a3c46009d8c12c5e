//! Bodies on their way: what comes in from the adapter, what goes out from the application, how each is read.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::HeaderMap;

use super::clock::Watch;
use super::report::{Report, Rule};
use super::rules;
use crate::body::{Body, BodyError, Frame, HttpBody, SizeHint};
use crate::h1::is_allowed_trailer;

/// The rules for one direction. Where there is none, it is nobody's mistake.
pub(super) struct Rules {
    short: &'static Rule,
    long: &'static Rule,
    after_trailers: &'static Rule,
    trailer: &'static Rule,
    /// The one who reads asks again.
    asked_after_end: Option<&'static Rule>,
    asked_after_error: Option<&'static Rule>,
    /// The one who writes gives again.
    given_after_end: Option<&'static Rule>,
    given_after_error: Option<&'static Rule>,
}

/// Written by the adapter. Our own readers may ask again after the end: handlers may.
pub(super) const REQUEST: Rules = Rules {
    short: &rules::REQUEST_BODY_SHORT,
    long: &rules::REQUEST_BODY_LONG,
    after_trailers: &rules::REQUEST_AFTER_TRAILERS,
    trailer: &rules::REQUEST_TRAILER,
    asked_after_end: None,
    asked_after_error: None,
    given_after_end: Some(&rules::REQUEST_AFTER_END),
    given_after_error: Some(&rules::REQUEST_AFTER_ERROR),
};

/// Written by the application, read by the adapter.
pub(super) const RESPONSE: Rules = Rules {
    short: &rules::BODY_SHORT,
    long: &rules::BODY_LONG,
    after_trailers: &rules::AFTER_TRAILERS,
    trailer: &rules::TRAILER,
    asked_after_end: Some(&rules::POLLED_AFTER_END),
    asked_after_error: Some(&rules::POLLED_AFTER_ERROR),
    given_after_end: None,
    given_after_error: None,
};

/// A body that is looked at while it is read.
pub(super) struct Watched {
    inner: Body,
    rules: &'static Rules,
    declared: Option<u64>,
    got: u64,
    state: State,
    watch: Option<Watch>,
    report: Report,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The trailers have come: only the end may follow.
    Trailed,
    Ended,
    Failed,
}

impl Watched {
    /// Wraps a body; one that is in memory stays as it is, since nothing can go wrong with it on its way, and so that
    /// the short cuts for such bodies are what is tested.
    pub(super) fn wrap(
        inner: Body,
        rules: &'static Rules,
        field: Option<u64>,
        watch: Option<Watch>,
        report: &Report,
    ) -> Body {
        if inner.as_bytes().is_some() {
            return inner;
        }
        Body::new(Self {
            declared: inner.len().or(field),
            inner,
            rules,
            got: 0,
            state: State::Open,
            watch,
            report: report.clone(),
        })
    }

    /// Someone asks. True when that is a mistake.
    fn asked(&self) -> bool {
        let rule = match self.state {
            State::Open | State::Trailed => None,
            State::Ended => self.rules.asked_after_end,
            State::Failed => self.rules.asked_after_error,
        };
        if let Some(rule) = rule {
            self.report.add(rule, "the body was polled again");
        }
        rule.is_some()
    }

    fn given(&mut self, frame: Option<&Result<Frame<Bytes>, BodyError>>) {
        let again = match self.state {
            State::Open | State::Trailed => None,
            State::Ended => self.rules.given_after_end,
            State::Failed => self.rules.given_after_error,
        };
        match (again, frame) {
            (Some(rule), Some(_)) => return self.report.add(rule, "the body went on"),
            (Some(_), None) => return,
            (None, _) => {}
        }
        if let Some(watch) = &mut self.watch {
            watch.look(&self.report);
        }
        match frame {
            None => self.end(),
            Some(Err(_)) => self.state = State::Failed,
            Some(Ok(frame)) => {
                if self.state == State::Trailed {
                    self.report
                        .add(self.rules.after_trailers, "more after the trailers");
                }
                if let Some(data) = frame.data_ref() {
                    self.data(data.len() as u64);
                } else if let Some(trailers) = frame.trailers_ref() {
                    self.trailers(trailers);
                }
            }
        }
    }

    fn data(&mut self, len: u64) {
        let before = self.got;
        self.got = before.saturating_add(len);
        // Told when the length is passed, not with every piece after.
        if let Some(declared) = self.declared.filter(|&len| before <= len && self.got > len) {
            let got = self.got;
            self.report.add(
                self.rules.long,
                format!("{got} bytes where {declared} were declared"),
            );
        }
    }

    fn trailers(&mut self, trailers: &HeaderMap) {
        self.state = State::Trailed;
        for name in trailers.keys().filter(|name| !is_allowed_trailer(name)) {
            self.report.add(self.rules.trailer, format!("{name} as trailer"));
        }
    }

    fn end(&mut self) {
        self.state = State::Ended;
        if let Some(declared) = self.declared.filter(|&len| self.got < len) {
            let got = self.got;
            self.report.add(
                self.rules.short,
                format!("{got} bytes where {declared} were declared"),
            );
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.asked() {
            return Poll::Ready(None);
        }
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(cx));
        self.given(frame.as_ref());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
