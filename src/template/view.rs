//! What a template sees while it is rendered: the values behind Askama's `&dyn Values`.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use askama::DynTemplate;
use http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderName};

use crate::application::Inner;
use crate::cookies;
use crate::error::{Error, Result};
use crate::request::Request;

/// Keys that no template can spell: what the names of [`super::Names`] need to be looked up.
pub(super) const APP: &str = "\0app";
pub(super) const REQUEST: &str = "\0request";
pub(super) const OUTGOING: &str = "\0outgoing";

/// Response fields that were added while a template was rendered.
pub(super) struct Outgoing {
    /// The head has left: there is no place for more.
    pub(super) sent: bool,
    pub(super) fields: HeaderMap,
}

/// One rendering: the request, what was set for it, what the application has.
pub(crate) struct View<'a> {
    app: &'a Arc<Inner>,
    request: &'a Request,
    outgoing: RefCell<Outgoing>,
    /// The name that was asked for last: Askama's own errors do not say which.
    asked: RefCell<String>,
}

impl<'a> View<'a> {
    pub(crate) fn new(app: &'a Arc<Inner>, request: &'a Request, sent: bool) -> Self {
        let fields = HeaderMap::new();
        Self {
            app,
            request,
            outgoing: RefCell::new(Outgoing { sent, fields }),
            asked: RefCell::default(),
        }
    }

    /// Renders behind what stands in `out`. After an error `out` is as it was.
    ///
    /// # Errors
    /// 500 where the template fails.
    pub(crate) fn render(&self, template: &dyn DynTemplate, out: &mut Vec<u8>) -> Result {
        let before = out.len();
        out.reserve(template.size_hint());
        let rendered = template.dyn_render_into_with_values(&mut Writer(out), self);
        rendered.map_err(|error| {
            out.truncate(before);
            self.failure(error)
        })
    }

    /// The response fields that were added meanwhile.
    pub(crate) fn into_fields(self) -> HeaderMap {
        self.outgoing.into_inner().fields
    }

    fn failure(&self, error: askama::Error) -> Error {
        let asked = self.asked.borrow();
        let message = match &error {
            askama::Error::ValueMissing => {
                format!("the template asks for the value `{asked}`, which nobody has set")
            }
            askama::Error::ValueType => {
                format!("the template asks for the value `{asked}` as a type that it does not have")
            }
            _ => "the template cannot be rendered".into(),
        };
        Error::new(500).message(message).source(error)
    }
}

impl askama::Values for View<'_> {
    fn get_value<'v>(&'v self, key: &str) -> Option<&'v dyn Any> {
        match key {
            APP => return Some(self.app),
            REQUEST => return Some(self.request),
            OUTGOING => return Some(&self.outgoing),
            _ => {}
        }
        let mut asked = self.asked.borrow_mut();
        asked.clear();
        asked.push_str(key);
        let own = || (key == "request").then_some(self.request as &dyn Any);
        let set = self.request.value(key).or_else(own);
        set.or_else(|| self.app.templates.value(key))
    }
}

/// Askama writes text, a response is bytes.
struct Writer<'a>(&'a mut Vec<u8>);

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Adds fields beside those of the same names, cookies in place of those of the same names; a policy for scripts does not
/// stand beside another one.
pub(crate) fn append(headers: &mut HeaderMap, fields: HeaderMap) {
    let mut last: Option<HeaderName> = None;
    for (name, value) in fields {
        // A map names a repeated field once.
        last = name.or(last);
        if let Some(name) = &last {
            if name == SET_COOKIE {
                cookies::put(headers, value);
            } else if *name != CONTENT_SECURITY_POLICY || !headers.contains_key(name) {
                headers.append(name.clone(), value);
            }
        }
    }
}
