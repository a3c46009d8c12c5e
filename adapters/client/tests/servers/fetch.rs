//! The client under test, and how a test calls it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_lite::future::block_on;
use waterspout::{
    AsyncHttpClient, BoxFuture, ClientError, ClientErrorKind, ClientLimits, FetchRequest, FetchResponse,
    FetchStream,
};
use waterspout_client::{Builder, HttpEngine, Resolve};

use crate::identity::root;

/// Names without a name server: `*.test` is this machine, other names have the addresses given, or none.
#[derive(Clone, Default)]
pub(crate) struct Names {
    known: HashMap<String, Vec<SocketAddr>>,
}

impl Names {
    /// `name` has these addresses, whatever port is asked for.
    pub(crate) fn with(mut self, name: &str, addresses: &[SocketAddr]) -> Self {
        self.known.insert(name.to_owned(), addresses.to_vec());
        self
    }
}

impl Resolve for Names {
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let found = match self.known.get(host) {
            Some(addresses) => Ok(addresses.clone()),
            None if matches!(host, "a.test" | "b.test") => Ok(vec![(Ipv4Addr::LOCALHOST, port).into()]),
            None => Err(io::Error::new(io::ErrorKind::NotFound, "no such name here")),
        };
        Box::pin(std::future::ready(found))
    }
}

/// An engine that trusts our authority alone and knows no proxy.
pub(crate) fn builder() -> Builder {
    HttpEngine::builder()
        .root_certificate(root())
        .native_roots(false)
        .proxy_from_env(false)
        .resolver(Names::default())
}

/// A client over this engine. What hangs ends in a timeout.
pub(crate) fn client_over(builder: Builder) -> AsyncHttpClient {
    let limits = ClientLimits {
        request: Duration::from_secs(15),
        ..ClientLimits::default()
    };
    AsyncHttpClient::new(builder.build().expect("an engine")).limits(limits)
}

pub(crate) fn client() -> AsyncHttpClient {
    client_over(builder())
}

/// Fetches, on an executor that is nothing but a parked thread.
pub(crate) fn fetch(
    client: &AsyncHttpClient,
    request: impl Into<FetchRequest>,
) -> Result<FetchResponse, ClientError> {
    block_on(client.fetch(request))
}

/// Fetches what must succeed: its text.
#[track_caller]
pub(crate) fn text(client: &AsyncHttpClient, request: impl Into<FetchRequest>) -> String {
    let response = fetch(client, request).expect("a response");
    response.text().expect("text")
}

/// Fetches what must fail: how.
#[track_caller]
pub(crate) fn failure(client: &AsyncHttpClient, request: impl Into<FetchRequest>) -> ClientError {
    fetch(client, request).expect_err("an error")
}

/// The kind of what must fail.
#[track_caller]
pub(crate) fn kind(client: &AsyncHttpClient, request: impl Into<FetchRequest>) -> ClientErrorKind {
    failure(client, request).kind()
}

pub(crate) fn stream(
    client: &AsyncHttpClient,
    request: impl Into<FetchRequest>,
) -> Result<FetchStream, ClientError> {
    block_on(client.stream(request))
}

/// Whether it is malformed, however.
pub(crate) fn is_malformed(kind: ClientErrorKind) -> bool {
    matches!(kind, ClientErrorKind::Malformed(_))
}

/// An error with all its causes, as a log would have it.
pub(crate) fn chain(error: &ClientError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!("; {error} {error:?}");
        cause = error.source();
    }
    text
}
