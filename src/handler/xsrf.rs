//! What is checked before a handler sees a request that could change something.

use super::{Context, RequestHandler};
use crate::error::{Error, Result};
use crate::origin::{self, Source};
use crate::xsrf::{FIELD, Token, Xsrf, token_of_cookie};

impl Context {
    /// The token against cross-site request forgery, masked for this response: for a field `X-Xsrftoken` of requests that
    /// scripts make. Forms have [`Context::xsrf_form_html`].
    ///
    /// The first time a client asks for one it gets the cookie as well, whose name is
    /// [`Settings::xsrf_cookie_name`](crate::Settings::xsrf_cookie_name). The text is another one in every response; all of
    /// them are good as long as the client keeps the cookie.
    ///
    /// # Errors
    /// 500 where the system gives no randomness, or the head has been sent without the cookie that belongs to the token.
    pub fn xsrf_token(&mut self) -> Result<String> {
        self.xsrf().map(|xsrf| xsrf.masked.clone())
    }

    /// The hidden field that every form by POST needs where [`Settings::xsrf_cookies`](crate::Settings::xsrf_cookies) is on;
    /// in templates `{{ xsrf_form_html() }}`.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn form(cx: &mut Context) -> Result {
    ///     let field = cx.xsrf_form_html()?;
    ///     cx.write(format!(r#"<form method="post">{field}<input name="text"></form>"#))
    /// }
    ///
    /// let settings = Settings { xsrf_cookies: true, ..Settings::default() };
    /// let app = Application::new()
    ///     .settings(settings)
    ///     .get("/", form)
    ///     .post("/", async |cx| cx.write("posted"));
    /// let client = waterspout::testing::TestClient::new(app);
    /// let page = client.get("/").send();
    /// let token = page.text().split('"').nth(7).unwrap_or_default();
    /// assert_eq!(client.post("/").form(&[("_xsrf", token)]).send().text(), "posted");
    /// assert_eq!(client.post("/").form(&[("_xsrf", "forged")]).send().status(), 403);
    /// ```
    ///
    /// # Errors
    /// As [`Context::xsrf_token`].
    pub fn xsrf_form_html(&mut self) -> Result<String> {
        self.xsrf().map(Xsrf::form_html)
    }

    fn xsrf(&mut self) -> Result<&Xsrf> {
        let xsrf = Xsrf::of(&self.request, &self.app.settings)?;
        xsrf.set_cookie(self.progress.flushed, &mut self.headers)?;
        Ok(xsrf)
    }

    /// Refuses a request that does not repeat the token of its cookie: in the argument `_xsrf` of form or query, or in the
    /// field `X-Xsrftoken` or `X-Csrftoken`. With [`Settings::xsrf_cookies`](crate::Settings::xsrf_cookies) the framework
    /// does so before every handler.
    ///
    /// A handler that streams its body has no form yet: its clients send the field, or the argument in the query.
    ///
    /// # Errors
    /// 403 where the token is missing, is none, or is another one than the cookie's.
    pub fn check_xsrf_cookie(&self) -> Result {
        let refuse = |why| Err(Error::new(403).message(why));
        let argument = self.get_argument_or(FIELD, "")?;
        let mut given = [
            Some(argument.as_str()),
            self.header("x-xsrftoken"),
            self.header("x-csrftoken"),
        ]
        .into_iter()
        .flatten();
        let Some(given) = given.find(|text| !text.is_empty()) else {
            return refuse("'_xsrf' argument missing");
        };
        let Some(given) = Token::parse(given) else {
            return refuse("'_xsrf' argument has invalid format");
        };
        match token_of_cookie(&self.request, &self.app.settings) {
            Some(token) if token.matches(&given) => Ok(()),
            _ => refuse("XSRF cookie does not match the '_xsrf' argument"),
        }
    }

    /// True where a page could act in its visitor's name by this request, and the route is not for pages of any origin.
    fn is_guarded(&self) -> bool {
        self.guarded && !origin::is_safe(self.method())
    }

    /// Before the body is read.
    pub(super) fn check_cross_origin(&self, handler: &impl RequestHandler) -> Result {
        if !self.settings().cross_origin_protection || !self.is_guarded() {
            return Ok(());
        }
        match Source::of(&self.request) {
            Source::Own => Ok(()),
            Source::Other(origin) if handler.check_trusted_origin(origin, self) => Ok(()),
            Source::Other("") => Err(Error::new(403).message("cross-site requests are not allowed here")),
            Source::Other(_) => {
                Err(Error::new(403).message("requests from pages of this origin are not allowed here"))
            }
        }
    }

    /// Before the handler sees anything.
    pub(super) fn check_xsrf(&self, handler: &impl RequestHandler) -> Result {
        if self.settings().xsrf_cookies && self.is_guarded() {
            return handler.check_xsrf_cookie(self);
        }
        Ok(())
    }
}
