//! A response as a test sees it.

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::ManualClock;
use crate::body::{Body, BodyError};
use crate::response::Response;

/// A response, its body read to the end or still to be read.
#[derive(Debug)]
pub struct TestResponse {
    head: Response,
    rest: Option<Body>,
    content: Vec<u8>,
    error: Option<BodyError>,
    clock: ManualClock,
}

impl TestResponse {
    pub(super) fn new(mut head: Response, clock: ManualClock) -> Self {
        let rest = Some(head.take_body());
        Self {
            head,
            rest,
            content: Vec::new(),
            error: None,
            clock,
        }
    }

    pub(super) fn read_all(&mut self) {
        while self.next_chunk().is_some() {}
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    /// The reason phrase, where the application set one.
    pub fn reason(&self) -> Option<&str> {
        self.head.reason()
    }

    /// The fields.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// A field as text; the first one where it is repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// What has been read of the body.
    pub fn bytes(&self) -> &[u8] {
        &self.content
    }

    /// What has been read of the body, as text; empty when it is no UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap_or_default()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none that fits `T`.
    #[expect(clippy::panic, reason = "a test that expects JSON must fail without it")]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.content).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }

    /// Why the body ended before its end, if it did: over a network the client would see it cut off.
    pub fn error(&self) -> Option<&BodyError> {
        self.error.as_ref()
    }

    /// Reads the next piece of the body.
    ///
    /// # Panics
    /// When the application hangs.
    pub fn next_chunk(&mut self) -> Option<Bytes> {
        let body = self.rest.as_mut()?;
        match self.clock.block_on(body.next_chunk()) {
            Some(Ok(chunk)) => {
                self.content.extend_from_slice(&chunk);
                Some(chunk)
            }
            end => {
                self.error = end.and_then(Result::err);
                self.rest = None;
                None
            }
        }
    }
}

impl std::fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ManualClock")
    }
}
