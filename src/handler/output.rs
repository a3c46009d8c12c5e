//! What goes out: status, header fields, pieces of the body, errors.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::Context;
use super::exchange::{Done, HandlerBody};
use super::page;
use crate::body::{Body, BodyError};
use crate::cookies::{self, SetCookie};
use crate::error::{Error, Result};
use crate::response::{Reason, Response};
use crate::template::HTML;
use crate::upgrade::Upgrade;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");

impl Context {
    /// Sets the status. A number that is no status, or is a 1xx, becomes 500.
    pub fn set_status(&mut self, status: u16) {
        let valid = StatusCode::from_u16(status)
            .ok()
            .filter(|status| !status.is_informational());
        self.status = valid.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.reason = None;
    }

    /// Sets status and reason phrase. One that RFC 9112 section 4 does not allow is sent as `Unknown`
    /// (CVE-2025-67724).
    pub fn set_status_reason(&mut self, status: u16, reason: &str) {
        self.set_status(status);
        self.reason = Reason::parse(reason).or_else(|| Reason::parse("Unknown"));
    }

    /// The status so far.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Sets a response field, in place of those of the same name.
    ///
    /// # Errors
    /// 500 when name or value may not stand in a header (RFC 9110 section 5), or when the head has been sent.
    pub fn set_header<N, V>(&mut self, name: N, value: V) -> Result
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let (name, value) = self.field(name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a response field beside those of the same name.
    ///
    /// # Errors
    /// As [`Context::set_header`].
    pub fn add_header<N, V>(&mut self, name: N, value: V) -> Result
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let (name, value) = self.field(name, value)?;
        self.headers.append(name, value);
        Ok(())
    }

    /// Removes the response fields of this name.
    pub fn clear_header(&mut self, name: &str) {
        self.headers.remove(name);
    }

    /// The response fields so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn field<N, V>(&self, name: N, value: V) -> Result<(HeaderName, HeaderValue)>
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        if self.progress.flushed {
            return Err(Error::new(500).message("the head has been sent already"));
        }
        let illegal = |what| Error::new(500).message(format!("illegal header {what}"));
        let name = name.try_into().map_err(|_| illegal("name"))?;
        Ok((name, value.try_into().map_err(|_| illegal("value"))?))
    }

    /// Adds a trailer field, sent after the last chunk where the protocol has trailers (RFC 9110 section 6.5). They belong
    /// to what is written; a body given to [`Context::send`] brings its own.
    ///
    /// # Errors
    /// 500 when name or value may not stand in a header.
    pub fn add_trailer<N, V>(&mut self, name: N, value: V) -> Result
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let illegal = |what| Error::new(500).message(format!("illegal trailer {what}"));
        let name = name.try_into().map_err(|_| illegal("name"))?;
        let value = value.try_into().map_err(|_| illegal("value"))?;
        self.trailers.get_or_insert_default().append(name, value);
        Ok(())
    }

    /// Sets a cookie, in place of one of the same name that this response would have set, as in Tornado. One more of that
    /// name, for another path or domain, goes by [`Context::add_header`].
    ///
    /// # Errors
    /// 500 when name, value or an attribute may not stand in `Set-Cookie` (RFC 6265bis section 4.1).
    pub fn set_cookie(&mut self, cookie: &SetCookie) -> Result {
        let (_, field) = self.field(SET_COOKIE, cookie.encode()?)?;
        cookies::put(&mut self.headers, field);
        Ok(())
    }

    /// Removes a cookie that was set with path `/` and no domain.
    ///
    /// # Errors
    /// 500 when the name may not stand in `Set-Cookie`.
    pub fn clear_cookie(&mut self, name: &str) -> Result {
        self.set_cookie(&SetCookie::removal(name))
    }

    /// Writes a piece of the body. It is sent at the next [`Context::flush`], or when the handler is done.
    ///
    /// # Errors
    /// 500 after [`Context::finish`].
    pub fn write(&mut self, chunk: impl AsRef<[u8]>) -> Result {
        self.check_open()?;
        let chunk = chunk.as_ref();
        if self.out.is_empty() {
            // Most responses are one write: exactly as much memory then becomes the body as it is.
            self.out = chunk.to_vec();
        } else {
            self.out.extend_from_slice(chunk);
        }
        Ok(())
    }

    /// Writes a value as JSON; sets the content type unless one is set. `</` is written as `<\/`, so that the text can
    /// stand in a script element.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON, and after [`Context::finish`].
    pub fn write_json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.check_open()?;
        let mut json = to_json(value)?;
        if !self.headers.contains_key(CONTENT_TYPE) {
            self.headers.insert(CONTENT_TYPE, JSON);
        }
        if self.out.is_empty() {
            self.out = json;
        } else {
            self.out.append(&mut json);
        }
        Ok(())
    }

    /// Sends what has been written, the head before it. Waits until the carrier has taken it: that is the flow control.
    ///
    /// # Errors
    /// 500 after [`Context::finish`], and when the session cannot be saved.
    pub async fn flush(&mut self) -> Result {
        self.check_open()?;
        if !self.progress.flushed && self.has_session() {
            Box::pin(self.save_session()).await?;
        }
        let exchange = self.exchange().clone();
        std::future::poll_fn(|cx| exchange.poll_free(cx)).await;
        let head = (!self.progress.flushed).then(|| Box::new(self.take_head(true)));
        self.progress.flushed = true;
        exchange.put(head, std::mem::take(&mut self.out).into());
        std::future::poll_fn(|cx| exchange.poll_free(cx)).await;
        Ok(())
    }

    /// Says that the response is complete. In [`prepare`](crate::RequestHandler::prepare) it keeps the verb from being
    /// called; a handler that returns is finished anyway.
    ///
    /// # Errors
    /// 500 when the response was complete already.
    pub fn finish(&mut self) -> Result {
        self.check_open()?;
        self.progress.finished = true;
        Ok(())
    }

    /// Redirects: 302, and finishes the response.
    ///
    /// # Errors
    /// 500 when the URL may not stand in a header, or the head has been sent.
    pub fn redirect(&mut self, url: &str) -> Result {
        self.redirect_with(302, url)
    }

    /// Redirects with another status: 301, 303, 307 or 308.
    ///
    /// # Errors
    /// 500 when the status is another one, the URL may not stand in a header, or the head has been sent.
    pub fn redirect_with(&mut self, status: u16, url: &str) -> Result {
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Err(Error::new(500).message(format!("{status} is no redirect")));
        }
        self.check_open()?;
        self.set_header(LOCATION, url)?;
        self.set_status(status);
        self.finish()
    }

    /// Answers with a body of any kind, a stream or a file say, and finishes the response.
    ///
    /// # Errors
    /// 500 when something was written or flushed before.
    pub fn send(&mut self, body: impl Into<Body>) -> Result {
        if self.progress.flushed || !self.out.is_empty() {
            return Err(Error::new(500).message("send() after write()"));
        }
        self.finish()?;
        self.whole = Some(body.into());
        Ok(())
    }

    /// Answers with a whole response, of another application say (Tornado's `FallbackHandler`), and finishes. Its fields
    /// stand beside those that were set before, in place of those of the same name; no content type is added to them.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn page(cx: &mut Context) -> Result {
    ///     cx.send_response(Response::text("elsewhere").with_status(203))
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().get("/", page));
    /// # assert_eq!((client.get("/").send().status(), client.get("/").send().text()), (203, "elsewhere"));
    /// ```
    ///
    /// # Errors
    /// 501 for an upgrade where the carrier cannot, 500 when something was written or flushed before.
    pub fn send_response(&mut self, mut response: Response) -> Result {
        let upgrade = response.take_upgrade();
        if upgrade.is_some() {
            self.check_upgrade()?;
        }
        self.send(response.take_body())?;
        self.upgrade = upgrade;
        self.status = response.status();
        self.reason = response.take_reason();
        self.headers.extend(std::mem::take(response.headers_mut()));
        self.progress.whole = true;
        Ok(())
    }

    /// Answers with a file, which goes to the carrier as a file. The caller has decided that this path may be sent.
    ///
    /// Its type is told by its extension, unless a `Content-Type` was set. A 200 to GET and HEAD also has validators (those
    /// that were set, else the file's), and with them conditions (304, 412), ranges (206, 416) and `If-Range`.
    ///
    /// # Errors
    /// 404 when it is not there or no regular file, 412 when a condition of the request fails; 500 when something was
    /// written before.
    pub async fn send_file(&mut self, path: impl Into<std::path::PathBuf>) -> Result {
        crate::static_files::send_file(self, path.into()).await
    }

    /// Answers 101 and hands the connection to `upgrade`.
    ///
    /// # Errors
    /// 501 where the carrier cannot upgrade, 500 when something was written before.
    pub fn upgrade(&mut self, protocol: HeaderValue, upgrade: Upgrade) -> Result {
        self.check_upgrade()?;
        let mut response = Response::upgrade(protocol, upgrade);
        self.send(Body::empty())?;
        self.upgrade = response.take_upgrade();
        self.status = response.status();
        self.headers.extend(std::mem::take(response.headers_mut()));
        Ok(())
    }

    pub(crate) fn check_upgrade(&self) -> Result {
        if !self.request.abilities().upgrade {
            return Err(Error::new(501).message("this server cannot switch protocols"));
        }
        Ok(())
    }

    pub(super) fn check_open(&self) -> Result {
        if self.progress.finished && !self.progress.failing {
            return Err(Error::new(500).message("the response is finished already"));
        }
        Ok(())
    }

    /// The head as it is now, with what the framework adds.
    fn take_head(&mut self, has_body: bool) -> Response {
        let mut response = Response::new(self.status, Body::empty());
        response.set_reason(self.reason.take());
        let mut headers = std::mem::take(&mut self.headers);
        if has_body && !self.progress.whole && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HTML);
        }
        response.set_headers(headers);
        response
    }

    /// Ends the response.
    pub(super) fn end(&mut self) -> Done {
        let rest = Bytes::from(std::mem::take(&mut self.out));
        if self.progress.flushed {
            return Done::Tail(if self.progress.failed {
                Err(BodyError::other("the handler failed after the head was sent"))
            } else {
                Ok((rest, self.trailers.take()))
            });
        }
        let empty = self.later.is_none() && self.whole.as_ref().map_or(rest.is_empty(), Body::is_empty);
        let mut response = self.take_head(!empty);
        let body = match (self.whole.take(), self.trailers.take()) {
            (Some(whole), _) => whole,
            (None, Some(trailers)) => Body::from_handler(HandlerBody::done(rest, trailers)),
            (None, None) => rest.into(),
        };
        response.set_body(body);
        if let Some(upgrade) = self.upgrade.take() {
            response.set_upgrade(upgrade);
        }
        // A template that waits is tagged when it is rendered.
        if self.app.settings.etag && self.later.is_none() {
            crate::etag::complete(&self.request, &mut response);
            self.status = response.status();
        }
        Done::Response(response)
    }

    /// Clears what was written, for an error page. False when the head is out already: then the body ends as cut off.
    pub(super) fn begin_error(&mut self, error: &Error) -> bool {
        if self.progress.flushed {
            self.progress.failed = true;
            return false;
        }
        self.out = Vec::new();
        (self.whole, self.upgrade, self.trailers) = (None, None, None);
        self.later = None;
        self.progress.failing = true;
        self.progress.whole = false;
        self.headers = error.headers().clone();
        self.status = error.status_code();
        self.reason = error
            .reason_phrase()
            .and_then(|reason| Reason::parse(reason).or_else(|| Reason::parse("Unknown")));
        true
    }

    pub(super) fn log_failure(&self, error: &Error) {
        page::log_failure(&self.request, error);
    }

    /// One line a request, as Tornado writes it: `200 GET /x (1.2.3.4) 0.52ms`.
    pub(super) fn log_access(&self) {
        let Some(started) = self.started else { return };
        let elapsed = self
            .carrier()
            .map_or_else(|_| started, |carrier| carrier.monotonic())
            .saturating_sub(started);
        let status = self.status.as_u16();
        let (method, target) = (self.method(), self.request.uri());
        let ip = self
            .request
            .peer()
            .and_then(|peer| peer.remote.ip())
            .map_or_else(|| "-".into(), |ip| ip.to_string());
        let ms = elapsed.as_secs_f64() * 1000.0;
        if status >= 500 {
            tracing::error!(target: "waterspout::access", "{status} {method} {target} ({ip}) {ms:.2}ms");
        } else if status >= 400 {
            tracing::warn!(target: "waterspout::access", "{status} {method} {target} ({ip}) {ms:.2}ms");
        } else {
            tracing::info!(target: "waterspout::access", "{status} {method} {target} ({ip}) {ms:.2}ms");
        }
    }
}

/// A value as JSON that can stand in a script element: `</` is written as `<\/`.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let json = serde_json::to_vec(value)?;
    if memchr::memmem::find(&json, b"</").is_none() {
        return Ok(json);
    }
    Ok(String::from_utf8_lossy(&json).replace("</", "<\\/").into_bytes())
}
