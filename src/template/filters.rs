//! Names of the namespace as filters, for where their text is needed at once: before a filter of your own, as an argument.
//!
//! | filter | gives |
//! |---|---|
//! | `{{ "app.css"\|static_url }}` | the URL of a static file |
//! | `{{ "main"\|reverse_url }}` | the path of a named route without parameters |
//! | `{{ "site"\|named\|upper }}` | what a function of the application without arguments gives, or a value that is text |
//!
//! Askama looks for filters in a module `filters` beside the template: `use waterspout::template::filters;`, or in a module
//! of your own `pub use waterspout::template::filters::*;`. Elsewhere the methods of [`Names`](super::Names) need no `use`.
#![expect(missing_docs, reason = "the macro drops them; they stand above")]

use askama::Values;

use super::scope::look_up;

#[askama::filter_fn]
pub fn static_url(path: impl AsRef<str>, values: &dyn Values) -> askama::Result<String> {
    text(values, "static_url", &[path.as_ref().to_owned()])
}

#[askama::filter_fn]
pub fn reverse_url(name: impl AsRef<str>, values: &dyn Values) -> askama::Result<String> {
    text(values, "reverse_url", &[name.as_ref().to_owned()])
}

#[askama::filter_fn]
pub fn named(name: impl AsRef<str>, values: &dyn Values) -> askama::Result<String> {
    text(values, name.as_ref(), &[])
}

fn text(values: &dyn Values, name: &str, args: &[String]) -> askama::Result<String> {
    look_up(values, name, args).map(Into::into)
}
