//! Templates: [Askama](https://askama.rs)'s, compiled with the program, rendered with Tornado's names.
//!
//! A page is a type with `#[derive(Template)]`; [`Context::render`](crate::Context::render) answers with it. What Tornado
//! puts into every template's namespace is here, under the same names, as methods that every template has
//! ([`Names`], in the prelude) and as values:
//!
//! | in Tornado | in the template | what it is |
//! |---|---|---|
//! | `static_url(path)` | `{{ static_url("app.css") }}` | the URL of a [static file](crate::Context::static_url), its version in it |
//! | `reverse_url(name, *args)` | `{{ reverse_url("entry").arg(id) }}` | the path of a named route, the mount included |
//! | `xsrf_form_html()` | `{{ xsrf_form_html() }}` | the hidden field of a form; see [`Context::xsrf_form_html`](crate::Context::xsrf_form_html) |
//! | `xsrf_token` | `{{ xsrf_token() }}` | the token in it |
//! | – | `<script nonce="{{ csp_nonce() }}">` | [`Context::csp_nonce`](crate::Context::csp_nonce) |
//! | `locale.code` | `{{ locale() }}` | a function of the application; without one `en_US` |
//! | `request` | `{% let request = ("request"\|value::<Request>)? %}` | the [`Request`](crate::Request) |
//! | `current_user` | `{% if let Ok(user) = "current_user"\|value::<User> %}` | what [`set_value`](crate::Context::set_value) has set; else the [user](crate::Application::get_current_user), where he was asked for before |
//! | `ui_methods` | `{{ named("avatar").arg(id) }}` | an [`Application::template_function`](crate::Application::template_function) |
//!
//! Names are looked up while the page is rendered: first what was set for the request
//! ([`Context::set_value`](crate::Context::set_value), [`Request::set_value`](crate::Request::set_value),
//! [`Deferred::set_value`]), then the application's functions and values
//! ([`Application::template_function`](crate::Application::template_function),
//! [`Application::template_value`](crate::Application::template_value)), then the framework's. A name that nobody has
//! given is an error that says which.
//!
//! ```
//! use waterspout::prelude::*;
//!
//! #[derive(Template)]
//! #[template(ext = "html", source = r#"<a href="{{ reverse_url("entry").arg(id) }}">{{ title }}</a> - {{ named("site") }}"#)]
//! struct Page {
//!     id: u32,
//!     title: String,
//! }
//!
//! let app = Application::new()
//!     .template_value("site", "My blog")
//!     .get("/", async |cx| cx.render(Page { id: 7, title: "<Hello>".into() }))
//!     .get("/entry/{id}", async |cx| cx.write("an entry"))
//!     .name("entry");
//! # let client = waterspout::testing::TestClient::new(app);
//! let page = client.get("/").send();
//! assert_eq!(page.text(), r#"<a href="/entry/7">&#60;Hello&#62;</a> - My blog"#);
//! assert_eq!(page.header("content-type"), Some("text/html; charset=UTF-8"));
//! ```
//!
//! The derive looks for a crate named `askama`: `cargo add askama`, or say where it is with
//! `#[template(..., askama = waterspout::askama)]`.

mod deferred;
mod error_page;
pub mod filters;
mod layer;
mod media;
mod names;
mod registry;
mod scope;
mod values;
mod view;

pub use deferred::Deferred;
pub use error_page::ErrorPage;
pub use layer::Templates;
pub(crate) use media::HTML;
pub use media::content_type;
pub use names::{Markup, Named, Names};
pub(crate) use registry::Registry;
pub use scope::Scope;
pub(crate) use view::{View, append};
