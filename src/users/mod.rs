//! Who asks: the current user, the guard for pages that need one, and the way back after a login.

mod guard;
mod login;
mod next_url;

use std::any::{Any, type_name};
use std::sync::{Arc, Weak};

pub use guard::{Authenticated, authenticated};

use crate::application::Application;
use crate::carrier::BoxFuture;
use crate::error::{Error, Result};
use crate::extensions::Extensions;
use crate::handler::Context;

/// The name of the user in templates.
pub(crate) const CURRENT_USER: &str = "current_user";

type User = Arc<dyn Any + Send + Sync>;

/// An `async fn(&mut Context) -> Result<Option<T>>`, or a closure of that shape.
pub trait UserFn<'a, T>: Send + Sync + 'static {
    /// The future that the function gives.
    type Future: Future<Output = Result<Option<T>>> + Send + 'a;

    /// Calls the function.
    fn call(&self, cx: &'a mut Context) -> Self::Future;
}

impl<'a, T, F, Fut> UserFn<'a, T> for F
where
    F: Fn(&'a mut Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<T>>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context) -> Fut {
        self(cx)
    }
}

/// The private twin of [`UserFn`] that can be a trait object.
pub(crate) trait Users: Send + Sync {
    fn current<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Result<Option<User>>>;
}

/// A function that finds users of one type.
struct Of<F, T>(F, std::marker::PhantomData<fn() -> T>);

impl<F, T> Users for Of<F, T>
where
    F: for<'a> UserFn<'a, T>,
    T: Any + Send + Sync,
{
    fn current<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Result<Option<User>>> {
        let found = self.0.call(cx);
        Box::pin(async move { Ok(found.await?.map(|user| Arc::new(user) as User)) })
    }
}

/// What is known of the user of a request.
enum Known {
    /// The function is at work. The reference is dead where its future was dropped before its end.
    Asked(Weak<()>),
    Found(Option<User>),
}

/// The user whom templates see.
pub(crate) fn found(extensions: &Extensions) -> Option<&dyn Any> {
    match extensions.get::<Known>()? {
        Known::Found(Some(user)) => Some(&**user),
        Known::Found(None) | Known::Asked(_) => None,
    }
}

impl Application {
    /// Says who the user of a request is (Tornado's `get_current_user`, which may wait here). It is asked when somebody
    /// first wants to know, and once a request: [`Context::current_user`], a [guard](Application::authenticated).
    ///
    /// Templates see the user under the name `current_user` when he has been asked for before the page is rendered.
    ///
    /// ```
    /// use waterspout::prelude::*;
    /// use waterspout::session::{MemoryStore, Sessions};
    ///
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// async fn current_user(cx: &mut Context) -> Result<Option<User>> {
    ///     let name: Option<String> = cx.session().await?.get("user")?;
    ///     Ok(name.map(|name| User { name }))
    /// }
    ///
    /// let app = Application::new()
    ///     .sessions(Sessions::new(MemoryStore::new()))
    ///     .get_current_user(current_user)
    ///     .settings(Settings { login_url: Some("/login".into()), ..Settings::default() })
    ///     .post("/login", async |cx| {
    ///         let name = cx.get_body_argument("user")?; // and a password, which is checked
    ///         let session = cx.session().await?;
    ///         session.renew();
    ///         session.insert("user", &name)?;
    ///         let next = cx.next_url("/");
    ///         cx.redirect_with(303, &next)
    ///     })
    ///     .get("/private", async |cx| {
    ///         let user = cx.current_user::<User>().await?.status(403)?;
    ///         cx.write(format!("Hello, {}", user.name))
    ///     })
    ///     .authenticated();
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # assert_eq!(client.get("/private").send().header("location"), Some("/login?next=%2Fprivate"));
    /// # let login = client.post("/login?next=%2Fprivate").form(&[("user", "Jo")]).send();
    /// # assert_eq!((login.status(), login.header("location")), (303, Some("/private")));
    /// # assert_eq!(client.get("/private").send().text(), "Hello, Jo");
    /// ```
    #[must_use]
    pub fn get_current_user<F, T>(mut self, function: F) -> Self
    where
        F: AsyncFn(&mut Context) -> Result<Option<T>> + for<'a> UserFn<'a, T>,
        T: Any + Send + Sync,
    {
        self.inner().users = Some(Arc::new(Of(function, std::marker::PhantomData)));
        self
    }
}

impl Context {
    /// The user of this request, `None` where there is none: what [`Application::get_current_user`] has said, or
    /// [`Context::set_current_user`].
    ///
    /// # Errors
    /// 500 when the application has no `get_current_user` or its users are no `T`, and what that function fails with.
    pub async fn current_user<T: Any + Send + Sync>(&mut self) -> Result<Option<Arc<T>>> {
        let Some(user) = self.find_user().await? else {
            return Ok(None);
        };
        let other = |_| Error::new(500).message(format!("the current user is no {}", type_name::<T>()));
        user.downcast().map(Some).map_err(other)
    }

    /// Says who the user is for the rest of this request: after a login or a logout, or in
    /// [`prepare`](crate::RequestHandler::prepare) instead of [`Application::get_current_user`].
    pub fn set_current_user<T: Any + Send + Sync>(&mut self, user: Option<T>) {
        let user = user.map(|user| Arc::new(user) as User);
        self.extensions_mut().insert(Known::Found(user));
    }

    async fn find_user(&mut self) -> Result<Option<User>> {
        match self.extensions().get::<Known>() {
            Some(Known::Found(user)) => return Ok(user.clone()),
            Some(Known::Asked(by)) if by.strong_count() > 0 => {
                return Err(Error::new(500).message("get_current_user asks for the current user"));
            }
            Some(Known::Asked(_)) | None => {}
        }
        let users = self.app().users.clone();
        let users =
            users.ok_or_else(|| Error::new(500).message("the application has no get_current_user"))?;
        let asked = Arc::new(());
        self.extensions_mut().insert(Known::Asked(Arc::downgrade(&asked)));
        let user = users.current(self).await?;
        self.extensions_mut().insert(Known::Found(user.clone()));
        Ok(user)
    }
}
