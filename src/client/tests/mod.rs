//! The client over an engine that answers from a script and notes what it was asked.

mod bodies;
mod errors;
mod redirects;
mod requests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{AsyncHttpClient, ClientError, Engine, FetchRequest, FetchResponse, Incoming, Outgoing};
use crate::body::Body;
use crate::carrier::{BoxFuture, Carrier};
use crate::testing::ManualClock;

/// What was sent: method, URL, fields, body.
#[derive(Debug)]
struct Sent {
    line: String,
    headers: HeaderMap,
    body: Bytes,
}

/// Answers each request with the next one of its responses.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Incoming>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    clock: ManualClock,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Incoming>) -> Self {
        let new = Self::default();
        *new.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers.into_iter().collect();
        new
    }

    fn client(&self) -> AsyncHttpClient {
        AsyncHttpClient::new(self.clone())
    }

    fn fetch(&self, request: impl Into<FetchRequest>) -> Result<FetchResponse, ClientError> {
        self.clock.block_on(self.client().fetch(request))
    }

    fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn lines(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.line).collect()
    }
}

impl Engine for Script {
    fn send(&self, request: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        let this = self.clone();
        Box::pin(async move {
            let body = request.body.collect(1 << 20).await.expect("a good body");
            this.sent
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Sent {
                    line: format!("{} {}", request.method, request.url),
                    headers: request.headers,
                    body,
                });
            let next = this
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            match next {
                Some(answer) => Ok(answer),
                None => std::future::pending().await,
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

fn answer(status: u16, fields: &[(&'static str, &str)], body: impl Into<Body>) -> Incoming {
    let mut incoming = Incoming::new(StatusCode::from_u16(status).expect("a status"), body);
    for (name, value) in fields {
        let value = HeaderValue::from_str(value).expect("a value");
        incoming.headers.append(HeaderName::from_static(name), value);
    }
    incoming
}

fn ok() -> Incoming {
    answer(200, &[], "ok")
}
