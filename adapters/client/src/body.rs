//! The body of a response, which drives its connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::StatusCode;
use waterspout::h1::{Length, ResponseHead};
use waterspout::{Body, BodyError, Frame, HttpBody, Incoming, SizeHint};

use crate::exchange::{Exchange, Part};

/// Dropped before its end it closes the connection.
struct ResponseBody {
    /// `None` once the connection has gone back or has been closed.
    exchange: Option<Exchange>,
    left: Option<u64>,
}

/// The response whose head has come on this exchange.
pub(crate) fn incoming(exchange: Exchange, head: ResponseHead) -> Incoming {
    let remote = exchange.connection().remote;
    let mut upgraded = None;
    let body = match head.length {
        _ if head.status == StatusCode::SWITCHING_PROTOCOLS => {
            upgraded = Some(exchange.switch());
            Body::empty()
        }
        Length::Empty => {
            exchange.end();
            Body::empty()
        }
        Length::Known(len) => whole_or_rest(exchange, len),
        Length::Chunked | Length::UntilClose => Body::new(ResponseBody {
            exchange: Some(exchange),
            left: None,
        }),
    };
    let mut incoming = Incoming::new(head.status, body);
    incoming.reason = head.reason;
    incoming.version = head.version;
    incoming.headers = head.fields.to_map();
    incoming.remote = remote.into();
    incoming.upgraded = upgraded;
    incoming
}

/// A body that came with its head is bytes, and its connection is free at once.
fn whole_or_rest(mut exchange: Exchange, len: u64) -> Body {
    if let Some(whole) = exchange.take_whole(len) {
        exchange.end();
        return whole.into();
    }
    Body::new(ResponseBody {
        exchange: Some(exchange),
        left: Some(len),
    })
}

impl ResponseBody {
    fn end(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            exchange.end();
        }
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(exchange) = &mut self.exchange else {
            return Poll::Ready(None);
        };
        match ready!(exchange.poll_part(cx)) {
            Ok(Part::Data(data)) => {
                // Who has the last byte may not ask again.
                if exchange.is_at_end() {
                    self.end();
                }
                self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Ok(Part::End(trailers)) => {
                self.end();
                Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(*trailers))))
            }
            Err(error) => {
                self.exchange = None;
                Poll::Ready(Some(Err(error.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.exchange.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.exchange, self.left) {
            (None, _) => SizeHint::with_exact(0),
            (Some(_), Some(left)) => SizeHint::with_exact(left),
            (Some(_), None) => SizeHint::default(),
        }
    }
}
