//! What was set for one request, by name.

use std::any::Any;
use std::borrow::Cow;

use crate::request::Request;
use crate::users;

type Value = Box<dyn Any + Send + Sync>;

/// Values of one request. There are few, so they are searched one by one.
#[derive(Default)]
pub(crate) struct Values(Vec<(Cow<'static, str>, Value)>);

impl Values {
    pub(crate) fn set<T: Any + Send + Sync>(&mut self, name: impl Into<Cow<'static, str>>, value: T) {
        let (name, value) = (name.into(), Box::new(value));
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, place)) => *place = value,
            None => self.0.push((name, value)),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn Any> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(&**value)
    }
}

impl Request {
    /// Sets what a name means in the templates that are rendered for this request: for middleware. Handlers use
    /// [`Context::set_value`](crate::Context::set_value).
    pub fn set_value<T: Any + Send + Sync>(&mut self, name: impl Into<Cow<'static, str>>, value: T) {
        let extensions = self.extensions_mut();
        if let Some(values) = extensions.get_mut::<Values>() {
            values.set(name, value);
        } else {
            let mut values = Values::default();
            values.set(name, value);
            extensions.insert(values);
        }
    }

    /// What was set for a name.
    pub(crate) fn value(&self, name: &str) -> Option<&dyn Any> {
        let set = self
            .extensions()
            .get::<Values>()
            .and_then(|values| values.get(name));
        let user = || users::found(self.extensions()).filter(|_| name == users::CURRENT_USER);
        set.or_else(user)
    }
}

/// A value as text, where it is text.
pub(super) fn as_text(value: &dyn Any) -> Option<&str> {
    let owned = value.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| value.downcast_ref::<&'static str>().copied())
        .or_else(|| value.downcast_ref::<Cow<'static, str>>().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_name_stays() {
        let mut values = Values::default();
        values.set("a", 1_u8);
        values.set(String::from("b"), "two");
        values.set("a", String::from("one"));
        assert_eq!(values.get("a").and_then(as_text), Some("one"));
        assert_eq!(values.get("b").and_then(as_text), Some("two"));
        assert!(values.get("c").is_none());
    }

    #[test]
    fn text_is_text_however_it_is_held() {
        let held: [&dyn Any; 3] = [&"a", &String::from("a"), &Cow::Borrowed("a")];
        assert!(held.into_iter().all(|value| as_text(value) == Some("a")));
        assert_eq!(as_text(&7_u32), None);
    }
}
