//! Conditional requests (RFC 9110 section 13): entity tags, dates, and which condition goes before which.

use std::time::{Duration, SystemTime};

use http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, Method};

pub use crate::conditional::EntityTag;
use crate::conditional::EntityTags;
use crate::h1::trim;

/// What tells one state of a representation from another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Validators<'a> {
    /// Its `ETag`.
    pub etag: Option<EntityTag<'a>>,
    /// Its `Last-Modified`, in whole seconds.
    pub modified: Option<SystemTime>,
}

/// What becomes of a request with conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is answered as if there were none.
    Met,
    /// The client has it already: 304.
    NotModified,
    /// 412.
    Failed,
}

impl Validators<'_> {
    /// Holds the request's conditions against what is there, in the order of section 13.2.2. Dates that are none are passed
    /// over, as are conditions of time where there is no `Last-Modified`.
    ///
    /// ```
    /// use waterspout::http::{HeaderMap, HeaderValue, Method};
    /// use waterspout::static_files::{Condition, EntityTag, Validators};
    ///
    /// let validators = Validators { etag: EntityTag::parse(b"\"1\""), modified: None };
    /// let mut fields = HeaderMap::new();
    /// fields.insert("if-none-match", HeaderValue::from_static("\"0\", W/\"1\""));
    /// assert_eq!(validators.check(&Method::GET, &fields), Condition::NotModified);
    /// assert_eq!(validators.check(&Method::PUT, &fields), Condition::Failed);
    /// ```
    pub fn check(&self, method: &Method, fields: &HeaderMap) -> Condition {
        let reads = [Method::GET, Method::HEAD].contains(method);
        let same = |ours: &EntityTag<'_>, theirs: &EntityTag<'_>| ours.matches_strongly(theirs);
        let alike = |ours: &EntityTag<'_>, theirs: &EntityTag<'_>| ours.matches_weakly(theirs);
        match self.is_named(fields, &IF_MATCH, same) {
            Some(false) => return Condition::Failed,
            None if self.is_later_than(fields, &IF_UNMODIFIED_SINCE) == Some(true) => {
                return Condition::Failed;
            }
            _ => {}
        }
        match self.is_named(fields, &IF_NONE_MATCH, alike) {
            Some(true) if reads => Condition::NotModified,
            Some(true) => Condition::Failed,
            None if reads && self.is_later_than(fields, &IF_MODIFIED_SINCE) == Some(false) => {
                Condition::NotModified
            }
            _ => Condition::Met,
        }
    }

    /// The `Range` field that counts: there is one, and `If-Range`, where it is there, names what is here now (section
    /// 13.1.5). A date does so only where nothing can have changed twice in its second: two seconds before `now`.
    pub fn range<'f>(&self, fields: &'f HeaderMap, now: SystemTime) -> Option<&'f [u8]> {
        let range = single(fields, &RANGE)?;
        if !fields.contains_key(IF_RANGE) {
            return Some(range);
        }
        let condition = single(fields, &IF_RANGE)?;
        let same = match (EntityTag::parse(condition), &self.etag) {
            (Some(theirs), Some(ours)) => ours.matches_strongly(&theirs),
            (Some(_), None) => false,
            (None, _) => {
                let settled = |modified: &SystemTime| *modified + Duration::from_secs(2) <= now;
                let ours = self.modified.filter(settled);
                ours.is_some() && ours == date(condition)
            }
        };
        same.then_some(range)
    }

    /// Whether a list of tags names ours; `None` without such a field. `*` names whatever is there.
    fn is_named(
        &self,
        fields: &HeaderMap,
        name: &HeaderName,
        same: impl Fn(&EntityTag<'_>, &EntityTag<'_>) -> bool,
    ) -> Option<bool> {
        let mut values = fields.get_all(name).iter().peekable();
        values.peek()?;
        Some(values.any(|value| {
            let value = trim(value.as_bytes());
            let ours = |theirs: EntityTag<'_>| self.etag.is_some_and(|ours| same(&ours, &theirs));
            value == b"*" || tags(value).any(ours)
        }))
    }

    /// Whether it has changed after the time that a field names; `None` where that cannot be said.
    fn is_later_than(&self, fields: &HeaderMap, name: &HeaderName) -> Option<bool> {
        Some(self.modified? > date(single(fields, name)?)?)
    }
}

/// The tags of a list, up to what is none.
fn tags(list: &[u8]) -> impl Iterator<Item = EntityTag<'_>> {
    EntityTags::new(list)
        .inspect(|_tag| {
            #[cfg(test)]
            super::tests::looked_at(_tag.opaque.len() + 2);
        })
        .take_while(EntityTag::is_valid)
}

/// The value of a field that stands there once: any of several could be meant.
fn single<'f>(fields: &'f HeaderMap, name: &HeaderName) -> Option<&'f [u8]> {
    let mut values = fields.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| trim(value.as_bytes()))
}

/// An HTTP date, in any of its three forms (section 5.6.7).
fn date(text: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests;
