//! An engine of the HTTP client without sockets: other servers, played by applications.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Version};

use super::ManualClock;
use super::duplex::ClientSide;
use crate::application::Application;
use crate::carrier::{Abilities, BoxFuture, Carrier, Link, Peer, Scheme};
use crate::client::{ClientError, ClientErrorKind, Engine, Incoming, Outgoing};
use crate::request::Request;
use crate::upgrade::BoxDuplex;

/// Lets the handlers' client reach applications by their host's name, and nothing else: a host that is not known has no
/// address ([`ClientErrorKind::Dns`]).
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::testing::{TestClient, TestEngine};
///
/// let api = Application::new().get("/answer", async |cx| cx.write("42"));
/// let app = Application::new()
///     .get("/", async |cx| {
///         let response = cx.client().fetch("https://api.example.com/answer").await?;
///         cx.write(response.text()?)
///     })
///     .client(TestEngine::new().host("api.example.com", api));
/// assert_eq!(TestClient::new(app).get("/").send().text(), "42");
/// ```
#[derive(Clone)]
pub struct TestEngine {
    hosts: HashMap<String, Application>,
    clock: ManualClock,
}

impl TestEngine {
    /// An engine that reaches nobody.
    pub fn new() -> Self {
        Self {
            hosts: HashMap::new(),
            clock: ManualClock::new(),
        }
    }

    /// Lets `app` be the server of `host`: `example.com`, or with a port that is not the scheme's own,
    /// `example.com:8080`.
    #[must_use]
    pub fn host(mut self, host: &str, app: Application) -> Self {
        self.hosts.insert(host.to_owned(), app);
        self
    }

    /// Lets deadlines run by this clock.
    #[must_use]
    pub fn clock(mut self, clock: &ManualClock) -> Self {
        self.clock = clock.clone();
        self
    }
}

impl Default for TestEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine for TestEngine {
    fn send(&self, outgoing: Outgoing) -> BoxFuture<'static, Result<Incoming, ClientError>> {
        let host = outgoing.url.host_str().unwrap_or_default();
        let name = outgoing
            .url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let Some(app) = self.hosts.get(&name).cloned() else {
            return Box::pin(std::future::ready(Err(ClientError::new(ClientErrorKind::Dns))));
        };
        let mut link = Link::new(Arc::new(self.clock.clone()));
        link.peer = Peer {
            scheme: if outgoing.url.scheme() == "https" {
                Scheme::Https
            } else {
                Scheme::Http
            },
            ..Peer::default()
        };
        link.abilities = Abilities {
            upgrade: true,
            stream_in: true,
            stream_out: true,
            ..Abilities::default()
        };
        let target = &outgoing.url[url::Position::BeforePath..url::Position::AfterQuery];
        let Ok(uri) = target.parse() else {
            let invalid = ClientErrorKind::InvalidRequest("the path is not one of HTTP");
            return Box::pin(std::future::ready(Err(ClientError::new(invalid))));
        };
        let mut headers = outgoing.headers;
        if let Some(len) = outgoing.body.len().filter(|len| *len > 0) {
            headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(len));
        }
        let target = Some(target.to_owned().into());
        let version = Version::HTTP_11;
        let request = Request::new(
            outgoing.method,
            uri,
            version,
            headers,
            outgoing.body,
            target,
            Arc::new(link),
        );
        Box::pin(async move {
            let mut response = app.respond(request).await;
            let upgrade = response.take_upgrade();
            let mut incoming = Incoming::new(response.status(), response.take_body());
            incoming.reason = response.reason().unwrap_or_default().to_owned().into();
            incoming.headers = std::mem::take(response.headers_mut());
            if upgrade.is_some() {
                // As every carrier that writes a 101 does.
                let connection = HeaderValue::from_static("upgrade");
                incoming.headers.insert(http::header::CONNECTION, connection);
            }
            incoming.upgraded = upgrade.map(|upgrade| Box::new(ClientSide::new(upgrade)) as BoxDuplex);
            Ok(incoming)
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}
