//! Path arguments: decoded once, read by name, by order, or as one typed value.

use http::Method;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::text::{Text, TextError};
use crate::application::{Inner, Route};
use crate::error::{Error, Result};
use crate::request::Request;
use crate::routing::{Captures, Pattern, decode};

/// What the route's parameters matched.
#[derive(Default)]
pub(crate) struct PathArguments {
    rule: Option<usize>,
    captures: Option<Captures>,
    /// The path as it was matched, where middleware may have changed it since: only kept when there are captures.
    decoded: Vec<(usize, String)>,
}

impl PathArguments {
    /// # Errors
    /// 400 when an argument is not UTF-8 once it is percent-decoded.
    pub(crate) fn new(rule: usize, captures: Captures, path: &str) -> Result<Self> {
        let mut decoded = Vec::new();
        for index in 0..captures.len() {
            let raw = captures.raw(index, path).unwrap_or_default();
            if memchr::memchr(b'%', raw.as_bytes()).is_some() {
                let text = decode(raw).map_err(|error| Error::new(400).message(error.to_string()))?;
                decoded.push((index, text.into_owned()));
            }
        }
        Ok(Self {
            rule: Some(rule),
            captures: Some(captures),
            decoded,
        })
    }

    /// What the functions of the matched route answer, beside a class.
    pub(super) fn route_methods(&self, app: &Inner) -> Vec<Method> {
        let route = self.rule.and_then(|rule| app.table.target(rule));
        route.map(Route::methods).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.captures.as_ref().map_or(0, Captures::len)
    }

    pub(super) fn at<'a>(&'a self, request: &'a Request, index: usize) -> Option<&'a str> {
        if let Some((_, text)) = self.decoded.iter().find(|(at, _)| *at == index) {
            return Some(text);
        }
        self.raw(request, index)
    }

    /// As it stands in the path, still percent-encoded.
    pub(super) fn raw<'a>(&self, request: &'a Request, index: usize) -> Option<&'a str> {
        let captures = self.captures.as_ref().filter(|captures| index < captures.len())?;
        Some(captures.raw(index, request.path()).unwrap_or_default())
    }

    /// The last argument as it was received, percent-encoded.
    pub(super) fn last_raw<'a>(&'a self, request: &'a Request) -> Option<&'a str> {
        let captures = self.captures.as_ref()?;
        captures.raw(captures.len().checked_sub(1)?, request.path())
    }

    pub(super) fn index_of(&self, app: &Inner, name: &str) -> Option<usize> {
        app.pattern(self.rule?)?.index_of(name)
    }

    pub(super) fn iter<'a>(&'a self, request: &'a Request) -> impl Iterator<Item = &'a str> {
        (0..self.len()).filter_map(|index| self.at(request, index))
    }

    pub(super) fn named<'a>(&'a self, request: &'a Request, app: &Inner, name: &str) -> Option<&'a str> {
        self.at(request, self.index_of(app, name)?)
    }

    pub(super) fn deserialize<T: DeserializeOwned>(&self, request: &Request, app: &Inner) -> Result<T> {
        let names = self.rule.and_then(|rule| app.pattern(rule)).map(Pattern::names);
        let names = names.into_iter().flatten().map(Option::unwrap_or_default);
        let pairs: Vec<_> = names.zip(self.iter(request)).collect();
        T::deserialize(Path(&pairs)).map_err(|error| {
            let error = TextError::new(format!("path argument: {error}"));
            Error::new(404).source(error)
        })
    }
}

struct Path<'a>(&'a [(&'a str, &'a str)]);

macro_rules! one_value {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            match self.0 {
                [(_, value)] => Text(value).$method(visitor),
                _ => Err(TextError::new(format!("the route has {} arguments, the type wants one", self.0.len()))),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Path<'de> {
    type Error = TextError;

    one_value! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        if let [(_, value)] = self.0 {
            Text(value).deserialize_any(visitor)
        } else {
            self.deserialize_seq(visitor)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(SeqDeserializer::new(self.0.iter().map(|(_, value)| Text(value))))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, TextError> {
        if len != self.0.len() {
            return Err(TextError::new(format!(
                "the route has {} arguments, the type wants {len}",
                self.0.len()
            )));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_map(MapDeserializer::new(
            self.0.iter().map(|(name, value)| (*name, Text(value))),
        ))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        match self.0 {
            [(_, value)] => Text(value).deserialize_enum(name, variants, visitor),
            _ => Err(TextError::new("an enum is one argument".into())),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }
}
