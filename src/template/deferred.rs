//! A page that is rendered on the way out.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use askama::{DynTemplate, Template};

use super::{View, append};
use crate::application::Inner;
use crate::error::Error;
use crate::handler::{error_response, log_failure};
use crate::panics::drop_contained;
use crate::request::Request;
use crate::response::Response;

/// A template that a handler has given to [`Context::render_later`](crate::Context::render_later), not rendered yet.
///
/// Middleware finds it in the response ([`Response::template_mut`]), and can add to what it sees, or put another one in its
/// place.
///
/// ```
/// use waterspout::prelude::*;
///
/// #[derive(Template)]
/// #[template(ext = "html", source = "Hello, {{ named(\"visitor\") }}")]
/// struct Page;
///
/// let app = Application::new()
///     .wrap(async |request, next| {
///         let mut response = next.run(request).await;
///         if let Some(page) = response.template_mut() {
///             page.set_value("visitor", "you");
///         }
///         response
///     })
///     .get("/", async |cx| cx.render_later(Page));
/// # let client = waterspout::testing::TestClient::new(app);
/// assert_eq!(client.get("/").send().text(), "Hello, you");
/// ```
pub struct Deferred {
    template: Box<dyn DynTemplate + Send>,
    app: Arc<Inner>,
    request: Request,
}

impl Deferred {
    pub(crate) fn new(template: Box<dyn DynTemplate + Send>, app: Arc<Inner>, request: Request) -> Self {
        Self {
            template,
            app,
            request,
        }
    }

    /// The request that is answered. Its body has been read.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Sets what a name means in the template; see [`Context::set_value`](crate::Context::set_value).
    pub fn set_value<T: Any + Send + Sync>(&mut self, name: impl Into<Cow<'static, str>>, value: T) {
        self.request.set_value(name, value);
    }

    /// Puts another template in place of this one.
    pub fn replace(&mut self, template: impl Template + Send + 'static) {
        self.template = Box::new(template);
    }

    /// Puts what it renders into the response, as its body; where it fails, an error page takes the response's place.
    pub(crate) fn render_into(self, response: &mut Response) {
        let Self {
            template,
            app,
            request,
        } = self;
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            let view = View::new(&app, &request, false);
            let mut page = Vec::new();
            view.render(&*template, &mut page)?;
            Ok((page, view.into_fields()))
        }));
        drop_contained("a template", template);
        match rendered.unwrap_or_else(|panic| Err(Error::panicked(panic))) {
            Ok((page, fields)) => {
                response.set_body(page);
                append(response.headers_mut(), fields);
                if app.settings.etag {
                    crate::etag::complete(&request, response);
                }
            }
            Err(error) => {
                log_failure(&request, &error);
                *response = error_response(&app, &request, &error);
            }
        }
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
