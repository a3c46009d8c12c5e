//! What a handler fails with, and what the client is told of it.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::body::BodyError;
use crate::client::ClientError;

/// The result of a handler: `Result` alone means `Result<(), Error>`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// A failure with an HTTP status (Tornado's `HTTPError`).
///
/// It deliberately does not implement [`std::error::Error`], so that `?` turns *any* error into one: a foreign error
/// becomes a 500, the framework's own keep their status (a body over the limit stays 413, say). [`Status::status`]
/// chooses another status on the way.
///
/// The text of a 5xx never reaches the client unless [`Settings::debug`](crate::Settings) is on; that of a 4xx does.
///
/// ```
/// use waterspout::prelude::*;
///
/// async fn page(cx: &mut Context) -> Result {
///     let n: u32 = cx.get_argument("page")?.parse().status(400)?; // 400 instead of 500
///     let title = ["one", "two"].get(n as usize).status(404)?; // None is a 404
///     cx.write(title)
/// }
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    status: StatusCode,
    kind: Kind,
    reason: Option<Cow<'static, str>>,
    message: Option<Cow<'static, str>>,
    headers: HeaderMap,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// An ordinary failure: logged and answered with an error page.
    Failure,
    /// Tornado's `Finish`: ends the request with what has been written; nothing is logged.
    Finish,
    /// The handler has no method for the verb: the answer needs `Allow`.
    NotAllowed,
    /// A panic that was contained.
    Panic,
}

impl Error {
    /// An error with this status; a number that is no status (outside 100 to 999) or below 400 becomes 500.
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|code| code.as_u16() >= 400);
        Self::with_kind(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Kind::Failure)
    }

    /// Ends the request with what has been written so far, without an error page or a log line (Tornado's `Finish`).
    pub fn finish() -> Self {
        Self::with_kind(StatusCode::OK, Kind::Finish)
    }

    /// An error for a verb that the handler does not have: 405, and `Allow` is filled in by the framework.
    pub fn method_not_allowed() -> Self {
        Self::with_kind(StatusCode::METHOD_NOT_ALLOWED, Kind::NotAllowed)
    }

    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        let text = match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(other) => other
                .downcast::<&'static str>()
                .map_or_else(|_| "panic".into(), |text| (*text).into()),
        };
        Self::with_kind(StatusCode::INTERNAL_SERVER_ERROR, Kind::Panic).message(text)
    }

    fn with_kind(status: StatusCode, kind: Kind) -> Self {
        Self(Box::new(Repr {
            status,
            kind,
            reason: None,
            message: None,
            headers: HeaderMap::new(),
            source: None,
        }))
    }

    /// Says what went wrong: logged, shown to the client for a 4xx, for a 5xx only in debug mode.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// Sets the reason phrase of the status line. One that RFC 9112 section 4 does not allow is not sent.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.0.reason = Some(reason.into());
        self
    }

    /// Adds a header to the error response (`WWW-Authenticate`, `Retry-After`, ...).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Sets the error that caused this one.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The status that the client gets.
    pub fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// The reason phrase, where one was set.
    pub fn reason_phrase(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What was said by [`Error::message`].
    pub fn text(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The headers that the error response carries.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The error that caused this one.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// True for [`Error::finish`].
    pub fn is_finish(&self) -> bool {
        self.0.kind == Kind::Finish
    }

    /// True where a panic of the handler was caught.
    pub fn is_panic(&self) -> bool {
        self.0.kind == Kind::Panic
    }

    pub(crate) fn is_not_allowed(&self) -> bool {
        self.0.kind == Kind::NotAllowed
    }

    fn set_status(mut self, status: u16) -> Self {
        self.0.status = Error::new(status).0.status;
        self.0.kind = Kind::Failure;
        self
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let any: &dyn Any = &error;
        let of_client = any.downcast_ref::<ClientError>().map(ClientError::status);
        let status = of_client
            .or_else(|| any.downcast_ref::<BodyError>().map(BodyError::status))
            .unwrap_or(500);
        let public = (400..500).contains(&status).then(|| error.to_string());
        let mut new = Error::new(status);
        new.0.message = public.map(Cow::Owned);
        new.0.source = Some(Box::new(error));
        new
    }
}

/// The error prints as `STATUS: message: cause: cause of the cause`.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status)?;
        if let Some(message) = self.text() {
            write!(f, ": {message}")?;
        }
        let mut next = self.cause().map(|error| error as &(dyn StdError + 'static));
        while let Some(error) = next {
            let text = error.to_string();
            if Some(text.as_str()) != self.text() {
                write!(f, ": {text}")?;
            }
            next = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

/// Chooses the HTTP status of a failure: `.status(404)` on any `Result` or `Option`.
pub trait Status<T> {
    /// Turns an error or a `None` into an [`Error`] with this status.
    ///
    /// # Errors
    /// Exactly where `self` was an error or `None`.
    fn status(self, status: u16) -> Result<T>;
}

impl<T, E: Into<Error>> Status<T> for std::result::Result<T, E> {
    fn status(self, status: u16) -> Result<T> {
        self.map_err(|error| error.into().set_status(status))
    }
}

impl<T> Status<T> for Option<T> {
    fn status(self, status: u16) -> Result<T> {
        self.ok_or_else(|| Error::new(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_error_is_a_500_and_its_text_stays_inside() {
        fn fails() -> Result<u32> {
            Ok("x".parse::<u32>()?)
        }
        let error = fails().expect_err("not a number");
        assert_eq!((error.status_code().as_u16(), error.text()), (500, None));
        assert!(error.to_string().contains("invalid digit"));
    }

    #[test]
    fn own_errors_keep_their_status_and_status_overrides_it() {
        fn body() -> Result {
            Err(BodyError::too_large())?
        }
        assert_eq!(body().expect_err("too large").status_code().as_u16(), 413);
        assert_eq!(
            body().status(409).expect_err("too large").status_code().as_u16(),
            409
        );
        assert_eq!(
            None::<u8>.status(404).expect_err("none").status_code().as_u16(),
            404
        );
        assert_eq!(Error::new(7).status_code().as_u16(), 500);
    }
}
