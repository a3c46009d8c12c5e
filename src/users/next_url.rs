//! The way back after a login, which must not lead to another site.

use url::Url;

use crate::handler::{Arguments, Context};
use crate::request::Request;

impl Context {
    /// Where to go after a login: the argument `next`, where it leads to a page of this site, else `default`. What comes
    /// back is a path with its query and fragment, to be given to [`Context::redirect`].
    ///
    /// An argument is read as browsers read a link (WHATWG URL Standard): blanks and control characters around it and tabs
    /// and line breaks in it are passed over, a backslash is a slash, `//host` and `https:host` name another site. Whatever
    /// such a reading takes off this scheme, host and port is refused, by any of these ways or another.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new().get("/login", async |cx| {
    ///     let next = cx.next_url("/home");
    ///     cx.redirect(&next)
    /// });
    /// # let client = waterspout::testing::TestClient::new(app);
    /// let goes_to = |next: &str| {
    ///     let response = client.get(&format!("/login?next={next}")).send();
    ///     response.header("location").map(str::to_owned)
    /// };
    /// assert_eq!(goes_to("/page%3Fa%3Db").as_deref(), Some("/page?a=b"));
    /// assert_eq!(goes_to("//example.com/").as_deref(), Some("/home"));
    /// assert_eq!(goes_to("/%09/example.com/").as_deref(), Some("/home"));
    /// ```
    pub fn next_url(&self, default: &str) -> String {
        let last = |arguments: &Arguments| {
            // Untrimmed: what is to be read as a browser reads it must not be cleaned in another way before.
            let named = arguments.iter().filter(|(name, _)| *name == "next");
            named.last().map(|(_, value)| value.into_owned())
        };
        let next = last(self.body_arguments()).or_else(|| last(self.query_arguments()));
        next.and_then(|next| local(self.request(), &next))
            .unwrap_or_else(|| default.to_owned())
    }
}

/// A reference as a path of this site; `None` where it is empty or leads elsewhere.
fn local(request: &Request, reference: &str) -> Option<String> {
    if reference.trim_matches(|c| c <= ' ').is_empty() {
        return None;
    }
    let host = request.host().unwrap_or("localhost");
    let mut base = Url::parse(&format!("{}://{host}/", request.scheme())).ok()?;
    base.set_path(&format!("{}{}", request.mount(), request.path()));
    let target = base.join(reference).ok()?;
    if target.origin() != base.origin() {
        return None;
    }
    // A path such as `//host` is fine behind its host, and another host where it stands alone.
    let local = &target[url::Position::BeforePath..];
    let single = local.strip_prefix('/')?;
    (!single.starts_with(['/', '\\'])).then(|| local.to_owned())
}
