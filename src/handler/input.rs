//! What comes in: arguments, body, JSON, cookies.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::Context;
use super::arguments::Arguments;
use crate::body::{Body, BodyError};
use crate::cookies::{self, Cookies};
use crate::error::{Error, Result, Status};

impl Context {
    /// Refuses what no handler should see: too many query fields.
    pub(super) fn check_target(&self) -> Result {
        let fields = self.request.query().map_or(0, Arguments::count);
        self.check_fields(fields, "query")
    }

    fn check_fields(&self, fields: usize, what: &str) -> Result {
        if fields > self.settings().limits.form_fields {
            return Err(Error::new(400).message(format!("too many {what} fields")));
        }
        Ok(())
    }

    pub(super) async fn buffer_body(&mut self) -> Result {
        self.body_buffered = true;
        if self.is_multipart() {
            return self.read_form().await;
        }
        if self.is_form() {
            self.check_coding()?;
        }
        let body = std::mem::take(&mut self.incoming);
        self.body = body.collect(self.max_body_size).await?;
        self.body_read = self.body.len() as u64;
        if self.is_form() {
            let fields = memchr::memchr_iter(b'&', &self.body).count() + 1;
            self.check_fields(fields, "form")?;
        }
        Ok(())
    }

    /// The whole body; empty when the handler streams it ([`Context::read_chunk`]), and when it was a multipart form
    /// ([`Context::body_arguments`], [`Context::files`]).
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The next piece of the body, `None` at its end: for handlers that say
    /// [`stream_request_body`](crate::RequestHandler::stream_request_body). The next piece is not read from the network
    /// before this is called again.
    ///
    /// # Errors
    /// 413 over the limit, 408 too slow, 400 malformed or cut off; after an error always an error.
    pub async fn read_chunk(&mut self) -> Result<Option<Bytes>> {
        if self.body_failed {
            // Whoever has passed over the error must not take the rest for a clean end.
            Err(BodyError::cut_off())?;
        }
        let chunk = self.next_piece().await;
        self.body_failed = chunk.is_err();
        chunk
    }

    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        if self.body_read == 0 && self.incoming.len().is_some_and(|len| len > self.max_body_size) {
            Err(BodyError::too_large())?;
        }
        let Some(chunk) = self.next_in_time().await else {
            return Ok(None);
        };
        let chunk = chunk?;
        self.body_read += chunk.len() as u64;
        if self.body_read > self.max_body_size {
            Err(BodyError::too_large())?;
        }
        Ok(Some(chunk))
    }

    async fn next_in_time(&mut self) -> Option<Result<Bytes, BodyError>> {
        let Self {
            incoming, body_timer, ..
        } = self;
        let mut chunk = pin!(incoming.next_chunk());
        // The body first: what has come in time is not refused because nobody asked for it sooner.
        poll_fn(|cx| match (chunk.as_mut().poll(cx), &mut *body_timer) {
            (Poll::Pending, Some(timer)) => {
                ready!(timer.as_mut().poll(cx));
                *body_timer = None;
                Poll::Ready(Some(Err(BodyError::too_slow())))
            }
            (polled, _) => polled,
        })
        .await
    }

    /// The body, to hand it on as it comes: for handlers that say
    /// [`stream_request_body`](crate::RequestHandler::stream_request_body). It is held to the same limit as
    /// [`Context::read_chunk`]. Where the handler does not stream it is the whole body.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new().streaming("/echo", async |cx| {
    ///     let body = cx.take_body()?;
    ///     cx.send(body)
    /// });
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.post("/echo").body("hi").send().text(), "hi");
    /// ```
    ///
    /// # Errors
    /// 413 where its declared length is over the limit.
    pub fn take_body(&mut self) -> Result<Body> {
        if !self.body.is_empty() {
            return Ok(self.body.clone().into());
        }
        let limit = self.max_body_size.saturating_sub(self.body_read);
        let mut body = std::mem::take(&mut self.incoming);
        if let Some(timer) = self.body_timer.take() {
            body = body.timed(timer);
        }
        match body.len() {
            Some(len) if len > limit => Err(BodyError::too_large())?,
            Some(_) => Ok(body),
            None => Ok(body.limited(limit)),
        }
    }

    /// Sets how many bytes [`Context::read_chunk`] gives at most for this request.
    pub fn set_max_body_size(&mut self, bytes: u64) {
        self.max_body_size = bytes;
        if let Some(limit) = &self.coded_limit {
            limit.store(bytes, Ordering::Relaxed);
        }
    }

    /// Sets how long the rest of the body may take from now on, for this request: for handlers that say
    /// [`stream_request_body`](crate::RequestHandler::stream_request_body). After it the body ends in an error, which
    /// answers 408 unless the handler has another answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new().streaming("/upload", async |cx| {
    ///     cx.set_body_timeout(Duration::from_secs(60))?;
    ///     while let Some(_chunk) = cx.read_chunk().await? {}
    ///     cx.write("done")
    /// });
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.post("/upload").body("hi").send().text(), "done");
    /// ```
    ///
    /// # Errors
    /// 500 when the adapter gave no carrier.
    pub fn set_body_timeout(&mut self, timeout: Duration) -> Result {
        self.body_timer = Some(self.carrier()?.sleep(timeout));
        Ok(())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415 when the request says that it is something else, 400 when it is no JSON, 422 when it does not fit `T`; the
    /// text says where.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let kind = self.content_type();
        let subtype = kind.split_once('/').map_or("", |(_, subtype)| subtype);
        if !kind.is_empty() && subtype != "json" && !subtype.ends_with("+json") {
            return Err(Error::new(415).message("the body is not declared as JSON"));
        }
        self.check_coding()?;
        serde_json::from_slice(&self.body).map_err(|error| {
            let status = if error.classify() == Category::Data {
                422
            } else {
                400
            };
            Error::new(status).message(format!("JSON: {error}")).source(error)
        })
    }

    /// The media type of the body in lower case, without parameters; empty when the request does not say.
    pub fn content_type(&self) -> Cow<'_, str> {
        let value = self
            .request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let kind = value
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if kind.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(kind.to_ascii_lowercase())
        } else {
            Cow::Borrowed(kind)
        }
    }

    pub(super) fn is_form(&self) -> bool {
        self.content_type() == "application/x-www-form-urlencoded"
    }

    /// The arguments of the query.
    pub fn query_arguments(&self) -> &Arguments {
        self.query
            .get_or_init(|| Arguments::parse(self.request.query().unwrap_or_default().as_bytes()))
    }

    /// The arguments of an urlencoded body, or of a multipart form, which are its fields without the files.
    pub fn body_arguments(&self) -> &Arguments {
        self.form.get_or_init(|| {
            if self.is_form() {
                Arguments::parse(&self.body)
            } else {
                Arguments::default()
            }
        })
    }

    /// The argument `name` of the body, else of the query; the last one where it is repeated. Control characters become
    /// spaces and blanks around are removed, as in Tornado.
    ///
    /// # Errors
    /// 400 when it is missing, or not UTF-8.
    pub fn get_argument(&self, name: &str) -> Result<String> {
        self.argument_opt(name)?.ok_or_else(|| missing(name))
    }

    /// As [`Context::get_argument`], with a value for when it is missing.
    ///
    /// # Errors
    /// 400 when it is not UTF-8.
    pub fn get_argument_or(&self, name: &str, default: &str) -> Result<String> {
        Ok(self.argument_opt(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// All arguments `name`: those of the query, then those of the body.
    ///
    /// # Errors
    /// 400 when one is not UTF-8.
    pub fn get_arguments(&self, name: &str) -> Result<Vec<String>> {
        let mut values = self.query_arguments().all(name)?;
        values.append(&mut self.body_arguments().all(name)?);
        Ok(values)
    }

    /// The argument `name`, parsed: `let page: u32 = cx.argument("page")?`.
    ///
    /// # Errors
    /// 400 when it is missing or does not parse.
    pub fn argument<T: std::str::FromStr>(&self, name: &str) -> Result<T> {
        self.get_argument(name)?
            .parse()
            .ok()
            .status(400)
            .map_err(|error| error.message(format!("bad argument {name}")))
    }

    /// True when the query or the body has the argument.
    pub fn has_argument(&self, name: &str) -> bool {
        self.query_arguments().contains(name) || self.body_arguments().contains(name)
    }

    /// The argument `name` of the query.
    ///
    /// # Errors
    /// 400 when it is missing, or not UTF-8.
    pub fn get_query_argument(&self, name: &str) -> Result<String> {
        self.query_arguments().last(name)?.ok_or_else(|| missing(name))
    }

    /// The argument `name` of a form: of an urlencoded body, or a field of a multipart form.
    ///
    /// # Errors
    /// 400 when it is missing, or not UTF-8.
    pub fn get_body_argument(&self, name: &str) -> Result<String> {
        self.body_arguments().last(name)?.ok_or_else(|| missing(name))
    }

    fn argument_opt(&self, name: &str) -> Result<Option<String>> {
        let body = self.body_arguments().last(name)?;
        if body.is_some() {
            Ok(body)
        } else {
            self.query_arguments().last(name)
        }
    }

    /// The path argument `name`, percent-decoded (`+` stays). A group that took no part in the match is empty.
    ///
    /// # Errors
    /// 500 when the route has no such argument.
    pub fn path_arg(&self, name: &str) -> Result<&str> {
        let missing = || Error::new(500).message(format!("the route has no path argument {name:?}"));
        self.path
            .named(&self.request, &self.app, name)
            .ok_or_else(missing)
    }

    /// The path arguments in order, percent-decoded.
    pub fn path_args(&self) -> Vec<&str> {
        self.path.iter(&self.request).collect()
    }

    /// The last path argument as it was received, percent-encoded.
    pub(crate) fn raw_tail(&self) -> Option<&str> {
        self.path.last_raw(&self.request)
    }

    /// The path arguments as one value, a tuple in order, or a struct by names.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn post(cx: &mut Context) -> Result {
    ///     let (year, slug): (u16, String) = cx.path()?;
    ///     cx.write(format!("{slug} of {year}"))
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().get("/{year}/{slug}", post));
    /// # assert_eq!(client.get("/2026/spring").send().text(), "spring of 2026");
    /// # assert_eq!(client.get("/x/spring").send().status(), 404);
    /// ```
    ///
    /// # Errors
    /// 404 when an argument does not parse as its type: there is no such page.
    pub fn path<T: DeserializeOwned>(&self) -> Result<T> {
        self.path.deserialize(&self.request, &self.app)
    }

    /// The request field `name`, where it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// The cookies that the client sent.
    pub fn cookies(&self) -> Cookies {
        cookies::parse(
            self.request
                .headers()
                .get_all(COOKIE)
                .iter()
                .map(HeaderValue::as_bytes),
        )
    }

    /// The value of the cookie `name`; the last one where it is repeated.
    pub fn get_cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).map(ToOwned::to_owned)
    }
}

fn missing(name: &str) -> Error {
    Error::new(400).message(format!("missing argument {name}"))
}
