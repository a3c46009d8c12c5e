//! **waterspout**: Tornado's programming model as a component that any server can carry.
//!
//! An application is written once, against a core that knows no sockets, no runtime and no clock; the last line of
//! `main` chooses what carries it. This crate is that core. `waterspout-tcp` carries it over TCP.
//!
//! ```
//! use waterspout::prelude::*;
//!
//! struct Main;
//! impl RequestHandler for Main {
//!     async fn get(&self, cx: &mut Context) -> Result {
//!         cx.write("Hello, world")
//!     }
//! }
//!
//! let app = Application::new().route("/", Main);
//! // fn main() -> waterspout::Result { waterspout_tcp::run(app, "127.0.0.1:8888") }
//! let client = waterspout::testing::TestClient::new(app);
//! assert_eq!(client.get("/").send().text(), "Hello, world");
//! ```
//!
//! # The life of a request
//!
//! 1. A carrier reads a head ([`h1`] is the engine of those that speak HTTP/1.1), makes a [`Request`] of it, puts in what
//!    it knows ([`Link`]: peer, mount, abilities, its own clock), and calls [`Application::respond`].
//! 2. The host is checked ([`Settings::allowed_hosts`]). The [`Middleware`] chain runs, outermost first.
//! 3. The path is checked for dot segments, the route is found ([`routing`]), its arguments are decoded.
//! 4. The handler lives: origin → body → XSRF token → `prepare` → verb → `on_finish` ([`RequestHandler`]). Its errors and panics become error
//!    pages. Until it flushes, nothing has left.
//! 5. At its first [`Context::flush`] the response goes up the chain with the running handler as its [`Body`]: polling
//!    the body drives the handler, dropping it cancels.
//! 6. The carrier sends the head, pulls the body, and keeps the connection or closes it.
//!
//! # Features
//! None is on by default. `brotli` and `zstd`: those codings for [`Compression`], the second by a C library. `http-types`: conversions
//! to and from the types of tide, surf and async-h1, in `compat`. `async-tungstenite`: a second engine for WebSockets,
//! [`websocket::Engine`].
//!
//! docs/SPEC.md says what a carrier and an application owe each other; [`testing::Lint`] checks it.

mod application;
mod body;
mod carrier;
mod client;
#[cfg(feature = "http-types")]
pub mod compat;
mod compress;
mod conditional;
pub mod cookies;
mod cors;
mod endpoint;
mod error;
mod etag;
mod extensions;
pub mod h1;
mod handler;
mod hosts;
mod limits;
mod middleware;
pub mod multipart;
mod origin;
mod panics;
mod random;
mod rate_limit;
mod redirect;
mod request;
mod request_id;
mod respond;
mod response;
pub mod routing;
mod security;
pub mod session;
pub mod static_files;
pub mod template;
pub mod testing;
mod upgrade;
mod users;
mod vary;
pub mod websocket;
mod xsrf;

pub use application::{Application, Settings};
pub use body::{Body, BodyError, BodySender, FileBody, Frame, HttpBody, SizeHint, Trailers};
pub use carrier::{
    Abilities, BoxFuture, Carrier, Endpoint, Link, Mount, Peer, RawTarget, Scheme, Tls, unblock,
};
pub use client::{
    AsyncHttpClient, ClientError, ClientErrorKind, Engine, FetchRequest, FetchResponse, FetchStream,
    Incoming, Outgoing, RequestClient, Url,
};
pub use compress::Compression;
pub use cors::Cors;
pub use error::{Error, Result, Status};
pub use extensions::Extensions;
pub use handler::{Arguments, Context, Finisher, HandlerFn, HandlerFnWith, RequestHandler};
pub use limits::{ClientLimits, Limits};
pub use middleware::{Middleware, MiddlewareFn, Next};
pub use multipart::{HttpFile, Multipart, Part};
pub use rate_limit::RateLimit;
pub use redirect::RedirectHandler;
pub use request::Request;
pub use response::Response;
pub use security::{Hsts, Security};
pub use upgrade::{BoxDuplex, Duplex, Upgrade};
pub use users::{Authenticated, UserFn, authenticated};

pub use askama;
pub use bytes::Bytes;
pub use http;

/// What an application file needs: `use waterspout::prelude::*;`.
pub mod prelude {
    pub use crate::template::Names as _;
    pub use crate::websocket::{Message, WebSocket, WebSocketHandler};
    pub use crate::{
        Application, AsyncHttpClient, Body, Bytes, Context, Error, FetchRequest, Middleware, Next, Request,
        RequestHandler, Response, Result, Settings, Status,
    };
    pub use askama::Template;
    pub use http::{HeaderName, HeaderValue, Method, StatusCode};
}

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
