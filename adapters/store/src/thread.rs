//! The thread on which a store's connections live.

use std::error::Error as StdError;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use waterspout::{BoxFuture, Error, Result};

/// How long a store may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A thread with a small tokio runtime. The drivers need one, and the application may be carried by another runtime or by
/// none: what is given to it is polled there, and its result can be awaited anywhere.
pub(crate) struct Thread {
    runtime: Handle,
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

impl Thread {
    /// Starts a thread, lets it make what `connect` makes, and waits for that.
    pub(crate) fn start<T, F, E>(connect: F) -> Result<(Self, T)>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        std::thread::Builder::new()
            .name("waterspout-store".into())
            .spawn(move || {
                let connected = runtime.block_on(within(connect));
                let failed = connected.is_err();
                if tell.send(connected).is_err() || failed {
                    return;
                }
                // An error says that the store is gone.
                let _ = runtime.block_on(stopped);
            })?;
        let connected = told.recv()??;
        let thread = Self {
            runtime: handle,
            _stop: stop,
        };
        Ok((thread, connected))
    }

    /// Runs a statement on the thread. It goes on there if its result is no longer waited for.
    pub(crate) fn run<'a, T, F, E>(&self, work: F) -> BoxFuture<'a, Result<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let running = self.runtime.spawn(within(work));
        Box::pin(async move { running.await? })
    }
}

async fn within<T, F, E>(work: F) -> Result<T>
where
    F: Future<Output = Result<T, E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    let away = || Error::new(503).message("the session store failed");
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(result) => result.map_err(|error| away().source(error)),
        Err(late) => Err(away().source(late)),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn work_is_done_on_the_thread_whoever_waits_for_it() {
        let (thread, made) = Thread::start(async { Ok::<_, io::Error>(7) }).expect("a thread");
        assert_eq!(made, 7);
        let name = || async { Ok::<_, io::Error>(std::thread::current().name().map(str::to_owned)) };
        let name = futures_lite::future::block_on(thread.run(name()));
        assert_eq!(name.expect("a name").as_deref(), Some("waterspout-store"));
    }

    #[test]
    fn what_fails_is_a_503_with_its_cause() {
        let refused = || async { Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionRefused)) };
        let error = Thread::start(refused()).err().expect("no connection");
        assert_eq!(error.status_code().as_u16(), 503);
        assert!(error.to_string().contains("connection refused"), "{error}");
        let (thread, ()) = Thread::start(async { Ok::<_, io::Error>(()) }).expect("a thread");
        let error = futures_lite::future::block_on(thread.run(refused())).expect_err("refused");
        assert_eq!(error.status_code().as_u16(), 503);
    }

    #[test]
    fn a_panic_stays_on_the_thread_and_the_thread_goes_on() {
        let (thread, ()) = Thread::start(async { Ok::<_, io::Error>(()) }).expect("a thread");
        let panics = async {
            if true {
                panic!("as was asked for")
            } else {
                Ok::<(), io::Error>(())
            }
        };
        let error = futures_lite::future::block_on(thread.run(panics)).expect_err("a panic");
        assert_eq!(error.status_code().as_u16(), 500);
        let again = thread.run(async { Ok::<_, io::Error>(1) });
        assert_eq!(futures_lite::future::block_on(again).expect("a result"), 1);
    }
}
