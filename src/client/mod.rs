//! Tornado's `AsyncHTTPClient`: fetching from other servers, over any engine.
//!
//! What every fetch needs whatever carries it stands here: deadlines, redirects, limits, decompression, errors. What
//! opens connections is an [`Engine`]: `waterspout-client` by default (an adapter's feature `client`), any other by
//! [`Application::client`](crate::Application::client).

mod call;
mod decode;
mod engine;
mod error;
mod fetch;
mod redirect;
mod request;
mod response;
mod websocket;

pub use engine::{Engine, Incoming, Outgoing};
pub use error::{ClientError, ClientErrorKind};
pub use fetch::{AsyncHttpClient, RequestClient};
pub use request::FetchRequest;
pub use response::{FetchResponse, FetchStream};
pub use url::Url;

#[cfg(test)]
mod tests;
