//! Error pages, and the handler that stands where no handler does.

use std::sync::{Mutex, PoisonError};

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde_json::json;

use super::{Context, RequestHandler};
use crate::error::{Error, Result};

/// The default page: Tornado's `404: Not Found`, with the error's text where the client may see it; as JSON to a client
/// that asks for JSON and not for HTML.
pub(super) fn write(cx: &mut Context, error: &Error) -> Result {
    let status = cx.status();
    let reason = cx
        .reason
        .as_ref()
        .map_or(status.canonical_reason().unwrap_or("Unknown"), |reason| {
            reason.as_str()
        });
    let debug = cx.settings().debug;
    let text = match error.text() {
        Some(text) if debug || !status.is_server_error() => text.to_owned(),
        _ => String::new(),
    };
    let details = if debug && status.is_server_error() {
        error.to_string()
    } else {
        String::new()
    };
    if wants_json(cx) {
        let page = json!({
            "error": {
                "status": status.as_u16(),
                "reason": reason,
                "message": if details.is_empty() { text } else { details },
                "request_id": cx.request_id(),
            }
        });
        return cx.write_json(&page);
    }
    let title = escape(&format!("{}: {reason}", status.as_u16()));
    let paragraph = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("<p>{}</p>", escape(text))
        }
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem;color:#234}}\
         h1{{font-weight:500}}pre{{white-space:pre-wrap;background:#f4f6f8;padding:1rem;border-radius:6px}}</style></head>\
         <body><h1>{title}</h1>{}{}</body></html>\n",
        paragraph(&text),
        if details.is_empty() {
            String::new()
        } else {
            format!("<pre>{}</pre>", escape(&details))
        },
    );
    cx.headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    cx.write(page)
}

fn wants_json(cx: &Context) -> bool {
    let accepts = |kind: &str| {
        let values = cx.request().headers().get_all(ACCEPT).iter();
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
