//! The application's own error page.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use askama::Template;
use http::{HeaderMap, StatusCode};

use super::View;
use crate::application::Inner;
use crate::error::{Error, Result};
use crate::request::Request;

/// What an error page may show; see [`Application::error_template`](crate::Application::error_template).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorPage {
    /// The status: 404.
    pub status: u16,
    /// The reason phrase: `Not Found`; `Unknown` where a status has no name.
    pub reason: String,
    /// The text of the error, where the client may see it: that of a 4xx, and in debug mode that of a 5xx. Else empty.
    pub message: String,
    /// Everything that is known of a 5xx, its causes too. Empty unless [`Settings::debug`](crate::Settings) is on.
    pub details: String,
    /// The id under which the error stands in the log.
    pub request_id: String,
}

impl ErrorPage {
    pub(crate) fn new(
        app: &Inner,
        request: &Request,
        status: StatusCode,
        reason: &str,
        error: &Error,
    ) -> Self {
        let (debug, server) = (app.settings.debug, status.is_server_error());
        let shown = error.text().filter(|_| debug || !server);
        Self {
            status: status.as_u16(),
            reason: reason.to_owned(),
            message: shown.unwrap_or_default().to_owned(),
            details: if debug && server {
                error.to_string()
            } else {
                String::new()
            },
            request_id: request.id().as_str().to_owned(),
        }
    }

    /// This page as the application's template makes it, with the fields that it adds to the response. `None` where there
    /// is no template, or it fails.
    pub(crate) fn render(&self, app: &Arc<Inner>, request: &Request) -> Option<(Vec<u8>, HeaderMap)> {
        let template = app.templates.error_page.as_ref()?;
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            let view = View::new(app, request, false);
            let mut page = Vec::new();
            template.render(self.clone(), &view, &mut page)?;
            Ok((page, view.into_fields()))
        }));
        match rendered.unwrap_or_else(|panic| Err(Error::panicked(panic))) {
            Ok(rendered) => Some(rendered),
            Err(error) => {
                let id = request.id().as_str();
                tracing::error!(target: "waterspout", id, %error, "the error page cannot be rendered");
                None
            }
        }
    }
}

/// Error pages of any type behind one pointer.
pub(super) trait ErasedPage: Send + Sync {
    fn render(&self, page: ErrorPage, view: &View<'_>, out: &mut Vec<u8>) -> Result;
}

pub(super) struct PageOf<F>(pub(super) F);

impl<F, T> ErasedPage for PageOf<F>
where
    F: Fn(ErrorPage) -> T + Send + Sync,
    T: Template,
{
    fn render(&self, page: ErrorPage, view: &View<'_>, out: &mut Vec<u8>) -> Result {
        view.render(&(self.0)(page), out)
    }
}
