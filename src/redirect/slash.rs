//! Paths with a slash at their end, and those without.

use http::Method;

use super::Place;
use crate::application::Application;
use crate::error::{Error, Result};
use crate::handler::{Context, RequestHandler};

impl Context {
    /// Wants a slash at the end of the path (Tornado's `@addslash`), as the first line of a handler: `cx.addslash()?`.
    ///
    /// # Errors
    /// Where there is none, the handler ends: GET and HEAD are redirected to the path with one, with 301 and the query; other
    /// methods get 404. A path that would lead to another host (`//example.com`) gets 403.
    pub fn addslash(&mut self) -> Result {
        let path = self.request().path();
        if path.ends_with('/') {
            return Ok(());
        }
        let path = format!("{path}/");
        self.redirect_to_path(&path)
    }

    /// Wants no slash at the end of the path (Tornado's `@removeslash`); see [`Context::addslash`]. `/` alone is let pass.
    ///
    /// # Errors
    /// As [`Context::addslash`].
    pub fn removeslash(&mut self) -> Result {
        let path = self.request().path();
        let short = path.trim_end_matches('/');
        if short.is_empty() || short.len() == path.len() {
            return Ok(());
        }
        let short = short.to_owned();
        self.redirect_to_path(&short)
    }

    fn redirect_to_path(&mut self, path: &str) -> Result {
        if !matches!(*self.method(), Method::GET | Method::HEAD) {
            return Err(Error::new(404));
        }
        let request = self.request();
        let mut url = format!("{}{path}", request.mount());
        // Also where a front takes the mount off.
        if !Place::of(&url).is_here() || !Place::of(path).is_here() {
            return Err(Error::new(403).message("the path leads elsewhere"));
        }
        if let Some(query) = request.query() {
            url.push('?');
            url.push_str(query);
        }
        self.redirect_with(301, &url)?;
        Err(Error::finish())
    }
}

/// Stands where the other spelling of a path is.
enum Slash {
    Missing,
    Superfluous,
}

impl RequestHandler for Slash {
    async fn other(&self, cx: &mut Context) -> Result {
        match self {
            Self::Missing => cx.addslash()?,
            Self::Superfluous => cx.removeslash()?,
        }
        Err(Error::new(404))
    }
}

impl Application {
    /// Redirects to the route that was added last, whose pattern ends in a slash, from the same path without it (Tornado's
    /// `@addslash`): 301 for GET and HEAD, 404 for others.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new().get("/docs/", async |cx| cx.write("the docs")).addslash();
    /// # let client = waterspout::testing::TestClient::new(app);
    /// let response = client.get("/docs?page=2").send();
    /// assert_eq!((response.status(), response.header("location")), (301, Some("/docs/?page=2")));
    /// ```
    #[must_use]
    pub fn addslash(mut self) -> Self {
        match self
            .last_source()
            .as_deref()
            .and_then(|source| source.strip_suffix('/'))
        {
            Some(source) if !source.is_empty() => self.beside(source, Slash::Missing),
            _ => {
                self.problem("addslash() wants a route before it whose pattern ends in a slash");
                self
            }
        }
    }

    /// Redirects to the route that was added last from the same path with a slash behind it (Tornado's `@removeslash`).
    #[must_use]
    pub fn removeslash(mut self) -> Self {
        match self.last_source() {
            Some(source) if !source.ends_with('/') => self.beside(&format!("{source}/"), Slash::Superfluous),
            _ => {
                self.problem("removeslash() wants a route before it whose pattern does not end in a slash");
                self
            }
        }
    }

    /// The pattern that was added last; not that of a regular expression, which has both spellings with `/?`.
    fn last_source(&mut self) -> Option<String> {
        let pattern = self.last.and_then(|index| self.inner().pattern(index))?;
        (!pattern.is_regex()).then(|| pattern.source().to_owned())
    }

    fn beside(self, pattern: &str, handler: Slash) -> Self {
        let last = self.last;
        let mut app = self.route(pattern, handler);
        app.last = last;
        app
    }
}
