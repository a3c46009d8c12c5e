//! Failures, both ways.

use std::error::Error as StdError;
use std::io;

use http_types::{Error, StatusCode};
use waterspout::compat::Refused;
use waterspout::{ClientError, ClientErrorKind};

/// A failed fetch as surf has it, with the status that a gateway would answer with.
pub(super) fn failed(error: ClientError) -> Error {
    let status = match error.status() {
        500 => StatusCode::InternalServerError,
        504 => StatusCode::GatewayTimeout,
        _ => StatusCode::BadGateway,
    };
    Error::new(status, error)
}

/// A failure of surf as one of `AsyncHttpClient`: what [`Backend`](super::Backend) said, if it was that, else by its
/// kind. It is an error of the standard library, which surf's is not, so `?` takes it in a handler.
///
/// ```
/// use waterspout::ClientErrorKind;
/// use waterspout_client::surf::client_error;
///
/// let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
/// assert_eq!(client_error(surf::Error::from(late)).kind(), ClientErrorKind::Timeout);
/// ```
pub fn client_error(error: Error) -> ClientError {
    let error = match error.downcast::<ClientError>() {
        Ok(ours) => return ours,
        Err(error) => error,
    };
    let kind = if error.downcast_ref::<Refused>().is_some() {
        match error.status() {
            StatusCode::InternalServerError => UNSENDABLE,
            _ => UNREADABLE,
        }
    } else {
        match error.downcast_ref::<io::Error>() {
            Some(failure) => of_io(failure.kind()),
            None => of_status(error.status()),
        }
    };
    ClientError::new(kind).with_source(Box::<dyn StdError + Send + Sync>::from(error))
}

/// A request that http-types has no place for.
pub(super) const UNSENDABLE: ClientErrorKind =
    ClientErrorKind::InvalidRequest("the request does not go through http-types");

/// A response that does not come back from http-types.
pub(super) const UNREADABLE: ClientErrorKind =
    ClientErrorKind::Malformed("the response does not go through http-types");

fn of_io(kind: io::ErrorKind) -> ClientErrorKind {
    match kind {
        io::ErrorKind::TimedOut => ClientErrorKind::Timeout,
        io::ErrorKind::ConnectionRefused => ClientErrorKind::Connect,
        io::ErrorKind::UnexpectedEof => ClientErrorKind::CutOff,
        io::ErrorKind::InvalidData => ClientErrorKind::Decode,
        _ => ClientErrorKind::Io,
    }
}

fn of_status(status: StatusCode) -> ClientErrorKind {
    match status {
        StatusCode::GatewayTimeout | StatusCode::RequestTimeout => ClientErrorKind::Timeout,
        _ => ClientErrorKind::Io,
    }
}
