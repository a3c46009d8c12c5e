//! An application behind a server that speaks http-types: tide, or async-h1.

use std::fmt;
use std::sync::Arc;

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, UPGRADE};
use http::{Method, Version};

use super::{Part, Refused, for_server, request};
use crate::application::Application;
use crate::carrier::{Abilities, BoxFuture, Carrier, Link, Mount};
use crate::h1::{Port, decimal, is_host, list};
use crate::request::Request;
use crate::response::Response;

type Spawn = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

/// An application that a server of http-types calls. Cloning it is cheap.
///
/// The server gives no clock and no threads, so the [`Carrier`] comes from elsewhere. What the server is believed to
/// do: it streams both ways. Trailers of a response reach it, though async-h1 does not send them; a URL has lost its dot
/// segments before the application sees it.
///
/// ```
/// use std::sync::Arc;
/// use waterspout::compat::{Host, http_types};
/// use waterspout::prelude::*;
/// use waterspout::testing::ManualClock;
///
/// let app = Application::new().get("/", async |cx| cx.write("Hello"));
/// let host = Host::new(app, Arc::new(ManualClock::new()));
/// // async_h1::accept(stream, |request| async { Ok(host.respond(request).await) })
/// let request = http_types::Request::get("http://localhost/");
/// let mut response = futures_lite::future::block_on(host.respond(request));
/// assert_eq!(response.status(), 200);
/// # assert_eq!(futures_lite::future::block_on(response.body_string()).expect("text"), "Hello");
/// ```
#[derive(Clone)]
pub struct Host {
    app: Application,
    link: Link,
    spawn: Option<Spawn>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// `app` with this clock, these timers and these threads.
    pub fn new(app: Application, carrier: Arc<dyn Carrier>) -> Self {
        let mut link = Link::new(carrier);
        link.abilities = Abilities {
            stream_in: true,
            stream_out: true,
            ..Abilities::default()
        };
        Self {
            app,
            link,
            spawn: None,
        }
    }

    /// Says where the server has mounted the application, if it takes that prefix off the paths: empty, or a path that
    /// begins with `/` and does not end in one.
    #[must_use]
    pub fn mount(mut self, path: &str) -> Self {
        self.link.mount = Mount(path.to_owned());
        self
    }

    /// Carries upgrades: `spawn` starts a task that runs on when the response has been given. Without it the ability is
    /// not claimed, since nobody would run what comes after a 101.
    #[must_use]
    pub fn upgrades(mut self, spawn: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static) -> Self {
        self.spawn = Some(Arc::new(spawn));
        self
    }

    /// Answers a request. What cannot be carried is answered as well: a request with its [`Refused::status`], a response
    /// with 500 and a line in the log. Dropping the future, or the body of the response, cancels the handler.
    pub fn respond(
        &self,
        request: http_types::Request,
    ) -> impl Future<Output = http_types::Response> + Send + use<> {
        let this = self.clone();
        async move {
            let converted = this.incoming(request);
            let (method, upgrades, mut response) = match converted {
                Ok(request) => {
                    let (method, upgrades) = (request.method().clone(), asks_for_upgrade(&request));
                    (method, upgrades, this.app.respond(request).await)
                }
                Err(refused) => (Method::GET, false, plain(refused.status(), &refused.to_string())),
            };
            let upgrade = response.take_upgrade();
            if upgrade.is_some() && !upgrades {
                response = plain(400, "this request does not ask for an upgrade");
            }
            let mut sent = for_server(response, &method).unwrap_or_else(|refused| {
                tracing::error!(target: "waterspout", %refused, "the response cannot be carried");
                let mut failed = http_types::Response::new(http_types::StatusCode::InternalServerError);
                failed.set_body("500: Internal Server Error\n");
                failed
            });
            if let (Some(upgrade), Some(spawn), true) = (upgrade, &this.spawn, upgrades) {
                let receiver = sent.recv_upgrade().await;
                spawn(Box::pin(async move {
                    if let Some(connection) = receiver.await {
                        upgrade.run(Box::new(connection)).await;
                    }
                }));
            }
            sent
        }
    }

    /// The request, with what the contract asks of a carrier.
    fn incoming(&self, theirs: http_types::Request) -> Result<Request, Refused> {
        let mut link = self.link.clone();
        link.abilities.upgrade =
            self.spawn.is_some() && matches!(theirs.version(), None | Some(http_types::Version::Http1_1));
        let mut request = request(theirs, link)?;
        let invalid = || Refused::new(Part::Host, "no valid host");
        match request.headers().get(HOST) {
            Some(host) if !is_host(host.as_bytes(), Port::Optional) => return Err(invalid()),
            None if request.version() == Version::HTTP_11 => {
                // Whoever made the request without a wire has named the host in the URL alone.
                let host = request.host().map(HeaderValue::from_str);
                let host = host.transpose().map_err(|_| invalid())?.ok_or_else(invalid)?;
                request.headers_mut().insert(HOST, host);
            }
            _ => {}
        }
        check_length(&request)?;
        Ok(request)
    }
}

/// A length that is no number, or not that of the body: the server and whoever stands before it disagree.
fn check_length(request: &Request) -> Result<(), Refused> {
    let known = request.body().len();
    let mut lengths = request.headers().get_all(CONTENT_LENGTH).iter();
    let agree = match (
        lengths.next().map(|value| decimal(value.as_bytes())),
        lengths.next(),
    ) {
        (None, _) => true,
        (Some(declared), None) => declared.is_some() && (known.is_none() || known == declared),
        (Some(_), Some(_)) => false,
    };
    if agree {
        Ok(())
    } else {
        Err(Refused::new(
            Part::Length,
            "Content-Length is not that of the body",
        ))
    }
}

/// RFC 9110 section 7.8.
fn asks_for_upgrade(request: &Request) -> bool {
    let connection = request.headers().get_all(CONNECTION);
    let mut members = connection.iter().map(HeaderValue::as_bytes).flat_map(list);
    request.headers().contains_key(UPGRADE) && members.any(|member| member.eq_ignore_ascii_case(b"upgrade"))
}

fn plain(status: u16, text: &str) -> Response {
    Response::text(format!("{status}: {text}\n")).with_status(status)
}
