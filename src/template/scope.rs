//! What a function of the namespace may use, and how names are looked up.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use askama::Values;
use http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use http::{HeaderName, HeaderValue};

use super::values::as_text;
use super::view::{APP, OUTGOING, Outgoing, REQUEST};
use crate::application::Inner;
use crate::cookies::SetCookie;
use crate::error::{Error, Result};
use crate::request::Request;
use crate::security;
use crate::static_files::static_url;
use crate::xsrf::Xsrf;

/// The request that a template is rendered for, as a function of the namespace sees it
/// ([`Application::template_function`](crate::Application::template_function)).
pub struct Scope<'a> {
    app: &'a Arc<Inner>,
    request: &'a Request,
    outgoing: &'a RefCell<Outgoing>,
    values: &'a dyn Values,
}

impl<'a> Scope<'a> {
    /// `None` where the template is rendered by itself and not for a request.
    pub(super) fn of(values: &'a dyn Values) -> Option<Self> {
        Some(Self {
            app: values.get_value(APP)?.downcast_ref()?,
            request: values.get_value(REQUEST)?.downcast_ref()?,
            outgoing: values.get_value(OUTGOING)?.downcast_ref()?,
            values,
        })
    }

    /// The request. Its body has been read.
    pub fn request(&self) -> &'a Request {
        self.request
    }

    /// A value given to [`Application::state`](crate::Application::state).
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.app.state.get()
    }

    /// The value of a name, where it is set and has this type.
    pub fn value<T: Any>(&self, name: &str) -> Option<&'a T> {
        self.values.get_value(name)?.downcast_ref()
    }

    /// The path of the named route; see [`Context::reverse_url`](crate::Context::reverse_url).
    ///
    /// # Errors
    /// 500 for an unknown name, a wrong number of arguments, or a pattern that cannot be reversed.
    pub fn reverse_url(&self, name: &str, args: &[&str]) -> Result<String> {
        self.app.reverse_url(self.request.mount(), name, args)
    }

    /// Adds a field to the response that the template becomes part of. It is forgotten if the template fails after all.
    ///
    /// # Errors
    /// 500 when name or value may not stand in a header, or when the head has been sent.
    pub fn add_header<N, V>(&self, name: N, value: V) -> Result
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let illegal = |what| Error::new(500).message(format!("illegal header {what}"));
        let name = name.try_into().map_err(|_| illegal("name"))?;
        let value = value.try_into().map_err(|_| illegal("value"))?;
        let mut outgoing = self.outgoing.borrow_mut();
        if outgoing.sent {
            return Err(Error::new(500).message("the head has been sent already"));
        }
        outgoing.fields.append(name, value);
        Ok(())
    }

    /// Sets a cookie with the response that the template becomes part of.
    ///
    /// # Errors
    /// As [`Scope::add_header`], and 500 when name, value or an attribute may not stand in `Set-Cookie`.
    pub fn set_cookie(&self, cookie: &SetCookie) -> Result {
        self.add_header(SET_COOKIE, cookie.encode()?)
    }

    /// The token of this response, whose cookie goes along where the client has none.
    fn xsrf(&self) -> Result<&'a Xsrf> {
        let xsrf = Xsrf::of(self.request, &self.app.settings)?;
        let mut outgoing = self.outgoing.borrow_mut();
        let Outgoing { sent, fields } = &mut *outgoing;
        xsrf.set_cookie(*sent, fields)?;
        Ok(xsrf)
    }

    /// The nonce, and the policy with it for the response.
    fn csp_nonce(&self) -> Result<&'a str> {
        let sent = self.outgoing.borrow().sent;
        if sent && self.request.extensions().nonce().is_none() {
            return Err(Error::new(500).message("the head has been sent without a nonce"));
        }
        let (nonce, policy) = security::nonce(&self.app.settings.security, self.request)?;
        if !sent {
            self.add_header(CONTENT_SECURITY_POLICY, policy)?;
        }
        Ok(nonce)
    }

    /// What a name means: text set for this request, a function, text of the application, the framework's own.
    fn look_up(&self, name: &str, args: &[&str]) -> Result<Cow<'a, str>> {
        let set = self.request.value(name).and_then(as_text);
        if let Some(text) = set {
            return Ok(text.into());
        }
        if let Some(function) = self.app.templates.function(name) {
            return function(self, args).map(Cow::Owned);
        }
        if let Some(text) = self.app.templates.value(name).and_then(as_text) {
            return Ok(text.into());
        }
        let missing = |why| Err(Error::new(500).message(why));
        match (name, args) {
            ("reverse_url", [route, args @ ..]) => self.reverse_url(route, args).map(Cow::Owned),
            ("csp_nonce", _) => self.csp_nonce().map(Cow::Borrowed),
            ("locale", _) => Ok("en_US".into()),
            ("xsrf_token", _) => Ok((&*self.xsrf()?.masked).into()),
            ("xsrf_form_html", _) => self.xsrf().map(Xsrf::form_html).map(Cow::Owned),
            ("static_url", [path]) => static_url(self.app, self.request, path).map(Cow::Owned),
            _ => missing("the application has no function and no text of this name"),
        }
    }
}

/// Looks a name up.
pub(super) fn look_up<'v>(
    values: &'v dyn Values,
    name: &str,
    args: &[String],
) -> askama::Result<Cow<'v, str>> {
    let failed = |why: String| {
        askama::Error::custom(NameError {
            name: name.to_owned(),
            why,
        })
    };
    let Some(scope) = Scope::of(values) else {
        return Err(failed("the template is not rendered for a request".into()));
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    scope.look_up(name, &args).map_err(|error| {
        failed(match (error.text(), error.cause()) {
            (Some(text), None) => text.to_owned(),
            _ => error.to_string(),
        })
    })
}

/// Why a name of the namespace has no meaning here.
#[derive(Debug)]
struct NameError {
    name: String,
    why: String,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in a template: {}", self.name, self.why)
    }
}

impl std::error::Error for NameError {}
