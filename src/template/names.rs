//! The namespace as templates spell it.

use std::borrow::Cow;
use std::fmt;

use askama::filters::HtmlSafe;
use askama::{FastWritable, Template, Values};

use super::scope::look_up;

/// Tornado's namespace: methods that every template has, so that `{{ static_url("app.css") }}` works without a field of
/// that name. It is in the prelude; a method of the template's own type goes before these.
///
/// They are looked up when they are written. `{{ static_url(file)|urlencode }}` is fine, as Askama's filters write what they
/// are given; what formats it by itself (`"{}"|format(..)`, a filter of your own) fails: there the
/// [`filters`](super::filters) give text at once.
pub trait Names: Template {
    /// The URL of a static file.
    fn static_url(&self, path: impl AsRef<str>) -> Named {
        named("static_url").arg(path.as_ref())
    }

    /// The path of a named route; its parameters follow by [`Named::arg`].
    fn reverse_url(&self, name: impl AsRef<str>) -> Named {
        named("reverse_url").arg(name.as_ref())
    }

    /// The hidden form field against cross-site request forgery.
    fn xsrf_form_html(&self) -> Markup {
        Markup(named("xsrf_form_html"))
    }

    /// The token that this field has, for scripts that send it in a field `X-Xsrftoken`.
    fn xsrf_token(&self) -> Named {
        named("xsrf_token")
    }

    /// The nonce of the response, for the attribute of that name: see
    /// [`Context::csp_nonce`](crate::Context::csp_nonce).
    fn csp_nonce(&self) -> Named {
        named("csp_nonce")
    }

    /// The code of the locale: `en_US`.
    fn locale(&self) -> Named {
        named("locale")
    }

    /// A function of the application, or a value that is text, by its name.
    fn named(&self, name: impl AsRef<str>) -> Named {
        named(name.as_ref().to_owned())
    }
}

impl<T: Template + ?Sized> Names for T {}

fn named(name: impl Into<Cow<'static, str>>) -> Named {
    Named {
        name: name.into(),
        args: Vec::new(),
    }
}

/// Something of the namespace, looked up when the template writes it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Named {
    name: Cow<'static, str>,
    args: Vec<String>,
}

impl Named {
    /// Adds an argument.
    pub fn arg(mut self, argument: impl fmt::Display) -> Self {
        self.args.push(argument.to_string());
        self
    }
}

impl FastWritable for Named {
    fn write_into(&self, out: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        Ok(out.write_str(&look_up(values, &self.name, &self.args)?)?)
    }
}

/// Askama asks for it; it fails, since nothing can be looked up where there are no values.
impl fmt::Display for Named {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

/// Something of the namespace that is markup, and so is not escaped.
#[derive(Clone, Debug)]
#[must_use]
pub struct Markup(Named);

impl FastWritable for Markup {
    fn write_into(&self, out: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        self.0.write_into(out, values)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl HtmlSafe for Markup {}
