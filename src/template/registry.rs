//! What the application gives its templates.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;

use super::Scope;
use super::error_page::{ErasedPage, ErrorPage, PageOf};
use crate::application::Application;
use crate::error::Result;

type Function = dyn Fn(&Scope<'_>, &[&str]) -> Result<String> + Send + Sync;

/// Values, functions and the error page that all templates of an application share.
#[derive(Clone, Default)]
pub(crate) struct Registry {
    values: HashMap<String, Arc<dyn Any + Send + Sync>>,
    functions: HashMap<String, Arc<Function>>,
    pub(super) error_page: Option<Arc<dyn ErasedPage>>,
}

impl Registry {
    pub(crate) fn value(&self, name: &str) -> Option<&dyn Any> {
        let value = self.values.get(name)?;
        Some(&**value)
    }

    pub(super) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).map(|function| &**function)
    }
}

/// What templates see: docs of [`waterspout::template`](crate::template).
impl Application {
    /// Gives all templates a value: `{{ named("site") }}` where it is text, else `("site"|value::<Site>)?`. A later value
    /// of the same name takes its place, and one that is set for a request
    /// ([`Context::set_value`](crate::Context::set_value)) goes before it.
    #[must_use]
    pub fn template_value<T: Any + Send + Sync>(mut self, name: &str, value: T) -> Self {
        let templates = &mut self.inner().templates;
        templates.values.insert(name.to_owned(), Arc::new(value));
        self
    }

    /// Gives all templates a function (Tornado's `ui_methods`): `{{ named("avatar").arg(id) }}` calls `avatar` with the
    /// arguments as text. What it gives is escaped like any text, unless the template says `|safe`.
    ///
    /// `static_url`, `xsrf_form_html` and `locale` are such functions, which templates call by their own names; a later
    /// function of the same name takes the place of an earlier one, and any that of the framework's.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// #[derive(Template)]
    /// #[template(ext = "html", source = r#"<img src="{{ static_url("logo.svg") }}">"#)]
    /// struct Page;
    ///
    /// let app = Application::new()
    ///     .template_function("static_url", |scope, args| match args {
    ///         [path] => Ok(format!("{}/static/{path}?v=1", scope.request().mount())),
    ///         _ => Err(Error::new(500).message("static_url takes a path")),
    ///     })
    ///     .get("/", async |cx| cx.render(Page));
    /// # let client = waterspout::testing::TestClient::new(app).mount("/app");
    /// assert_eq!(client.get("/").send().text(), r#"<img src="/app/static/logo.svg?v=1">"#);
    /// ```
    #[must_use]
    pub fn template_function<F>(mut self, name: &str, function: F) -> Self
    where
        F: Fn(&Scope<'_>, &[&str]) -> Result<String> + Send + Sync + 'static,
    {
        let templates = &mut self.inner().templates;
        templates.functions.insert(name.to_owned(), Arc::new(function));
        self
    }

    /// Makes the page of every error that no handler writes a page for, 404 without a route included. Clients that ask for
    /// JSON get JSON as before, and where the template itself fails, the plain page goes out.
    ///
    /// ```
    /// use waterspout::prelude::*;
    /// use waterspout::template::ErrorPage;
    ///
    /// #[derive(Template)]
    /// #[template(ext = "html", source = "<h1>{{ error.reason }}</h1><p>{{ error.message }}</p>")]
    /// struct Oops {
    ///     error: ErrorPage,
    /// }
    ///
    /// let app = Application::new()
    ///     .error_template(|error| Oops { error })
    ///     .get("/", async |_cx| Err(Error::new(403).message("Members only.")));
    /// # let client = waterspout::testing::TestClient::new(app);
    /// assert_eq!(client.get("/").send().text(), "<h1>Forbidden</h1><p>Members only.</p>");
    /// assert_eq!(client.get("/nowhere").send().text(), "<h1>Not Found</h1><p></p>");
    /// ```
    #[must_use]
    pub fn error_template<F, T>(mut self, page: F) -> Self
    where
        F: Fn(ErrorPage) -> T + Send + Sync + 'static,
        T: Template,
    {
        self.inner().templates.error_page = Some(Arc::new(PageOf(page)));
        self
    }
}
