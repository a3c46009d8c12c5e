//! The future that a carrier polls for a response.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, UPGRADE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};

use crate::application::Inner;
use crate::carrier::BoxFuture;
use crate::endpoint;
use crate::error::Error;
use crate::handler::Run;
use crate::middleware::Next;
use crate::panics::drop_contained;
use crate::request::Request;
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::response::Response;

pub(crate) struct Respond {
    app: Arc<Inner>,
    stage: Stage,
    id: Option<RequestId>,
    head: bool,
    can_upgrade: bool,
    https: bool,
}

/// Without middleware the handler is polled as it is, which saves two boxes.
enum Stage {
    Handler(Run),
    Chain(BoxFuture<'static, Response>),
    Panicked(Error),
    Done,
}

impl Respond {
    pub(crate) fn new(app: Arc<Inner>, request: Request) -> Self {
        let id = app.settings.request_id.then(|| request.id().clone());
        let head = *request.method() == Method::HEAD;
        let can_upgrade = request
            .extensions()
            .link()
            .is_some_and(|link| link.abilities.upgrade);
        let https = request.scheme() == "https";
        let start = catch_unwind(AssertUnwindSafe(|| Self::start(app.clone(), request)));
        let stage = start.unwrap_or_else(|panic| Stage::Panicked(Error::panicked(panic)));
        Self {
            app,
            stage,
            id,
            head,
            can_upgrade,
            https,
        }
    }

    /// Routing, and making the handler's future: nothing of the handler runs yet.
    fn start(app: Arc<Inner>, request: Request) -> Stage {
        if let Err(error) = app.hosts.check(&request) {
            return Stage::Handler(endpoint::fail(&app, request, error));
        }
        if app.middleware.is_empty() {
            return Stage::Handler(endpoint::start(&app, request));
        }
        Stage::Chain(Box::pin(async move { Next::first(&app).run(request).await }))
    }

    /// What is dropped here has destructors of the user's.
    fn drop_stage(&mut self) {
        match &self.stage {
            Stage::Done => return,
            // The handler's future has been dropped when it ended.
            Stage::Handler(run) if run.has_ended() => self.stage = Stage::Done,
            Stage::Handler(_) | Stage::Chain(_) | Stage::Panicked(_) => {}
        }
        drop_contained("a middleware", std::mem::replace(&mut self.stage, Stage::Done));
    }

    fn poll_stage(&mut self, cx: &mut TaskContext<'_>) -> Poll<Response> {
        match &mut self.stage {
            Stage::Handler(run) => Pin::new(run).poll(cx),
            Stage::Chain(chain) => chain.as_mut().poll(cx),
            Stage::Panicked(error) => Poll::Ready(Self::panicked(self.id.as_ref(), error)),
            Stage::Done => Poll::Pending,
        }
    }

    fn panicked(id: Option<&RequestId>, error: &Error) -> Response {
        tracing::error!(target: "waterspout", id = id.map(RequestId::as_str), %error, "a middleware panicked");
        plain(StatusCode::INTERNAL_SERVER_ERROR, "")
    }

    /// What every response gets, whoever made it, so that a carrier can send it as it is.
    fn complete(&self, response: &mut Response) {
        if is_without_content(response.status()) {
            drop_contained("a template", response.take_template());
        } else {
            response.render_template();
        }
        if response.has_upgrade() && !self.can_upgrade {
            *response = plain(StatusCode::NOT_IMPLEMENTED, "this server cannot switch protocols");
        } else if response.status().is_informational() && !response.has_upgrade() {
            tracing::error!(target: "waterspout", status = %response.status(), "a 1xx is no final response");
            *response = plain(StatusCode::INTERNAL_SERVER_ERROR, "");
        }
        if response.has_upgrade() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            // Refused after all: a carrier must not take the connection over after any other status.
            drop_contained("an upgrade", response.take_upgrade());
            response.headers_mut().remove(CONNECTION);
            response.headers_mut().remove(UPGRADE);
        }
        let status = response.status();
        if is_without_content(status) {
            // A handler that has flushed such a response has no client that left.
            response.take_body().drop_unwanted();
            for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE] {
                response.headers_mut().remove(name);
            }
        } else if self.head {
            let body = response.take_body();
            if let (Some(len), false) = (body.len(), response.headers().contains_key(CONTENT_LENGTH)) {
                response
                    .headers_mut()
                    .insert(CONTENT_LENGTH, HeaderValue::from(len));
            }
            body.drop_unwanted();
        }
        if !self.head && has_wrong_length(response) {
            tracing::error!(target: "waterspout", "the response's Content-Length is not that of its body");
            *response = plain(StatusCode::INTERNAL_SERVER_ERROR, "");
        }
        let settings = &self.app.settings;
        let headers = response.headers_mut();
        if settings.nosniff && !headers.contains_key(X_CONTENT_TYPE_OPTIONS) {
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
        if let Some(id) = self.id.as_ref().filter(|_| !headers.contains_key(X_REQUEST_ID)) {
            headers.insert(X_REQUEST_ID, id.header());
        }
        let defaults = &settings.default_headers;
        for (name, _) in defaults {
            if !headers.contains_key(name) {
                // All of this name at once, since a field may be repeated (`Link`).
                for (name, value) in defaults.iter().filter(|(other, _)| other == name) {
                    headers.append(name.clone(), value.clone());
                }
            }
        }
        settings.security.apply(headers, self.https && !settings.debug);
    }
}

fn is_without_content(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    )
}

/// A length of the application's own that disagrees with a body whose length is known: nothing has been sent, so the
/// client can be told. (304 may have the length that a 200 would have.)
fn has_wrong_length(response: &Response) -> bool {
    let Some(declared) = response.headers().get(CONTENT_LENGTH) else {
        return false;
    };
    let declared = declared.to_str().ok().and_then(|text| text.parse().ok());
    let known = response.body().len();
    response.status() != StatusCode::NOT_MODIFIED && known.is_some_and(|len| declared != Some(len))
}

fn plain(status: StatusCode, text: &str) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let line = if text.is_empty() {
        String::new()
    } else {
        format!("{text}\n")
    };
    let mut response = Response::text(format!("{}: {reason}\n{line}", status.as_u16()));
    response.set_status(status);
    response
}

impl Drop for Respond {
    fn drop(&mut self) {
        self.drop_stage();
    }
}

impl Future for Respond {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Response> {
        let this = &mut *self;
        let polled = catch_unwind(AssertUnwindSafe(|| this.poll_stage(cx)));
        let mut response = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(panic) => Self::panicked(this.id.as_ref(), &Error::panicked(panic)),
        };
        this.drop_stage();
        this.complete(&mut response);
        Poll::Ready(response)
    }
}
