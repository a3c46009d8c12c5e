//! A connection that has left HTTP, as a test sees it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use futures_io::{AsyncRead, AsyncWrite};

use super::ManualClock;
use crate::carrier::BoxFuture;
use crate::upgrade::Upgrade;

/// The client's side of an upgraded connection. The application's side runs whenever the test waits for it.
pub struct TestUpgrade {
    running: Option<BoxFuture<'static, ()>>,
    wire: Arc<Mutex<Wire>>,
    clock: ManualClock,
}

#[derive(Default)]
struct Wire {
    to_app: VecDeque<u8>,
    from_app: Vec<u8>,
    client_closed: bool,
    app_closed: bool,
    reader: Option<Waker>,
    stopping: bool,
    stopper: Option<Waker>,
}

struct AppSide(Arc<Mutex<Wire>>);

fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TestUpgrade {
    pub(super) fn new(upgrade: Upgrade, clock: ManualClock) -> Self {
        let wire = Arc::new(Mutex::new(Wire::default()));
        let told = wire.clone();
        let stopping = poll_fn(move |cx| {
            let mut wire = lock(&told);
            if wire.stopping {
                return Poll::Ready(());
            }
            wire.stopper = Some(cx.waker().clone());
            Poll::Pending
        });
        let running = Some(upgrade.run_until(Box::new(AppSide(wire.clone())), stopping));
        Self { running, wire, clock }
    }

    /// Sends bytes to the application.
    pub fn send(&mut self, bytes: &[u8]) {
        let mut wire = lock(&self.wire);
        wire.to_app.extend(bytes);
        if let Some(reader) = wire.reader.take() {
            reader.wake();
        }
    }

    /// Tells the application's side that the server stops.
    pub fn stop_server(&mut self) {
        let mut wire = lock(&self.wire);
        wire.stopping = true;
        if let Some(stopper) = wire.stopper.take() {
            stopper.wake();
        }
    }

    /// Lets the application run until it has written something or ended; gives what it wrote.
    ///
    /// # Panics
    /// When the application waits for something that cannot happen.
    pub fn receive(&mut self) -> Vec<u8> {
        let (running, wire) = (&mut self.running, &self.wire);
        self.clock.block_on(poll_fn(|cx| {
            if let Some(future) = running
                && future.as_mut().poll(cx).is_ready()
            {
                *running = None;
            }
            let written = std::mem::take(&mut lock(wire).from_app);
            if written.is_empty() && running.is_some() {
                Poll::Pending
            } else {
                Poll::Ready(written)
            }
        }))
    }

    /// Closes the client's side and runs the application's to its end.
    ///
    /// # Panics
    /// When the application waits for something that cannot happen.
    pub fn close(mut self) {
        {
            let mut wire = lock(&self.wire);
            wire.client_closed = true;
            if let Some(reader) = wire.reader.take() {
                reader.wake();
            }
        }
        if let Some(future) = self.running.take() {
            self.clock.block_on(future);
        }
    }
}

/// The client's side as a stream; the application's side runs whenever it is polled.
pub(super) struct ClientSide {
    /// `None` once it has ended.
    running: Option<BoxFuture<'static, ()>>,
    wire: Arc<Mutex<Wire>>,
}

impl ClientSide {
    pub(super) fn new(upgrade: Upgrade) -> Self {
        let wire = Arc::new(Mutex::new(Wire::default()));
        let running = Some(upgrade.run(Box::new(AppSide(wire.clone()))));
        Self { running, wire }
    }

    fn run(&mut self, cx: &mut TaskContext<'_>) {
        if let Some(future) = &mut self.running
            && future.as_mut().poll(cx).is_ready()
        {
            self.running = None;
        }
    }
}

impl Drop for ClientSide {
    /// The client is gone; nobody is left to wait for what the application does about it.
    fn drop(&mut self) {
        lock(&self.wire).client_closed = true;
        self.run(&mut TaskContext::from_waker(Waker::noop()));
    }
}

impl AsyncRead for ClientSide {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        self.run(cx);
        let mut wire = lock(&self.wire);
        if wire.from_app.is_empty() && self.running.is_some() && !wire.app_closed {
            // Whatever lets the application go on wakes this task, since it runs in it.
            return Poll::Pending;
        }
        let len = buf.len().min(wire.from_app.len());
        for (to, from) in buf.iter_mut().zip(wire.from_app.drain(..len)) {
            *to = from;
        }
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for ClientSide {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        if self.running.is_none() {
            return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
        }
        lock(&self.wire).to_app.extend(buf);
        self.run(cx);
        // What it has answered can be read now.
        cx.waker().wake_by_ref();
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        lock(&self.wire).client_closed = true;
        self.run(cx);
        cx.waker().wake_by_ref();
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for AppSide {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        buf: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        let mut wire = lock(&self.0);
        if wire.to_app.is_empty() && !wire.client_closed {
            wire.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let len = buf.len().min(wire.to_app.len());
        for (to, from) in buf.iter_mut().zip(wire.to_app.drain(..len)) {
            *to = from;
        }
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for AppSide {
    fn poll_write(self: Pin<&mut Self>, _: &mut TaskContext<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let mut wire = lock(&self.0);
        if wire.app_closed || wire.client_closed {
            return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
        }
        wire.from_app.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<std::io::Result<()>> {
        lock(&self.0).app_closed = true;
        Poll::Ready(Ok(()))
    }
}
