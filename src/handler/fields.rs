//! The fields of a form as one typed value.

use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::arguments::Arguments;
use super::text::{Text, TextError};
use crate::error::{Error, Result};

/// # Errors
/// 400 when a field is not UTF-8, 422 when they do not fit `T`.
pub(super) fn deserialize<T: DeserializeOwned>(arguments: &Arguments) -> Result<T> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (name, value) in arguments.texts() {
        let place = *places.entry(name).or_insert(fields.len());
        match fields.get_mut(place) {
            Some(field) => field.values.push(value?),
            None => fields.push(Field {
                name,
                values: vec![value?],
            }),
        }
    }
    T::deserialize(Fields(&fields))
        .map_err(|error| Error::new(422).message(format!("form: {error}")).source(error))
}

struct Field<'a> {
    name: &'a str,
    /// At least one.
    values: Vec<String>,
}

struct Fields<'a>(&'a [Field<'a>]);

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = TextError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_map(Walk {
            left: self.0,
            field: None,
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Walk<'de> {
    left: &'de [Field<'de>],
    field: Option<&'de Field<'de>>,
}

impl<'de> MapAccess<'de> for Walk<'de> {
    type Error = TextError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, TextError> {
        let Some((field, left)) = self.left.split_first() else {
            return Ok(None);
        };
        (self.left, self.field) = (left, Some(field));
        seed.deserialize(Text(field.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TextError> {
        let (name, values) = self
            .field
            .take()
            .map_or(("", &[][..]), |field| (field.name, &field.values));
        seed.deserialize(Values(values))
            .map_err(|error| TextError::new(format!("field {name:?}: {error}")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// What came under one name.
struct Values<'a>(&'a [String]);

impl<'a> Values<'a> {
    fn last(&self) -> Text<'a> {
        Text(self.0.last().map_or("", String::as_str))
    }
}

macro_rules! of_the_last {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            self.last().$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = TextError;

    of_the_last! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_identifier deserialize_unit deserialize_map deserialize_ignored_any
    }

    /// A field that was left empty is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.0 {
            [] => visitor.visit_none(),
            [one] if one.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(SeqDeserializer::new(self.0.iter().map(|value| Text(value))))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.last().deserialize_struct(name, fields, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.last().deserialize_enum(name, variants, visitor)
    }
}

impl<'de> IntoDeserializer<'de, TextError> for Values<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
