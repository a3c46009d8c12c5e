//! Raw regexes, as far as they are literal text and plain groups, read into parts: what can be reversed.

use std::str::{CharIndices, Chars};

use super::part::{Literal, Param, Part, Shape};

/// The parts of a regex that compiles, or `None` where it has more than literal text, escaped punctuation
/// and groups without groups inside. The rule is Tornado's `PathMatches._find_groups`, made strict.
pub(super) fn parts(source: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = source.strip_prefix('^').unwrap_or(source).chars();
    while let Some(c) = chars.next() {
        match c {
            '$' if chars.as_str().is_empty() => break,
            '(' => {
                flush(&mut text, &mut parts);
                parts.push(Part::Param(group(&mut chars)?));
            }
            _ => text.push(literal(c, &mut chars)?),
        }
    }
    flush(&mut text, &mut parts);
    Some(parts)
}

/// Text that everything the regex matches starts with: a cheap check before the regex runs. May be empty.
pub(super) fn prefix(source: &str) -> String {
    let mut text = String::new();
    if source.contains('|') {
        return text;
    }
    let mut chars = source.strip_prefix('^').unwrap_or(source).chars();
    while let Some(c) = chars.next() {
        match literal(c, &mut chars) {
            Some(literal) => text.push(literal),
            None => {
                if matches!(c, '*' | '?' | '{') {
                    text.pop(); // the quantifier allows none of what stands before it
                }
                break;
            }
        }
    }
    text
}

/// The character that `c` and what follows stand for, if they stand for one.
fn literal(c: char, chars: &mut Chars<'_>) -> Option<char> {
    match c {
        // `\<` and `\>` are word boundaries
        '\\' => chars
            .next()
            .filter(|c| c.is_ascii_punctuation() && !matches!(c, '<' | '>')),
        '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => None,
        _ => Some(c),
    }
}

fn flush(text: &mut String, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Literal(Literal::exact(std::mem::take(text))));
    }
}

/// Reads a capturing group behind its opening parenthesis, and the closing one.
fn group(chars: &mut Chars<'_>) -> Option<Param> {
    let body = chars.as_str();
    let (name, body) = match body.strip_prefix('?') {
        None => (None, body),
        Some(named) => {
            let named = named.strip_prefix('P').unwrap_or(named).strip_prefix('<')?;
            let (name, body) = named.split_once('>')?;
            (Some(name.to_owned()), body)
        }
    };
    let mut inside = body.char_indices();
    loop {
        match inside.next()? {
            (_, '\\') => {
                inside.next()?;
            }
            (_, '[') => class(&mut inside)?,
            (_, '(') => return None,
            (at, ')') => {
                *chars = inside.as_str().chars();
                return Some(Param {
                    name,
                    shape: Shape::Regex(body.get(..at)?.to_owned()),
                });
            }
            _ => {}
        }
    }
}

/// Reads a character class behind its `[`, classes inside it and its `]`. A `]` that comes first is literal.
fn class(chars: &mut CharIndices<'_>) -> Option<()> {
    #[derive(PartialEq)]
    enum Seen {
        Open,
        Not,
        Item,
    }
    let mut depth = 1usize;
    let mut seen = Seen::Open;
    loop {
        let (_, c) = chars.next()?;
        seen = match c {
            '^' if seen == Seen::Open => Seen::Not,
            '[' => {
                depth += 1;
                Seen::Open
            }
            ']' if seen == Seen::Item && depth == 1 => return Some(()),
            ']' if seen == Seen::Item => {
                depth -= 1;
                Seen::Item
            }
            '\\' => {
                chars.next()?;
                Seen::Item
            }
            _ => Seen::Item,
        };
    }
}
