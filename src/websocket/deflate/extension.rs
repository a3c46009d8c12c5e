//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).

use std::borrow::Cow;

use crate::h1::{is_tchar, is_token, trim};

/// One member of the list: a name and its parameters, in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a [u8],
    pub(super) parameters: Vec<Parameter<'a>>,
}

/// A parameter and its value, without the quotes it may have had.
pub(super) type Parameter<'a> = (&'a [u8], Option<Cow<'a, [u8]>>);

/// The members of one field value; `None` for each that is not well-formed. Empty ones are left out.
pub(super) fn extensions(value: &[u8]) -> impl Iterator<Item = Option<Extension<'_>>> {
    let mut rest = value;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (member, behind) = cut(rest, b',');
            rest = behind;
            if !trim(member).is_empty() {
                return Some(extension(member));
            }
        }
        None
    })
}

fn extension(member: &[u8]) -> Option<Extension<'_>> {
    let (name, mut rest) = cut(member, b';');
    let mut ends_open = member.len() > name.len() && rest.is_empty();
    let name = trim(name);
    let mut parameters = Vec::new();
    while !rest.is_empty() {
        let (one, behind) = cut(rest, b';');
        ends_open = rest.len() > one.len() && behind.is_empty();
        rest = behind;
        parameters.push(parameter(trim(one))?);
    }
    (is_token(name) && !ends_open).then_some(Extension { name, parameters })
}

fn parameter(text: &[u8]) -> Option<Parameter<'_>> {
    let (name, value) = match memchr::memchr(b'=', text).and_then(|at| text.split_at_checked(at)) {
        None => (text, None),
        // The second part begins with the sign itself.
        Some((name, [_, value @ ..])) => (trim(name), Some(unquote(trim(value))?)),
        Some((_, [])) => return None,
    };
    is_token(name).then_some((name, value))
}

/// A value that is a token, with or without quotes: what is quoted must be one as well.
fn unquote(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let [b'"', inner @ .., b'"'] = value else {
        return is_token(value).then_some(Cow::Borrowed(value));
    };
    if is_token(inner) {
        return Some(Cow::Borrowed(inner));
    }
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        let byte = if byte == b'\\' { *bytes.next()? } else { byte };
        if !is_tchar(byte) {
            return None;
        }
        plain.push(byte);
    }
    (!plain.is_empty()).then_some(Cow::Owned(plain))
}

/// What stands before the first `mark` outside quotes, and what stands behind it.
fn cut(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    let mut quoted = false;
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == mark && !quoted => {
                let (before, behind) = text.split_at(at);
                return (before, behind.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, &[])
}
