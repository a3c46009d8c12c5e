//! An address with places for arguments, in the form of Python's `str.format`, which Tornado uses.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Place;
use crate::error::{Error, Result};

/// A parsed address.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pieces: Vec<Piece>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Argument(Key),
}

/// An argument of the route.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Index(usize),
    Name(String),
}

impl Address {
    pub(super) fn parse(url: &str) -> std::result::Result<Self, &'static str> {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        let mut rest = url;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            rest = if let Some(rest) = from.strip_prefix("{{") {
                text.push('{');
                rest
            } else if let Some(rest) = from.strip_prefix("}}") {
                text.push('}');
                rest
            } else {
                let inside = from
                    .strip_prefix('{')
                    .ok_or("a redirect's address has a `}` without its `{`")?;
                let (name, rest) = inside
                    .split_once('}')
                    .filter(|(name, _)| !name.is_empty() && !name.contains('{'))
                    .ok_or("a redirect's address has a `{` without a name and `}`")?;
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Argument(match name.parse() {
                    Ok(index) => Key::Index(index),
                    Err(_) => Key::Name(name.to_owned()),
                }));
                rest
            };
        }
        text.push_str(rest);
        pieces.push(Piece::Text(text));
        // An argument cannot be part of scheme and host: what stands before the first one must say them in full.
        let place = match pieces.first() {
            Some(Piece::Text(text)) => Place::of(text),
            _ => Place::of(""),
        };
        Ok(Self { pieces, place })
    }

    /// Where it leads, whatever its arguments are.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The address with its arguments in their places.
    ///
    /// # Errors
    /// 500 for an argument that there is not.
    pub(super) fn fill<'a>(&self, argument: impl Fn(&Key) -> Option<Cow<'a, str>>) -> Result<String> {
        let mut url = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => url.push_str(text),
                Piece::Argument(key) => {
                    let missing =
                        || Error::new(500).message(format!("a redirect asks for the path argument {key:?}"));
                    push(&mut url, &argument(key).ok_or_else(missing)?);
                }
            }
        }
        Ok(url)
    }
}

/// Behind the question mark, characters that a path may have would mean something else.
fn push(url: &mut String, argument: &str) {
    if !url.contains('?') {
        url.push_str(argument);
        return;
    }
    for c in argument.chars() {
        if matches!(c, '&' | '=' | '+' | ';') {
            // Writing to a String does not fail.
            let _ = write!(url, "%{:02X}", u32::from(c));
        } else {
            url.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(url: &str) -> Option<String> {
        let address = Address::parse(url).ok()?;
        let argument = |key: &Key| match key {
            Key::Index(index) => ["a", "b+c&d"].get(*index).map(|text| Cow::Borrowed(*text)),
            Key::Name(name) => (name == "id").then_some("7".into()),
        };
        address.fill(argument).ok()
    }

    #[test]
    fn braces() {
        for (url, filled) in [
            ("/new", Some("/new")),
            ("/{0}/{id}/{0}", Some("/a/7/a")),
            ("/{1}", Some("/b+c&d")),
            ("/s?q={1}&r={0}", Some("/s?q=b%2Bc%26d&r=a")),
            ("/{{0}}", Some("/{0}")),
            ("", Some("")),
            ("/{2}", None),
            ("/{other}", None),
            ("/{}", None),
            ("/{0", None),
            ("/0}", None),
            ("/{a{0}}", None),
        ] {
            assert_eq!(fill(url).as_deref(), filled, "{url}");
        }
    }
}
