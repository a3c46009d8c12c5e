//! Error pages, and the handler that stands where no handler does.

use std::sync::{Arc, Mutex, PoisonError};

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::output::{JSON, to_json};
use super::{Context, RequestHandler};
use crate::application::Inner;
use crate::error::{Error, Result};
use crate::request::Request;
use crate::response::{Reason, Response};
use crate::template::{ErrorPage, HTML, append};

/// Writes the page of an error; its status and fields are set already.
pub(super) fn write(cx: &mut Context, error: &Error) -> Result {
    let page = Page::new(&cx.app, &cx.request, cx.status, cx.reason.as_ref(), error);
    cx.headers.insert(CONTENT_TYPE, page.kind);
    append(&mut cx.headers, page.fields);
    cx.write(page.content)
}

/// The response of an error that was met when the handler was done.
pub(crate) fn error_response(app: &Arc<Inner>, request: &Request, error: &Error) -> Response {
    let status = error.status_code();
    let page = Page::new(app, request, status, None, error);
    let mut response = Response::new(status, page.content);
    response.headers_mut().insert(CONTENT_TYPE, page.kind);
    append(response.headers_mut(), page.fields);
    response
}

pub(crate) fn log_failure(request: &Request, error: &Error) {
    let (method, target, id) = (request.method(), request.uri(), request.id().as_str());
    if error.is_panic() {
        tracing::error!(target: "waterspout", %method, %target, id, %error, "a handler panicked");
    } else if error.status_code().is_server_error() {
        tracing::error!(target: "waterspout", %method, %target, id, %error, "a handler failed");
    } else {
        tracing::debug!(target: "waterspout", %method, %target, id, %error, "refused");
    }
}

/// JSON for a client that asks for JSON and not for HTML; else the application's own template; else the plain page.
struct Page {
    kind: HeaderValue,
    content: Vec<u8>,
    fields: HeaderMap,
}

impl Page {
    fn new(
        app: &Arc<Inner>,
        request: &Request,
        status: StatusCode,
        reason: Option<&Reason>,
        error: &Error,
    ) -> Self {
        let named = status.canonical_reason().unwrap_or("Unknown");
        let page = ErrorPage::new(app, request, status, reason.map_or(named, Reason::as_str), error);
        let without_fields = |kind, content| Self {
            kind,
            content,
            fields: HeaderMap::new(),
        };
        if wants_json(request) {
            return without_fields(JSON, json(&page));
        }
        match page.render(app, request) {
            Some((content, fields)) => Self {
                kind: HTML,
                content,
                fields,
            },
            None => without_fields(HTML, plain(&page).into_bytes()),
        }
    }
}

fn json(page: &ErrorPage) -> Vec<u8> {
    let text = if page.details.is_empty() {
        &page.message
    } else {
        &page.details
    };
    let value = json!({
        "error": {
            "status": page.status,
            "reason": page.reason,
            "message": text,
            "request_id": page.request_id,
        }
    });
    // Text and numbers under fixed names can always be written.
    to_json(&value).unwrap_or_default()
}

/// Tornado's `404: Not Found`, with the error's text where the client may see it.
fn plain(page: &ErrorPage) -> String {
    let title = escape(&format!("{}: {}", page.status, page.reason));
    let element = |name: &str, text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("<{name}>{}</{name}>", escape(text))
        }
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem;color:#234}}\
         h1{{font-weight:500}}pre{{white-space:pre-wrap;background:#f4f6f8;padding:1rem;border-radius:6px}}</style></head>\
         <body><h1>{title}</h1>{}{}</body></html>\n",
        element("p", &page.message),
        element("pre", &page.details),
    )
}

fn wants_json(request: &Request) -> bool {
    let accepts = |kind: &str| {
        let values = request.headers().get_all(ACCEPT).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.contains(kind))
    };
    accepts("application/json") && !accepts("text/html")
}

/// HTML-escapes text (`& < > " '`).
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Fails with an error that was known before any handler: 404, 405, 400 of a path. It goes through the whole life of a
/// request, so that error pages and logs are the same.
pub(crate) struct Failing(Mutex<Option<Error>>);

impl Failing {
    pub(crate) fn new(error: Error) -> Self {
        Self(Mutex::new(Some(error)))
    }
}

impl RequestHandler for Failing {
    async fn prepare(&self, _: &mut Context) -> Result {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(error.unwrap_or_else(|| Error::new(500)))
    }

    /// The body is of no interest.
    fn stream_request_body(&self) -> bool {
        true
    }
}
