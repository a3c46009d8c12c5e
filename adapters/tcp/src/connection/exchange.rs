//! One request and its response.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, StatusCode, Version};
use waterspout::h1::{BodySize, EncodeError, Length, RequestHead};
use waterspout::{Body, BodyError, Frame, Request, Response, Upgrade};

use super::body::Feed;
use super::{Chosen, Connection, Gone, Then};
use crate::runtime::Backend;

/// Beyond this much output the body is not asked for more before some of it has been written.
pub(super) const HIGH: usize = 64 << 10;

/// A request whose head has arrived.
pub(super) struct Arrived {
    request: Request,
    feed: Option<Feed>,
    is_head: bool,
    /// The client wants to stay, so it may send more before it has read that it cannot.
    pub(super) stays: bool,
}

impl<B: Backend> Connection<B> {
    pub(super) async fn exchange(&mut self, arrived: Arrived) -> Result<Then, Gone> {
        let Arrived {
            request,
            mut feed,
            is_head,
            ..
        } = arrived;
        let mut respond = pin!(self.app.respond(request));
        let mut response = poll_fn(|cx| {
            loop {
                if let Poll::Ready(response) = respond.as_mut().poll(cx) {
                    return Poll::Ready(Ok(response));
                }
                match self.poll_meanwhile(cx, &mut feed) {
                    // Something went in: the handler may go on at once.
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(Gone)) => return Poll::Ready(Err(Gone)),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await?;
        match self.chosen {
            Chosen::H1 => {}
            // Boxed: what it takes does not make the other engine's task larger.
            #[cfg(feature = "async-h1")]
            Chosen::AsyncH1 => return Box::pin(self.answer_encoded(response, is_head, feed)).await,
        }
        if let Some(upgrade) = response.take_upgrade() {
            return self.send_upgrade(upgrade, &response);
        }
        self.announce_close(feed.as_ref());
        let body = response.take_body();
        if self.send_head(&response, &body, is_head).is_err() {
            // The length that was promised is not the body's: nothing has been sent, so the client can be told.
            tracing::error!(target: "waterspout", "the response's Content-Length is not that of its body");
            let failed = Response::text("500: Internal Server Error\n").with_status(500);
            return self.send_last(failed);
        }
        let ended = match body.into_bytes() {
            Ok(bytes) => self.send_bytes(bytes),
            Err(stream) => self.send_stream(stream, &mut feed).await?,
        };
        match ended {
            Ended::Cut => Ok(Then::Cut),
            Ended::Whole if self.engine.body_pending() => self.after(feed).await,
            Ended::Whole => Ok(self.next_or_close()),
        }
    }

    /// The request as the application sees it, and what feeds its body.
    pub(super) fn arrived(&mut self, head: RequestHead) -> Arrived {
        let (body, feed) = match head.length {
            Length::Empty => (Body::empty(), None),
            Length::Known(len) => match self.body_at_hand(len) {
                Some(body) => (body, None),
                None => Feed::new(Some(len)),
            },
            Length::Chunked | Length::UntilClose => Feed::new(None),
        };
        let body = match self.chosen {
            Chosen::H1 => body,
            #[cfg(feature = "async-h1")]
            Chosen::AsyncH1 => crate::async_h1::carry(body),
        };
        let (is_head, stays) = (head.method == Method::HEAD, head.keep_alive);
        let mut link = self.link.clone();
        if head.version == Version::HTTP_10 {
            // There are no upgrades before HTTP/1.1 (RFC 9110 section 7.8).
            Arc::make_mut(&mut link).abilities.upgrade = false;
        }
        let request = Request::from_head(head, body, link);
        Arrived {
            request,
            feed,
            is_head,
            stays,
        }
    }

    /// Says `connection: close` where it is known already that the connection cannot be kept.
    pub(super) fn announce_close(&mut self, feed: Option<&Feed>) {
        let unread = self.engine.body_pending() && feed.is_none_or(Feed::is_closed);
        let too_much = self
            .engine
            .unread_body()
            .is_some_and(|left| left > self.limits().unread_body);
        if unread && (too_much || self.eof) || self.seat.told_to_stop() {
            self.engine.close_after_response();
        }
    }

    fn send_head(&mut self, response: &Response, body: &Body, is_head: bool) -> Result<(), EncodeError> {
        let (headers, date) = (response.headers(), self.date());
        let size = size(headers, body, is_head);
        self.engine
            .send_response(response.status(), response.reason(), headers, size, &date)
    }

    /// Sends a response of our own, and closes.
    fn send_last(&mut self, mut response: Response) -> Result<Then, Gone> {
        self.engine.close_after_response();
        let body = response.take_body();
        self.send_head(&response, &body, false).map_err(|_| Gone)?;
        match self.send_bytes(body.into_bytes().unwrap_or_default()) {
            Ended::Whole => Ok(Then::Close),
            Ended::Cut => Err(Gone),
        }
    }

    fn send_bytes(&mut self, bytes: Bytes) -> Ended {
        let sent = self
            .engine
            .send_data(bytes)
            .and_then(|()| self.engine.finish(None));
        if sent.is_ok() { Ended::Whole } else { Ended::Cut }
    }

    pub(super) async fn send_stream(
        &mut self,
        mut body: impl Pieces,
        feed: &mut Option<Feed>,
    ) -> Result<Ended, Gone> {
        poll_fn(|cx| self.poll_body(cx, &mut body, feed)).await
    }

    /// What follows a request that has been read and answered.
    pub(super) fn next_or_close(&self) -> Then {
        if self.engine.should_close() {
            Then::Close
        } else {
            Then::Next
        }
    }

    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        body: &mut impl Pieces,
        feed: &mut Option<Feed>,
    ) -> Poll<Result<Ended, Gone>> {
        loop {
            let full = self.engine.output().len() >= HIGH;
            let frame = if full {
                Poll::Pending
            } else {
                Pin::new(&mut *body).poll_frame(cx)
            };
            match frame {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(ended) = self.send_frame(frame) {
                        return Poll::Ready(Ok(ended));
                    }
                }
                Poll::Ready(None) => {
                    let ended = self.engine.finish(None).map_or(Ended::Cut, |()| Ended::Whole);
                    return Poll::Ready(Ok(ended));
                }
                Poll::Ready(Some(Err(error))) => {
                    log_cut(&error);
                    return Poll::Ready(Ok(Ended::Cut));
                }
                Poll::Pending => match self.poll_meanwhile(cx, feed) {
                    Poll::Ready(result) => result?,
                    // Some of it is out, though not all: the body may go on.
                    Poll::Pending if full && self.engine.output().len() < HIGH => {}
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }

    /// Hands a frame to the engine; tells when the body has ended with it.
    fn send_frame(&mut self, frame: Frame<Bytes>) -> Option<Ended> {
        let result = match frame.into_data() {
            Ok(data) => return self.engine.send_data(data).is_err().then_some(Ended::Cut),
            Err(other) => self.engine.finish(other.into_trailers().ok().as_ref()),
        };
        Some(if result.is_ok() { Ended::Whole } else { Ended::Cut })
    }

    fn send_upgrade(&mut self, upgrade: Upgrade, response: &Response) -> Result<Then, Gone> {
        let (status, headers, date) = (response.status(), response.headers(), self.date());
        let sent = self
            .engine
            .send_response(status, None, headers, BodySize::Empty, &date);
        if sent.is_ok() {
            return Ok(Then::Upgrade(upgrade));
        }
        let refused = Response::text("400: this request does not ask for an upgrade\n");
        self.send_last(refused.with_status(StatusCode::BAD_REQUEST.as_u16()))
    }
}

/// What a response's body is sent from.
pub(super) trait Pieces: http_body::Body<Data = Bytes, Error = BodyError> + Unpin {}

impl<T: http_body::Body<Data = Bytes, Error = BodyError> + Unpin> Pieces for T {}

/// How large a response's body is.
pub(super) fn size(headers: &HeaderMap, body: &Body, is_head: bool) -> BodySize {
    match body.len() {
        // The core has taken the body of a HEAD response away; what its length would be stands in the fields.
        _ if is_head && !headers.contains_key(CONTENT_LENGTH) => BodySize::Unknown,
        Some(0) => BodySize::Empty,
        Some(len) => BodySize::Known(len),
        None => BodySize::Unknown,
    }
}

/// How a response's body ended.
pub(super) enum Ended {
    Whole,
    /// Before its end, or beyond it.
    Cut,
}

fn log_cut(error: &BodyError) {
    tracing::debug!(target: "waterspout", %error, "a response was cut off");
}
