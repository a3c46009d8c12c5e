//! What was fetched.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, Version};
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{ClientError, ClientErrorKind};
use crate::body::{Body, BodyError};
use crate::carrier::Endpoint;

/// The head of a response and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) reason: Bytes,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) url: Url,
    pub(super) remote: Endpoint,
    pub(super) redirects: u32,
}

impl Head {
    fn failed(&self, error: BodyError) -> ClientError {
        ClientError::of_body(error).with_url(&self.url)
    }
}

/// A response with its whole body (Tornado's `HTTPResponse`).
#[derive(Clone)]
pub struct FetchResponse {
    pub(super) head: Head,
    pub(super) body: Bytes,
}

/// A response whose body is read piece by piece.
///
/// Dropped before its end, it closes its connection.
pub struct FetchStream {
    pub(super) head: Head,
    pub(super) body: Body,
}

macro_rules! heads {
    ($($of:ty),*) => {$(
        impl $of {
            /// The status.
            pub fn status(&self) -> StatusCode {
                self.head.status
            }

            /// The reason phrase as received, if it is text.
            pub fn reason(&self) -> &str {
                std::str::from_utf8(&self.head.reason).unwrap_or_default()
            }

            /// The protocol version of the response.
            pub fn version(&self) -> Version {
                self.head.version
            }

            /// The fields as received. Where gzip was taken off, `content-encoding` and `content-length` are gone and
            /// `x-consumed-content-encoding` says so.
            pub fn headers(&self) -> &HeaderMap {
                &self.head.headers
            }

            /// The first value of a field, if it is text.
            pub fn header(&self, name: &str) -> Option<&str> {
                self.head.headers.get(name)?.to_str().ok()
            }

            /// The URL that answered: after redirects not the one that was asked for (Tornado's `effective_url`).
            pub fn url(&self) -> &Url {
                &self.head.url
            }

            /// How many redirects were followed.
            pub fn redirects(&self) -> u32 {
                self.head.redirects
            }

            /// The address that answered, where it is known; with a proxy, the proxy's.
            pub fn remote(&self) -> &Endpoint {
                &self.head.remote
            }
        }

        impl fmt::Debug for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($of))
                    .field("status", &self.head.status)
                    .field("headers", &self.head.headers)
                    .finish_non_exhaustive()
            }
        }
    )*};
}
heads!(FetchResponse, FetchStream);

impl FetchResponse {
    /// The content.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Takes the content out.
    pub fn into_body(self) -> Bytes {
        self.body
    }

    /// The content as text: UTF-8, or ISO-8859-1 where `Content-Type` says so.
    ///
    /// # Errors
    /// [`ClientErrorKind::Decode`] when it is neither.
    pub fn text(&self) -> Result<String, ClientError> {
        let kind = self
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let charset = kind
            .split(';')
            .skip(1)
            .find_map(|parameter| parameter.trim().strip_prefix("charset="));
        let charset = charset.map(|charset| charset.trim_matches('"'));
        if matches!(charset, Some("iso-8859-1" | "latin1")) {
            return Ok(self.body.iter().copied().map(char::from).collect());
        }
        let text = std::str::from_utf8(&self.body);
        text.map(str::to_owned).map_err(|error| self.undecodable(error))
    }

    /// The content as JSON.
    ///
    /// # Errors
    /// [`ClientErrorKind::Decode`] when it is no JSON, or does not fit `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| self.undecodable(error))
    }

    fn undecodable(&self, error: impl std::error::Error + Send + Sync + 'static) -> ClientError {
        ClientError::new(ClientErrorKind::Decode)
            .with_url(&self.head.url)
            .with_source(error)
    }
}

impl FetchStream {
    /// The next piece of the content, `None` at its end.
    ///
    /// # Errors
    /// [`CutOff`](ClientErrorKind::CutOff), [`BodyTooLarge`](ClientErrorKind::BodyTooLarge),
    /// [`Timeout`](ClientErrorKind::Timeout), [`Decode`](ClientErrorKind::Decode), [`Io`](ClientErrorKind::Io).
    pub async fn read_chunk(&mut self) -> Result<Option<Bytes>, ClientError> {
        let piece = self.body.next_chunk().await.transpose();
        piece.map_err(|error| self.head.failed(error))
    }

    /// The body, to be given on as it is: to a response of one's own, say.
    pub fn into_body(self) -> Body {
        self.body
    }

    /// Reads the rest of the body into memory.
    ///
    /// # Errors
    /// As [`read_chunk`](Self::read_chunk).
    pub async fn collect(self) -> Result<FetchResponse, ClientError> {
        let Self { head, body } = self;
        // What is too large has been found by the body itself.
        let body = body.collect(u64::MAX).await;
        Ok(FetchResponse {
            body: body.map_err(|error| head.failed(error))?,
            head,
        })
    }
}

/// For crates that speak `http`'s types. Field names, values and the status are kept.
impl From<FetchResponse> for http::Response<Vec<u8>> {
    fn from(response: FetchResponse) -> Self {
        let FetchResponse { head, body } = response;
        let mut new = Self::new(body.into());
        *new.status_mut() = head.status;
        *new.version_mut() = head.version;
        *new.headers_mut() = head.headers;
        new
    }
}

/// Fields that the client itself answers for.
pub(super) const CONSUMED: HeaderName = HeaderName::from_static("x-consumed-content-encoding");
