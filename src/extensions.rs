//! Values that travel with a request, found by their type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::carrier::{Abilities, Link, Mount, Peer, RawTarget};
use crate::request_id::RequestId;
use crate::xsrf;

type Values = HashMap<TypeId, Box<dyn Any + Send + Sync>>;

/// A map from types to values (like `http::Extensions`), which also finds what the carrier said of the connection:
/// [`Peer`], [`Mount`], [`Abilities`] and [`RawTarget`].
///
/// ```
/// use waterspout::Extensions;
///
/// #[derive(Debug, PartialEq)]
/// struct Tenant(u32);
///
/// let mut extensions = Extensions::default();
/// extensions.insert(Tenant(7));
/// assert_eq!(extensions.get::<Tenant>(), Some(&Tenant(7)));
/// ```
#[derive(Default)]
pub struct Extensions {
    link: Option<Arc<Link>>,
    target: Option<RawTarget>,
    id: OnceLock<RequestId>,
    xsrf: xsrf::Slot,
    nonce: OnceLock<String>,
    values: Option<Box<Values>>,
}

impl Extensions {
    pub(crate) fn with_link(link: Arc<Link>, target: Option<RawTarget>) -> Self {
        Self {
            link: Some(link),
            target,
            id: OnceLock::new(),
            xsrf: OnceLock::new(),
            nonce: OnceLock::new(),
            values: None,
        }
    }

    /// The id of the request; chosen when it is first asked for.
    pub(crate) fn id<'a>(&'a self, field: impl FnOnce() -> Option<&'a [u8]>) -> &'a RequestId {
        self.id.get_or_init(|| RequestId::choose(field()))
    }

    /// The place of the XSRF token.
    pub(crate) fn xsrf(&self) -> &xsrf::Slot {
        &self.xsrf
    }

    /// The nonce of the response, where it has been asked for.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.nonce.get().map(String::as_str)
    }

    pub(crate) fn set_nonce(&self, nonce: String) -> &str {
        self.nonce.get_or_init(|| nonce)
    }

    pub(crate) fn link(&self) -> Option<&Arc<Link>> {
        self.link.as_ref()
    }

    /// The value of type `T`: one that was inserted, else one that the carrier gave.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        let inserted = self
            .values
            .as_ref()
            .and_then(|values| values.get(&TypeId::of::<T>()));
        inserted
            .and_then(|value| (**value).downcast_ref())
            .or_else(|| self.fact())
    }

    fn fact<T: Any>(&self) -> Option<&T> {
        let id = TypeId::of::<T>();
        let link = self.link.as_deref();
        let fact: Option<&dyn Any> = if id == TypeId::of::<Peer>() {
            link.map(|link| &link.peer as &dyn Any)
        } else if id == TypeId::of::<Mount>() {
            link.map(|link| &link.mount as &dyn Any)
        } else if id == TypeId::of::<Abilities>() {
            link.map(|link| &link.abilities as &dyn Any)
        } else if id == TypeId::of::<RawTarget>() {
            self.target.as_ref().map(|target| target as &dyn Any)
        } else {
            None
        };
        fact.and_then(|fact| fact.downcast_ref())
    }

    /// The value of type `T` that was inserted, to change it.
    pub fn get_mut<T: Any + Send + Sync>(&mut self) -> Option<&mut T> {
        let value = self.values.as_mut()?.get_mut(&TypeId::of::<T>())?;
        (**value).downcast_mut()
    }

    /// Puts a value in, and gives the one that was there.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) -> Option<T> {
        let before = self
            .values
            .get_or_insert_default()
            .insert(TypeId::of::<T>(), Box::new(value));
        before
            .and_then(|value| (value as Box<dyn Any>).downcast().ok())
            .map(|value| *value)
    }

    /// Takes out a value that was inserted.
    pub fn remove<T: Any + Send + Sync>(&mut self) -> Option<T> {
        let value = self.values.as_mut()?.remove(&TypeId::of::<T>())?;
        (value as Box<dyn Any>).downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inserted = self.values.as_ref().map_or(0, |values| values.len());
        f.debug_struct("Extensions")
            .field("link", &self.link)
            .field("inserted", &inserted)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Own(u8);

    #[test]
    fn own_values_are_found_changed_and_removed() {
        let mut extensions = Extensions::default();
        assert_eq!(extensions.insert(Own(1)), None);
        assert_eq!(extensions.insert(Own(2)), Some(Own(1)));
        if let Some(own) = extensions.get_mut::<Own>() {
            own.0 = 3;
        }
        assert_eq!(extensions.get::<Own>(), Some(&Own(3)));
        assert_eq!(extensions.remove::<Own>(), Some(Own(3)));
        assert_eq!(extensions.get::<Own>(), None);
        assert_eq!(extensions.get::<Peer>(), None);
    }

    #[test]
    fn an_inserted_fact_wins_over_the_carriers() {
        let mut extensions = Extensions {
            target: Some(RawTarget("/a".into())),
            ..Extensions::default()
        };
        assert_eq!(extensions.get::<RawTarget>(), Some(&RawTarget("/a".into())));
        extensions.insert(RawTarget("/b".into()));
        assert_eq!(extensions.get::<RawTarget>(), Some(&RawTarget("/b".into())));
    }
}
