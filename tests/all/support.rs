//! What the tests share: a log of what happened, and polling by hand, without an executor.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use waterspout::http::{HeaderMap, Version};
use waterspout::prelude::*;
use waterspout::testing::ManualClock;
use waterspout::{Abilities, BodyError, Frame, HttpBody, Link, Upgrade};

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, event: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event.into());
    }

    /// What happened since it was asked last.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells when it is dropped.
    pub(crate) fn guard(&self, event: &'static str) -> Guard {
        Guard(self.clone(), event)
    }
}

pub(crate) struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// Panics when it is dropped.
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("a destructor panicked");
        }
    }
}

/// A future that is ready when it is polled again, and wakes nobody.
pub(crate) async fn pause() {
    let mut again = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut again, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut TaskContext::from_waker(Waker::noop()))
}

pub(crate) fn request(method: &str, target: &str, body: impl Into<Body>) -> Request {
    let mut link = Link::new(Arc::new(ManualClock::new()));
    link.abilities = Abilities {
        stream_in: true,
        stream_out: true,
        ..Abilities::default()
    };
    Request::new(
        Method::from_bytes(method.as_bytes()).expect("method"),
        target.parse().expect("target"),
        Version::HTTP_11,
        HeaderMap::new(),
        body.into(),
        None,
        Arc::new(link),
    )
}

/// The response of an application that needs one poll for it.
pub(crate) fn respond(app: &Application, request: Request) -> Response {
    match poll(Box::pin(app.respond(request)).as_mut()) {
        Poll::Ready(response) => response,
        Poll::Pending => panic!("no response after one poll"),
    }
}

/// What the 101 to a WebSocket at `/` carries.
pub(crate) fn websocket_upgrade(app: &Application) -> Upgrade {
    let mut link = Link::new(Arc::new(ManualClock::new()));
    link.abilities.upgrade = true;
    let fields = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let fields = fields
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let request = Request::new(
        Method::GET,
        "/".parse().expect("a target"),
        Version::HTTP_11,
        HeaderMap::from_iter(fields),
        Body::empty(),
        None,
        Arc::new(link),
    );
    respond(app, request).take_upgrade().expect("a 101")
}

pub(crate) fn poll_frame(body: &mut Body) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
    Pin::new(body).poll_frame(&mut TaskContext::from_waker(Waker::noop()))
}

/// One poll of the body in one word: `pending`, `end`, `error`, `trailers` or the data.
pub(crate) fn frame(body: &mut Body) -> String {
    match poll_frame(body) {
        Poll::Pending => "pending".into(),
        Poll::Ready(None) => "end".into(),
        Poll::Ready(Some(Err(_))) => "error".into(),
        Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
            Ok(data) => String::from_utf8_lossy(&data).into_owned(),
            Err(_) => "trailers".into(),
        },
    }
}
