//! Handlers that answer nobody but users.

use std::any::Any;
use std::sync::Arc;

use http::Method;

use crate::application::Application;
use crate::error::{Error, Result, Status};
use crate::handler::{Context, RequestHandler};

/// A handler that answers nobody but users: see [`authenticated`].
#[derive(Clone, Copy, Debug)]
pub struct Authenticated<H>(H);

/// Lets a handler answer nobody but users (Tornado's `@authenticated`, for all of its verbs).
///
/// Whom [`Application::get_current_user`] does not know is sent to [`Settings::login_url`](crate::Settings) when he asks
/// by GET or HEAD, with the way back in the argument `next` ([`Context::next_url`]), and is answered 403 otherwise.
/// Nothing of the handler runs then, not even `prepare`. A handler of your own can say the same of itself:
/// [`RequestHandler::authenticated`].
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::authenticated;
///
/// struct Account;
/// impl RequestHandler for Account {
///     async fn get(&self, cx: &mut Context) -> Result {
///         cx.write("your account")
///     }
/// }
/// let app = Application::new()
///     .get_current_user(async |cx| Ok(cx.get_cookie("user")))
///     .route("/account", authenticated(Account));
/// # let client = waterspout::testing::TestClient::new(app);
/// # assert_eq!(client.get("/account").send().status(), 403);
/// # assert_eq!(client.get("/account").header("cookie", "user=me").send().text(), "your account");
/// ```
pub fn authenticated<H: RequestHandler>(handler: H) -> Authenticated<H> {
    Authenticated(handler)
}

macro_rules! forward {
    ($($verb:ident),+) => {$(
        fn $verb(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
            self.0.$verb(cx)
        }
    )+};
}

impl<H: RequestHandler> RequestHandler for Authenticated<H> {
    forward!(get, head, post, put, patch, delete, options, other, prepare);

    fn check_trusted_origin(&self, origin: &str, cx: &Context) -> bool {
        self.0.check_trusted_origin(origin, cx)
    }

    fn check_xsrf_cookie(&self, cx: &Context) -> Result {
        self.0.check_xsrf_cookie(cx)
    }

    fn write_error(&self, cx: &mut Context, error: &Error) -> impl Future<Output = Result> + Send {
        self.0.write_error(cx, error)
    }

    fn on_finish(&self, cx: &mut Context) {
        self.0.on_finish(cx);
    }

    fn on_connection_close(&self, cx: &mut Context) {
        self.0.on_connection_close(cx);
    }

    fn stream_request_body(&self) -> bool {
        self.0.stream_request_body()
    }

    fn authenticated(&self) -> bool {
        true
    }

    fn allow(&self) -> Option<Vec<Method>> {
        self.0.allow()
    }
}

impl Application {
    /// Lets the route that was added last answer nobody but users, with all of its functions, as [`authenticated`] says.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// let app = Application::new()
    ///     .get_current_user(async |cx| Ok(cx.get_cookie("user")))
    ///     .settings(Settings { login_url: Some("/login".into()), ..Settings::default() })
    ///     .get("/private", async |cx| cx.write("yours alone"))
    ///     .authenticated();
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.get("/private?a=b").send().header("location"), Some("/login?next=%2Fprivate%3Fa%3Db"));
    /// ```
    #[must_use]
    pub fn authenticated(mut self) -> Self {
        if let Some(route) = self.last_route() {
            route.authenticated = true;
            self.inner().has_private_routes = true;
        }
        self
    }
}

impl Context {
    /// The user of this request; where there is none, ends the request as [`authenticated`] does: for single verbs.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// struct Entry;
    /// impl RequestHandler for Entry {
    ///     async fn get(&self, cx: &mut Context) -> Result {
    ///         cx.write("for everybody")
    ///     }
    ///     async fn post(&self, cx: &mut Context) -> Result {
    ///         let user = cx.authenticated_user::<String>().await?;
    ///         cx.write(format!("changed by {user}"))
    ///     }
    /// }
    /// # let app = Application::new().get_current_user(async |cx| Ok(cx.get_cookie("user"))).route("/", Entry);
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.post("/").send().status(), 403);
    /// # assert_eq!(client.post("/").header("cookie", "user=me").send().text(), "changed by me");
    /// ```
    ///
    /// # Errors
    /// [`Error::finish`] after a redirect to the login, 403 where there is none, and as [`Context::current_user`].
    pub async fn authenticated_user<T: Any + Send + Sync>(&mut self) -> Result<Arc<T>> {
        match self.current_user().await? {
            Some(user) => Ok(user),
            None => {
                self.send_to_login()?;
                Err(Error::finish())
            }
        }
    }

    /// The guard: answers whoever is no user.
    pub(crate) async fn check_user(&mut self) -> Result {
        if self.find_user().await?.is_some() {
            return Ok(());
        }
        self.send_to_login()
    }

    /// 302 to the login, or 403 where no browser would come back from there with the same request.
    fn send_to_login(&mut self) -> Result {
        let by_link = matches!(*self.method(), Method::GET | Method::HEAD);
        let login = self.login_url().filter(|_| by_link).status(403)?;
        self.redirect(&login)
    }
}
