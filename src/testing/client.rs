//! A client that calls the application directly.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use serde::Serialize;

use super::{ManualClock, TestHandshake, TestResponse, TestUpgrade};
use crate::application::Application;
use crate::body::Body;
use crate::carrier::{Abilities, Link, Mount, Peer};
use crate::request::Request;
use crate::response::Response;

/// Calls an application without sockets. It keeps cookies, and its clock is turned by hand.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::testing::TestClient;
///
/// let app = Application::new().post("/echo", async |cx| {
///     let body = cx.body().clone();
///     cx.write(body)
/// });
/// let client = TestClient::new(app);
/// let response = client.post("/echo").body("hi").send();
/// assert_eq!((response.status(), response.text()), (200, "hi"));
/// assert_eq!(client.get("/echo").send().header("allow"), Some("POST, OPTIONS"));
/// ```
pub struct TestClient {
    app: Application,
    clock: ManualClock,
    link: Link,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl TestClient {
    /// A client of `app`.
    ///
    /// # Panics
    /// When the application has bad patterns or names.
    pub fn new(app: Application) -> Self {
        #[expect(clippy::panic, reason = "a test of a broken application must fail")]
        if let Err(error) = app.check() {
            panic!("{error}");
        }
        let clock = ManualClock::new();
        let mut link = Link::new(Arc::new(clock.clone()));
        link.abilities = Abilities {
            upgrade: true,
            stream_in: true,
            stream_out: true,
            ..Abilities::default()
        };
        Self {
            app,
            clock,
            link,
            cookies: Mutex::default(),
        }
    }

    /// The clock that the application sees.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// Turns the clock on.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Sets what is known of the other end, for all requests.
    #[must_use]
    pub fn peer(mut self, peer: Peer) -> Self {
        self.link.peer = peer;
        self
    }

    /// Sets what the carrier can do, for all requests.
    #[must_use]
    pub fn abilities(mut self, abilities: Abilities) -> Self {
        self.link.abilities = abilities;
        self
    }

    /// Mounts the application, for all requests.
    #[must_use]
    pub fn mount(mut self, mount: &str) -> Self {
        self.link.mount = Mount(mount.to_owned());
        self
    }

    /// The value of a cookie that the application has set.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// A GET request.
    pub fn get(&self, target: &str) -> TestRequest<'_> {
        self.request("GET", target)
    }

    /// A HEAD request.
    pub fn head(&self, target: &str) -> TestRequest<'_> {
        self.request("HEAD", target)
    }

    /// A POST request.
    pub fn post(&self, target: &str) -> TestRequest<'_> {
        self.request("POST", target)
    }

    /// A PUT request.
    pub fn put(&self, target: &str) -> TestRequest<'_> {
        self.request("PUT", target)
    }

    /// A PATCH request.
    pub fn patch(&self, target: &str) -> TestRequest<'_> {
        self.request("PATCH", target)
    }

    /// A DELETE request.
    pub fn delete(&self, target: &str) -> TestRequest<'_> {
        self.request("DELETE", target)
    }

    /// An OPTIONS request.
    pub fn options(&self, target: &str) -> TestRequest<'_> {
        self.request("OPTIONS", target)
    }

    /// A WebSocket handshake.
    pub fn websocket(&self, target: &str) -> TestHandshake<'_> {
        TestHandshake::new(self.get(target), self.clock.clone())
    }

    /// A request with any method.
    pub fn request(&self, method: &str, target: &str) -> TestRequest<'_> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost"));
        TestRequest {
            client: self,
            method: method.to_owned(),
            target: target.to_owned(),
            version: Version::HTTP_11,
            headers,
            body: Body::empty(),
        }
    }

    fn keep_cookies(&self, response: &TestResponse) {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for field in response.headers().get_all(SET_COOKIE) {
            let text = String::from_utf8_lossy(field.as_bytes()).into_owned();
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A request in the making.
pub struct TestRequest<'a> {
    client: &'a TestClient,
    method: String,
    target: String,
    version: Version,
    headers: HeaderMap,
    body: Body,
}

impl TestRequest<'_> {
    /// Adds a field; `host` replaces the one that is there.
    ///
    /// # Panics
    /// When name or value may not stand in a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = or_panic(HeaderName::from_bytes(name.as_bytes()), "header name");
        let value = or_panic(HeaderValue::from_bytes(value.as_bytes()), "header value");
        if name == HOST {
            self.headers.insert(name, value);
        } else {
            self.headers.append(name, value);
        }
        self
    }

    /// Sets the body. Bytes are sent with their length, a stream without.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON.
    ///
    /// # Panics
    /// When the value cannot be written as JSON.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let json = or_panic(serde_json::to_vec(value), "JSON");
        self.body(json)
    }

    /// Sets the body to an urlencoded form.
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        self.body(pairs.join("&"))
    }

    /// Sends it and reads the whole response.
    ///
    /// # Panics
    /// When method or target are not valid, or the application hangs.
    pub fn send(self) -> TestResponse {
        let client = self.client;
        let mut response = self.start();
        response.read_all();
        client.keep_cookies(&response);
        response
    }

    /// Sends it and waits for the head alone: [`TestResponse::next_chunk`] reads on.
    ///
    /// # Panics
    /// When method or target are not valid, or the application hangs.
    pub fn start(self) -> TestResponse {
        let (client, request) = (self.client, self.build());
        let response = client.clock.block_on(client.app.respond(request));
        TestResponse::new(response, client.clock.clone())
    }

    /// Sends it and takes the connection over.
    ///
    /// # Panics
    /// When the application does not answer 101, or hangs.
    pub fn upgrade(self) -> TestUpgrade {
        self.switch().1
    }

    /// As [`TestRequest::upgrade`], with the head of the response.
    pub(super) fn switch(self) -> (Response, TestUpgrade) {
        let (client, request) = (self.client, self.build());
        let mut response = client.clock.block_on(client.app.respond(request));
        let upgrade = or_panic(response.take_upgrade().ok_or(response.status()), "upgrade");
        (response, TestUpgrade::new(upgrade, client.clock.clone()))
    }

    fn build(mut self) -> Request {
        let method = or_panic(Method::from_bytes(self.method.as_bytes()), "method");
        let uri = or_panic(self.target.parse(), "target");
        let jar = self.client.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if !jar.is_empty() && !self.headers.contains_key(COOKIE) {
            let pairs: Vec<_> = jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            self.headers
                .insert(COOKIE, or_panic(pairs.join("; ").try_into(), "cookie"));
        }
        drop(jar);
        if let Some(len) = self.body.len().filter(|len| *len > 0) {
            self.headers.insert(CONTENT_LENGTH, len.into());
        }
        let target = self.target.into_bytes().into();
        let link = Arc::new(self.client.link.clone());
        Request::new(
            method,
            uri,
            self.version,
            self.headers,
            self.body,
            Some(target),
            link,
        )
    }
}

/// Tests are written with literals: what is wrong with them is a failed test.
#[expect(clippy::panic, reason = "a test with a bad literal must fail")]
fn or_panic<T, E: std::fmt::Debug>(result: Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|error| panic!("bad {what} in a test: {error:?}"))
}
