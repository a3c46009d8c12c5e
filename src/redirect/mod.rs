//! Redirects: [`RedirectHandler`], and Tornado's `@addslash` and `@removeslash`.

mod address;
mod place;
mod slash;

use address::Address;
pub(crate) use address::Key;
use place::Place;

use crate::error::{Error, Result};
use crate::handler::{Context, RequestHandler};

/// Redirects to an address in which `{0}` and `{name}` stand for path arguments, as Tornado's handler of that name does. The
/// query goes along.
///
/// No argument can lead to another place: where the address that comes out has another scheme or host than the one that
/// was written, as a browser would read it (`/\host`, a tab in `//host`, `javascript:`), the answer is 400. Arguments stay
/// percent-encoded as they came.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::RedirectHandler;
///
/// let app = Application::new()
///     .route("/photos/{id}", RedirectHandler::new("/pictures/{id}"))
///     .route_regex("/pictures/(.*)/(.*)", RedirectHandler::new("https://img.example.com/{1}/{0}").permanent(false));
/// # let client = waterspout::testing::TestClient::new(app);
/// let response = client.get("/photos/7?size=2").send();
/// assert_eq!((response.status(), response.header("location")), (301, Some("/pictures/7?size=2")));
/// # let response = client.get("/pictures/a/b").send();
/// # assert_eq!((response.status(), response.header("location")), (302, Some("https://img.example.com/b/a")));
/// ```
#[derive(Clone, Debug)]
pub struct RedirectHandler {
    /// Or why it is none.
    address: std::result::Result<Address, &'static str>,
    permanent: bool,
}

impl RedirectHandler {
    /// Redirects for good: 301. A literal brace is written twice.
    pub fn new(url: &str) -> Self {
        Self {
            address: Address::parse(url),
            permanent: true,
        }
    }

    /// 301 where it is permanent, 302 where it is not.
    #[must_use]
    pub fn permanent(mut self, permanent: bool) -> Self {
        self.permanent = permanent;
        self
    }
}

impl RequestHandler for RedirectHandler {
    /// # Errors
    /// 400 where the arguments would lead elsewhere, 500 where the address is malformed or asks for an argument that the route
    /// does not have.
    async fn get(&self, cx: &mut Context) -> Result {
        let address = match &self.address {
            Ok(address) => address,
            Err(problem) => return Err(Error::new(500).message(*problem)),
        };
        let mut url = address.fill(|key| cx.path_raw(key))?;
        // What browsers make of bytes that stand in an address encoded is their own matter: both readings must be harmless.
        let decoded = address.fill(|key| cx.path_text(key))?;
        if [&url, &decoded]
            .iter()
            .any(|url| Place::of(url) != *address.place())
        {
            return Err(Error::new(400).message("the path leads elsewhere"));
        }
        if let Some(query) = cx.request().query().filter(|query| !query.is_empty()) {
            let fragment = url.find('#').map(|at| url.split_off(at));
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(query);
            url.extend(fragment);
        }
        cx.redirect_with(if self.permanent { 301 } else { 302 }, &url)
    }
}
