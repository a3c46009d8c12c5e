//! Arguments of a query or an urlencoded body.

use percent_encoding::percent_decode;

use crate::error::{Error, Result};

/// Arguments by name, in the order received. Values are bytes until they are asked for as text.
///
/// Only `&` separates, `+` is a space, blank values are kept, a malformed `%zz` stays as it is (WHATWG URL,
/// application/x-www-form-urlencoded parsing).
#[derive(Debug, Default, Clone)]
pub struct Arguments(Vec<(String, Vec<u8>)>);

impl Arguments {
    pub(super) fn count(query: &str) -> usize {
        if query.is_empty() {
            0
        } else {
            memchr::memchr_iter(b'&', query.as_bytes()).count() + 1
        }
    }

    /// Parses a query or an urlencoded body (Tornado's `parse_qs_bytes`), however many fields it has.
    ///
    /// ```
    /// use waterspout::Arguments;
    ///
    /// let arguments = Arguments::parse(b"a=1&b=x+y&a=2");
    /// assert_eq!(arguments.last("a")?.as_deref(), Some("2"));
    /// assert_eq!(arguments.all("b")?, ["x y"]);
    /// # Ok::<(), waterspout::Error>(())
    /// ```
    pub fn parse(text: &[u8]) -> Self {
        let fields = text.split(|&byte| byte == b'&').filter(|field| !field.is_empty());
        Self(
            fields
                .map(|field| {
                    let equals = memchr::memchr(b'=', field);
                    let (name, value) = match equals {
                        Some(at) => (
                            field.get(..at).unwrap_or_default(),
                            field.get(at + 1..).unwrap_or_default(),
                        ),
                        None => (field, &b""[..]),
                    };
                    (text_or_latin1(decode(name)), decode(value))
                })
                .collect(),
        )
    }

    /// The values of this name as they were sent, decoded: for what is no text.
    pub fn raw(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let found = self.0.iter().filter(move |(other, _)| other == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// All pairs, values as text.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, Result<String>)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), text(name, value)))
    }

    /// The pairs in the order received; values that are no UTF-8 are decoded lossily.
    pub fn iter(&self) -> impl Iterator<Item = (&str, std::borrow::Cow<'_, str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value)))
    }

    /// True when there is an argument of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// The last argument of this name, as text, cleaned as [`Context::get_argument`](crate::Context::get_argument) says.
    ///
    /// # Errors
    /// 400 when it is not UTF-8.
    pub fn last(&self, name: &str) -> Result<Option<String>> {
        let found = self.0.iter().rev().find(|(other, _)| other == name);
        found.map(|(name, value)| text(name, value)).transpose()
    }

    /// All arguments of this name, as text.
    ///
    /// # Errors
    /// 400 when one is not UTF-8.
    pub fn all(&self, name: &str) -> Result<Vec<String>> {
        self.0
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(name, value)| text(name, value))
            .collect()
    }
}

impl From<Vec<(String, Vec<u8>)>> for Arguments {
    fn from(pairs: Vec<(String, Vec<u8>)>) -> Self {
        Self(pairs)
    }
}

fn decode(field: &[u8]) -> Vec<u8> {
    #[cfg(test)]
    tests::DECODED.set(tests::DECODED.get() + field.len());
    let spaced: Vec<u8> = field
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

fn text_or_latin1(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect())
}

/// Tornado's cleaning: each of `[\x00-\x08\x0e-\x1f]` becomes a space, then blanks around are removed.
fn text(name: &str, value: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(value)
        .map_err(|_| Error::new(400).message(format!("argument {name:?} is not UTF-8")))?;
    let clean = text.replace(|c: char| matches!(c, '\0'..='\x08' | '\x0e'..='\x1f'), " ");
    Ok(clean.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        /// How many bytes have been decoded: counted instead of the time, which on a busy machine says little.
        pub(super) static DECODED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[test]
    fn each_byte_is_decoded_once() {
        for field in ["a=%41+&", "%", "&", "=", "%2", "a", "%zz&"] {
            for scale in [1000, 10_000] {
                let input = field.repeat(scale);
                DECODED.set(0);
                Arguments::parse(input.as_bytes());
                let decoded = DECODED.take();
                assert!(
                    decoded <= input.len(),
                    "{field:?}: {decoded} of {} bytes",
                    input.len()
                );
                assert!(decoded > 0 || field == "&");
            }
        }
    }

    #[test]
    fn fields_split_at_ampersands_only() {
        let arguments = Arguments::parse(b"a=1&b=x;y&a=2&c&=v&d=%zz&e=1+2%2B");
        let pairs: Vec<_> = arguments.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(pairs, ["a=1", "b=x;y", "a=2", "c=", "=v", "d=%zz", "e=1 2+"]);
        assert_eq!(arguments.last("a").expect("text").as_deref(), Some("2"));
        assert_eq!(arguments.all("a").expect("text"), ["1", "2"]);
    }

    #[test]
    fn bad_utf8_is_400_and_control_characters_become_spaces() {
        let arguments = Arguments::parse(b"a=%ff&b=%00x%1fy%20&%ff=name");
        assert_eq!(arguments.last("a").expect_err("bad").status_code().as_u16(), 400);
        assert_eq!(arguments.last("b").expect("text").as_deref(), Some("x y"));
        assert_eq!(arguments.last("\u{ff}").expect("text").as_deref(), Some("name"));
    }
}
