//! Reading the `Cookie` field.

use std::borrow::Cow;
use std::fmt;

use super::quoted;

/// Reads the values of all `Cookie` fields of a request, in order; it takes linear time and never fails.
///
/// Servers have to read what browsers write, which is laxer than the grammar (RFC 6265bis, sections 4.2 and 5.8.3):
///
/// - each `;` ends a cookie, even between double quotes;
/// - spaces and tabs around names and values go away, no other white space does, so that nothing turns into another
///   cookie's name;
/// - the first `=` ends the name; `=v` and `v` both are the value `v` without a name (the name is ""); a part with
///   neither is left out;
/// - a value in double quotes is unquoted: `\ooo` is the byte with this octal number (up to `\377`), a backslash
///   before any other byte goes away; a value that only starts or only ends with a quote stays as it is;
/// - after that, a name or value that is UTF-8 is read as such, any other is read as Latin-1 as a whole.
///
/// Values may hold any character, control characters included: they come from the client. Several fields, which
/// HTTP/2 allows (RFC 9113, section 8.2.3), read as if joined by `; `.
///
/// ```ignore
/// let cookies = parse([&br#"a=1; b="x\073y"; a=2"#[..]]);
/// assert_eq!(cookies.get("a"), Some("2"));
/// assert_eq!(cookies.get("b"), Some("x;y"));
/// ```
pub fn parse<'a>(field_values: impl IntoIterator<Item = &'a [u8]>) -> Cookies {
    let mut cookies = Cookies::default();
    for field in field_values {
        for (name, value) in pieces(field) {
            cookies.push(&text(name), &text(&quoted::unquote(value)));
        }
    }
    cookies
}

/// The names and values of one field: parts of it that do not overlap, still quoted.
pub(super) fn pieces(field: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    field.split(|byte| *byte == b';').filter_map(|piece| {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let first = trim(halves.next().unwrap_or_default());
        let (name, value) = match halves.next() {
            Some(value) => (first, trim(value)),
            None => (&[][..], first),
        };
        (!name.is_empty() || !value.is_empty()).then_some((name, value))
    })
}

/// Takes spaces and tabs away at both ends.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// The cookies of a request, in order of appearance; made by [`parse`].
///
/// [`Debug`](fmt::Debug) shows their names only: values are often secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cookies {
    /// All names and values behind each other, so that many small cookies cost little memory.
    text: String,
    pairs: Vec<Pair>,
}

/// Where a name starts, where it ends and its value starts, and where that ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pair(usize, usize, usize);

impl Cookies {
    /// The value of the cookie with this name (case matters); the last one where there are several.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().rev().find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    /// Names and values in order of appearance, those that [`get`](Self::get) passes over included.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> + ExactSizeIterator {
        self.pairs
            .iter()
            .map(|pair| (self.part(pair.0, pair.1), self.part(pair.1, pair.2)))
    }

    /// How many pairs [`iter`](Self::iter) has.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// True where there is no cookie.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn part(&self, start: usize, end: usize) -> &str {
        // Never the default: `push` takes all bounds at the ends of whole texts.
        self.text.get(start..end).unwrap_or_default()
    }

    fn push(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.pairs.push(Pair(start, middle, self.text.len()));
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookies")?;
        f.debug_list().entries(self.iter().map(|pair| pair.0)).finish()
    }
}
