//! The request's body on its way out.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_io::Timer;
use bytes::Bytes;
use waterspout::h1::{self, EncodeError};
use waterspout::{Body, ClientError, ClientErrorKind, HttpBody};

/// How long `100 Continue` is waited for: a server may not know of it (RFC 9110 section 10.1.1).
const PATIENCE: Duration = Duration::from_secs(1);

/// What is left of a body to be sent.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    /// `None` once all of it has been given to the protocol, or given up.
    body: Option<Body>,
    patience: Patience,
}

#[derive(Debug, Default)]
enum Patience {
    #[default]
    Unused,
    Waiting(Timer),
    Over,
}

impl Upload {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body: Some(body),
            patience: Patience::Unused,
        }
    }

    /// Sends no more.
    pub(crate) fn give_up(&mut self) {
        self.body = None;
    }

    /// Takes the next piece from the body; ready if there was something. The end of the body ends the request.
    pub(crate) fn poll_pull(
        &mut self,
        cx: &mut Context<'_>,
        h1: &mut h1::Client,
    ) -> Result<Poll<()>, ClientError> {
        if h1.awaits_continue() && self.poll_patience(cx).is_pending() {
            return Ok(Poll::Pending);
        }
        let Some(body) = &mut self.body else {
            return Ok(Poll::Pending);
        };
        let frame = match Pin::new(body).poll_frame(cx) {
            Poll::Pending => return Ok(Poll::Pending),
            Poll::Ready(frame) => frame.transpose(),
        };
        let frame =
            frame.map_err(|error| ClientError::new(ClientErrorKind::RequestBody).with_source(error))?;
        let sent = match frame.map(waterspout::Frame::into_data) {
            Some(Ok(data)) => h1.send_data(data),
            Some(Err(frame)) => {
                self.body = None;
                h1.finish(frame.trailers_ref())
            }
            None => {
                self.body = None;
                h1.finish(None)
            }
        };
        sent.map(Poll::Ready).map_err(unsendable)
    }

    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Patience::Unused = self.patience {
            self.patience = Patience::Waiting(Timer::after(PATIENCE));
        }
        if let Patience::Waiting(timer) = &mut self.patience {
            std::task::ready!(Pin::new(timer).poll(cx));
            self.patience = Patience::Over;
        }
        Poll::Ready(())
    }
}

/// Gives the protocol the whole of a body that is in memory.
pub(crate) fn send_bytes(h1: &mut h1::Client, bytes: Bytes) -> Result<(), ClientError> {
    h1.send_data(bytes)
        .and_then(|()| h1.finish(None))
        .map_err(unsendable)
}

/// Why the protocol did not take something.
pub(crate) fn unsendable(error: EncodeError) -> ClientError {
    let detail = match error {
        EncodeError::Target => "the URL cannot be sent as a request target",
        EncodeError::Host => "exactly one valid host is needed",
        EncodeError::ContentLength | EncodeError::TooLong | EncodeError::TooShort => {
            "the body is not as long as it says"
        }
        EncodeError::Order | EncodeError::Status | EncodeError::Upgrade => "the request cannot be sent",
    };
    ClientError::new(ClientErrorKind::InvalidRequest(detail)).with_source(error)
}
