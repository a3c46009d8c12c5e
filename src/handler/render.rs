//! Pages: templates as the response.

use std::any::Any;
use std::borrow::Cow;

use askama::{DynTemplate, Template};
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::Context;
use crate::error::{Error, Result};
use crate::response::Response;
use crate::template::{Deferred, HTML, View, append, content_type};

impl Context {
    /// Renders a template as the rest of the page, and finishes the response. It is sent as HTML, unless a content type is
    /// set already. If it fails, nothing of it leaves.
    ///
    /// What templates see beside their own fields: [`waterspout::template`](crate::template).
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// #[derive(Template)]
    /// #[template(ext = "html", source = "<h1>Hello, {{ name }}</h1>")]
    /// struct Hello {
    ///     name: String,
    /// }
    ///
    /// async fn hello(cx: &mut Context) -> Result {
    ///     let name = cx.get_argument("name")?;
    ///     cx.render(Hello { name })
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().get("/", hello));
    /// # assert_eq!(client.get("/?name=%3Cyou%3E").send().text(), "<h1>Hello, &#60;you&#62;</h1>");
    /// ```
    ///
    /// # Errors
    /// 500 when the template fails, and after [`Context::finish`].
    pub fn render(&mut self, template: impl Template) -> Result {
        self.render_page(&template, HTML)
    }

    /// As [`Context::render`], with the content type of another kind of template, by its file name or extension:
    /// `cx.render_as("feed.xml", feed)`. (Askama does not tell the extension of a template.)
    ///
    /// # Errors
    /// As [`Context::render`], and 500 for an extension that [`content_type`] does not know.
    pub fn render_as(&mut self, name: &str, template: impl Template) -> Result {
        let unknown = || {
            Error::new(500).message(format!(
                "{name} has no extension of which a content type is known"
            ))
        };
        let kind = content_type(name).ok_or_else(unknown)?;
        self.render_page(&template, kind)
    }

    fn render_page(&mut self, template: &dyn DynTemplate, kind: HeaderValue) -> Result {
        self.check_open()?;
        let mut out = std::mem::take(&mut self.out);
        let rendered = self.render_into(template, &mut out);
        self.out = out;
        rendered?;
        self.headers.entry(CONTENT_TYPE).or_insert(kind);
        self.finish()
    }

    /// What a template gives, as text: for a fragment in JSON, for a mail. Nothing is written; response fields that the
    /// template adds (the cookie of a form) are.
    ///
    /// # Errors
    /// 500 when the template fails.
    pub fn render_string(&mut self, template: impl Template) -> Result<String> {
        let mut out = Vec::new();
        self.render_into(&template, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    fn render_into(&mut self, template: &dyn DynTemplate, out: &mut Vec<u8>) -> Result {
        let view = View::new(&self.app, &self.request, self.progress.flushed);
        view.render(template, out)?;
        let fields = view.into_fields();
        append(&mut self.headers, fields);
        Ok(())
    }

    /// Answers with a template that is rendered on the way out, when middleware has had its turn with it
    /// ([`Response::template_mut`]), and finishes the response. It is sent as HTML, unless a content type is set already.
    ///
    /// If it fails then, the client gets the error page of the application: this handler is done. The response has no
    /// trailers.
    ///
    /// # Errors
    /// 500 when something was written or flushed before, and after [`Context::finish`].
    pub fn render_later(&mut self, template: impl Template + Send + 'static) -> Result {
        if self.progress.flushed || !self.out.is_empty() {
            return Err(Error::new(500).message("render_later() after write()"));
        }
        self.finish()?;
        self.headers.entry(CONTENT_TYPE).or_insert(HTML);
        self.later = Some(Box::new(template));
        Ok(())
    }

    /// Sets what a name means in the templates that are rendered for this request: `("user"|value::<User>)?`, or
    /// `{{ named("user") }}` where it is text. It goes before a value or function of the application.
    pub fn set_value<T: Any + Send + Sync>(&mut self, name: impl Into<Cow<'static, str>>, value: T) {
        self.request.set_value(name, value);
    }

    /// What a name means in templates, where it is a value of this type: one set for this request, else one of the
    /// application.
    pub fn value<T: Any>(&self, name: &str) -> Option<&T> {
        let set = self.request.value(name);
        set.or_else(|| self.app.templates.value(name))?.downcast_ref()
    }

    /// Puts a template that is to be rendered later into the response, with the request that it is rendered for: nobody
    /// looks at the context any more.
    pub(super) fn hand_over(&mut self, response: &mut Response) {
        if let Some(template) = self.later.take() {
            let request = self.request.take();
            response.set_template(Deferred::new(template, self.app.clone(), request));
        }
    }
}
