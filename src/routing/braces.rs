//! The syntax of [`Pattern::parse`](super::Pattern::parse), read into parts.

use std::str::Chars;

use super::error::PatternErrorKind as Kind;
use super::part::{Literal, Param, Part, Shape, params};

/// Reads `/user/{id:[0-9]+}/{*rest}`. Regexes are not compiled here.
pub(super) fn parse(source: &str) -> Result<Vec<Part>, Kind> {
    // `*` is the path of `OPTIONS *`.
    if !source.starts_with('/') && source != "*" {
        return Err(Kind::MissingSlash);
    }
    let mut parts = Vec::new();
    let mut literal = LiteralText::default();
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.as_str().starts_with(c) => {
                chars.next();
                literal.push(c);
            }
            '{' => {
                literal.flush(&mut parts);
                let param = parameter(&mut chars)?;
                check(&param, &parts, chars.as_str())?;
                parts.push(Part::Param(param));
            }
            '}' => return Err(Kind::StrayBrace),
            '?' | '#' => return Err(Kind::NotInPath(c)),
            _ => literal.push(c),
        }
    }
    literal.flush(&mut parts);
    Ok(parts)
}

/// Reads a parameter behind its opening brace, and the closing one.
fn parameter(chars: &mut Chars<'_>) -> Result<Param, Kind> {
    let (inside, after) = split_at_close(chars.as_str()).ok_or(Kind::UnclosedBrace)?;
    *chars = after.chars();
    let (name, regex) = match inside.split_once(':') {
        Some((name, regex)) => (name, Some(regex)),
        None => (inside, None),
    };
    let (name, shape) = match (name.strip_prefix('*'), regex) {
        (Some(_), Some(_)) => return Err(Kind::BadName(inside.to_owned())),
        (Some(name), None) => (name, Shape::Rest),
        (None, Some(regex)) => (name, Shape::Regex(regex.to_owned())),
        (None, None) => (name, Shape::Run),
    };
    if name.is_empty() {
        return Err(Kind::EmptyName);
    }
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        return Err(Kind::BadName(name.to_owned()));
    }
    Ok(Param {
        name: Some(name.to_owned()),
        shape,
    })
}

/// Splits at the brace that closes a parameter; braces in its regex nest, and escaped ones do not count.
fn split_at_close(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    let mut in_regex = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ':' => in_regex = true,
            '\\' if in_regex => {
                chars.next();
            }
            '{' if in_regex => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' => return Some((text.get(..at)?, chars.as_str())),
            _ => {}
        }
    }
    None
}

/// The rules between one parameter and what surrounds it.
fn check(param: &Param, before: &[Part], after: &str) -> Result<(), Kind> {
    let name = param.name.clone().unwrap_or_default();
    if params(before).any(|other| other.name == param.name) {
        return Err(Kind::DuplicateName(name));
    }
    if let Some(Part::Param(previous)) = before.last() {
        return Err(Kind::Adjacent(previous.name.clone().unwrap_or_default(), name));
    }
    if matches!(param.shape, Shape::Rest) && !after.is_empty() {
        return Err(Kind::RestNotLast(name));
    }
    Ok(())
}

/// Literal text being read: as sent, and as a regex.
#[derive(Default)]
struct LiteralText {
    text: String,
    regex: String,
    encoded: bool,
}

impl LiteralText {
    fn push(&mut self, c: char) {
        let mut buffer = [0; 4];
        let utf8 = c.encode_utf8(&mut buffer);
        if c.is_ascii_graphic() {
            self.text.push(c);
            self.regex.push_str(&regex::escape(utf8));
            return;
        }
        self.encoded = true;
        for &byte in utf8.as_bytes() {
            let escape = percent_encoding::percent_encode_byte(byte);
            self.text.push_str(escape);
            for digit in escape.chars() {
                match digit {
                    'A'..='F' => self.regex.extend(['[', digit, digit.to_ascii_lowercase(), ']']),
                    _ => self.regex.push(digit),
                }
            }
        }
    }

    fn flush(&mut self, parts: &mut Vec<Part>) {
        let LiteralText { text, regex, encoded } = std::mem::take(self);
        if !text.is_empty() {
            parts.push(Part::Literal(Literal {
                text,
                lenient: encoded.then_some(regex),
            }));
        }
    }
}
