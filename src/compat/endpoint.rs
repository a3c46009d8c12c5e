//! An endpoint of http-types, a tide application say, as a handler.

use std::error::Error as StdError;

use http::Uri;
use http::uri::PathAndQuery;

use super::{Refused, request};
use crate::body::BodyError;
use crate::carrier::Mount;
use crate::error::{Error, Result};
use crate::handler::{Context, RequestHandler};
use crate::response::Response;

/// An endpoint that speaks http-types, mounted in an application: it answers every method below its route.
///
/// Bodies stream both ways, upgrades are carried, and when the client has gone the endpoint's future is dropped. A
/// request that http-types cannot hold is refused before the endpoint sees it (501 for a method, else 400); a response
/// that cannot be carried is a 500. An error keeps its status; one without a status of its own (500) that was caused by
/// the request's body has the body's (413, 408, 400).
///
/// The endpoint sees the whole path, or with [`Endpoint::nest`] what is below a prefix, as tide's and axum's `nest` do.
/// In the request's extensions stand [`Peer`](crate::Peer), [`Mount`] and [`RawTarget`](crate::RawTarget), the target
/// as it was received.
///
/// ```
/// use waterspout::Application;
/// use waterspout::compat::{Endpoint, http_types};
///
/// async fn legacy(request: http_types::Request) -> http_types::Result<http_types::Response> {
///     let mut response = http_types::Response::new(200);
///     response.set_body(format!("{} {}", request.method(), request.url().path()));
///     Ok(response)
/// }
///
/// let app = Application::new().route("/legacy/{*rest}", Endpoint::new(legacy).nest("/legacy"));
/// # let client = waterspout::testing::TestClient::new(app);
/// # assert_eq!(client.get("/legacy/a/b").send().text(), "GET /a/b");
/// ```
pub struct Endpoint<F> {
    function: F,
    prefix: String,
    max_body: Option<u64>,
}

impl<F, Fut> Endpoint<F>
where
    F: Fn(http_types::Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = http_types::Result<http_types::Response>> + Send + 'static,
{
    /// An endpoint that is a function. One with a value of its own is a closure that clones it for each request:
    ///
    /// ```
    /// # #[derive(Clone)] struct Tide;
    /// # impl Tide {
    /// #     async fn respond(&self, _: http_types::Request) -> http_types::Result<http_types::Response> {
    /// #         Ok(http_types::Response::new(204))
    /// #     }
    /// # }
    /// # use waterspout::compat::{Endpoint, http_types};
    /// # let tide = Tide;
    /// let endpoint = Endpoint::new(move |request| {
    ///     let tide = tide.clone();
    ///     async move { tide.respond(request).await }
    /// });
    /// ```
    pub fn new(function: F) -> Self {
        Self {
            function,
            prefix: String::new(),
            max_body: None,
        }
    }

    /// Takes this prefix off the path that the endpoint sees, and adds it to its [`Mount`]. It begins with `/` and does
    /// not end in one. A path that is not below it is answered 404.
    #[must_use]
    pub fn nest(mut self, prefix: &str) -> Self {
        prefix.trim_end_matches('/').clone_into(&mut self.prefix);
        self
    }

    /// How many bytes of a request's body the endpoint may read, in place of
    /// [`Limits::body`](crate::Limits::body).
    #[must_use]
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// What the endpoint sees of the target, and where it is mounted.
    fn below(&self, cx: &Context) -> Result<(Uri, Mount)> {
        let uri = cx.request().uri();
        let outer = cx.request().mount();
        if self.prefix.is_empty() {
            return Ok((uri.clone(), Mount(outer.to_owned())));
        }
        let rest = uri.path().strip_prefix(&self.prefix);
        let path = match rest {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => return Err(Error::new(404)),
        };
        let path = match uri.query() {
            Some(query) => PathAndQuery::try_from(format!("{path}?{query}"))?,
            None => PathAndQuery::try_from(path)?,
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(path);
        Ok((Uri::from_parts(parts)?, Mount(format!("{outer}{}", self.prefix))))
    }
}

impl<F, Fut> RequestHandler for Endpoint<F>
where
    F: Fn(http_types::Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = http_types::Result<http_types::Response>> + Send + 'static,
{
    async fn other(&self, cx: &mut Context) -> Result {
        let (uri, mount) = self.below(cx)?;
        if let Some(bytes) = self.max_body {
            cx.set_max_body_size(bytes);
        }
        let body = cx.take_body()?;
        let request = request::outgoing(cx.request(), &uri, mount, body).map_err(refused)?;
        let response = (self.function)(request).await.map_err(failed)?;
        cx.send_response(Response::try_from(response)?)
    }

    fn stream_request_body(&self) -> bool {
        true
    }
}

/// A request that http-types has no place for.
fn refused(refused: Refused) -> Error {
    Error::new(refused.status())
        .message(refused.to_string())
        .source(refused)
}

/// The endpoint's failure.
fn failed(error: http_types::Error) -> Error {
    let mut status = u16::from(error.status());
    if status == 500 {
        let body = error.as_ref() as &(dyn StdError + Send + Sync);
        status = of_body(body).unwrap_or(status);
    }
    // Its text stays inside, as in tide.
    Error::new(status).source(Box::<dyn StdError + Send + Sync>::from(error))
}

/// The status of a request body that has failed, where an error was caused by one.
fn of_body(error: &(dyn StdError + 'static)) -> Option<u16> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let found = error
            .downcast_ref::<BodyError>()
            .or_else(|| inner.and_then(|inner| inner.downcast_ref()));
        if let Some(body) = found {
            return Some(body.status());
        }
        next = error.source();
    }
    None
}
