//! The life of a fetch: request, redirects, head, body, all within its time.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::Method;
use http::header::UPGRADE;
use http_body::Body as _;

use url::Url;

use super::decode::FetchedBody;
use super::engine::{Engine, Incoming, Outgoing};
use super::error::{ClientError, ClientErrorKind};
use super::redirect::{Follow, is_redirect};
use super::request::{Checked, FetchRequest, Terms};
use super::response::{FetchResponse, FetchStream, Head};
use crate::body::Body;
use crate::limits::ClientLimits;

/// How much of a redirect's own body is read away, if it is there already, so that its connection can be kept.
const REDIRECT_BODY: usize = 64 << 10;

pub(super) struct Call {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) limits: ClientLimits,
}

impl Call {
    /// The whole response.
    pub(super) async fn fetch(self, request: FetchRequest) -> Result<FetchResponse, ClientError> {
        let Checked { outgoing, terms } = request.check(&self.limits)?;
        stays(&outgoing)?;
        let url = outgoing.url.clone();
        let whole = async {
            let (head, body) = self.head(outgoing, &terms).await?;
            let response = whole(head, body).await?;
            if terms.raises(response.status()) {
                return Err(ClientError::of_status(response));
            }
            Ok(response)
        };
        within(&*self.engine, terms.request, whole)
            .await
            .map_err(|error| error.with_url(&url))
    }

    /// The response once its head is there.
    pub(super) async fn stream(self, request: FetchRequest) -> Result<FetchStream, ClientError> {
        let Checked { outgoing, terms } = request.check(&self.limits)?;
        stays(&outgoing)?;
        let url = outgoing.url.clone();
        let begun = async {
            let (head, body) = self.head(outgoing, &terms).await?;
            if terms.raises(head.status) {
                return Err(ClientError::of_status(whole(head, body).await?));
            }
            Ok((head, body))
        };
        let begun = within(&*self.engine, terms.request, begun).await;
        let (head, body) = begun.map_err(|error| error.with_url(&url))?;
        let body = Body::new(body.with_stall(self.engine, terms.request));
        Ok(FetchStream { head, body })
    }

    /// Follows redirects up to a response that is none.
    async fn head(&self, mut outgoing: Outgoing, terms: &Terms) -> Result<(Head, FetchedBody), ClientError> {
        let most = terms.redirects;
        let mut redirects = 0;
        loop {
            let mut follow = Follow {
                method: outgoing.method.clone(),
                url: outgoing.url.clone(),
                headers: outgoing.headers.clone(),
                body: outgoing.body.clone_bytes(),
            };
            let connect_timeout = outgoing.connect_timeout;
            let sent = self.engine.send(outgoing).await;
            let incoming = sent.map_err(|error| error.with_url(&follow.url))?;
            if most == 0 || !is_redirect(incoming.status, &incoming.headers) {
                return finish(incoming, &follow.method, follow.url, terms, redirects);
            }
            if redirects == most {
                return Err(ClientError::new(ClientErrorKind::TooManyRedirects).with_url(&follow.url));
            }
            redirects += 1;
            let from = follow.url.clone();
            let followed = follow.follow(incoming.status, &incoming.headers);
            followed.map_err(|error| error.with_url(&from))?;
            discard(incoming.body).await;
            outgoing = Outgoing {
                method: follow.method,
                url: follow.url,
                headers: follow.headers,
                body: follow.body.unwrap_or_default().into(),
                connect_timeout,
            };
        }
    }
}

/// Who fetches has no use for a connection that speaks another protocol.
fn stays(outgoing: &Outgoing) -> Result<(), ClientError> {
    if outgoing.headers.contains_key(UPGRADE) {
        let invalid = ClientErrorKind::InvalidRequest("a fetch cannot change to another protocol");
        return Err(ClientError::new(invalid).with_url(&outgoing.url));
    }
    Ok(())
}

pub(super) fn finish(
    incoming: Incoming,
    asked: &Method,
    url: Url,
    terms: &Terms,
    redirects: u32,
) -> Result<(Head, FetchedBody), ClientError> {
    let Incoming {
        status,
        reason,
        version,
        mut headers,
        body,
        remote,
        ..
    } = incoming;
    if body.len().is_some_and(|len| len > terms.body) {
        return Err(ClientError::new(ClientErrorKind::BodyTooLarge).with_url(&url));
    }
    let decompress = terms.decompress && asked != Method::HEAD;
    let body = FetchedBody::new(body, &mut headers, decompress, terms.body, url.clone());
    let head = Head {
        status,
        reason,
        version,
        headers,
        url,
        remote,
        redirects,
    };
    Ok((head, body))
}

/// The response with its body, all of it.
pub(super) async fn whole(head: Head, body: FetchedBody) -> Result<FetchResponse, ClientError> {
    let body = Body::new(body);
    FetchStream { head, body }.collect().await
}

/// Reads away what is there of a body that nobody wants. It is not waited for.
async fn discard(mut body: Body) {
    let mut read = 0;
    poll_fn(|cx| {
        while read < REDIRECT_BODY {
            match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => read += frame.data_ref().map_or(0, bytes::Bytes::len),
                Poll::Ready(_) | Poll::Pending => break,
            }
        }
        Poll::Ready(())
    })
    .await;
}

pub(super) async fn within<T>(
    engine: &dyn Engine,
    limit: Duration,
    work: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    let mut work = pin!(work);
    let mut deadline = None;
    poll_fn(|cx| {
        if let Poll::Ready(result) = work.as_mut().poll(cx) {
            return Poll::Ready(result);
        }
        // Only what has to wait needs a timer.
        let deadline = deadline.get_or_insert_with(|| engine.sleep(limit));
        let late = || Err(ClientError::new(ClientErrorKind::Timeout));
        deadline.as_mut().poll(cx).map(|()| late())
    })
    .await
}
