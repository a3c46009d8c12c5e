//! A field value with parameters: `form-data; name="a"` (RFC 9110 section 5.6.6).

use std::borrow::Cow;

use super::Fault;
use crate::h1::{is_tchar, trim};

/// The parameters of a field, each with its value unquoted.
///
/// In quotes only `\"` and `\\` are escapes: browsers of old send `C:\file.txt` as it is. Without quotes a value goes up to
/// the next `;`.
pub(super) struct Parameters<'a> {
    /// Begins with the `;` before the next parameter.
    rest: &'a [u8],
}

type Parameter<'a> = (&'a [u8], Cow<'a, [u8]>);

impl<'a> Parameters<'a> {
    /// What stands before the parameters, and they.
    pub(super) fn split(field: &'a [u8]) -> (&'a [u8], Self) {
        let end = memchr::memchr(b';', field).unwrap_or(field.len());
        let (value, rest) = field.split_at(end); // in bounds: `end` was found in `field`
        (trim(value), Self { rest })
    }

    fn parse(&mut self, parameter: &'a [u8]) -> Result<Parameter<'a>, Fault> {
        let length = parameter.iter().take_while(|&&byte| is_tchar(byte)).count();
        let (name, rest) = parameter.split_at(length); // in bounds: so many bytes were counted
        let ([_, ..], [b'=', value @ ..]) = (name, rest) else {
            return Err(Fault::new("a parameter has no name or no value"));
        };
        if let [b'"', quoted @ ..] = value {
            let (value, rest) = unquote(quoted)?;
            self.rest = rest;
            return Ok((name, value));
        }
        let end = memchr::memchr(b';', value).unwrap_or(value.len());
        let (value, rest) = value.split_at(end); // in bounds: `end` was found in `value`
        if memchr::memchr(b'"', value).is_some() {
            return Err(Fault::new("a parameter has a quote within its value"));
        }
        self.rest = rest;
        Ok((name, Cow::Borrowed(trim(value))))
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.rest;
        // After a fault, or at the end, nothing more is found.
        self.rest = &[];
        loop {
            rest = trim(rest);
            let [b';', after @ ..] = rest else { break };
            rest = after;
            if !matches!(trim(rest), [] | [b';', ..]) {
                return Some(self.parse(trim(rest)));
            }
        }
        (!rest.is_empty()).then_some(Err(Fault::new("text behind a parameter")))
    }
}

/// The text up to the closing quote, and what stands behind it.
fn unquote(quoted: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), Fault> {
    let mut text = Cow::Borrowed(&[][..]);
    let mut rest = quoted;
    loop {
        let Some(at) = memchr::memchr2(b'"', b'\\', rest) else {
            return Err(Fault::new("a quote is not closed"));
        };
        let (plain, found) = rest.split_at(at); // in bounds: `at` was found in `rest`
        if text.is_empty() {
            text = Cow::Borrowed(plain);
        } else {
            text.to_mut().extend_from_slice(plain);
        }
        match found {
            [b'\\', escaped @ (b'"' | b'\\'), behind @ ..] => {
                text.to_mut().push(*escaped);
                rest = behind;
            }
            [b'\\', behind @ ..] => {
                text.to_mut().push(b'\\');
                rest = behind;
            }
            [_, behind @ ..] => return Ok((text, behind)),
            [] => return Err(Fault::new("a quote is not closed")),
        }
    }
}
